"""Tables to files: CSV always, one XLSX workbook and Parquet files on request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from lesionmeter.errors import UsageError
from lesionmeter.model.findings import Assessment
from lesionmeter.model.patient import Hand
from lesionmeter.report.tables.columns import TABLES
from lesionmeter.report.tables.rows import landmarks_table, tables

EXPORTS: Final = ("xlsx", "parquet")
"""Formats of the tables beside CSV."""


def write_tables(assessment: Assessment, folder: Path, exports: tuple[str, ...] = ()) -> None:
    """Write every table into `folder`.

    Parameters
    ----------
    assessment
        What was found on one patient's films.
    folder
        Existing folder; files of the same names are replaced.
    exports
        `xlsx` also writes `tables.xlsx`, one sheet a table and one that explains the columns; `parquet` also writes
        `<table>.parquet` for every table.

    Raises
    ------
    UsageError
        If an export is of another kind.

    Notes
    -----
    File names and patient IDs come from outside. In CSV and XLSX a free text that a spreadsheet would take for a
    formula (it starts with = + - @, a tab or a return) gets an apostrophe before it. Parquet holds the text as it is.
    """
    if unknown := sorted(set(exports) - set(EXPORTS)):
        raise UsageError(f"exports: expected {' or '.join(EXPORTS)}, came {unknown[0]!r}")
    plain = tables(assessment)
    safe = {name: spreadsheet_safe(name, table) for name, table in plain.items()}
    for name, table in safe.items():
        _write_csv(table, folder / f"{name}.csv")
    if "xlsx" in exports:
        _write_workbook(safe, folder / "tables.xlsx")
    if "parquet" in exports:
        for name, table in plain.items():
            table.to_parquet(folder / f"{name}.parquet", index=False)


def write_landmarks(hands: tuple[Hand, ...], path: Path) -> None:
    """Write the landmarks of some hands as one CSV file with the columns of `landmarks.csv`."""
    _write_csv(spreadsheet_safe("landmarks", landmarks_table(hands)), path)


def spreadsheet_safe(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """The table called `name` with its free texts made safe to open in a spreadsheet."""
    free = [column.name for column in TABLES[name] if column.kind == "free text"]
    return table.assign(**{column: table[column].map(_neutral, na_action="ignore") for column in free})


def _neutral(text: str) -> str:
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", " ", text)  # control characters, which XLSX cannot hold
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8", errors="backslashreplace")


def _write_workbook(sheets: Mapping[str, pd.DataFrame], path: Path) -> None:
    meanings = pd.DataFrame(
        [(table, c.name, c.unit, c.meaning) for table, columns in TABLES.items() for c in columns],
        columns=["table", "column", "unit", "meaning"],
    )
    with pd.ExcelWriter(path, engine="openpyxl") as workbook:
        for name, table in (*sheets.items(), ("columns", meanings)):
            table.to_excel(workbook, sheet_name=name, index=False, freeze_panes=(1, 0))
