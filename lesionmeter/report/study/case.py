"""A published case's words beside the program's calls on films that follow them: a table and a page."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from lesionmeter.model.published import PublishedCase
from lesionmeter.report import figures
from lesionmeter.report.comparison.rows import ComparedFinding
from lesionmeter.report.page import environment
from lesionmeter.report.tables import write_study_tables
from lesionmeter.report.tables.study_rows import compared_rows

PAGE: Final = "case_1990.html"


def write_case(case: PublishedCase, findings: tuple[ComparedFinding, ...], folder: Path, sample_page: str = "") -> None:
    """Write `case_1990.csv` and `case_1990.html`.

    Parameters
    ----------
    case
        What the paper says, site by site.
    findings
        Its words beside the program's calls on the sample films.
    folder
        An existing folder.
    sample_page
        The sample patient's page, as a path from `folder`; empty if there is none.
    """
    write_study_tables({"case_1990": compared_rows(findings)}, folder)
    html = (
        environment()
        .get_template("case.html")
        .render(
            case=case,
            findings=findings,
            agreed=sum(finding.agrees for finding in findings),
            call_colours={str(call): colour for call, colour in figures.CALL_COLOURS.items()},
            sample_page=sample_page,
        )
    )
    (folder / PAGE).write_text(html, encoding="utf-8", newline="\n")
