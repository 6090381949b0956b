"""Candidates: outlines on rays and as regions, of the seeds that the network does not rule out and of clicks."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi
from scipy.spatial import cKDTree

from lesionmeter.model.geometry import Points
from lesionmeter.stages.segmentation.field import GRAIN_LEFT, Chances, SearchField
from lesionmeter.stages.segmentation.maps import Maps
from lesionmeter.stages.segmentation.outlines import Outline, from_rays, from_region
from lesionmeter.stages.segmentation.rays import EDGE_MM, RayBorders, RayPlan, polygons, trace
from lesionmeter.stages.segmentation.regions import SEEN, grow
from lesionmeter.stages.segmentation.seeds import find_seeds

SMOOTHING_MM: Final = 0.13
"""Against grain; well under the blur of a usual film, so the border hardly moves."""

COARSE: Final = RayPlan(rays=48, step_mm=0.1, reach_mm=6.0)
FINE: Final = RayPlan()
WIDE: Final = RayPlan(step_mm=0.1, reach_mm=14.0)
"""For what does not end within the reach of the others: a lump of 28 mm is as large as any that a hand holds."""

RUNS_OUT: Final = 0.02
"""Share of a border within an edge's width of the end of its rays from which it is none: it goes on beyond them."""

LOOKED_AT: Final = 90
"""Seeds a hand whose outlines are drawn in full: over three times the most deposits seen in print on one hand."""

FAINTLY_SEEN: Final = 0.1
"""Seeds near which the network sees less than this chance of a deposit are passed over: no border outweighs it."""

SURE: Final = 0.8
"""Chance from which a peak of what the network sees is looked at, too: beside a bone's edge a blob may be no seed. With
0.5 no more deposits are found, and more false ones."""

TWINS_MM: Final = 0.5
"""Seeds whose coarse borders have middles this near, and sizes as near as the next value, are one."""

TWINS_LOG_SIZE: Final = 0.2
"""Difference in the logarithm of the radius."""

ALIKE: Final = 1.6
"""A seed inside a region that grew from one of this many times its size, or less, would grow the same region."""

CLICK_RADII_MM: Final = (0.6, 1.4, 2.4, 4.0)
"""Sizes tried round a click, where nothing is known of the size."""


def smoothed(field: SearchField) -> NDArray[np.float32]:
    """The film's values, smoothed a little against grain."""
    return np.asarray(ndi.gaussian_filter(field.values, SMOOTHING_MM / field.pitch), dtype=np.float32)


def seeded_outlines(field: SearchField, smooth: NDArray[np.float32], maps: Maps, hands: int) -> list[Outline]:
    """Outlines round every seed that the network does not rule out, and where it sees most; several may overlap."""
    found_seeds, peaks = find_seeds(field), maps.peaks(SURE)
    seeds = found_seeds.where(maps.near(found_seeds.points) >= FAINTLY_SEEN)
    if len(seeds.points) == 0:
        return round_outlines(field, smooth, peaks)
    coarse = trace(smooth, field.pitch, seeds.points, COARSE)
    chosen = _promising(coarse, field.pitch, LOOKED_AT * hands)
    first = [twins[0] for twins in chosen]
    centres = polygons(coarse, field.pitch, COARSE)[first].mean(axis=1)
    large = centres[_runs_out(coarse, COARSE)[first]]
    regions: list[tuple[Outline, float]] = []
    for twins in chosen:
        point, sizes = seeds.points[twins[0]], seeds.radii_mm[twins]
        for size in sorted({float(sizes[0]), float(sizes.max())}):
            if not any(size < ALIKE * other and other < ALIKE * size and one.holds(point) for one, other in regions):
                region = region_outline(field, smooth, point, size)
                regions += [(region, size)] if region is not None else []
    centres = np.concatenate([centres, _far_from(centres, peaks, TWINS_MM / field.pitch)])
    rounds = round_outlines(field, smooth, centres) + round_outlines(field, smooth, large, (WIDE, WIDE))
    return rounds + [region for region, _ in regions]


def at_click(
    field: SearchField, smooth: NDArray[np.float32], maps: Maps, sighted: list[Outline], point: Points
) -> list[Outline]:
    """Outlines of what may have been meant by a click: on rays, as regions of growing size, what the network found.

    Where the network sees a deposit under the click, it says how far that goes: bone that touches it is as bright. It
    may see a part only; so there are outlines that do not ask it, too.
    """
    ways = [maps.at, None] if float(maps.at(point[None])[0]) >= SEEN else [None]
    found = [outline for outline in sighted if outline.holds(point)]
    for seen in ways:
        regions = (region_outline(field, smooth, point, radius, seen=seen) for radius in CLICK_RADII_MM)
        for plans in ((COARSE, FINE), (WIDE, WIDE, WIDE)):
            found += round_outlines(field, smooth, point[None], plans, seen)
        found += [region for region in regions if region is not None]
    return [outline for outline in found if outline.inside.any()]


def _far_from(centres: Points, points: Points, least: float) -> Points:
    """Those of (n, 2) points that have none of the centres within so many pixels."""
    return points[cKDTree(centres).query(points)[0] >= least]


def _promising(coarse: RayBorders, pitch: float, most: int) -> list[list[int]]:
    """Indices of the seeds with the strongest whole border, strongest first, each with its twins after it."""
    weak, weaker = np.percentile(coarse.falls, [25, 10], axis=1)
    middles = polygons(coarse, pitch, COARSE).mean(axis=1) * pitch
    sizes = np.log(coarse.radii_mm.mean(axis=1))
    chosen: list[list[int]] = []
    for index in np.argsort(-(weak + weaker), kind="stable"):
        first = [twins[0] for twins in chosen]
        near = np.linalg.norm(middles[first] - middles[index], axis=1) < TWINS_MM
        alike = np.flatnonzero(near & (np.abs(sizes[first] - sizes[index]) < TWINS_LOG_SIZE))
        if alike.size:
            chosen[alike[0]].append(int(index))
        elif len(chosen) < most:
            chosen.append([int(index)])
    return chosen


def round_outlines(
    field: SearchField,
    smooth: NDArray[np.float32],
    centres: Points,
    plans: tuple[RayPlan, ...] = (FINE, FINE),
    seen: Chances | None = None,
) -> list[Outline]:
    """Outlines on rays by the last plan, each round the middle of the border that the plan before it finds.

    A border that runs along the end of its rays is that of a part of something larger, and is not given.
    """
    if len(centres) == 0:
        return []
    for plan in plans:
        borders = trace(smooth, field.pitch, centres, plan, seen)
        corners = polygons(borders, field.pitch, plan)
        centres = corners.mean(axis=1)
    heights = np.median(borders.inner - borders.outer, axis=1)
    whole = np.flatnonzero(~_runs_out(borders, plans[-1]))
    return [from_rays(smooth, field.pitch, corners[k], float(heights[k])) for k in whole]


def _runs_out(borders: RayBorders, plan: RayPlan) -> NDArray[np.bool_]:
    """(n,) whether a border runs along the end of its rays."""
    at_end = (borders.radii_mm > plan.reach_mm - EDGE_MM).mean(axis=1)
    return np.asarray(at_end >= RUNS_OUT)


def region_outline(
    field: SearchField,
    smooth: NDArray[np.float32],
    point: Points,
    radius_mm: float,
    reach_mm: float = 4.0,
    seen: Chances | None = None,
) -> Outline | None:
    """The outline of the region that grows from a seed of that radius; None if it has no closed border."""
    region = grow(smooth, field.pitch, point, radius_mm, max(reach_mm, 2.5 * radius_mm), seen)
    if region.leaked or region.height <= 2 * GRAIN_LEFT * field.noise:
        return None
    return from_region(smooth, field.pitch, region)
