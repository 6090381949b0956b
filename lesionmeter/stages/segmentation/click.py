"""The deposit under a reader's click, at once: every shape is tried, and specks beside it are taken along."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from lesionmeter.errors import UsageError
from lesionmeter.model.drawing import Drawing
from lesionmeter.model.geometry import Points
from lesionmeter.model.patient import HandView
from lesionmeter.stages.segmentation.assembly import nearest
from lesionmeter.stages.segmentation.candidates import at_click, region_outline, smoothed
from lesionmeter.stages.segmentation.field import SearchField, prepare
from lesionmeter.stages.segmentation.maps import Maps
from lesionmeter.stages.segmentation.network import deposit_network
from lesionmeter.stages.segmentation.outlines import Outline, rasterised
from lesionmeter.stages.segmentation.scoring import confidence, strength
from lesionmeter.stages.segmentation.seeds import find_seeds
from lesionmeter.stages.segmentation.selection import Scored, joined, under_click
from lesionmeter.stages.segmentation.settings import SegmentationSettings
from lesionmeter.stages.segmentation.sighted import finds, sighted_outlines

ROOM_MM: Final = 10.0
"""Around the click, how far specks are looked for: the largest deposit and a speck beside it."""

SPECK_REACH_MM: Final = 2.0
"""Half width of the window in which a speck is outlined."""

MOST_SPECKS: Final = 4
"""So many of the brightest specks beside a deposit are looked at: a bound on the time of a click."""

_DEFAULTS = SegmentationSettings()


@dataclass(frozen=True, eq=False)
class ClickField:
    """A film made ready for clicks; making it takes a second, each click then a fraction of one.

    Parameters
    ----------
    views
        All hands of the film.
    field
        Its grey values on a common scale.
    smooth
        (rows, columns) the same, smoothed a little against grain.
    maps
        What the network sees on it.
    seen
        The outlines of what it sees.
    """

    views: tuple[HandView, ...]
    field: SearchField
    smooth: NDArray[np.float32]
    maps: Maps
    seen: tuple[Outline, ...]


def click_field(views: tuple[HandView, ...]) -> ClickField:
    """Make a film ready for clicks.

    Parameters
    ----------
    views
        All hands of one film, at least one.
    """
    field = prepare(views)
    smooth, maps = smoothed(field), deposit_network()(field)
    seen = sighted_outlines(field, smooth, maps, finds(maps, field.pitch))
    return ClickField(views, field, smooth, maps, tuple(seen))


def outline_at_click(
    ready: ClickField,
    point: Points,
    inside: Points | None = None,
    outside: Points | None = None,
    settings: SegmentationSettings = _DEFAULTS,
) -> Drawing | None:
    """The deposit under a click, whatever its shape, with all its specks.

    Parameters
    ----------
    ready
        From `click_field`.
    point
        (2,) as (row, column) pixels of the film.
    inside, outside
        (n, 2) pixels that a reader's strokes mark as certainly inside or outside.
    settings
        How near specks are joined.

    Returns
    -------
    Drawing or None
        None if nothing there has a clear closed border, and no stroke marks where it is.

    Raises
    ------
    UsageError
        If the click is off the film.
    """
    shape = ready.smooth.shape
    if not (np.all(point >= -0.5) and np.all(point < np.array(shape) - 0.5)):
        raise UsageError(f"click: expected a pixel of a film of {shape} pixels, came {np.round(point, 1).tolist()}")
    tried = _tried(ready, point)
    if not tried:
        return None
    best = max(tried, key=lambda one: (*_agreement(one.outline, point, inside, outside), one.told, one.worth))
    if not best.told and not _any(inside) and not _any(outside):
        return None
    group = _with_specks(ready, best, point, settings)
    return _forced(replace(_drawing(ready, group), confidence=best.confidence), inside, outside)


def _tried(ready: ClickField, point: Points) -> list[Scored]:
    return under_click(at_click(ready.field, ready.smooth, ready.maps, list(ready.seen), point), ready.maps)


def _agreement(outline: Outline, point: Points, inside: Points | None, outside: Points | None) -> tuple[bool, float]:
    """Whether it holds the click, and the share of the strokes' pixels that it agrees with."""
    right = [
        _holding(outline, pixels) == wanted for pixels, wanted in ((inside, True), (outside, False)) if _any(pixels)
    ]
    return bool(_holding(outline, point[None])[0]), float(np.concatenate(right).mean()) if right else 1.0


def _any(pixels: Points | None) -> bool:
    return pixels is not None and len(pixels) > 0


def _holding(outline: Outline, pixels: Points | None) -> NDArray[np.bool_]:
    at = np.rint(np.asarray(pixels)).astype(int) - np.array(outline.corner)
    within = np.all((at >= 0) & (at < outline.inside.shape), axis=1)
    held = np.zeros(len(at), dtype=bool)
    held[within] = outline.inside[tuple(at[within].T)]
    return held


def _with_specks(ready: ClickField, main: Scored, point: Points, settings: SegmentationSettings) -> list[Scored]:
    """The outline and the specks that are one deposit with it."""
    pitch = ready.field.pitch
    found = _specks(ready, main.outline, point, settings)
    specks = [Scored(o, confidence(strength(o), ready.maps.chance(o))) for o in found]
    sure = [speck for speck in specks if speck.confidence >= settings.doubtful]
    return next(g for g in joined([main, *sure], pitch, settings.join_mm, settings.speck_mm2) if main in g)


def _specks(ready: ClickField, main: Outline, point: Points, settings: SegmentationSettings) -> list[Outline]:
    crop, corner = _crop(ready.field, point)
    seeds = find_seeds(crop).points + corner
    border = cKDTree(np.concatenate(main.polygons))
    away = border.query(seeds)[0] * crop.pitch if len(seeds) else np.zeros(0)
    near = seeds[(away <= settings.join_mm + 1.0) & ~_holding(main, seeds)] if len(seeds) else seeds
    taken: list[Outline] = []
    for seed in near[:MOST_SPECKS]:
        if any(_holding(other, seed[None])[0] for other in taken):
            continue
        speck = region_outline(ready.field, ready.smooth, seed, 0.5, SPECK_REACH_MM)
        if speck is not None and speck.area_mm2 < settings.speck_mm2 and not _overlap(speck, main):
            taken.append(speck)
    return taken


def _crop(field: SearchField, point: Points) -> tuple[SearchField, NDArray[np.int_]]:
    reach = ROOM_MM / field.pitch
    low = np.maximum(np.floor(point - reach), 0).astype(int)
    high = np.minimum(np.ceil(point + reach) + 1, field.values.shape).astype(int)
    part = (slice(low[0], high[0]), slice(low[1], high[1]))
    return SearchField(field.values[part], field.pitch, field.noise, field.tissue[part], field.ceiling), low


def _overlap(speck: Outline, main: Outline) -> bool:
    return bool(_holding(main, np.argwhere(speck.inside) + np.array(speck.corner)).any())


def _drawing(ready: ClickField, group: list[Scored]) -> Drawing:
    polygons = tuple(p for part in group for p in part.outline.polygons)
    corner, mask = rasterised(polygons, ready.smooth.shape)
    hand = nearest(group, ready.views)
    return Drawing(hand.film, hand.laterality.value, corner, mask, polygons)


def _forced(drawing: Drawing, inside: Points | None, outside: Points | None) -> Drawing:
    """The drawing with the strokes' pixels as the reader marked them; unchanged where they agree already."""
    marked = [np.rint(pixels).astype(int) for pixels in (inside, outside) if pixels is not None and len(pixels)]
    if not marked:
        return drawing
    corners = np.concatenate([*marked, [drawing.corner], [np.array(drawing.corner) + drawing.mask.shape - 1]])
    low, high = corners.min(axis=0), corners.max(axis=0) + 1
    mask = np.zeros(tuple(high - low), dtype=bool)
    row, column = np.array(drawing.corner) - low
    mask[row : row + drawing.mask.shape[0], column : column + drawing.mask.shape[1]] = drawing.mask
    before = mask.copy()
    for pixels, value in ((inside, True), (outside, False)):
        if pixels is not None and len(pixels):
            mask[tuple((np.rint(pixels).astype(int) - low).T)] = value
    if np.array_equal(mask, before):
        return drawing
    return Drawing(drawing.film, drawing.laterality, (int(low[0]), int(low[1])), mask)
