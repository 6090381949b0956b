"""The two papers that lesionmeter is tested against, as data that come with the package."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, Final

from lesionmeter.model.cohort import ClinicalRecord, PatientCall, PatientRecord, Treatment
from lesionmeter.model.dates import Interval
from lesionmeter.model.published import (
    Counts,
    PrintedCount,
    PrintedFigure,
    PrintedRanks,
    PrintedTest,
    PublishedCase,
    PublishedSeries,
    PublishedSite,
)

SERIES: Final = "vayssairat1998.json"
CASE: Final = "farah1990.json"


def published_series() -> PublishedSeries:
    """The series of 1998: twelve patients with serial radiographs under diltiazem.

    Examples
    --------
    >>> len(published_series().patients)
    12
    """
    paper = _read(SERIES)
    return PublishedSeries(
        paper["citation"],
        paper["short"],
        tuple(_patient(row, Treatment(paper["drug"], paper["dose"])) for row in paper["patients"]),
        tuple(PrintedFigure(**row) for row in paper["statements"]),
        tuple(PrintedCount(**row) for row in paper["counts"]),
        tuple(_test(row) for row in paper["tests"]),
        tuple(_ranks(row) for row in paper["ranks"]),
        tuple(paper["remarks"]),
    )


def published_case() -> PublishedCase:
    """The patient of 1990: films of 1983, 1984 and 1988 under diltiazem, told site by site.

    Examples
    --------
    >>> published_case().film_dates
    ('1983', '1984', '1988')
    """
    paper = _read(CASE)
    return PublishedCase(
        paper["citation"],
        paper["short"],
        tuple(paper["film_dates"]),
        tuple(_site(row) for row in paper["sites"]),
        tuple(paper["statements"]),
        tuple(paper["remarks"]),
    )


def _read(name: str) -> dict[str, Any]:
    paper: dict[str, Any] = json.loads(files(__name__).joinpath(name).read_text(encoding="utf-8"))
    return paper


def _patient(row: dict[str, Any], drug: Treatment) -> PatientRecord:
    years = row["treatment_years"]
    course = Treatment(drug.drug, drug.dose, years=years)
    return PatientRecord(
        patient_id=row["patient"],
        call=PatientCall(row["call"]),
        wording=row["words"],
        film_time=_years(row["film_years"]),
        treatment_time=_years(years),
        clinical=ClinicalRecord(treatments=(course,)),
    )


def _years(years: float | None) -> Interval | None:
    """A time printed in whole years."""
    return None if years is None else Interval(float(years), years - 0.5, years + 0.5)


def _test(row: dict[str, Any]) -> PrintedTest:
    (a, b), (c, d) = row["table"]
    table: Counts = ((a, b), (c, d))
    return PrintedTest(**row | {"groups": tuple(row["groups"]), "outcomes": tuple(row["outcomes"]), "table": table})


def _ranks(row: dict[str, Any]) -> PrintedRanks:
    first, second = (tuple(pair) for pair in row["mean_sd"])
    return PrintedRanks(**row | {"groups": tuple(row["groups"]), "mean_sd": (first, second), "n": tuple(row["n"])})


def _site(row: dict[str, Any]) -> PublishedSite:
    return PublishedSite(
        row["hand"],
        row["site"],
        row["aspect"],
        row["location"],
        row["figure"],
        tuple(row["words"].items()),
        row["no_deposit"],
    )
