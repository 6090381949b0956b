"""One self-contained HTML page a patient: readable anywhere, printable, without scripts and without the network."""

from __future__ import annotations

import os
from pathlib import Path

import jinja2

from lesionmeter.model.findings import Assessment
from lesionmeter.report import words
from lesionmeter.report.cut_offs import cut_offs
from lesionmeter.report.figures import CALL_COLOURS, write_figures
from lesionmeter.report.page import contents
from lesionmeter.report.page.trust import limits

__all__ = ["environment", "page", "write_figures", "write_page"]

FILE = "report.html"


def write_page(assessment: Assessment, folder: Path) -> None:
    """Write `report.html` into an output folder, with the pictures that lie in its `figures/`.

    Parameters
    ----------
    assessment
        What was found on one patient's films; the films themselves are not needed.
    folder
        The output folder. Call `write_figures` before, where the films are at hand; a picture that is missing leaves an
        empty field.
    """
    half = folder / f".{FILE}.partial"
    half.write_text(page(assessment, folder), encoding="utf-8", errors="xmlcharrefreplace", newline="\n")
    os.replace(half, folder / FILE)


def page(assessment: Assessment, folder: Path) -> str:
    """The page's HTML; see `write_page`."""
    template = environment().get_template("page.html")
    hands = contents.hand_views(assessment, folder)
    patient = [change for change in assessment.changes if change.level == "patient"]
    return template.render(
        assessment=assessment,
        films=contents.film_views(assessment, folder),
        pairs=contents.pair_rows(assessment),
        hands=hands,
        patient_changes=contents.chosen_pairs(patient),
        followed=len({(finding.laterality, finding.identity) for finding in assessment.deposits}),
        calls=contents.calls_of(assessment),
        follow_up=contents.follow_up(assessment),
        limits=limits(assessment),
        cut_offs=cut_offs(assessment),
        call_colours={str(call): colour for call, colour in CALL_COLOURS.items()},
        relative=any(site.relative for hand in hands for site in hand.sites),
    )


def environment() -> jinja2.Environment:
    """Templates of all pages; they escape everything: file names, patient IDs and reasons come from outside."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("lesionmeter.report.page", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {
        "number": words.number,
        "signed": words.signed,
        "percent_interval": words.percent_interval,
        "change_in_areas": words.change_in_areas,
        "rule": words.rule,
        "doubts": words.doubts,
    }
    return environment
