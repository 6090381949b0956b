"""A reader's corrections: values beside the automatic ones, with who made them and when."""

from __future__ import annotations

from dataclasses import dataclass

from lesionmeter.model.geometry import Points


@dataclass(frozen=True)
class Signature:
    """Who corrected, and when (ISO 8601, with the time zone)."""

    reader: str
    at: str


@dataclass(frozen=True)
class ScaleCorrection:
    """The reader states a film's spacing in mm, with the relative uncertainty of a length."""

    signature: Signature
    film: str
    spacing_mm: float
    cv: float = 0.005


@dataclass(frozen=True, eq=False)
class LandmarkCorrection:
    """The reader moves one landmark (0 to 20) of a hand to a (2,) (row, column) pixel."""

    signature: Signature
    film: str
    laterality: str
    landmark: int
    point: Points


@dataclass(frozen=True, eq=False)
class OutlineCorrection:
    """The reader draws a deposit's outline: closed (n, 2) polygons, (row, column) pixels.

    It replaces whatever deposit of that hand lies under its polygons.
    """

    signature: Signature
    film: str
    laterality: str
    outlines: tuple[Points, ...]


@dataclass(frozen=True, eq=False)
class Rejection:
    """The reader says that what was outlined at a (2,) (row, column) pixel is no deposit."""

    signature: Signature
    film: str
    point: Points


@dataclass(frozen=True)
class LinkCorrection:
    """The reader says that two outlined deposits, each named as (film, label), are (or are not) the same deposit."""

    signature: Signature
    first: tuple[str, int]
    second: tuple[str, int]
    same: bool


@dataclass(frozen=True)
class NotAssessable:
    """The reader says that a deposit cannot be assessed on a film, and why."""

    signature: Signature
    film: str
    identity: str
    reason: str


Correction = ScaleCorrection | LandmarkCorrection | OutlineCorrection | Rejection | LinkCorrection | NotAssessable
