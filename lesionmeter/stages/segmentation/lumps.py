"""Lumps, larger than any deposit that the first network learned from: what its twin sees, and their outlines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.site import Landmarks
from lesionmeter.stages.segmentation.field import SearchField
from lesionmeter.stages.segmentation.maps import Maps
from lesionmeter.stages.segmentation.network import lump_network
from lesionmeter.stages.segmentation.outlines import Outline
from lesionmeter.stages.segmentation.parts import SURE
from lesionmeter.stages.segmentation.scoring import in_carpus
from lesionmeter.stages.segmentation.selection import SHARED, Scored, apart, judged
from lesionmeter.stages.segmentation.settings import SegmentationSettings
from lesionmeter.stages.segmentation.sighted import Find, finds, free_share, sighted_outlines

LUMP_MM2: Final = 25.0
"""Least size of what the network that learned lumps is believed of: smaller ones the other one sees as well."""

MOSTLY: Final = 0.5
"""Share of a lump that no outline takes, from which it is not outlined yet: a bit of it is easily taken for another
thing."""

SURELY: Final = 0.5
"""Confidence from which a lump is sure. A large border runs over more bone than a small one, so its weakest places are
weaker. Of 72 on simulated films 55 reach it; of what is none, off the carpus, the most is 0.06 there (48 other films),
and 0.21 on eight radiographs without a deposit."""

CARPUS: Final = 0.5
"""How much of the carpus a place is from which lumps are not believed there: all 46 on simulated films were bones that
lie over each other."""


@dataclass(frozen=True, eq=False)
class Lumps:
    """What the network that learned lumps sees on a film.

    Parameters
    ----------
    maps
        Its chances, in pieces as large as a lump; nothing elsewhere.
    finds
        Its finds.
    off_carpus
        Those of them that are believed.
    """

    maps: Maps
    finds: tuple[Find, ...]
    off_carpus: tuple[Find, ...]


def lumps_seen(field: SearchField, hands: tuple[Landmarks, ...]) -> Lumps:
    """What the network that learned lumps sees that is as large as one.

    Parameters
    ----------
    field
        The prepared film.
    hands
        The landmarks of each hand on it.
    """
    seen = lump_network()(field)
    maps = seen.pieces_of(LUMP_MM2 / (seen.step * field.pitch) ** 2, SURE)
    found = finds(maps, field.pitch)
    off_carpus = (
        find for find in found if max(in_carpus(find.pixels(maps).mean(axis=0), hand) for hand in hands) < CARPUS
    )
    return Lumps(maps, found, tuple(off_carpus))


def with_lumps(
    kept: list[Scored],
    lumps: Lumps,
    field: SearchField,
    smooth: NDArray[np.float32],
    hands: tuple[Landmarks, ...],
    settings: SegmentationSettings,
) -> list[Scored]:
    """The outlines of a film with those of lumps that are not outlined yet.

    A sure lump takes the place of what is outlined in it, unless a reader clicked that.

    Parameters
    ----------
    kept
        The outlines without them, sure and doubtful.
    lumps
        What their network sees.
    field, smooth
        The prepared film, and its values smoothed a little against grain.
    hands
        The landmarks of each hand on it.
    settings
        From which confidence an outline is sure, and possible.
    """
    possible = [one for one in kept if one.clicked or one.confidence >= settings.doubtful]
    free = field.tissue & ~_painted(possible, field)
    left = tuple(find for find in lumps.off_carpus if free_share(find, lumps.maps, free) >= MOSTLY)
    clicked = _painted([one for one in kept if one.clicked], field)
    scored = (
        _scored(outline, lumps.maps, hands, settings) for outline in sighted_outlines(field, smooth, lumps.maps, left)
    )
    large = [one for one in apart(list(scored), field.values.shape) if _share(one, clicked) <= SHARED]
    taken = _painted([one for one in large if one.confidence >= settings.threshold], field)
    rest = [one for one in kept if one.clicked or _share(one, taken) <= SHARED]
    others = _painted(rest, field)
    return rest + [one for one in large if one.confidence >= settings.threshold or _share(one, others) <= SHARED]


def _scored(outline: Outline, maps: Maps, hands: tuple[Landmarks, ...], settings: SegmentationSettings) -> Scored:
    one = judged(outline, maps, hands)
    sure = max(one.confidence, settings.threshold) if one.confidence >= SURELY else one.confidence
    return replace(one, confidence=sure)


def _painted(outlines: list[Scored], field: SearchField) -> NDArray[np.bool_]:
    film = np.zeros(field.values.shape, dtype=bool)
    for one in outlines:
        one.outline.window(film)[one.outline.inside] = True
    return film


def _share(one: Scored, film: NDArray[np.bool_]) -> float:
    """Share of an outline's pixels that are true on the film."""
    return float(one.outline.window(film)[one.outline.inside].mean())
