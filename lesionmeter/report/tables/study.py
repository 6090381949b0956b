"""Tables of agreement, and of a published case, to files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from lesionmeter.report.tables.frames import Row, spreadsheet_safe, table
from lesionmeter.report.tables.study_columns import STUDY_TABLES
from lesionmeter.report.tables.writing import write_csv


def write_study_tables(rows: Mapping[str, Iterable[Row]], folder: Path) -> None:
    """Write tables as CSV, each with the columns that `STUDY_TABLES` gives it; empty ones too.

    Parameters
    ----------
    rows
        The rows of each table by its name.
    folder
        An existing folder; files of the same names are replaced.
    """
    for name, of_table in rows.items():
        columns = STUDY_TABLES[name]
        write_csv(spreadsheet_safe(columns, table(columns, of_table)), folder / f"{name}.csv")
