"""Charts of a study's patients: waterfall of changes, areas over time, forest of sites."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from lesionmeter.model.cohort import Category, DatedArea, PatientRecord
from lesionmeter.model.findings import Change, Status
from lesionmeter.model.site_change import SiteChange
from lesionmeter.report.figures.canvas import LESS, MORE, OPEN, SAME, blank, style
from lesionmeter.report.figures.ratio_axis import FEW_TICKS, LIMITS, STABLE, bounded, label_ratios, shown_ratio

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CATEGORY_COLOURS: Final = {
    Category.DECREASE: LESS,
    Category.INCREASE: MORE,
    Category.NO_CHANGE: SAME,
    Category.MIXED: "#b07aa1",
    Category.INDETERMINATE: OPEN,
    Category.NOT_ASSESSABLE: "#b5b5b5",
}
"""As `CALL_COLOURS`; mixed is violet."""

SMALLEST_MM2: Final = 0.3
"""Where a logarithmic axis of areas ends; what was looked for and not there is drawn on it."""

MOST_NAMES: Final = 60
"""Patients up to which a waterfall names each."""


def waterfall(patients: Sequence[PatientRecord]) -> Figure:
    """The change of each patient's summed area from first to last film, largest rise first, with 95 % intervals.

    A patient in whom everything went, or came, reaches the end of the axis; those without a ratio are counted below.

    Parameters
    ----------
    patients
        Of a study.
    """
    known = [(patient, net, ratio) for patient in patients if (net := patient.net) and (ratio := shown_ratio(net))]
    known.sort(key=lambda row: (-row[2], row[0].patient_id))
    with style():
        figure, axes = blank(max(3.6, min(7.2, 1.2 + 0.24 * len(known))), 3.1, (0.95, 0.75, 0.1, 0.35))
        axes.axhspan(*STABLE, color="#888", alpha=0.15, lw=0)
        axes.set_yscale("log")
        for place, (patient, net, ratio) in enumerate(known):
            _draw_bar(axes, place, net, ratio, CATEGORY_COLOURS[patient.category])
        axes.axhline(1.0, color="#444", lw=0.8)
        axes.set_ylim(*LIMITS)
        label_ratios(axes.yaxis)
        axes.set_ylabel("change of summed area (95 % interval)")
        names = [patient.patient_id for patient, _, _ in known] if len(known) <= MOST_NAMES else []
        axes.set_xticks(range(len(names)), names, rotation=90 if max(map(len, names), default=0) > 3 else 0, fontsize=7)
        axes.set_xlim(-0.7, max(len(known), 1) - 0.3)
        left_out = len(patients) - len(known)
        axes.set_xlabel("patient" + (f"; {left_out} without a ratio not shown" if left_out else ""))
        _legend(axes, [category for category in Category if any(p.category is category for p, _, _ in known)])
    return figure


def _draw_bar(axes: Axes, place: int, net: Change, ratio: float, colour: str) -> None:
    axes.bar(place, ratio - 1.0, bottom=1.0, width=0.78, color=colour, lw=0)
    if net.log_ratio is None:
        axes.plot([place], [ratio], "v" if ratio < 1 else "^", color=colour, ms=5, clip_on=False)
    elif net.log_ratio.lo is not None and net.log_ratio.hi is not None:
        axes.vlines(place, bounded(net.log_ratio.lo), bounded(net.log_ratio.hi), color="#111", lw=0.8)


def _legend(axes: Axes, categories: Sequence[Category]) -> None:
    from matplotlib.patches import Patch

    handles = [Patch(color=CATEGORY_COLOURS[category], label=str(category)) for category in categories]
    if handles:
        axes.legend(
            handles=handles, ncols=len(handles), fontsize=7, frameon=False, handlelength=1.0,
            loc="lower right", bbox_to_anchor=(1.0, 1.0),
        )  # fmt: skip


def areas_over_time(patients: Sequence[PatientRecord]) -> Figure:
    """Every deposit's area over the years since the patient's first film, coloured by the patient's category.

    The axis is logarithmic. An open triangle on its end is a deposit that was looked for and not there; a film on which
    it could not be assessed, or whose scale is unknown, is a gap.

    Parameters
    ----------
    patients
        Of a study.
    """
    with style():
        figure, axes = blank(4.8, 3.3, (0.8, 0.5, 0.1, 0.35))
        axes.set_yscale("log")
        for patient in patients:
            for areas in _by_deposit(patient).values():
                _draw_course(axes, areas, CATEGORY_COLOURS[patient.category])
        _finish_areas(axes)
        _legend(axes, [c for c in Category if any(p.category is c and p.areas for p in patients)])
    return figure


def _by_deposit(patient: PatientRecord) -> dict[tuple[str, str], list[DatedArea]]:
    groups: dict[tuple[str, str], list[DatedArea]] = {}
    for area in patient.areas:
        if area.years is not None:
            groups.setdefault((area.laterality, area.identity), []).append(area)
    return {name: sorted(areas, key=lambda area: area.years or 0.0) for name, areas in groups.items()}


def _draw_course(axes: Axes, areas: Sequence[DatedArea], colour: str) -> None:
    years = [area.years or 0.0 for area in areas]
    values = [_shown_area(area) for area in areas]
    axes.plot(years, values, "-", color=colour, lw=0.9, alpha=0.55)
    for year, area, value in zip(years, areas, values, strict=True):
        absent = area.status is Status.ABSENT
        face = "#fff" if absent else colour
        axes.plot([year], [value], "v" if absent else "o", color=colour, mfc=face, ms=3, clip_on=not absent)


def _shown_area(area: DatedArea) -> float:
    if area.status is Status.ABSENT:
        return SMALLEST_MM2
    return float("nan") if area.area is None else max(area.area.value, SMALLEST_MM2)


def _finish_areas(axes: Axes) -> None:
    from matplotlib.ticker import FuncFormatter, NullLocator

    top = max(100.0, axes.get_ylim()[1])
    axes.set_ylim(SMALLEST_MM2, top)
    ticks = [tick for tick in (0.3, 1, 3, 10, 30, 100, 300, 1000) if tick <= top]
    axes.set_yticks(ticks)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: "absent" if value == SMALLEST_MM2 else f"{value:g}"))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.grid(axis="y", color="#ddd", lw=0.6)
    axes.set_ylabel("area (mm²)")
    axes.set_xlabel("years since the first film")


def forest_of_sites(sites: Sequence[SiteChange]) -> Figure:
    """The mean change of every finding site with its 95 % interval over the patients, and each patient as a small dot.

    Parameters
    ----------
    sites
        From `site_changes`.
    """
    with style():
        figure, axes = blank(6.8, 0.75 + 0.2 * max(len(sites), 1), (1.55, 0.55, 1.75, 0.05))
        axes.axvspan(*STABLE, color="#888", alpha=0.15, lw=0)
        axes.axvline(1.0, color="#444", lw=0.8)
        axes.set_xscale("log")
        for line, site in enumerate(sites):
            _draw_site(axes, line, site)
        axes.set_xlim(*LIMITS)
        label_ratios(axes.xaxis, FEW_TICKS)
        axes.set_yticks(range(len(sites)), [f"{site.laterality} {site.site}" for site in sites])
        axes.set_ylim(max(len(sites), 1) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("change of area, first to last film (mean, 95 % interval)")
    return figure


def _draw_site(axes: Axes, line: int, site: SiteChange) -> None:
    axes.plot([bounded(x) for x in site.log_ratios], [line] * len(site.log_ratios), ".", color=OPEN, ms=3.5, alpha=0.8)
    if site.mean is not None:
        lo, hi = site.mean.lo, site.mean.hi
        decided = lo is not None and hi is not None and (lo > 0 or hi < 0)
        colour = SAME if not decided else LESS if site.mean.value < 0 else MORE
        if lo is not None and hi is not None:
            axes.plot([bounded(lo), bounded(hi)], [line, line], color=colour, lw=1.8, solid_capstyle="butt")
        axes.plot([bounded(site.mean.value)], [line], "s", color=colour, ms=4.5)
    gone = [f"{site.resolved} resolved"] if site.resolved else []
    come = [f"{site.new} new"] if site.new else []
    words = ", ".join([f"n = {site.patients}", *gone, *come])
    axes.annotate(words, (1.02, line), xycoords=("axes fraction", "data"), va="center", annotation_clip=False)
