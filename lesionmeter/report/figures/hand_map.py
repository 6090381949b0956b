"""A map of both hands, each finding site coloured by its change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from lesionmeter.model.site_change import SiteChange
from lesionmeter.report.figures.canvas import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Point = tuple[float, float]

PALM: Final[tuple[Point, ...]] = ((2.2, 1.6), (2.0, 4.6), (2.6, 6.3), (6.6, 6.0), (6.9, 3.0), (6.1, 1.5))
WRIST: Final[Point] = (4.2, 0.9)
RAYS: Final[dict[int, tuple[Point, ...]]] = {
    1: ((2.6, 1.9), (1.3, 3.7), (0.4, 5.2), (-0.3, 6.5)),
    2: ((2.7, 6.6), (2.4, 9.1), (2.25, 10.7), (2.1, 12.0)),
    3: ((4.1, 6.8), (4.1, 9.6), (4.1, 11.5), (4.1, 12.9)),
    4: ((5.4, 6.5), (5.7, 9.0), (5.85, 10.8), (6.0, 12.2)),
    5: ((6.5, 5.9), (7.2, 7.7), (7.6, 8.9), (7.9, 10.1)),
}
"""Joints of a drawn right hand seen from its back, thumb left, from the palm to the tip; units of no meaning."""

JOINTS: Final = {1: ("CMC", "MCP", "IP", "tip"), 2: ("MCP", "PIP", "DIP", "tip")}
BONES: Final = {
    1: ("metacarpal", "proximal phalanx", "distal phalanx"),
    2: ("proximal phalanx", "middle phalanx", "distal phalanx"),
}
MOST: Final = math.log(10.0)
"""Log ratio at which the colour is full."""

NOTHING: Final = "#f1f1f1"


def hand_map(sites: Sequence[SiteChange]) -> Figure:
    """Both hands as a drawing, the left one's thumb to the right, each site in the colour of its mean change.

    Blue is less and orange is more, the stronger the larger; white is no change; a dashed border is a site at which
    all of it went or came in some patient; grey without a dark border is a site of which nothing is known. The number
    is of how many patients something is known, where that is more than one.

    Parameters
    ----------
    sites
        From `site_changes`, of a study or of one patient.
    """
    from matplotlib.figure import Figure

    with style():
        figure = Figure(figsize=(6.8, 4.4))
        for column, side in enumerate(("L", "R")):
            axes = figure.add_axes((0.01 + 0.43 * column, 0.02, 0.42, 0.9))
            _draw_hand(axes, {site.site: site for site in sites if site.laterality == side}, mirrored=side == "L")
            axes.set_title({"L": "left hand", "R": "right hand"}[side], fontsize=9)
        _draw_scale(figure)
    return figure


def _draw_hand(axes: Axes, sites: dict[str, SiteChange], *, mirrored: bool) -> None:
    from matplotlib.patches import Ellipse, Polygon

    axes.add_patch(Polygon(PALM, closed=True, joinstyle="round", **_look(sites.get("palm"))))
    axes.add_patch(Ellipse(WRIST, 4.2, 1.3, **_look(sites.get("wrist"))))
    _draw_number(axes, (4.4, 3.9), sites.get("palm"))
    _draw_number(axes, WRIST, sites.get("wrist"))
    for ray, joints in RAYS.items():
        _draw_ray(axes, ray, joints, sites)
    axes.set_xlim((9.0, -1.2) if mirrored else (-1.2, 9.0))
    axes.set_ylim(0.0, 13.8)
    axes.set_aspect("equal")
    axes.axis("off")


def _draw_ray(axes: Axes, ray: int, joints: Sequence[Point], sites: dict[str, SiteChange]) -> None:
    from matplotlib.patches import Circle, Polygon

    kind = min(ray, 2)
    for name, start, end in zip(BONES[kind], joints[:-1], joints[1:], strict=True):
        site = sites.get(f"{ray} {name}")
        axes.add_patch(Polygon(_bar(start, end, 0.36), closed=True, **_look(site)))
        _draw_number(axes, ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), site)
    for name, place in zip(JOINTS[kind], joints, strict=True):
        site = sites.get(f"{ray} {name}")
        axes.add_patch(Circle(place, 0.44, **_look(site)))
        _draw_number(axes, place, site)


def _bar(start: Point, end: Point, half: float) -> list[Point]:
    length = math.dist(start, end)
    across = (-(end[1] - start[1]) / length * half, (end[0] - start[0]) / length * half)
    sides = [(start, 1), (end, 1), (end, -1), (start, -1)]
    return [(place[0] + sign * across[0], place[1] + sign * across[1]) for place, sign in sides]


def _look(site: SiteChange | None) -> dict[str, Any]:
    if site is None or not site.patients:
        return {"fc": NOTHING, "ec": "#d0d0d0", "lw": 0.6}
    gone_or_come = bool(site.resolved or site.new)
    return {"fc": colour_of_change(_shown(site)), "ec": "#222", "lw": 1.0, "ls": "--" if gone_or_come else "-"}


def _shown(site: SiteChange) -> float:
    if site.mean is not None:
        return site.mean.value
    return -MOST if site.resolved >= site.new else MOST


def colour_of_change(log_ratio: float) -> tuple[float, float, float, float]:
    """Blue for less, orange for more, white for no change."""
    red, green, blue, alpha = _colours()(0.5 + 0.5 * max(-1.0, min(1.0, log_ratio / MOST)))
    return float(red), float(green), float(blue), float(alpha)


def _colours() -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("change", ["#0072b2", "#8fc3e6", "#ffffff", "#f3b48a", "#c24a00"])


def _draw_number(axes: Axes, place: Point, site: SiteChange | None) -> None:
    if site is not None and site.patients > 1:
        dark = abs(_shown(site)) > 0.7 * MOST
        colour = "#fff" if dark else "#111"
        axes.text(*place, str(site.patients), ha="center", va="center", fontsize=6.5, color=colour)


def _draw_scale(figure: Figure) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    axes = figure.add_axes((0.88, 0.2, 0.016, 0.55))
    bar = figure.colorbar(ScalarMappable(Normalize(-MOST, MOST), _colours()), cax=axes)
    ticks = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)
    bar.set_ticks([math.log(tick) for tick in ticks], labels=[f"×{tick:g}" for tick in ticks])
    bar.set_label("last / first area", fontsize=8)
    bar.outline.set_linewidth(0.5)
