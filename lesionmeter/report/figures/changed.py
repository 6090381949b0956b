"""For each site that changed: the two dates on registered anatomy, in one grey scale, and their difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from lesionmeter.errors import UsageError
from lesionmeter.model.findings import Assessment, Call, Change
from lesionmeter.report.figures.pixels import SIDE, Grey, Picture, to_grey
from lesionmeter.report.figures.places import Place, Window
from lesionmeter.report.pairs import Frame, Way, deposits_in, error_words, match_pair, sampled, way_between

CHANGED: Final = (Call.REGRESSION, Call.PROGRESSION, Call.NEW, Call.RESOLVED)

KINDS: Final = ("earlier", "later", "difference")
"""The pictures of a pair, in their order."""

_SPAN: Final = 0.45
"""Difference, as a share of the grey range, that is shown fully black or white."""

_MARGIN: Final = 60
"""Pixels round the picture that help to match the greys and are cut off then."""


@dataclass(frozen=True, eq=False)
class ChangedPlace:
    """A place that changed between two films.

    Parameters
    ----------
    place
        The place.
    films
        The earlier and the later film: the longest time over which one of its deposits is called changed.
    way
        From the earlier film to the later one.
    frame
        The place's window on the earlier film with a margin, as a grid.
    """

    place: Place
    films: tuple[str, str]
    way: Way
    frame: Frame

    def look(self, film: str, values: Picture) -> Picture:
        """What one of its two films shows there, dense tissue bright, on the earlier film's grid."""
        places = self.frame.places
        return sampled(values, places if film == self.films[0] else self.way.carry_grid(places))


def changed_places(assessment: Assessment, sites: tuple[Place, ...]) -> tuple[ChangedPlace, ...]:
    """The places with a change from first to last film, where registration brings the two films together."""
    found = (_changed(assessment, place) for place in sites)
    return tuple(place for place in found if place is not None)


def _changed(assessment: Assessment, place: Place) -> ChangedPlace | None:
    mine = [c for c in assessment.changes if c.level == "deposit" and c.identity in place.identities]
    called = [c for c in mine if c.call in CHANGED and c.laterality == place.laterality]
    longest = max(called, key=lambda change: change.interval.years, default=None)
    films = _films(longest)
    window = next((w for w in place.windows if films and w.film == films[0]), None)
    if films is None or window is None:
        return None
    try:
        way = way_between(assessment, place.laterality, films)
    except UsageError:  # a refused registration brings no films together; the page says so elsewhere
        return None
    return ChangedPlace(place, films, way, _frame(window))


def _films(change: Change | None) -> tuple[str, str] | None:
    if change is None or change.film_from is None or change.film_to is None:
        return None
    return change.film_from, change.film_to


def _frame(window: Window) -> Frame:
    pitch = window.side_mm / SIDE
    first = -window.side_mm / 2 - (_MARGIN - 0.5) * pitch
    corner = window.to_film(np.array([[first, first]]))[0]
    return Frame(window.film, corner, window.basis, (SIDE + 2 * _MARGIN, SIDE + 2 * _MARGIN), pitch)


def pictures_of(assessment: Assessment, changed: ChangedPlace, looks: Mapping[str, Picture]) -> Mapping[str, Grey]:
    """The pictures of `KINDS`; none where a film shows nothing of the place.

    Parameters
    ----------
    assessment
        Holds the outlines, which have no say in the matching of greys.
    changed
        The place.
    looks
        What each of its two films shows, from `ChangedPlace.look`.
    """
    hidden = deposits_in(assessment, changed.frame, changed.way, changed.films[1])
    first, last = changed.films
    pair = match_pair(looks[first], looks[last], hidden, changed.frame.pitch_mm)
    earlier, later = (picture[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN] for picture in pair)
    if not np.isfinite(earlier).any():
        return {}
    difference = np.nan_to_num(later - earlier)
    shown = to_grey(earlier, 0.0, 1.0), to_grey(later, 0.0, 1.0), to_grey(difference, -_SPAN, _SPAN)
    return dict(zip(KINDS, shown, strict=True))


def words_of(assessment: Assessment, changed: ChangedPlace) -> tuple[str, ...]:
    """How far the two films may be shifted against each other there, and which deposits are smaller than that."""
    return error_words(assessment, changed.way, changed.films[0], changed.place.identities)
