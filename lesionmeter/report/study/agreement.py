"""A study of readers or of repeats: tables, charts and one page."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Final

from lesionmeter.model.agreement import Agreement
from lesionmeter.model.statistic import Statistic
from lesionmeter.report import figures
from lesionmeter.report.page import environment
from lesionmeter.report.study.words import interval_text, value_text
from lesionmeter.report.tables import write_study_tables
from lesionmeter.report.tables.study_rows import call_rows, outline_rows, reading_rows, statistic_row

PAGE: Final = "agreement.html"
MOST_CHARTS: Final = 6


def write_agreement(study: Agreement, folder: Path) -> None:
    """Write `agreement.csv`, `readings.csv`, `outlines.csv`, `calls.csv`, charts and `agreement.html`.

    Parameters
    ----------
    study
        Of readers or of repeats.
    folder
        An existing folder.
    """
    tables = {
        "agreement": map(statistic_row, study.statistics),
        "readings": reading_rows(study),
        "outlines": outline_rows(study.outlines),
        "calls": call_rows(study.calls),
    }
    write_study_tables(tables, folder)
    charts = _write_charts(study, folder / "figures")
    page = environment().get_template("agreement.html")
    html = page.render(
        study=study,
        groups=_groups(study.statistics),
        charts=charts,
        value_text=value_text,
        interval_text=interval_text,
        found=len(study.deposits),
        complete=sum(deposit.complete for deposit in study.deposits),
    )
    (folder / PAGE).write_text(html, encoding="utf-8", errors="xmlcharrefreplace", newline="\n")


def _groups(statistics: tuple[Statistic, ...]) -> list[tuple[str, list[Statistic]]]:
    return [(group, list(members)) for group, members in groupby(statistics, key=lambda found: found.group)]


def _write_charts(study: Agreement, folder: Path) -> list[tuple[str, str]]:
    """Charts as vector files, and as pictures for the page with what each shows."""
    if not study.limits:
        return []
    folder.mkdir(exist_ok=True)
    drawn = {"cumulative": ("Differences of every pair", figures.cumulative_differences(study.limits))}
    for number, limits in enumerate(study.limits[:MOST_CHARTS], 1):
        words = f"Bland-Altman: {limits.second} / {limits.first}"
        drawn[f"bland_altman_{number}"] = (words, figures.bland_altman(limits))
    charts = []
    for name, (words, figure) in drawn.items():
        figures.write_vector(figure, folder / name)
        charts.append((words, figures.data_uri(figures.to_svg(figure).encode(), "image/svg+xml")))
    return charts
