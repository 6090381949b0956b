"""Where on a film hands may lie: the whole of it, a strip beside a hand, a half, a half of the film turned."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from lesionmeter.model.radiograph import Polarity
from lesionmeter.stages.anatomy.acceptance import fits_a_hand, refusal, seen_enough
from lesionmeter.stages.anatomy.locate import PALM, Sighting, locate
from lesionmeter.stages.anatomy.network import landmark_network
from lesionmeter.stages.anatomy.picture import Picture, turn
from lesionmeter.stages.anatomy.settings import AnatomySettings

Part = tuple[slice, slice]

_ASLANT = 45.0
"""Degrees that a picture is turned by to look for two hands that no straight cut parts."""

_FILLS = 0.6
"""Length of a hand, as a share of its film's longer side, that leaves no room for a second one."""

_SAME = 0.3
"""Sightings whose palms lie nearer to each other than this, in hand lengths, are of one hand."""

_ROOM = 0.45
"""Least width, in hand lengths, of a strip beside a hand that a second hand could lie in."""

_MARGIN = 0.06
"""Soft tissue beyond the outermost landmarks, in hand lengths."""

_OVERLAP = 0.02
"""How far a half goes beyond the cut, as a share of the picture: a tip beside the cut is not at the film's edge."""


@dataclass(frozen=True, eq=False)
class Search:
    """What a film shows.

    Parameters
    ----------
    hands
        Sightings of whole hands, in pixels of the small picture.
    reason
        Why there is none, or why a part was not taken.
    """

    hands: tuple[Sighting, ...]
    reason: str


def search_hands(picture: Picture, polarity: Polarity | None, settings: AnatomySettings) -> Search:
    """One hand on the whole picture and perhaps one beside it; else two parted by a straight cut; else two aslant.

    Parameters
    ----------
    picture
        A film, made small.
    polarity
        Which way dense tissue goes, if that is known.
    settings
        When a hand is taken as whole.
    """
    reason, whole = _looked(picture, (slice(None), slice(None)), polarity, settings)
    alone = whole.length > _FILLS * max(picture.shape) and seen_enough(whole) and fits_a_hand(whole, settings)
    if reason:
        found = Search((), reason) if alone else _in_halves(picture, polarity, settings)
    else:
        looks = [_looked(picture, part, polarity, settings) for part in _rest(picture, whole)]
        found = Search((whole, *(sighting for refused, sighting in looks if not refused)), "")
    if alone or len(found.hands) == 2:
        return found
    return _settled(_aslant(picture, polarity, settings, found), whole, reason)


def _settled(found: Search, whole: Sighting, reason: str) -> Search:
    """What was found, unless it is but the hand that was refused before: no second try makes it whole."""
    if not found.hands:
        return Search((), reason)
    apart = float(np.linalg.norm((found.hands[0].points - whole.points)[PALM].mean(0)))
    refused_before = reason and len(found.hands) == 1 and seen_enough(whole) and apart < _SAME * whole.length
    return Search((), reason) if refused_before else found


def _aslant(picture: Picture, polarity: Polarity | None, settings: AnatomySettings, found: Search) -> Search:
    """More hands on the picture turned, or what was found before."""
    turned = turn(picture, _ASLANT)
    aslant = _in_halves(turned.picture, polarity, settings)
    if len(aslant.hands) <= len(found.hands):
        return found
    return Search(tuple(replace(s, points=turned.back(s.points)) for s in aslant.hands), aslant.reason)


def _in_halves(picture: Picture, polarity: Polarity | None, settings: AnatomySettings) -> Search:
    """A hand in each half of the picture, cut across its longer side first."""
    longer_first = (0, 1) if picture.shape[0] > picture.shape[1] else (1, 0)
    for axis in longer_first:
        looks = [_looked(picture, part, polarity, settings) for part in _halves(picture, axis)]
        hands = tuple(sighting for refused, sighting in looks if not refused)
        if hands:
            return Search(hands, "; ".join(f"half of the film: {refused}" for refused, _ in looks if refused))
    return Search((), "")


def _rest(picture: Picture, sighting: Sighting) -> tuple[Part, ...]:
    """The widest strip of the picture beside a hand; none if no second hand has room there."""
    margin = _MARGIN * sighting.length
    low = np.floor(sighting.points.min(0) - margin).astype(int)
    high = np.ceil(sighting.points.max(0) + margin).astype(int)
    (rows, columns), whole = picture.shape, slice(None)
    strips: list[tuple[int, Part]] = [
        (low[0], (slice(0, max(low[0], 0)), whole)),
        (rows - high[0], (slice(high[0], None), whole)),
        (low[1], (whole, slice(0, max(low[1], 0)))),
        (columns - high[1], (whole, slice(high[1], None))),
    ]
    width, part = max(strips, key=lambda strip: strip[0])
    return (part,) if width > _ROOM * sighting.length else ()


def _halves(picture: Picture, axis: int) -> tuple[Part, Part]:
    """The picture cut in two where there is least to see across its middle third; each half goes a little beyond."""
    grey = picture.levels[0]
    detail = np.abs(grey - ndimage.uniform_filter(grey, 15)).mean(axis=1 - axis)
    smooth = ndimage.uniform_filter1d(detail, max(3, len(detail) // 40))
    start, end = len(smooth) // 3, 2 * len(smooth) // 3
    cut = start + int(np.argmin(smooth[start:end]))
    beyond = round(_OVERLAP * len(smooth))
    first, second, whole = slice(0, cut + beyond), slice(cut - beyond, None), slice(None)
    return ((first, whole), (second, whole)) if axis == 0 else ((whole, first), (whole, second))


def _looked(picture: Picture, part: Part, polarity: Polarity | None, settings: AnatomySettings) -> tuple[str, Sighting]:
    """Look for one hand in a part of the picture.

    Returns
    -------
    reason
        Why it is not taken; empty if it is.
    sighting
        In pixels of the whole picture.
    """
    piece = picture.cut(*part)
    sighting = locate(piece, landmark_network(), polarity)
    corner = np.array([part[0].start or 0, part[1].start or 0], np.float64)
    return refusal(sighting, piece.shape, settings), replace(sighting, points=sighting.points + corner)
