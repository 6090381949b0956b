"""One self-contained HTML page of a whole study, with a link to each patient's page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jinja2

from lesionmeter.report import figures, words
from lesionmeter.report.cohort_page import contents
from lesionmeter.report.tables import CohortFindings

__all__ = ["write_page"]

FILE = "cohort.html"

Drawing = tuple[str, Any, str]
"""Name of its files, the figure, and its caption."""


def write_page(found: CohortFindings, folder: Path, links: Mapping[str, str]) -> None:
    """Write `cohort.html` and its figures (SVG and PDF) into a folder.

    Parameters
    ----------
    found
        The study.
    folder
        An existing folder, such as the one that `replacing` gives.
    links
        Address of each patient's page, by patient ID; patients without one are not linked.
    """
    drawings = tuple(_drawings(found))
    if drawings:
        (folder / figures.FOLDER).mkdir(exist_ok=True)
    for name, figure, _ in drawings:
        figures.write_vector(figure, folder / figures.FOLDER / name)
    text = _page(found, links, drawings)
    (folder / FILE).write_text(text, encoding="utf-8", errors="xmlcharrefreplace", newline="\n")


def _page(found: CohortFindings, links: Mapping[str, str], drawings: Iterable[Drawing]) -> str:
    pictures = {
        name: (figures.data_uri(figures.to_svg(figure).encode(), "image/svg+xml"), caption)
        for name, figure, caption in drawings
    }
    return _environment().get_template("cohort.html").render(
        title=found.title or "Calcinosis in a study",
        patients=[contents.line(patient, links) for patient in found.cohort.patients],
        assessed=contents.assessed(found.cohort.patients),
        categories=contents.categories(found.statistics),
        times=contents.times(found.statistics),
        others=contents.others(found.statistics),
        counts=found.counts,
        checks=found.checks,
        remarks=found.cohort.remarks,
        limits=contents.limits(found.cohort.patients),
        pictures=pictures,
        colours=contents.COLOURS,
    )  # fmt: skip


def _drawings(found: CohortFindings) -> Iterator[Drawing]:
    patients = found.cohort.patients
    if any(patient.net for patient in patients):
        yield "waterfall", figures.waterfall(patients), "Last summed area over the first, patient by patient."
    if any(patient.areas for patient in patients):
        yield "areas", figures.areas_over_time(patients), "Every deposit over the years since the first film."
    if found.sites:
        yield "sites", figures.forest_of_sites(found.sites), "Site by site, the mean over the patients."
        yield "hands", figures.hand_map(found.sites), "The same on a drawing of the hands, seen from the back."


def _environment() -> jinja2.Environment:
    """Templates that escape everything: patient IDs and the study's own words come from outside."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("lesionmeter.report.cohort_page", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"number": words.number, "signed": words.signed, "percent_interval": words.percent_interval}
    return environment
