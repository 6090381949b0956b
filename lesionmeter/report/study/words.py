"""Figures of a study as lines of plain text, for the terminal and the page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from lesionmeter.model.findings import Estimate
from lesionmeter.model.published import CheckedFigure
from lesionmeter.model.statistic import Statistic
from lesionmeter.report.comparison.rows import ComparedFinding


def value_text(statistic: Statistic) -> str:
    """A figure with its interval and unit, or why there is none.

    Examples
    --------
    >>> value_text(Statistic("ICC(1)", Estimate(0.9123, 0.8, 0.97), 12))
    '0.912 (0.800 to 0.970)'
    """
    estimate = statistic.estimate
    if estimate is None:
        return f"not given: {statistic.reason}"
    unit = f" {statistic.unit}" if statistic.unit and statistic.unit not in ("ratio", "share") else ""
    sign = "×" if statistic.unit == "ratio" else ""
    ends = "" if estimate.lo is None or estimate.hi is None else f" ({_digits(estimate.lo)} to {_digits(estimate.hi)})"
    return f"{sign}{_digits(estimate.value)}{ends}{unit}"


def statistic_text(statistics: Iterable[Statistic]) -> str:
    """Figures as lines, group by group."""
    lines: list[str] = []
    for group, members in groupby(statistics, key=lambda found: found.group):
        lines.append(f"{group or 'all'}:")
        lines += [f"  {found.name}: {value_text(found)}; n = {found.n}" for found in members]
    return "\n".join(lines)


def example_text(figures: Sequence[CheckedFigure], case: Sequence[ComparedFinding]) -> str:
    """A paper's figures beside those of its counts, then the case's words beside the program's calls.

    Parameters
    ----------
    figures
        Of the series.
    case
        Of the single patient; may be empty.
    """
    head = CheckedFigure("figure", "the paper says", "the counts give", "verdict")
    return "\n".join([*_side_by_side([head, *figures]), *_case(case)])


def _side_by_side(figures: Sequence[CheckedFigure]) -> Iterator[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*map(_cells, figures), strict=True)]
    for figure in figures:
        cells = "  ".join(cell.ljust(width) for cell, width in zip(_cells(figure), widths, strict=True))
        yield f"{cells}  {figure.note}".rstrip()


def _cells(figure: CheckedFigure) -> tuple[str, str, str, str]:
    return figure.figure, figure.paper or "-", figure.counts or "-", figure.verdict


def _case(case: Sequence[ComparedFinding]) -> Iterator[str]:
    for finding in case:
        said, change = finding.reported, finding.change
        call = f"{change.call}, {change.wording}" if change else "no deposit found"
        agrees = "agrees" if finding.agrees else "differs"
        yield f'{said.where}, {said.date_from} to {said.date_to}: "{said.words}" | {call} | {agrees}'


def _digits(value: float) -> str:
    """Three significant digits, and whole numbers from 100 up."""
    if not math.isfinite(value):
        return "infinite"
    if value == 0 or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def interval_text(estimate: Estimate) -> str:
    """`×0.98 (0.95 to 1.02)`."""
    return value_text(Statistic("", estimate, 0, "ratio"))
