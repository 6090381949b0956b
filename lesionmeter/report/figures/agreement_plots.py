"""Charts of agreement: Bland and Altman's, and cumulative probability."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from lesionmeter.model.agreement import Limits
from lesionmeter.model.findings import Estimate
from lesionmeter.report.figures.canvas import LESS, MORE, SAME, blank, style
from lesionmeter.report.figures.ratio_axis import percent_of_ratio

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKERS: Final = (("o", LESS), ("s", MORE), ("^", SAME), ("D", "#b07aa1"), ("v", "#009e73"))
"""Sign and colour of each pair of columns: two ways to tell them apart."""

_TICKS: Final = (0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0)


def bland_altman(limits: Limits) -> Figure:
    """Ratio of the second to the first area of each deposit over their geometric mean, with mean and limits.

    Both axes are logarithmic. The bands are the 95 % intervals of the mean and of each limit.

    Parameters
    ----------
    limits
        Of two readers, or of two repeats.
    """
    with style():
        figure, axes = blank(4.4, 3.1, (0.75, 0.5, 0.85, 0.15))
        axes.set_xscale("log")
        axes.set_yscale("log")
        for estimate, colour, words in (
            (limits.bias, SAME, "mean"),
            (limits.low, LESS, "lower limit"),
            (limits.high, MORE, "upper limit"),
        ):
            _draw_line(axes, estimate, colour, words)
        axes.plot(*zip(*limits.points, strict=True), "o", color="#222", mfc="none", ms=4.5)
        _finish_bland_altman(axes, limits)
    return figure


def _draw_line(axes: Axes, estimate: Estimate, colour: str, words: str) -> None:
    if estimate.lo is not None and estimate.hi is not None:
        axes.axhspan(estimate.lo, estimate.hi, color=colour, alpha=0.12, lw=0)
    axes.axhline(estimate.value, color=colour, lw=1.1, ls="-" if words == "mean" else "--")
    text = f"{words}\n×{estimate.value:.2f}"
    axes.annotate(
        text, (1.02, estimate.value), xycoords=("axes fraction", "data"), va="center", fontsize=7, color=colour,
        annotation_clip=False,
    )  # fmt: skip


def _finish_bland_altman(axes: Axes, limits: Limits) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    ratios = [ratio for _, ratio in limits.points]
    ends = [end for e in (limits.low, limits.high) for end in (e.lo, e.hi) if end is not None]
    low, high = min(*ratios, *ends, 1.0) / 1.05, max(*ratios, *ends, 1.0) * 1.05
    axes.set_ylim(low, high)
    ticks = [tick for tick in _TICKS if low <= tick <= high]
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_yticks(ticks, [f"×{tick:g}" for tick in ticks])
    axes.xaxis.set_major_locator(LogLocator(base=10, subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_xlabel("area (mm², geometric mean of both)")
    axes.set_ylabel(f"{limits.second} / {limits.first}")


def cumulative_differences(limits: Sequence[Limits]) -> Figure:
    """The ratios of each pair of columns in order of size against their cumulative probability.

    A steep line through no difference is good agreement; its tails show the deposits on which two differ most.

    Parameters
    ----------
    limits
        One for each pair.
    """
    with style():
        figure, axes = blank(4.4, 3.1, (0.75, 0.5, 0.1, 0.1 + 0.16 * len(limits)))
        for number, pair in enumerate(limits):
            _draw_steps(axes, pair, number)
        axes.axhline(1.0, color="#888", lw=0.7)
        axes.set_yscale("log")
        _label_ratios(axes)
        axes.set_xlim(0, 100)
        axes.set_xlabel("cumulative probability (% of deposits)")
        axes.set_ylabel("difference in area")
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), fontsize=7, frameon=False)
    return figure


def _draw_steps(axes: Axes, pair: Limits, number: int) -> None:
    ratios = np.sort([ratio for _, ratio in pair.points])
    share = 100 * (np.arange(len(ratios)) + 0.5) / len(ratios)
    marker, colour = MARKERS[number % len(MARKERS)]
    label = f"{pair.second} / {pair.first} (n = {len(ratios)})"
    axes.plot(share, ratios, marker, ls="-", lw=0.9, color=colour, ms=3.5, label=label)


def _label_ratios(axes: Axes) -> None:
    from matplotlib.ticker import NullLocator

    low, high = axes.get_ylim()
    ticks = [tick for tick in _TICKS if low <= tick <= high] or [1.0]
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_yticks(ticks, [percent_of_ratio(tick) for tick in ticks])
