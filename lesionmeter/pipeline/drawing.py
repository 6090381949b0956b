"""A deposit drawn by a reader: by a click, by a border level, by painting; and what its area is at every moment."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from lesionmeter.errors import UsageError
from lesionmeter.model.corrections import OutlineCorrection, Signature
from lesionmeter.model.drawing import Drawing
from lesionmeter.model.findings import Assessment, FilmFinding
from lesionmeter.model.geometry import Points
from lesionmeter.model.patient import HandView
from lesionmeter.model.radiograph import CalibratedRadiograph, Polarity
from lesionmeter.stages import review, segmentation
from lesionmeter.stages.segmentation import ClickField

SMOOTHING_PX: Final = 1.5
"""Wiggles of this radius are the brush's, not the deposit's."""


def ready_for_clicks(assessment: Assessment, film: str) -> ClickField:
    """Make one film ready for clicks; it takes a second, and each click then a fraction of one.

    Parameters
    ----------
    assessment
        With its films at hand.
    film
        The film's name.

    Raises
    ------
    UsageError
        If the films are not at hand, or no hand was found on this one.
    """
    films = {found.film: found for found in assessment.patient.films} if assessment.patient else {}
    row = next((row for row in assessment.films if row.film == film), None)
    hands = [hand for hand in assessment.hands if hand.film == film]
    if film not in films or row is None or row.spacing is None or not hands:
        raise UsageError(f"{film}: expected a film that is at hand and shows a hand, came one that is or does not")
    scaled = CalibratedRadiograph(films[film], row.spacing)
    return segmentation.click_field(tuple(HandView(scaled, hand, Polarity(row.polarity)) for hand in hands))


def draw_at_click(
    ready: ClickField, point: tuple[float, float], inside: Points | None = None, outside: Points | None = None
) -> Drawing | None:
    """The deposit under a click, with all its specks, whatever its shape.

    Parameters
    ----------
    ready
        From `ready_for_clicks`.
    point
        (row, column) pixel of the film.
    inside, outside
        (n, 2) pixels that strokes of a brush mark as certainly inside or outside.

    Returns
    -------
    Drawing or None
        None if nothing there has a clear closed border; a weak one tells its `confidence`.
    """
    return segmentation.outline_at_click(ready, np.array(point, dtype=np.float64), inside, outside)


def draw_at_level(ready: ClickField, drawing: Drawing, level: float) -> Drawing:
    """The drawn deposit shrunk (`level` over 0.5) or grown (under): its border at that share of its height."""
    return segmentation.at_level(ready, drawing, level)


def draw_inside(drawing: Drawing, lasso: Points, *, erase: bool = False) -> Drawing:
    """The drawing with the pixels inside a closed (n, 2) polygon of the film added, or erased."""
    within = review.fill((lasso - np.array(drawing.corner),), drawing.mask.shape)
    return drawing.painted(drawing.mask & ~within if erase else drawing.mask | within)


def draw_smooth(drawing: Drawing) -> Drawing:
    """The drawing without the small wiggles that a brush leaves."""
    return drawing.painted(review.smoothed(drawing.mask, SMOOTHING_PX))


def draw_filled(drawing: Drawing) -> Drawing:
    """The drawing without holes."""
    return drawing.painted(review.without_holes(drawing.mask))


def drawing_of(assessment: Assessment, film: str, labels: tuple[int, ...], room_mm: float = 8.0) -> Drawing:
    """A measured deposit as a drawing, in a window with room to paint round it.

    Parameters
    ----------
    assessment
        With the deposit in it.
    film, labels
        Where it is: labels of the film's deposit map.
    room_mm
        Room round it.

    Raises
    ------
    UsageError
        If the film has no such deposit.
    """
    found = assessment.maps.get(film)
    parts = [d for d in found.deposits if d.label in labels] if found else []
    if found is None or not parts:
        raise UsageError(f"{film}: expected a deposit with one of the labels {labels}, came none")
    mask = np.isin(found.labels, labels)
    outlines = tuple(outline for part in parts for outline in part.outlines)
    whole = Drawing(film, parts[0].laterality, (0, 0), mask, outlines)
    return with_room(whole, mask.shape, room_mm / _spacing(assessment, film))


def drawing_proposed(assessment: Assessment, identity: str, film: str) -> Drawing | None:
    """The outline of a deposit carried to a film where it is not outlined: a proposal, until a reader confirms it.

    Parameters
    ----------
    assessment
        With the deposit on another film.
    identity, film
        What to propose, and where.

    Returns
    -------
    Drawing or None
        From the film nearest in time that shows it; None if there is none, or no accepted registration leads there.
    """
    track = next((track for track in assessment.tracks if track.identity == identity), None)
    order = [sighting.film for sighting in track.sightings] if track else []
    if track is None or film not in order:
        return None
    there = order.index(film)
    shown = sorted((abs(n - there), s.film, s.labels) for n, s in enumerate(track.sightings) if s.labels)
    for _, source, labels in shown:
        carried = _carried(assessment, drawing_of(assessment, source, labels, 0.0), film)
        if source != film and carried is not None:
            return carried
    return None


def _carried(assessment: Assessment, drawing: Drawing, film: str) -> Drawing | None:
    """The drawing on another film of its hand, through the baseline film."""
    ways = {way.film_to: way for way in assessment.registrations if way.laterality == drawing.laterality}
    back, forth = ways.get(drawing.film), ways.get(film)
    if any(way is not None and not way.accepted for way in (back, forth)):
        return None
    polygons = [back.carry_back(p) if back else p for p in drawing.outlines]
    polygons = [forth.carry(p) if forth else p for p in polygons]
    shape = next((row.shape for row in assessment.films if row.film == film), None)
    if not polygons or shape is None:
        return None
    mask = review.fill(tuple(polygons), shape)
    whole = Drawing(film, drawing.laterality, (0, 0), mask, tuple(polygons))
    return with_room(whole, shape, 8.0 / _spacing(assessment, film)) if mask.any() else None


def empty_drawing(assessment: Assessment, film: str, laterality: str, at: tuple[float, float]) -> Drawing:
    """A drawing of nothing yet, in a window round a (row, column) pixel."""
    row = next(row for row in assessment.films if row.film == film)
    shape = row.shape or (1, 1)
    point = Drawing(film, laterality, (round(at[0]), round(at[1])), np.ones((1, 1), dtype=bool))
    room = with_room(point, shape, 8.0 / _spacing(assessment, film))
    return room.painted(np.zeros_like(room.mask))


def with_room(drawing: Drawing, shape: tuple[int, int], room: float) -> Drawing:
    """The same drawing in a window that leaves `room` pixels round it, on a film of that shape."""
    pixels = drawing.pixels
    if not len(pixels):
        return drawing
    low = np.maximum(pixels.min(axis=0) - round(room), 0)
    high = np.minimum(pixels.max(axis=0) + round(room) + 1, shape)
    mask = np.zeros(tuple(high - low), dtype=bool)
    mask[tuple((pixels - low).T)] = True
    return replace(drawing, corner=(int(low[0]), int(low[1])), mask=mask)


def drawing_area(drawing: Drawing, film: FilmFinding) -> float:
    """Its area in the film's unit (mm2, or relative on a film of unknown scale), as it will be measured."""
    pixel = film.spacing.pixel_area_mm2 if film.spacing else 1.0
    return review.outlined_area(_polygons(drawing)) * pixel


def drawn(drawing: Drawing, signature: Signature) -> OutlineCorrection:
    """The drawing as a reader's correction.

    Raises
    ------
    UsageError
        If nothing is drawn.
    """
    if not drawing.mask.any():
        raise UsageError(f"{drawing.film}: expected a drawing of at least one pixel, came an empty one")
    return OutlineCorrection(signature, drawing.film, drawing.laterality, _polygons(drawing))


def _polygons(drawing: Drawing) -> tuple[Points, ...]:
    return drawing.outlines or review.outlines_of(drawing.mask, drawing.corner)


def _spacing(assessment: Assessment, film: str) -> float:
    row = next((row for row in assessment.films if row.film == film), None)
    if row is None or row.spacing is None:
        raise UsageError(f"{film}: expected a film with a scale, came one without")
    return row.spacing.mean_mm
