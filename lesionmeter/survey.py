"""A whole study: output folders and what is known of the patients in; tables, statistics, figures and the page out."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

from lesionmeter.cohort import (
    check_series,
    cohort_of,
    compare_groups,
    describe,
    findings_table,
    printed_findings,
    site_changes,
)
from lesionmeter.errors import OutputError, UsageError
from lesionmeter.io import assessment as output
from lesionmeter.io.measured import read_outputs
from lesionmeter.io.papers import published_series
from lesionmeter.io.patients_csv import read_patients_csv
from lesionmeter.model.cohort import Cohort, PatientRecord
from lesionmeter.model.statistic import Statistic
from lesionmeter.report import cohort_page
from lesionmeter.report.tables import CohortFindings, write_cohort

PATIENTS_CSV: Final = "patients.csv"
BY_COURSE: Final = ("drug", "dose", "antibodies")
"""Columns of patients.csv that can part the patients into groups, beside the study's own."""


def survey(outputs: Path, out: Path, patients_csv: Path | None = None, groups: tuple[str, ...] = ()) -> CohortFindings:
    """Bring a study's measured patients together, and write tables, figures and page into `out`, whole or not at all.

    Parameters
    ----------
    outputs
        Folder of output folders, as `lesionmeter batch` writes it.
    out
        The folder to write.
    patients_csv
        What is known of the patients beside their films; None for `patients.csv` in `outputs`, if it is there.
    groups
        Columns of that table whose groups are to be compared.

    Raises
    ------
    LesionmeterError
        If there is no output folder, a table cannot be read, a column does not exist, or `out` cannot be written.
    """
    if not outputs.is_dir():
        raise UsageError(
            f"{outputs}: expected a folder of output folders, came {'a file' if outputs.exists() else 'nothing'}"
        )
    table = patients_csv or (outputs / PATIENTS_CSV if (outputs / PATIENTS_CSV).is_file() else None)
    _check_apart(out, outputs, table)
    cohort = cohort_of(read_outputs(outputs), read_patients_csv(table) if table else {})
    compared = (line for column in groups for line in _compared(cohort, column))
    patients = cohort.patients
    found = CohortFindings(
        cohort, (*describe(patients), *compared), findings_table(patients), sites=site_changes(patients)
    )
    _write(found, out, outputs)
    return found


def survey_of_1998(out: Path, beside: Callable[[Path], None] | None = None) -> CohortFindings:
    """The published series of 1998 as a study: its tables, its statistics, and each printed figure checked.

    Parameters
    ----------
    out
        The folder to write.
    beside
        Writes more into the same folder before it takes its place.

    Raises
    ------
    OutputError
        If `out` cannot be written.
    """
    series = published_series()
    cohort = Cohort(series.patients, series.remarks)
    found = CohortFindings(
        cohort, describe(series.patients), printed_findings(series.counts), check_series(series), title=series.short
    )
    _write(found, out, None, beside)
    return found


def _check_apart(out: Path, outputs: Path, table: Path | None) -> None:
    inside = out.resolve()
    if inside == outputs.resolve() or (table and inside in table.resolve().parents):
        raise OutputError(f"{out}: expected an output folder apart from what is read, came one that holds it")


def _compared(cohort: Cohort, column: str) -> tuple[Statistic, ...]:
    known = {name for patient in cohort.patients for name in patient.clinical.others}
    if column not in known and column not in BY_COURSE:
        wanted = ", ".join(sorted(known | set(BY_COURSE)))
        raise UsageError(f"expected a column of patients.csv to compare by ({wanted}), came {column!r}")
    return compare_groups(cohort.patients, lambda patient: _group(patient, column), column)


def _group(patient: PatientRecord, column: str) -> str:
    clinical = patient.clinical
    if column == "antibodies":
        return clinical.antibodies
    if column not in BY_COURSE:
        return clinical.others.get(column, "")
    if clinical.treatments == ():
        return "none"
    return "; ".join(dict.fromkeys(getattr(course, column) for course in clinical.treatments or ()))


def _write(
    found: CohortFindings, out: Path, outputs: Path | None, beside: Callable[[Path], None] | None = None
) -> None:
    with output.replacing(out, output.COHORT_OUTPUT) as stage:
        write_cohort(found, stage)
        cohort_page.write_page(found, stage, _links(found.cohort, out, outputs) if outputs else {})
        if beside is not None:
            beside(stage)


def _links(cohort: Cohort, out: Path, outputs: Path) -> Mapping[str, str]:
    """Where each patient's page lies, as seen from the cohort's."""
    pages = {p.patient_id: (outputs / p.folder / "report.html").resolve() for p in cohort.patients if p.folder}
    return {patient: _link(page, out.resolve()) for patient, page in pages.items() if page.is_file()}


def _link(page: Path, out: Path) -> str:
    try:
        return quote(Path(os.path.relpath(page, out)).as_posix())
    except ValueError:  # another drive
        return page.as_uri()
