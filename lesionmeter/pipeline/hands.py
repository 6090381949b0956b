"""Films to hands that have a scale, with what a reader corrected."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from lesionmeter.model.corrections import LandmarkCorrection, ScaleCorrection
from lesionmeter.model.geometry import Points, Spacing, SpacingSource
from lesionmeter.model.patient import FilmAnatomy, Hand, HandView
from lesionmeter.model.radiograph import CalibratedRadiograph, Laterality, Radiograph, RelativeRadiograph
from lesionmeter.model.site import Landmarks
from lesionmeter.pipeline.work import Work
from lesionmeter.stages import anatomy, calibration

Anatomies = Mapping[str, FilmAnatomy]
"""What was found on each film, by the film's name."""

References = dict[Laterality, Points]
"""(21, 2) landmarks of a hand in (row, column) mm, on the film that lends the others its scale."""


def anatomies_of(work: Work) -> Anatomies:
    """The hands of each film, their landmarks as the reader left them."""
    return {film.film: _anatomy(work, film) for film in work.patient.films}


def views_of(work: Work, anatomies: Anatomies) -> tuple[HandView, ...]:
    """Each hand that was found, on its film with a stated or a relative scale; in the order of the films."""
    films = [film for film in work.patient.films if anatomies[film.film].hands]
    stated = {film.film: calibration.calibrate(_as_read(work, film), work.settings.calibration) for film in films}
    references = _references(stated, anatomies)
    views: list[HandView] = []
    for film in films:
        found = anatomies[film.film]
        scaled = stated[film.film] or _relative(work, film, found.hands, references)
        views += [HandView(scaled, hand, found.polarity) for hand in found.hands]
    return tuple(views)


def _anatomy(work: Work, film: Radiograph) -> FilmAnatomy:
    work.teller.begin(f"{film.film}: finding the hand")
    found = work.once(
        ("anatomy", film.film, film.laterality, film.polarity), lambda: anatomy.find_hands(film, work.settings.anatomy)
    )
    moves = [move for move in work.said(LandmarkCorrection) if move.film == film.film]
    return dataclasses.replace(found, hands=tuple(_moved(hand, moves) for hand in found.hands))


def _moved(hand: Hand, moves: list[LandmarkCorrection]) -> Hand:
    """The hand with the landmarks that a reader moved."""
    mine = [move for move in moves if move.laterality == hand.laterality.value]
    if not mine:
        return hand
    points, confidence = hand.landmarks.points.copy(), hand.landmarks.confidence.copy()
    for move in mine:
        points[move.landmark], confidence[move.landmark] = move.point, 1.0
    return dataclasses.replace(hand, landmarks=Landmarks(points, confidence, "reviewed"))


def _as_read(work: Work, film: Radiograph) -> Radiograph:
    """The film, its most trusted claim being what a reader stated last."""
    stated = [correction for correction in work.said(ScaleCorrection) if correction.film == film.film]
    if not stated:
        return film
    last = stated[-1]
    claim = Spacing(last.spacing_mm, last.spacing_mm, SpacingSource.READER, last.cv)
    return dataclasses.replace(film, claims=(claim, *film.claims))


def _references(stated: Mapping[str, CalibratedRadiograph | None], anatomies: Anatomies) -> References:
    """Each hand on its first film of known scale."""
    references: References = {}
    for name, film in stated.items():
        if film is not None:
            _add_references(references, film, anatomies[name].hands)
    return references


def _relative(work: Work, film: Radiograph, hands: tuple[Hand, ...], references: References) -> RelativeRadiograph:
    """The film by bone lengths: those on a film of known scale, else on the hand's first film, else an adult's."""
    hand = next((hand for hand in hands if hand.laterality in references), hands[0])
    known = references.get(hand.laterality)
    scaled = calibration.relative(film, hand.landmarks, known, work.settings.calibration)
    _add_references(references, scaled, hands)
    return scaled


def _add_references(
    references: References, film: CalibratedRadiograph | RelativeRadiograph, hands: tuple[Hand, ...]
) -> None:
    for hand in hands:
        references.setdefault(hand.laterality, film.spacing.to_mm(hand.landmarks.points))
