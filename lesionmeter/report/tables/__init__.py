"""The tables of an output folder: tidy rows, one meaning a column, empty for unknown."""

from lesionmeter.report.tables.cohort import CohortFindings, cohort_tables, write_cohort
from lesionmeter.report.tables.columns import TABLES, Column
from lesionmeter.report.tables.dictionary import dictionary_markdown
from lesionmeter.report.tables.rows import (
    changes_table,
    deposits_table,
    films_table,
    landmarks_table,
    pairs_table,
    registration_table,
    tables,
)
from lesionmeter.report.tables.study import write_study_tables
from lesionmeter.report.tables.writing import write_landmarks, write_tables

__all__ = [
    "TABLES",
    "CohortFindings",
    "Column",
    "changes_table",
    "cohort_tables",
    "deposits_table",
    "dictionary_markdown",
    "films_table",
    "landmarks_table",
    "pairs_table",
    "registration_table",
    "tables",
    "write_cohort",
    "write_landmarks",
    "write_study_tables",
    "write_tables",
]
