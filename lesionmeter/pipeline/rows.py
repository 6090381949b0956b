"""Small steps between the stages: corrected hands, films grouped, rows of films."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Mapping

import numpy as np

from lesionmeter.model.corrections import LandmarkCorrection
from lesionmeter.model.deposit import Deposit, Origin, Track
from lesionmeter.model.findings import FilmFinding, ScaleCheck, Status
from lesionmeter.model.patient import FilmAnatomy, Hand, HandView, Skipped
from lesionmeter.model.radiograph import Radiograph, ScaledRadiograph
from lesionmeter.model.site import Landmarks, Site, SiteMap


def moved(hand: Hand, moves: list[LandmarkCorrection]) -> Hand:
    """The hand with the landmarks that a reader moved."""
    mine = [move for move in moves if move.laterality == hand.laterality.value]
    if not mine:
        return hand
    points, confidence = hand.landmarks.points.copy(), hand.landmarks.confidence.copy()
    for move in mine:
        points[move.landmark], confidence[move.landmark] = move.point, 1.0
    return dataclasses.replace(hand, landmarks=Landmarks(points, confidence, "reviewed"))


def by_film(views: tuple[HandView, ...]) -> dict[str, tuple[HandView, ...]]:
    """Views by the name of their film, in order."""
    films: dict[str, tuple[HandView, ...]] = {}
    for view in views:
        films[view.hand.film] = (*films.get(view.hand.film, ()), view)
    return films


def view_key(view: HandView) -> Hashable:
    """All of a view that a stage's result depends on; the pixels are named by their film."""
    spacing, hand = view.film.spacing, view.hand
    return (hand.film, hand.laterality, spacing, view.polarity, hand.landmarks.points.tobytes())


def site_of(track: Track, sites: Mapping[str, SiteMap]) -> Site | None:
    """The site where the deposit was first seen; one identity has one site, whatever its size later."""
    for sighting in track.sightings:
        if sighting.labels and sighting.position is not None:
            return sites[sighting.film].at(np.array([sighting.position]))[0]
    return None


def origin(family: list[Deposit]) -> Origin:
    """Who outlined a family of deposits: a reader if any of them was, else a hint, else nobody."""
    origins = {deposit.origin for deposit in family}
    for origin in (Origin.REVIEWED, Origin.HINT):
        if origin in origins:
            return origin
    return Origin.AUTOMATIC


def film_finding(
    film: Radiograph, found: FilmAnatomy, scaled: ScaledRadiograph | None, checks: tuple[ScaleCheck, ...]
) -> FilmFinding:
    """What became of one film that was read."""
    off = [c for c in checks if c.film == film.film and c.flagged]
    remarks = [*film.remarks, *(remark for hand in found.hands for remark in hand.remarks)]
    remarks += [f"bones of hand {c.laterality} are {100 * (c.ratio - 1):+.1f} % against {c.baseline}" for c in off]
    if found.hands and found.reason:
        remarks.append(found.reason)
    return FilmFinding(
        film=film.film,
        sha256=film.sha256,
        date=film.date,
        date_source=film.date_source,
        hands="".join(hand.laterality.value for hand in found.hands),
        shape=film.shape,
        bits=film.bits,
        polarity=found.polarity.value,
        polarity_source=found.polarity_source,
        spacing=scaled.spacing if scaled else (film.claims[0] if film.claims else None),
        status=Status.MEASURED if found.hands else Status.NOT_ASSESSABLE,
        reason="" if found.hands else found.reason,
        remarks=tuple(remarks),
    )


def refused(file: Skipped) -> FilmFinding:
    """What became of a file that claims to be a film and cannot be read as one."""
    return FilmFinding(
        file.file, "", None, "", "", None, None, "", "", None, Status.NOT_ASSESSABLE, reason=file.reason
    )  # fmt: skip
