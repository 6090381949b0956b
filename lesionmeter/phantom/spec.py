"""What a simulated study is made of: dates, film formats, deposits; plain values that a test can write down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lesionmeter.phantom.deposits import Calcification, TuftChange
from lesionmeter.phantom.film import Look
from lesionmeter.phantom.skeleton import Skeleton

SIDES = {"L": ("left",), "R": ("right",), "LR": ("left", "right")}
"""Hands on a film, in their order from left to right."""

FORMATS = {"tiff": ".tif", "png": ".png", "jpeg": ".jpg", "cr": ".dcm", "dx": ".dcm"}
"""Kinds of file, and how their names end."""


@dataclass(frozen=True)
class FilmSpec:
    """One film.

    Parameters
    ----------
    date
        `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    hands
        `L`, `R` or `LR`: one film holds one hand or both.
    format
        A key of `FORMATS`.
    spacing_mm
        Millimetres a pixel, in the plane of the hand.
    bits
        Bits a pixel: 8, 10, 12, 14 or 16.
    stated
        How the file states its spacing: `inch` or `cm` (TIFF resolution), `pixel` or `imager` (DICOM), or `none`.
    listed
        Whether films.csv states the spacing.
    negative
        Whether dense is dark in the stored pixels (in DICOM: MONOCHROME1).
    look
        The exposure; drawn from the seed if None.
    """

    date: str
    hands: str = "L"
    format: str = "tiff"
    spacing_mm: float = 0.15
    bits: int = 12
    stated: str = "inch"
    listed: bool = False
    negative: bool = False
    look: Look | None = None

    def __post_init__(self) -> None:
        if self.hands not in SIDES or self.format not in FORMATS:
            raise ValueError(
                f"expected hands of {list(SIDES)} and a format of {list(FORMATS)}, came {self.hands!r}, {self.format!r}"
            )


@dataclass(frozen=True)
class StudySpec:
    """One patient's serial films.

    Parameters
    ----------
    patient
        The patient's ID.
    films
        In order of date.
    deposits
        By hand (`left`, `right`); each with one area a film.
    tufts
        By hand: tufts that are eroded or sclerosed on every film.
    child
        Whether growth plates are open.
    pose_degrees
        Standard deviation of the joints' turns from film to film; no turn is more than three times that.
    skeleton
        Bones of both hands; drawn by the study's seed and `child` if None.
    """

    patient: str
    films: tuple[FilmSpec, ...]
    deposits: Mapping[str, tuple[Calcification, ...]] = field(default_factory=dict)
    tufts: Mapping[str, tuple[TuftChange, ...]] = field(default_factory=dict)
    child: bool = False
    pose_degrees: float = 3.0
    skeleton: Skeleton | None = None

    def __post_init__(self) -> None:
        wrong = [d.site for ds in self.deposits.values() for d in ds if len(d.areas_mm2) != len(self.films)]
        if wrong:
            raise ValueError(f"expected {len(self.films)} areas for each deposit, one a film; not so at {wrong}")
