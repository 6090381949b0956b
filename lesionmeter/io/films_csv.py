"""films.csv: what the user states about each film, and what wins over the files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lesionmeter.io.csv_table import CsvTable, Row, raise_faults, read_csv
from lesionmeter.io.names import not_an_exam_date
from lesionmeter.model.dates import PartialDate
from lesionmeter.model.geometry import Spacing, SpacingSource
from lesionmeter.model.radiograph import Polarity

COLUMNS: Final = ("file", "date", "hand", "spacing_mm", "polarity")

SPACING_MM: Final = (0.01, 2.0)
"""Finest and coarsest pixel of a hand film: a 2500 dpi scan, and a picture of 100 pixels."""

STATED_CV: Final = 0.01
"""Relative standard uncertainty of a length by a user's spacing, as from a ruler of 50 mm read to 0.5 mm."""


@dataclass(frozen=True)
class Statement:
    """One row of films.csv; None or empty where it states nothing."""

    file: str
    date: PartialDate | None = None
    hand: str = ""
    spacing: Spacing | None = None
    polarity: Polarity | None = None


def read_films_csv(path: Path, files: Collection[str], today: dt.date) -> tuple[dict[str, Statement], tuple[str, ...]]:
    """Read and check films.csv, all its faults in one message.

    Parameters
    ----------
    path
        The table.
    files
        Paths of the folder's files, as the table must name them.
    today
        No exam can be later.

    Returns
    -------
    tuple
        Statements by file, and remarks.

    Raises
    ------
    StudyError
        If a row names no file or one twice, or a cell is not what it should be.
    """
    table = read_csv(path, COLUMNS, ("file",))
    faults: list[str] = []
    statements: dict[str, Statement] = {}
    for row in table.rows:
        statement = _statement(table, row, today, faults)
        faults += file_faults(row, statement.file, files)
        if statement.file in statements:
            faults.append(f"line {row.line}: {statement.file} stands there twice")
        statements[statement.file] = statement
    raise_faults(table.name, faults)
    remarks = (f"{table.name}: not read: {', '.join(table.unknown)}",) if table.unknown else ()
    return statements, remarks


def file_faults(row: Row, file: str, files: Collection[str]) -> list[str]:
    """What is wrong with a row's file name, if anything."""
    if not file:
        return [f"line {row.line}: expected a file, came an empty cell"]
    if file in files:
        return []
    alike = [name for name in sorted(files) if name.lower().rsplit(".", 1)[0] == file.lower().rsplit(".", 1)[0]]
    hint = f" (there is {alike[0]})" if alike else ""
    return [f"line {row.line}: expected a file of the folder, came {file}{hint}"]


def _statement(table: CsvTable, row: Row, today: dt.date, faults: list[str]) -> Statement:
    def cell(column: str, parse: Callable[[str], Any]) -> Any:
        if not row[column]:
            return None
        try:
            return parse(row[column])
        except ValueError as error:
            faults.append(f"line {row.line}: {column}: {error}")
            return None

    return Statement(
        file=row["file"].replace("\\", "/").removeprefix("./"),
        date=cell("date", lambda text: _date(text, today)),
        hand=cell("hand", _hand) or "",
        spacing=cell("spacing_mm", lambda text: _spacing(table, text)),
        polarity=cell("polarity", _polarity),
    )


def _date(text: str, today: dt.date) -> PartialDate:
    date = PartialDate.parse(text)
    if reason := not_an_exam_date(date, today):
        raise ValueError(f"expected the date of an exam, came {text}, which {reason}")
    return date


def _hand(text: str) -> str:
    if text.upper() not in ("L", "R", "LR"):
        raise ValueError(f"expected L, R or LR, came {text}")
    return text.upper()


def _spacing(table: CsvTable, text: str) -> Spacing:
    low, high = SPACING_MM
    try:
        value = table.number(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise ValueError(f"expected {low:g} to {high:g} mm a pixel, came {text}")
    return Spacing(value, value, SpacingSource.FILMS_CSV, STATED_CV)


def _polarity(text: str) -> Polarity:
    try:
        return Polarity(text.lower())
    except ValueError:
        raise ValueError(f"expected normal or inverted, came {text}") from None
