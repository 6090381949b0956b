"""A reader's corrections: values beside the automatic ones, with who made them and when."""

from __future__ import annotations

from dataclasses import dataclass

from lesionmeter.model.dates import PartialDate
from lesionmeter.model.deposit import Origin
from lesionmeter.model.geometry import Points
from lesionmeter.model.radiograph import Polarity


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

    It replaces whatever deposit of that hand lies under its polygons. A polygon inside another one is a hole in it.
    `origin` is `automatic` for an outline that another program proposes and no reader has affirmed.
    """

    signature: Signature
    film: str
    laterality: str
    outlines: tuple[Points, ...]
    origin: Origin = Origin.REVIEWED


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


@dataclass(frozen=True)
class FilmCorrection:
    """The reader states a film's date, the hands on it (`L`, `R` or `LR`) or its polarity; what is left out stays."""

    signature: Signature
    film: str
    date: PartialDate | None = None
    hands: str = ""
    polarity: Polarity | None = None


@dataclass(frozen=True)
class Acceptance:
    """The reader affirms what is shown of a deposit on a film.

    `finding` is what was shown: `measured` or `absent`, or where it matters more, `new` or `resolved`. The acceptance
    lapses when later corrections make the finding another one.
    """

    signature: Signature
    film: str
    identity: str
    finding: str


Correction = (
    ScaleCorrection
    | LandmarkCorrection
    | OutlineCorrection
    | Rejection
    | LinkCorrection
    | NotAssessable
    | FilmCorrection
    | Acceptance
)
