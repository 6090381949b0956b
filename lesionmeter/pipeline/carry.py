"""Points carried from one film of a hand to the others."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from lesionmeter.errors import UsageError
from lesionmeter.model.findings import Assessment
from lesionmeter.model.patient import Hand
from lesionmeter.model.points import AskedPoint, CarriedPoint


def carry_points(registered: Assessment, asked: Iterable[AskedPoint]) -> tuple[CarriedPoint, ...]:
    """Carry points to every other film of the hand that each lies on, through that hand's baseline film.

    Raises
    ------
    UsageError
        If a point names a film that the assessment does not have.
    """
    films = {film.film for film in registered.films}
    carried: list[CarriedPoint] = []
    for point in asked:
        if point.film not in films:
            raise UsageError(f"point {point.name}: expected one of the films {sorted(films)}, came {point.film!r}")
        hands = [hand for hand in registered.hands if hand.film == point.film]
        if not hands:
            carried += [CarriedPoint(point, f, None, None, False, "no hand found") for f in films - {point.film}]
            continue
        side = min(hands, key=lambda hand: _distance(hand, point)).laterality.value
        others = [hand.film for hand in registered.hands if hand.laterality.value == side and hand.film != point.film]
        carried += [_carry(registered, point, side, film) for film in others]
    return tuple(carried)


def _distance(hand: Hand, point: AskedPoint) -> float:
    return float(np.linalg.norm(hand.landmarks.points - np.array(point.position), axis=1).min())


def _carry(registered: Assessment, asked: AskedPoint, side: str, film: str) -> CarriedPoint:
    place, error = np.array([asked.position]), 0.0
    ways = {r.film_to: r for r in registered.registrations if r.laterality == side}
    refused = [ways[f].reason for f in (asked.film, film) if f in ways and not ways[f].accepted]
    if refused:
        return CarriedPoint(asked, film, None, None, False, f"registration refused: {refused[0]}")
    if asked.film in ways:
        place = ways[asked.film].carry_back(place)
        error = float(ways[asked.film].error_mm(place)[0])
    if film in ways:
        error = math.hypot(error, float(ways[film].error_mm(place)[0]))
        place = ways[film].carry(place)
    shape = next(f.shape for f in registered.films if f.film == film)
    row, column = float(place[0, 0]), float(place[0, 1])
    inside = shape is not None and -0.5 <= row <= shape[0] - 0.5 and -0.5 <= column <= shape[1] - 0.5
    reason = "" if inside else "lies off the film"
    return CarriedPoint(asked, film, (row, column), error, inside, reason)
