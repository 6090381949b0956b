"""Rows to tables by their columns: types, digits, and texts that are safe to open in a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

from lesionmeter.report.tables.columns import Column

Row = dict[str, Any]


def table(columns: tuple[Column, ...], rows: Iterable[Row]) -> pd.DataFrame:
    """A table of these columns; a cell that a row lacks is missing."""
    gathered = list(rows)
    return pd.DataFrame({c.name: _series(c, [row.get(c.name) for row in gathered]) for c in columns})


def spreadsheet_safe(columns: tuple[Column, ...], plain: pd.DataFrame) -> pd.DataFrame:
    """The table with its free texts made safe to open in a spreadsheet."""
    free = [column.name for column in columns if column.kind == "free text"]
    return plain.assign(**{column: plain[column].map(_neutral, na_action="ignore") for column in free})


def _neutral(text: str) -> str:
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", " ", text)  # control characters, which XLSX cannot hold
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _series(column: Column, cells: list[Any]) -> pd.Series[Any]:
    if column.kind == "integer":
        return pd.Series(cells, dtype="Int64")
    if column.kind == "number":
        numbers = pd.Series([None if cell is None else float(cell) for cell in cells], dtype="float64")
        return numbers.round(column.digits) + 0.0  # + 0.0: a rounded -0.0 is 0.0
    return pd.Series([str(cell) if cell not in (None, "") else None for cell in cells], dtype="object")
