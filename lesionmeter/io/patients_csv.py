"""patients.csv: what a study knows of its patients beside their films."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from lesionmeter.io.csv_table import CsvTable, Row, raise_faults, read_csv
from lesionmeter.model.cohort import ClinicalRecord, Event, Grade, Treatment
from lesionmeter.model.dates import PartialDate

COURSE: Final = ("drug", "dose", "start", "end", "treatment_years")
COLUMNS: Final = ("patient_id", *COURSE, "surgery", "ulcer_or_extrusion", "berger", "antibodies")
YES: Final = ("yes", "y", "1", "true", "+")
NO: Final = ("no", "n", "0", "false", "-", "none")
ONGOING: Final = "ongoing"
GRADES: Final = re.compile(r"(?:(?P<date>\d{4}(?:-\d{2}){0,2})\s*:?\s+)?(?P<grade>[0-4])\+?")


def read_patients_csv(path: Path) -> Mapping[str, ClinicalRecord]:
    """Read patients.csv, all its faults in one message.

    Parameters
    ----------
    path
        The table: `patient_id` and any of `COLUMNS`; all other columns are kept as they are. A patient with several
        courses of drugs has a line for each, and states all else once.

    Returns
    -------
    mapping
        Record by patient ID.

    Raises
    ------
    StudyError
        If a cell is not what it should be, or the lines of one patient contradict each other.
    """
    table = read_csv(path, COLUMNS, ("patient_id",))
    faults: list[str] = []
    lines: dict[str, list[Row]] = {}
    for row in table.rows:
        lines.setdefault(row["patient_id"], []).append(row)
    if "" in lines:
        faults.append(f"line {lines[''][0].line}: patient_id: expected one, came an empty cell")
    records = {patient: _record(table, rows, faults) for patient, rows in lines.items()}
    raise_faults(path.name, faults)
    return records


def _record(table: CsvTable, rows: list[Row], faults: list[str]) -> ClinicalRecord:
    said = _said_once(table, rows, faults)
    return ClinicalRecord(
        treatments=_treatments(table, rows, faults),
        surgery=_events("surgery", said, faults),
        skin_loss=_events("ulcer_or_extrusion", said, faults),
        berger=tuple(_grades(said, faults)),
        antibodies=said["antibodies"],
        others={column: said[column] for column in table.unknown},
    )


def _said_once(table: CsvTable, rows: list[Row], faults: list[str]) -> Row:
    """All that does not belong to a course of a drug, from whichever line of the patient states it."""
    cells: dict[str, str] = {}
    for column in (*(c for c in COLUMNS if c not in COURSE), *table.unknown):
        said = list(dict.fromkeys(row[column] for row in rows if row[column]))
        if len(said) > 1:
            faults.append(f"line {rows[-1].line}: {column}: expected what line {rows[0].line} says, came another")
        cells[column] = said[0] if said else ""
    return Row(rows[0].line, cells)


def _treatments(table: CsvTable, rows: list[Row], faults: list[str]) -> tuple[Treatment, ...] | None:
    stated = [row for row in rows if any(row[column] for column in COURSE)]
    if not stated:
        return None
    if all(row["drug"].lower() in NO for row in stated):
        return ()
    return tuple(_treatment(table, row, faults) for row in stated)


def _treatment(table: CsvTable, row: Row, faults: list[str]) -> Treatment:
    ongoing = row["end"].lower() == ONGOING
    start, end = (_date(row, column, faults) for column in ("start", "end"))
    years = None
    if row["treatment_years"]:
        try:
            years = table.number(row["treatment_years"])
        except ValueError:
            faults.append(f"line {row.line}: treatment_years: expected a number, came {row['treatment_years']!r}")
    if start and end and end.latest < start.earliest:
        faults.append(f"line {row.line}: end: expected a date not before {start}, came {end}")
    return Treatment(row["drug"], row["dose"], start, end, ongoing, years)


def _date(row: Row, column: str, faults: list[str]) -> PartialDate | None:
    if not row[column] or (column == "end" and row[column].lower() == ONGOING):
        return None
    try:
        return PartialDate.parse(row[column])
    except ValueError as error:
        faults.append(f"line {row.line}: {column}: {error}")
        return None


def _events(column: str, row: Row, faults: list[str]) -> tuple[Event, ...] | None:
    """None if not stated; empty for no; a date each, or one without a date for yes."""
    cell = row[column].lower()
    if not cell:
        return None
    if cell in NO:
        return ()
    if cell in YES:
        return (Event(),)
    try:
        return tuple(Event(PartialDate.parse(part)) for part in _parts(cell))
    except ValueError as error:
        faults.append(f"line {row.line}: {column}: expected yes, no, or dates parted by semicolons: {error}")
        return None


def _grades(row: Row, faults: list[str]) -> Iterator[Grade]:
    for part in _parts(row["berger"]):
        found = GRADES.fullmatch(part)
        if found is None:
            faults.append(f"line {row.line}: berger: expected such as `2+` or `2009-03 2+; 2012 3+`, came {part!r}")
            continue
        yield Grade(int(found["grade"]), PartialDate.parse(found["date"]) if found["date"] else None)


def _parts(cell: str) -> Iterable[str]:
    return filter(None, (part.strip() for part in cell.split(";")))
