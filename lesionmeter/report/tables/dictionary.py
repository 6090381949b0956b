"""The data dictionary, made from the columns themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from lesionmeter.report.tables.cohort_columns import COHORT_TABLES
from lesionmeter.report.tables.columns import TABLES, Column
from lesionmeter.report.tables.study_columns import STUDY_TABLES

_HEAD: Final = """\
# The columns of the tables

Made from `lesionmeter.report.tables`. An empty cell is unknown, never 0. `x` is the column and `y` the row of a pixel,
counted from 0 at the centre of the first pixel. Files are UTF-8 with a point as decimal mark; a free text that begins
like a spreadsheet's formula has an apostrophe before it."""

_COHORT_HEAD: Final = """\
# The columns of a study's tables

What `lesionmeter cohort` writes: one row for each patient, deposit, site or figure of a whole study."""

_STUDY_HEAD: Final = """\
# The columns of agreement, and of a published case

What `lesionmeter agree` and `lesionmeter cohort --example` write beside these."""


def dictionary_markdown() -> str:
    """The data dictionary of all tables, as Markdown: the text of docs/columns.md.

    Examples
    --------
    >>> print(dictionary_markdown().splitlines()[0])
    # The columns of the tables
    """
    parts = (_HEAD, *_sections(TABLES), _COHORT_HEAD, *_sections(COHORT_TABLES), _STUDY_HEAD, *_sections(STUDY_TABLES))
    return "\n\n".join(parts) + "\n"


def meanings(tables: Mapping[str, tuple[Column, ...]]) -> pd.DataFrame:
    """One row a column of these tables: table, column, unit, meaning."""
    return pd.DataFrame(
        [(table, c.name, c.unit, c.meaning) for table, columns in tables.items() for c in columns],
        columns=["table", "column", "unit", "meaning"],
    )


def _sections(tables: Mapping[str, tuple[Column, ...]]) -> list[str]:
    return [f"## {table}.csv\n\n{_rows(columns)}" for table, columns in tables.items()]


def _rows(columns: tuple[Column, ...]) -> str:
    lines = ["| column | unit | meaning |", "|---|---|---|"]
    lines += [f"| `{column.name}` | {column.unit} | {column.meaning} |" for column in columns]
    return "\n".join(lines)
