"""A study's tables to files: CSV, one workbook, and Parquet, with the meanings of all columns beside them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from lesionmeter.model.cohort import Cohort, PatientRecord
from lesionmeter.model.findings import Estimate
from lesionmeter.model.published import CheckedFigure, CountedItem
from lesionmeter.model.site_change import SiteChange
from lesionmeter.model.statistic import Statistic
from lesionmeter.report.tables.cohort_columns import CHECKS, COUNTS, LONG, PATIENTS, STATISTICS, wide_columns
from lesionmeter.report.tables.cohort_rows import long_rows, patient_row, visits_of, wide_rows
from lesionmeter.report.tables.columns import CHANGES, Column
from lesionmeter.report.tables.dictionary import meanings
from lesionmeter.report.tables.frames import Row, spreadsheet_safe, table
from lesionmeter.report.tables.rows import change_row
from lesionmeter.report.tables.writing import write_csv, write_workbook

LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
"""When every workbook was made, so that equal tables give equal bytes."""

Frames = Mapping[str, tuple[tuple[Column, ...], pd.DataFrame]]
"""Table to its columns and its rows."""


@dataclass(frozen=True)
class CohortFindings:
    """A study's patients with what was made of them.

    Parameters
    ----------
    cohort
        The patients.
    statistics, counts
        What papers print.
    checks
        A paper's figures beside what its counts give.
    sites
        The changes site by site.
    title
        What the study is called.
    """

    cohort: Cohort
    statistics: tuple[Statistic, ...] = ()
    counts: tuple[CountedItem, ...] = ()
    checks: tuple[CheckedFigure, ...] = ()
    sites: tuple[SiteChange, ...] = ()
    title: str = ""


def cohort_tables(found: CohortFindings) -> Frames:
    """All tables of a study by name; those that would be empty by their nature are left out."""
    patients = found.cohort.patients
    own = _own_columns(patients)
    columns: dict[str, tuple[tuple[Column, ...], Iterable[Row]]] = {
        "patients": ((*PATIENTS, *own), map(patient_row, patients)),
        "long": (LONG, (row for patient in patients for row in long_rows(patient))),
        "wide": (wide_columns(visits_of(patients)), (row for patient in patients for row in wide_rows(patient))),
        "changes": (CHANGES, (row for patient in patients for row in _change_rows(patient))),
        "statistics": (STATISTICS, map(_statistic_row, found.statistics)),
        "counts": (COUNTS, map(_count_row, found.counts)),
        "checks": (CHECKS, (vars(check) for check in found.checks)),
    }
    optional = {"counts": found.counts, "checks": found.checks}
    return {name: (c, table(c, rows)) for name, (c, rows) in columns.items() if optional.get(name, True)}


def write_cohort(found: CohortFindings, folder: Path) -> None:
    """Write a study's tables into an existing folder: CSV and Parquet each, `tables.xlsx`, and `columns.csv`.

    Parameters
    ----------
    found
        The study.
    folder
        Files of the same names are replaced. Equal studies give equal bytes.
    """
    frames = cohort_tables(found)
    explained = meanings({name: columns for name, (columns, _) in frames.items()})
    safe = {name: spreadsheet_safe(columns, plain) for name, (columns, plain) in frames.items()}
    for name, sheet in safe.items():
        write_csv(sheet, folder / f"{name}.csv")
        frames[name][1].to_parquet(folder / f"{name}.parquet", index=False)
    write_csv(explained, folder / "columns.csv")
    write_workbook(safe, explained, folder / "tables.xlsx")
    _without_time(folder / "tables.xlsx")


def _own_columns(patients: Iterable[PatientRecord]) -> tuple[Column, ...]:
    names = dict.fromkeys(name for patient in patients for name in patient.clinical.others)
    known = {column.name for column in PATIENTS}
    return tuple(Column(name, "free text", "as patients.csv says") for name in names if name not in known)


def _change_rows(patient: PatientRecord) -> Iterable[Row]:
    return ({"patient_id": patient.patient_id} | change_row(change) for change in patient.pairs)


def _statistic_row(statistic: Statistic) -> Row:
    estimate = statistic.estimate or Estimate(float("nan"), None, None)
    return vars(statistic) | {"value": estimate.value, "lo": estimate.lo, "hi": estimate.hi}


def _count_row(item: CountedItem) -> Row:
    return vars(item) | {"share_lo": item.share.lo, "share_hi": item.share.hi}


def _without_time(path: Path) -> None:
    """Pack a workbook anew without the time at which it was written."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            timeless = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", b"1980-01-01T00:00:00Z", content)
            new.writestr(
                zipfile.ZipInfo(name, LONG_AGO), timeless if name.startswith("docProps") else content,
                compress_type=zipfile.ZIP_DEFLATED,
            )  # fmt: skip
