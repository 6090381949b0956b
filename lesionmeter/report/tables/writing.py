"""Tables to files: CSV always, one XLSX workbook and Parquet files on request."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from lesionmeter.errors import UsageError
from lesionmeter.model.findings import Assessment
from lesionmeter.model.patient import Hand
from lesionmeter.report.tables.columns import LANDMARKS, TABLES
from lesionmeter.report.tables.dictionary import meanings
from lesionmeter.report.tables.frames import spreadsheet_safe
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
    safe = {name: spreadsheet_safe(TABLES[name], table) for name, table in plain.items()}
    for name, table in safe.items():
        write_csv(table, folder / f"{name}.csv")
    if "xlsx" in exports:
        write_workbook(safe, meanings(TABLES), folder / "tables.xlsx")
    if "parquet" in exports:
        for name, table in plain.items():
            table.to_parquet(folder / f"{name}.parquet", index=False)


def write_landmarks(hands: tuple[Hand, ...], path: Path) -> None:
    """Write the landmarks of some hands as one CSV file with the columns of `landmarks.csv`."""
    write_csv(spreadsheet_safe(LANDMARKS, landmarks_table(hands)), path)


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV: UTF-8, a point as decimal mark, empty for missing."""
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8", errors="backslashreplace")


def write_workbook(sheets: Mapping[str, pd.DataFrame], explained: pd.DataFrame, path: Path) -> None:
    """Write tables as the sheets of one workbook, and the meanings of their columns as its last."""
    with pd.ExcelWriter(path, engine="openpyxl") as workbook:
        for name, table in (*sheets.items(), ("columns", explained)):
            table.to_excel(workbook, sheet_name=name, index=False, freeze_panes=(1, 0))
