"""A small CSV table that a person wrote: forgiving about how, strict about what."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from lesionmeter.errors import StudyError


@dataclass(frozen=True)
class Row:
    """One line: its number in the file, and its stripped cells by lower-case column name."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell of a column; empty if the table lacks it."""
        return self.cells.get(column, "")


@dataclass(frozen=True)
class CsvTable:
    """A table's rows, and the columns that nobody asked for.

    `decimal_comma` says that cells are parted by semicolons, as where a comma is the decimal mark.
    """

    name: str
    rows: tuple[Row, ...]
    unknown: tuple[str, ...]
    decimal_comma: bool

    def number(self, text: str) -> float:
        """A cell as a number.

        Raises
        ------
        ValueError
            If it is none.
        """
        return float(text.replace(",", ".") if self.decimal_comma else text)


def read_csv(path: Path, known: tuple[str, ...], required: tuple[str, ...]) -> CsvTable:
    """Read a table with a header; byte-order mark, semicolons, tabs, any line ends and empty lines are fine.

    Parameters
    ----------
    path
        The file, in UTF-8.
    known
        Columns that mean something here.
    required
        Those of them that must be there.

    Raises
    ------
    StudyError
        If it is no text, or its columns are missing or double.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StudyError(
            f"{path.name}: expected UTF-8 text, came other bytes at {error.start}; save it again"
        ) from None
    delimiter = _delimiter(text)
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    header = tuple(cell.strip().lower() for cell in lines[0]) if lines else ()
    _check_header(path.name, header, required)
    rows = tuple(
        Row(number, _cells(path.name, number, header, line))
        for number, line in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in line)
    )
    unknown = tuple(column for column in header if column and column not in known)
    return CsvTable(path.name, rows, unknown, delimiter == ";")


def _delimiter(text: str) -> str:
    header = text.split("\n", 1)[0]
    return max((",", ";", "\t"), key=header.count)


def _check_header(name: str, header: tuple[str, ...], required: tuple[str, ...]) -> None:
    missing = [column for column in required if column not in header]
    if missing:
        came = ", ".join(filter(None, header)) or "none"
        raise StudyError(f"{name}: expected the columns {', '.join(required)}, came {came}")
    double = sorted({column for column in header if column and header.count(column) > 1})
    if double:
        raise StudyError(f"{name}: expected each column once, came {', '.join(double)} twice")


def _cells(name: str, number: int, header: tuple[str, ...], line: list[str]) -> dict[str, str]:
    if len(line) > len(header) and any(cell.strip() for cell in line[len(header) :]):
        raise StudyError(f"{name}: line {number}: expected {len(header)} cells, came {len(line)}")
    return {column: cell.strip() for column, cell in zip(header, line, strict=False) if column}


def raise_faults(name: str, faults: list[str]) -> None:
    """Raise all faults of one table in one message; nothing if there are none.

    Raises
    ------
    StudyError
        If there is any fault.
    """
    if faults:
        raise StudyError(f"{name}: {'; '.join(faults)}")
