"""A film's hands: polarity, one hand or two, side, and the reason where there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from lesionmeter.model.patient import FilmAnatomy, Hand
from lesionmeter.model.radiograph import Laterality, Polarity, Radiograph
from lesionmeter.model.site import Landmarks
from lesionmeter.stages.anatomy.acceptance import refusal
from lesionmeter.stages.anatomy.locate import Sighting, locate
from lesionmeter.stages.anatomy.network import landmark_network
from lesionmeter.stages.anatomy.picture import Picture, make_picture, shrink, turn
from lesionmeter.stages.anatomy.proportions import short_tips
from lesionmeter.stages.anatomy.settings import AnatomySettings


@dataclass(frozen=True, eq=False)
class _Search:
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


def find_hands(film: Radiograph, settings: AnatomySettings | None = None) -> FilmAnatomy:
    """The whole hands on a film, with polarity, side and 21 landmarks each.

    Parameters
    ----------
    film
        A film in any orientation, mirrored or not, negative or not. What `films.csv` says of polarity and side is
        taken.
    settings
        Thresholds of what is taken as a whole hand.

    Returns
    -------
    FilmAnatomy
        None, one or two hands, left first. A film without a whole hand has none, and the reason.
    """
    settings = settings or AnatomySettings()
    grey, block = shrink(film.pixels, settings.thumbnail, film.padding)
    search = _search(make_picture(grey), _known_polarity(film), settings)
    hands, reason = _sided(film, search, block)
    polarity, source = _polarity(film, search)
    remarks = _polarity_remarks(film, polarity)
    hands = tuple(replace(hand, remarks=hand.remarks + remarks) for hand in hands)
    return FilmAnatomy(film.film, polarity, source, hands, reason)


def _known_polarity(film: Radiograph) -> Polarity | None:
    """What a reader states is taken; what a file's header states is tested, for negatives are scanned unawares."""
    return film.polarity if film.polarity_source in ("films.csv", "reader") else None


def _polarity(film: Radiograph, search: _Search) -> tuple[Polarity, str]:
    polarity = search.hands[0].polarity if search.hands else film.polarity or Polarity.NORMAL
    return polarity, film.polarity_source if polarity is film.polarity and film.polarity_source else "found"


def _search(picture: Picture, polarity: Polarity | None, settings: AnatomySettings) -> _Search:
    """One hand on the whole picture and perhaps one beside it; else two parted by a straight cut; else two aslant."""
    reason, whole = _looked(picture, (slice(None), slice(None)), polarity, settings)
    if reason:
        found = _in_halves(picture, polarity, settings)
    else:
        looks = [_looked(picture, part, polarity, settings) for part in _rest(picture, whole)]
        found = _Search((whole, *(sighting for refused, sighting in looks if not refused)), "")
    if len(found.hands) == 2 or (not reason and whole.length > _FILLS * max(picture.shape)):
        return found
    turned = turn(picture, _ASLANT)
    aslant = _in_halves(turned.picture, polarity, settings)
    if len(aslant.hands) > len(found.hands):
        return _Search(tuple(replace(s, points=turned.back(s.points)) for s in aslant.hands), aslant.reason)
    return found if found.hands else _Search((), reason)


def _in_halves(picture: Picture, polarity: Polarity | None, settings: AnatomySettings) -> _Search:
    """A hand in each half of the picture, cut across its longer side first."""
    longer_first = (0, 1) if picture.shape[0] > picture.shape[1] else (1, 0)
    for axis in longer_first:
        looks = [_looked(picture, part, polarity, settings) for part in _halves(picture, axis)]
        hands = tuple(sighting for refused, sighting in looks if not refused)
        if hands:
            return _Search(hands, "; ".join(f"half of the film: {refused}" for refused, _ in looks if refused))
    return _Search((), "")


Part = tuple[slice, slice]

_ASLANT = 45.0
"""Degrees that a picture is turned by to look for two hands that no straight cut parts."""

_FILLS = 0.6
"""Length of a hand, as a share of its film's longer side, that leaves no room for a second one."""

_ROOM = 0.45
"""Least width, in hand lengths, of a strip beside a hand that a second hand could lie in."""

_MARGIN = 0.06
"""Soft tissue beyond the outermost landmarks, in hand lengths."""


_OVERLAP = 0.02
"""How far a half goes beyond the cut, as a share of the picture: a tip beside the cut is not at the film's edge."""


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


def _sided(film: Radiograph, search: _Search, block: int) -> tuple[tuple[Hand, ...], str]:
    """Hands with their side: what is stated wins over the thumb's place, and a disagreement is remarked."""
    stated = film.laterality if film.laterality in ("L", "R") else ""
    sides = [Laterality.RIGHT if sighting.mirrored else Laterality.LEFT for sighting in search.hands]
    if len(sides) == 2 and sides[0] is sides[1]:
        return (), f"two hands of the same side ({sides[0]}) found, expected a left and a right one"
    reason = search.reason
    if film.laterality == "LR" and len(sides) == 1:
        reason = reason or "one hand found, expected both"
    hands = [_hand(film, s, side, block) for s, side in zip(search.hands, sides, strict=True)]
    if stated and len(hands) == 1 and sides[0] != stated:
        remark = f"side {stated} is stated, but the thumb lies as on {sides[0]}: flipped film or wrong side"
        hands = [replace(hands[0], laterality=Laterality(stated), remarks=(remark, *hands[0].remarks))]
    return tuple(sorted(hands, key=lambda hand: hand.laterality)), reason


def _hand(film: Radiograph, sighting: Sighting, side: Laterality, block: int) -> Hand:
    points = sighting.points * block + (block - 1) / 2
    remarks = short_tips(points, landmark_network().template)
    return Hand(film.film, side, Landmarks(points, sighting.confidence), remarks)


def _polarity_remarks(film: Radiograph, polarity: Polarity) -> tuple[str, ...]:
    if film.polarity is None or film.polarity is polarity:
        return ()
    return (f"polarity {film.polarity} is stated ({film.polarity_source}), but the film shows {polarity}",)
