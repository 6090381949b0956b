"""What another date shows and a film alone did not: outlined where that border leads, if a network sees a deposit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi
from skimage.draw import polygon2mask

from lesionmeter.model.deposit import DepositMap
from lesionmeter.model.geometry import Points
from lesionmeter.model.patient import HandView
from lesionmeter.model.site import Landmarks
from lesionmeter.stages.segmentation.assembly import with_group
from lesionmeter.stages.segmentation.candidates import at_click, smoothed
from lesionmeter.stages.segmentation.field import SearchField, chances_on, prepare
from lesionmeter.stages.segmentation.lumps import LUMP_MM2, lumps_seen
from lesionmeter.stages.segmentation.maps import Maps
from lesionmeter.stages.segmentation.network import deposit_network
from lesionmeter.stages.segmentation.outlines import Outline
from lesionmeter.stages.segmentation.parts import SURE, with_parts_doubted
from lesionmeter.stages.segmentation.scoring import likeness
from lesionmeter.stages.segmentation.selection import SHARED, Scored, apart, judged
from lesionmeter.stages.segmentation.settings import SegmentationSettings
from lesionmeter.stages.segmentation.sighted import finds, middle_one, sighted_outlines
from lesionmeter.stages.segmentation.standing import REACH_MM, area_within

OF_SMALLEST: Final = 0.5
"""Least area, as a share of the smallest that is found alone: what another date shows there is neither dust nor grain,
but what is smaller still is soon one speck of several."""

LIKE: Final = 3.0
"""An outline of more than so many times the border's area is another thing, or the border was that of a part: the areas
of the two dates would tell of a change that was none. Where the border is a lump's, one of less than that share of it
is rather a part, too; of smaller deposits such a rest is often outlined well."""

FALLS: Final = 0.08
"""Least fall per mm, as a share of the film's range, that three quarters of a border must reach (the next date's word
and the network's would else draw one on flat flesh). Of 11 outlines on simulated films the eight right ones reach it,
and one of three that were wrong."""

_DEFAULTS = SegmentationSettings()


def with_asked(
    views: tuple[HandView, ...],
    found: DepositMap,
    borders: Sequence[Sequence[Points]],
    settings: SegmentationSettings = _DEFAULTS,
) -> DepositMap:
    """A film's deposits, with those that were not found and lie where the borders of another date lead.

    A border says where to look, and not how far the deposit goes: that is told as after a click. An outline counts as
    possible at least, and is taken only where a network sees a deposit in it, more likely than not.

    Parameters
    ----------
    views
        All hands of the film.
    found
        What was found on it.
    borders
        Each of one or several (n, 2) polygons, (row, column) pixels of this film: where a deposit of another date
        would lie.
    settings
        The choices of the search.

    Returns
    -------
    DepositMap
        The same labels, and new ones after them.
    """
    film = _Film(prepare(views), tuple(view.hand.landmarks for view in views), settings)
    for border in borders:
        group = film.outlined(border, found.labels)
        if group:
            found = with_group(found, group, views, film.field)
    return found


@dataclass(frozen=True, eq=False)
class _Film:
    """One film on which deposits are asked for, with the landmarks of its hands."""

    field: SearchField
    hands: tuple[Landmarks, ...]
    settings: SegmentationSettings

    @cached_property
    def _smooth(self) -> NDArray[np.float32]:
        return smoothed(self.field)

    @cached_property
    def _networks(self) -> tuple[Maps, Maps]:
        return deposit_network()(self.field), lumps_seen(self.field, self.hands).maps

    def outlined(self, border: Sequence[Points], labels: NDArray[np.uint16]) -> list[Scored]:
        """What lies where a border leads and has no label yet; nothing if it is not of like size."""
        least, most = self._sizes(area_within(border, self.field.pitch))
        for maps in self._networks:
            place = self._place(maps, border, labels)
            one = None if place is None else self._at(place, maps)
            if one is not None and least <= one.outline.area_mm2 <= most and _stands(one.outline, maps, labels):
                (group,) = with_parts_doubted([[one]], *self._networks)
                return group
        return []

    def _sizes(self, area_mm2: float) -> tuple[float, float]:
        """Least and largest area that is taken for what a border of that area shows."""
        least = OF_SMALLEST * self.settings.smallest_mm2
        return max(least, area_mm2 / LIKE) if area_mm2 >= LUMP_MM2 else least, LIKE * area_mm2

    def _place(self, maps: Maps, border: Sequence[Points], labels: NDArray[np.uint16]) -> Points | None:
        """The middle of what a network sees in and near a border, off the labels."""
        corners, room = np.concatenate(border), REACH_MM / self.field.pitch
        last = np.array(labels.shape) - 1
        low = np.clip(np.floor(corners.min(axis=0) - room).astype(int), 0, last)
        high = np.clip(np.ceil(corners.max(axis=0) + room).astype(int), 0, last) + 1
        inside = np.any([polygon2mask(tuple(high - low), polygon - low) for polygon in border], axis=0)
        if not inside.any():
            return None
        near = ndi.distance_transform_edt(~inside) <= room
        window = slice(low[0], high[0]), slice(low[1], high[1])
        free = self.field.tissue[window] & (labels[window] == 0)
        seen = np.argwhere(near & free & (chances_on(maps.at, (low[0], low[1]), near.shape) >= SURE))
        if not len(seen):
            return None
        return np.asarray(middle_one(seen) + low, dtype=np.float64)

    def _at(self, place: Points, maps: Maps) -> Scored | None:
        """The outline that is taken for what lies there, doubted for its rivals."""
        here = tuple(find for find in finds(maps, self.field.pitch) if find.holds(place, maps))
        seen = sighted_outlines(self.field, self._smooth, maps, here)
        tried = [self._scored(o, maps) for o in at_click(self.field, self._smooth, maps, seen, place)]
        kept = apart(tried, self.field.values.shape)
        return next((one for one in kept if one.outline.holds(place)), None)

    def _scored(self, outline: Outline, maps: Maps) -> Scored:
        """At least possible, for another date shows it."""
        one = judged(outline, maps, self.hands)
        return replace(one, confidence=max(one.confidence, self.settings.doubtful))


def _stands(outline: Outline, maps: Maps, labels: NDArray[np.uint16]) -> bool:
    """Whether the film and the network show an outline, and no other has its place."""
    taken = outline.window(labels)[outline.inside] > 0
    return maps.chance(outline) >= SURE and likeness(outline) >= FALLS and bool(taken.mean() <= SHARED)
