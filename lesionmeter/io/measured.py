"""The output folders of a study's patients, read from their tables: fast, and without films or masks."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lesionmeter.errors import OutputError
from lesionmeter.io.assessment import is_output
from lesionmeter.model.cohort import DatedArea, MeasuredPatient
from lesionmeter.model.dates import DAYS_PER_YEAR, Interval, PartialDate
from lesionmeter.model.findings import Call, Change, Estimate, Status
from lesionmeter.model.site import Site

BATCH: Final = "batch.csv"

Cells = dict[str, str]


def read_outputs(folder: Path) -> tuple[MeasuredPatient, ...]:
    """Read every patient's output folder in `folder`; a patient whom a batch could not measure comes with the reason.

    Parameters
    ----------
    folder
        What `lesionmeter batch` wrote, or any folder of output folders.

    Returns
    -------
    tuple of MeasuredPatient
        By patient ID.

    Raises
    ------
    OutputError
        If there is no output folder in it, a table in one is damaged, or one patient is there twice.
    """
    failed = _failed(folder / BATCH)
    found = [path for path in sorted(folder.iterdir()) if path.is_dir() and not path.name.startswith(".")]
    outputs = [path for path in found if path.name not in failed and is_output(path)]
    patients = [*map(_patient, outputs), *(MeasuredPatient(name, reason=reason) for name, reason in failed.items())]
    if not patients:
        raise OutputError(f"{folder}: expected output folders of lesionmeter batch or measure, came none in it")
    _check_once(folder, patients)
    return tuple(sorted(patients, key=lambda patient: patient.patient_id))


def _failed(path: Path) -> dict[str, str]:
    """Patients whom a batch could not measure, with the reason; what an earlier batch left of them is out of date."""
    if not path.is_file():
        return {}
    return {row["patient"]: row["reason"] for row in _rows(path) if row["status"] == "failed"}


def _check_once(folder: Path, patients: list[MeasuredPatient]) -> None:
    counts = Counter(patient.patient_id for patient in patients)
    if double := sorted(patient for patient, count in counts.items() if count > 1):
        names = ", ".join(p.folder or "batch.csv" for p in patients if p.patient_id == double[0])
        raise OutputError(
            f"{folder}: expected each patient once, came {double[0]} in {names}; put the films into one folder and "
            "measure them together"
        )


def _patient(folder: Path) -> MeasuredPatient:
    films = list(_rows(folder / "films.csv"))
    assessed = [film for film in films if film["status"] == Status.MEASURED]
    try:
        dates = sorted({PartialDate.parse(f["date"]) for f in assessed if f["date"]}, key=lambda date: date.middle)
        areas = tuple(_area(row, dates) for row in _rows(folder / "deposits.csv"))
        changes = tuple(_change(row) for row in _rows(folder / "changes.csv"))
    except (KeyError, ValueError) as error:
        raise OutputError(
            f"{folder}: expected tables of lesionmeter, came other cells ({error}); measure again"
        ) from error
    patient = _plain(films[0]["patient_id"]) if films else folder.name
    reason = "" if assessed else "no film could be assessed"
    return MeasuredPatient(patient, folder.name, len(films), len(assessed), tuple(dates), areas, changes, reason)


def _rows(path: Path) -> Iterator[Cells]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            yield from csv.DictReader(file)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise OutputError(f"{path}: expected a table of lesionmeter, came {type(error).__name__}") from error


def _area(row: Cells, dates: list[PartialDate]) -> DatedArea:
    date = PartialDate.parse(row["date"]) if row["date"] else None
    return DatedArea(
        film=_plain(row["film"]),
        date=date,
        years=(date.middle - dates[0].middle) / DAYS_PER_YEAR if date and dates else None,
        laterality=row["hand"],
        site=_site(row),
        identity=row["deposit"],
        status=Status(row["status"]),
        reason=row["reason"],
        area=_estimate(row, "area_mm2", "area_lo_mm2", "area_hi_mm2"),
        detection_limit=_number(row["detection_limit_mm2"]),
        spacing_source=row["spacing_source"],
    )


def _change(row: Cells) -> Change:
    log_ratio = _estimate(row, "log_ratio", "log_ratio_lo", "log_ratio_hi")
    return Change(
        level=row["level"],
        laterality=row["hand"] or None,
        site=_site(row),
        identity=row["deposit"] or None,
        date_from=PartialDate.parse(row["date_from"]),
        date_to=PartialDate.parse(row["date_to"]),
        interval=Interval(float(row["years"]), float(row["years_lo"]), float(row["years_hi"])),
        area_from=_number(row["area_from_mm2"]),
        area_to=_number(row["area_to_mm2"]),
        difference=_estimate(row, "change_mm2", "change_lo_mm2", "change_hi_mm2"),
        log_ratio=log_ratio,
        percent=_number(row["change_pct"]),
        rate=_estimate(row, "rate_pct_per_year", "rate_lo_pct_per_year", "rate_hi_pct_per_year"),
        n_from=_count(row["n_from"]),
        n_to=_count(row["n_to"]),
        call=Call(row["call"]),
        wording=row["wording"],
        reason=row["reason"],
        unit="relative" if log_ratio and not row["area_from_mm2"] else "mm2",
        film_from=_plain(row["film_from"]) or None,
        film_to=_plain(row["film_to"]) or None,
    )


def _site(row: Cells) -> Site | None:
    return Site(_count(row["ray"]), row["site"], row["aspect"]) if row["site"] else None


def _estimate(row: Cells, value: str, lo: str, hi: str) -> Estimate | None:
    middle = _number(row[value])
    return None if middle is None else Estimate(middle, _number(row[lo]), _number(row[hi]))


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def _count(cell: str) -> int | None:
    return int(cell) if cell else None


def _plain(text: str) -> str:
    """A free text without the apostrophe that keeps spreadsheets from taking it for a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in {"=", "+", "-", "@", "\t", "\r"} else text
