"""A paper's figures beside those of its counts, and a case's words beside the program's calls: tables and a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lesionmeter.model.cohort import Cohort
from lesionmeter.model.published import CheckedFigure, CountedItem, FollowedPatient, PublishedCase, PublishedSeries
from lesionmeter.model.statistic import Statistic
from lesionmeter.report import figures
from lesionmeter.report.comparison.rows import ComparedFinding
from lesionmeter.report.page import environment
from lesionmeter.report.study.words import value_text
from lesionmeter.report.tables import CohortFindings, write_cohort, write_study_tables
from lesionmeter.report.tables.study_rows import compared_rows, followed_rows

PAGE: Final = "example.html"
VERDICT_COLOURS: Final = {
    "agrees": "#1d6b3a",
    "only when cut off": "#9a6a00",
    "differs": "#9a3412",
    "cannot be recomputed": "#5b6673",
    "not printed": "#5b6673",
}


@dataclass(frozen=True)
class Example:
    """The series of 1998 and the case of 1990, worked out.

    Parameters
    ----------
    series, figures, statistics, table1, table2
        The series, its figures beside those of its counts, its statistics and two tables.
    case, findings
        The case, and its words beside the program's calls on the sample films; no findings where these were not
        measured.
    """

    series: PublishedSeries
    figures: tuple[CheckedFigure, ...]
    statistics: tuple[Statistic, ...]
    table1: tuple[CountedItem, ...]
    table2: tuple[FollowedPatient, ...]
    case: PublishedCase
    findings: tuple[ComparedFinding, ...] = field(default=())


def write_example(example: Example, folder: Path, sample_page: str = "") -> None:
    """Write the tables of `write_cohort` (`checks.csv`: printed beside counted), two more and `example.html`.

    `table2.csv` is the series patient by patient, `case_1990.csv` the case beside the calls.

    Parameters
    ----------
    example
        What was worked out.
    folder
        An existing folder.
    sample_page
        The sample patient's page, as a path from `folder`; empty if there is none.
    """
    cohort = Cohort(example.series.patients, example.series.remarks)
    write_cohort(CohortFindings(cohort, example.statistics, example.table1, example.figures), folder)
    tables = {"table2": followed_rows(example.table2), "case_1990": compared_rows(example.findings)}
    write_study_tables(tables, folder)
    html = (
        environment()
        .get_template("example.html")
        .render(
            example=example,
            agreed=sum(finding.agrees for finding in example.findings),
            call_colours={str(call): colour for call, colour in figures.CALL_COLOURS.items()},
            verdict_colours=VERDICT_COLOURS,
            value_text=value_text,
            sample_page=sample_page,
        )
    )
    (folder / PAGE).write_text(html, encoding="utf-8", newline="\n")
