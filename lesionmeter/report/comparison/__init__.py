"""A page that sets the program's calls beside the words of a report on the same films, site by site."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from lesionmeter.model.findings import Assessment
from lesionmeter.model.reported import ReportedFinding
from lesionmeter.report.comparison.rows import ComparedFinding, compare
from lesionmeter.report.figures import CALL_COLOURS
from lesionmeter.report.page import environment

__all__ = ["ComparedFinding", "compare", "comparison_page", "write_comparison"]

FILE: Final = "findings.html"


def write_comparison(assessment: Assessment, reported: tuple[ReportedFinding, ...], folder: Path) -> None:
    """Write `findings.html` into an output folder.

    Parameters
    ----------
    assessment
        What was found on one patient's films.
    reported
        What a paper or a report says of them.
    folder
        The output folder.
    """
    half = folder / f".{FILE}.partial"
    half.write_text(comparison_page(assessment, reported), encoding="utf-8", newline="\n")
    os.replace(half, folder / FILE)


def comparison_page(assessment: Assessment, reported: tuple[ReportedFinding, ...]) -> str:
    """The page's HTML; see `write_comparison`."""
    rows = compare(assessment, reported)
    named = {identity for row in rows for identity in row.identities}
    found = {(change.laterality, change.identity) for change in assessment.changes if change.level == "deposit"}
    return (
        environment()
        .get_template("findings.html")
        .render(
            assessment=assessment,
            rows=rows,
            agreed=sum(row.agrees for row in rows),
            others=sorted(str(identity) for _, identity in found if identity not in named),
            call_colours={str(call): colour for call, colour in CALL_COLOURS.items()},
        )
    )
