"""hints.csv: a reader's clicks, one inside each deposit that must be measured."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

import numpy as np

from lesionmeter.io.csv_table import CsvTable, Row, raise_faults, read_csv
from lesionmeter.io.films_csv import file_faults
from lesionmeter.model.patient import Hint

COLUMNS: Final = ("file", "x", "y", "deposit")


def read_hints_csv(
    path: Path, files: Collection[str], shapes: Mapping[str, tuple[int, int]]
) -> tuple[tuple[Hint, ...], tuple[str, ...]]:
    """Read and check hints.csv, all its faults in one message.

    Parameters
    ----------
    path
        The table; x is the column and y the row of a pixel.
    files
        Paths of the folder's files, as the table must name them.
    shapes
        (rows, columns) of the films that were read.

    Returns
    -------
    tuple
        The clicks on films that were read, and remarks on the others.

    Raises
    ------
    StudyError
        If a row names no file, lies off its film, or repeats another.
    """
    table = read_csv(path, COLUMNS, ("file", "x", "y"))
    faults: list[str] = []
    hints: list[Hint] = []
    for row in table.rows:
        hint = _hint(table, row, faults)
        row_faults = file_faults(row, hint.film, files) + _place_faults(row, hint, shapes)
        row_faults += [f"line {row.line}: repeats another click" for other in hints if _same(hint, other)]
        faults += row_faults
        hints.append(hint)
    raise_faults(table.name, faults)
    lost = sorted({hint.film for hint in hints if hint.film not in shapes})
    remarks = [f"{table.name}: clicks on {film} are not used: it is not among the films read" for film in lost]
    if table.unknown:
        remarks.append(f"{table.name}: not read: {', '.join(table.unknown)}")
    return tuple(hint for hint in hints if hint.film in shapes), tuple(remarks)


def _hint(table: CsvTable, row: Row, faults: list[str]) -> Hint:
    point = [_coordinate(table, row, axis, faults) for axis in ("y", "x")]
    return Hint(row["file"].replace("\\", "/").removeprefix("./"), np.array(point), row["deposit"])


def _coordinate(table: CsvTable, row: Row, axis: str, faults: list[str]) -> float:
    try:
        value = table.number(row[axis])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        faults.append(f"line {row.line}: {axis}: expected a number, came {row[axis] or 'an empty cell'}")
    return value


def _place_faults(row: Row, hint: Hint, shapes: Mapping[str, tuple[int, int]]) -> list[str]:
    if hint.film not in shapes or not np.isfinite(hint.point).all():
        return []
    rows, columns = shapes[hint.film]
    y, x = hint.point
    if -0.5 <= y <= rows - 0.5 and -0.5 <= x <= columns - 0.5:
        return []
    return [f"line {row.line}: expected a pixel of {columns} x {rows} (x, y), came {x:g}, {y:g}"]


def _same(first: Hint, second: Hint) -> bool:
    if first.film != second.film:
        return False
    return bool(first.deposit and first.deposit == second.deposit) or bool(np.array_equal(first.point, second.point))
