"""Charts of one patient's areas and changes, as SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from lesionmeter.model.dates import DAYS_PER_YEAR, PartialDate
from lesionmeter.model.findings import Assessment, Call, Change, DepositFinding, Status
from lesionmeter.report.figures.canvas import CALL_COLOURS, blank, style, to_svg
from lesionmeter.report.figures.drawing import colour_of
from lesionmeter.report.figures.places import Place, by_identity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_RATIO_LIMITS: Final = (0.03, 32.0)


def area_chart(assessment: Assessment, place: Place) -> str:
    """Areas of a place's deposits over the dates with their 95 % intervals, from 0 upwards.

    A filled dot is a measured area. An open triangle at 0 is a deposit that was looked for and not there; its line
    ends at the area down to which it would have been seen. A film on which it was not assessable is a gap. Where the
    scale of a film is unknown, areas are shares of each deposit's first one.
    """
    with style():
        figure, axes = blank(3.5, 2.45, (0.52, 0.28, 0.08, 0.2 * math.ceil(len(place.identities) / 4)))
        findings = by_identity(assessment)
        relative = any(_is_relative(finding) for identity in place.identities for finding in findings[identity])
        for identity in place.identities:
            unit = _first_area(findings[identity]) / 100 if relative else 1.0
            _draw_areas(axes, findings[identity], unit, identity, colour_of(place, identity))
        _finish_areas(axes, "% of first area" if relative else "area (mm²)")
        return to_svg(figure)


def change_chart(changes: Sequence[Change], stable: tuple[float, float]) -> str:
    """Ratios of later over earlier area with 95 % intervals, one line each, on a logarithmic axis.

    Parameters
    ----------
    changes
        Those to show, from the top down. A resolved or new deposit is an arrow; one without a ratio has its call only.
    stable
        Ratios between which an interval has to lie to be called stable; shaded.
    """
    with style():
        figure, axes = blank(6.8, 0.62 + 0.21 * max(len(changes), 1), (2.1, 0.5, 1.0, 0.05))
        axes.axvspan(*stable, color=CALL_COLOURS[Call.STABLE], alpha=0.09, lw=0)
        axes.axvline(1.0, color="#888", lw=0.8)
        for line, change in enumerate(changes):
            _draw_change(axes, change, line)
        _finish_changes(axes, changes)
        return to_svg(figure)


def name_of(change: Change) -> str:
    """What a change is about: a deposit, a site, a hand or the patient."""
    site = str(change.site or "").strip()
    if change.identity:
        return f"{change.identity}  {site}".strip()
    return site if site else f"hand {change.laterality}" if change.laterality else "patient"


def _year(date: PartialDate) -> float:
    return 1.0 + (date.middle - 1) / DAYS_PER_YEAR


def _is_relative(finding: DepositFinding) -> bool:
    return finding.measurement is not None and finding.measurement.unit != "mm2"


def _first_area(findings: Sequence[DepositFinding]) -> float:
    return next((f.measurement.area.value for f in findings if f.measurement and f.measurement.area.value > 0), 1.0)


def _draw_areas(axes: Axes, findings: Sequence[DepositFinding], unit: float, identity: str, colour: str) -> None:
    dated = [(f.date, f) for f in findings if f.date is not None and f.status is not Status.NOT_ASSESSABLE]
    years = [_year(date) for date, _ in dated]
    areas = [f.measurement.area.value / unit if f.measurement else 0.0 for _, f in dated]
    axes.plot(years, areas, color=colour, lw=1.2, alpha=0.8, label=identity)
    for year, area, (date, finding) in zip(years, areas, dated, strict=True):
        lo, hi = (end / unit for end in _interval(finding))
        half_span = date.days_uncertain / DAYS_PER_YEAR
        axes.vlines(year, lo, hi, color=colour, lw=1.6)
        axes.hlines(area, year - half_span, year + half_span, color=colour, lw=0.8, alpha=0.7)
        face = colour if finding.measurement else "#fff"
        axes.plot([year], [area], "o" if finding.measurement else "v", color=colour, mfc=face, ms=4.5, clip_on=False)


def _interval(finding: DepositFinding) -> tuple[float, float]:
    if finding.measurement is None:
        return 0.0, finding.detection_limit or 0.0
    area = finding.measurement.area
    return (
        area.value if area.lo is None else area.lo,
        area.value if area.hi is None else area.hi,
    )


def _finish_areas(axes: Axes, label: str) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_ylim(bottom=0.0)
    axes.margins(x=0.08)
    axes.set_ylabel(label)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True, min_n_ticks=1))
    axes.ticklabel_format(useOffset=False)
    axes.grid(axis="y", color="#ddd", lw=0.6)
    if len(axes.get_legend_handles_labels()[0]) > 1:
        above = (1.0, 0.97)  # over the axes, so that it never lies on the data
        legend = axes.legend(loc="lower right", bbox_to_anchor=above, fontsize=7, ncols=4, handlelength=1.2)
        legend.set_frame_on(False)


def _draw_change(axes: Axes, change: Change, line: int) -> None:
    colour, ratio = CALL_COLOURS[change.call], change.log_ratio
    if ratio is not None:
        ends = [_bounded(end) for end in (ratio.lo, ratio.hi) if end is not None]
        axes.plot(ends, [line] * len(ends), color=colour, lw=1.8, solid_capstyle="butt")
        axes.plot([_bounded(ratio.value)], [line], "o", color=colour, ms=4.5)
    elif change.call in (Call.RESOLVED, Call.NEW):
        gone = change.call is Call.RESOLVED
        end = _RATIO_LIMITS[0] * 1.12 if gone else _RATIO_LIMITS[1] / 1.12
        axes.plot([end], [line], "<" if gone else ">", color=colour, ms=6)


def _bounded(log_ratio: float) -> float:
    low, high = (math.log(limit) for limit in _RATIO_LIMITS)
    return math.exp(min(max(log_ratio, low), high))


def _finish_changes(axes: Axes, changes: Sequence[Change]) -> None:
    from matplotlib.ticker import NullLocator

    axes.set_xscale("log")
    axes.set_xlim(*_RATIO_LIMITS)
    ticks = [0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0, 20.0]
    axes.set_xticks(ticks, [f"×{tick:g}" for tick in ticks])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_yticks(range(len(changes)), [name_of(change) for change in changes])
    axes.set_ylim(len(changes) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("later area / earlier area (95 % interval)")
    for line, change in enumerate(changes):
        axes.annotate(
            str(change.call), (1.01, line), xycoords=("axes fraction", "data"), va="center",
            color=CALL_COLOURS[change.call], annotation_clip=False,
        )  # fmt: skip
