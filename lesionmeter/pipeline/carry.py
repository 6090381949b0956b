"""Points carried from one film of a hand to the others."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from lesionmeter.errors import UsageError
from lesionmeter.model.findings import Assessment, FilmFinding
from lesionmeter.model.geometry import Points, Registration
from lesionmeter.model.patient import Hand
from lesionmeter.model.points import AskedPoint, CarriedPoint

UNSURE_MM: Final = 3.0
"""A predicted 95 % error above which a carried point is not ok: about half a finger's width."""


def check_points(asked: Iterable[AskedPoint], films: Iterable[str]) -> None:
    """Refuse points of films that are not there, before the work begins.

    Raises
    ------
    UsageError
        If a point names another film than these.
    """
    known = sorted(films)
    strangers = [f"{point.film!r} (point {point.name})" for point in asked if point.film not in known]
    if strangers:
        raise UsageError(f"points: expected films of {known}, came {', '.join(dict.fromkeys(strangers[:5]))}")


def carry_points(registered: Assessment, asked: Iterable[AskedPoint]) -> tuple[CarriedPoint, ...]:
    """Carry points to every other film of the hand that each lies on, through that hand's baseline film.

    A film on which no hand at all was found may show the hand too: a point is not carried there, with the reason.

    Parameters
    ----------
    registered
        From `register_hands` or `assess`.
    asked
        The points.

    Returns
    -------
    tuple of CarriedPoint
        Point by point, each on every other film in order of date.

    Raises
    ------
    UsageError
        If a point names a film that the assessment does not have.
    """
    asked = tuple(asked)
    films = {film.film: film for film in registered.films if film.shape is not None}
    check_points(asked, films)
    return tuple(carried for point in asked for carried in _everywhere(registered, films, point))


def _everywhere(registered: Assessment, films: dict[str, FilmFinding], point: AskedPoint) -> Iterator[CarriedPoint]:
    here = [hand for hand in registered.hands if hand.film == point.film]
    side = min(here, key=lambda hand: _distance(hand, point)).laterality.value if here else ""
    for film in films.values():
        if film.film == point.film or (film.hands and side and side not in film.hands):
            continue
        blind = next((name for name in (point.film, film.film) if not films[name].hands), "")
        reason = f"no hand was found on {blind}" if blind else ""
        if not blind and not _inside(films[point.film], np.array(point.position)):
            reason = f"lies off its own film {point.film}"
        if reason:
            yield CarriedPoint(point, film.film, None, None, False, reason)
        else:
            ways = {way.film_to: way for way in registered.registrations if way.laterality == side}
            yield _carried(point, film, ways)


def _distance(hand: Hand, point: AskedPoint) -> float:
    return float(np.linalg.norm(hand.landmarks.points - np.array(point.position), axis=1).min())


def _carried(point: AskedPoint, film: FilmFinding, ways: dict[str, Registration]) -> CarriedPoint:
    """From the point's film back to the baseline, and on to the other film; either may be the baseline itself."""
    back, forth = ways.get(point.film), ways.get(film.film)
    refused = [way.reason for way in (back, forth) if way is not None and not way.accepted]
    if refused:
        return CarriedPoint(point, film.film, None, None, False, f"registration refused: {refused[0]}")
    place, errors, marked = np.array([point.position]), [0.0, 0.0], []
    if back is not None:
        place = back.carry_back(place)
        errors[0], marked = float(back.error_mm(place)[0]), _marked(back, place)
    if forth is not None:
        errors[1], marked = float(forth.error_mm(place)[0]), [*marked, *_marked(forth, place)]
        place = forth.carry(place)
    row, column = place[0].tolist()
    error = math.hypot(*errors)
    reasons = [*([] if _inside(film, place[0]) else ["lies off the film"]), *marked]
    if error > UNSURE_MM:
        reasons.append(f"predicted error {error:.1f} mm is over {UNSURE_MM:.0f} mm")
    return CarriedPoint(point, film.film, (row, column), error, not reasons, "; ".join(reasons))


def _marked(way: Registration, place: Points) -> list[str]:
    """What is wrong with the bone that carries a place of the baseline film."""
    bone = way.bones_at(place)[0]
    return [] if bone.ok else [f"{bone.bone} on {way.film_to}: {bone.reason}"]


def _inside(film: FilmFinding, place: Points) -> bool:
    return film.shape is not None and bool(np.all(place >= -0.5) and np.all(place <= np.array(film.shape) - 0.5))
