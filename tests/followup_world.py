"""One hand filmed three times, told by its discs: what the order of the stages is tested on.

Flat tissue at 0.2 mm; on each later film the hand lies ten rows lower. Disc A, beside the index, shrinks from 12
to 12 to 4 mm2; disc B, in the palm, stays at 9 mm2; disc C, at the ring finger, is 7 mm2 on the last film only. Stages
that need a real hand's texture (finding it, registering it, looking for deposits) are stood in for by what the world
knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import measure

from lesionmeter.model.dates import PartialDate
from lesionmeter.model.deposit import Deposit, DepositMap, SizeLimits
from lesionmeter.model.geometry import BoneMotion, Capsule, Registration, Spacing, SpacingSource, even_doubt
from lesionmeter.model.patient import FilmAnatomy, Hand, HandView, Hint, Patient
from lesionmeter.model.radiograph import Laterality, Polarity, Radiograph
from lesionmeter.model.site import BONES, Landmarks
from lesionmeter.stages import anatomy, registration, segmentation
from lesionmeter.stages.review import polygon_area
from tests.stages.deposit_worlds import HAND

PITCH: Final = 0.2
SHAPE: Final = (330, 240)
FILMS: Final = ("a.tif", "b.tif", "c.tif")
DATES: Final = (PartialDate(1983), PartialDate(1984), PartialDate(1988))
SHIFT: Final = 10
DISCS: Final = {"A": ((130, 62), (12.0, 12.0, 4.0)), "B": ((210, 120), (9.0, 9.0, 9.0)), "C": ((60, 156), (0, 0, 7.0))}
BRIGHT: Final = 1250
KNOWN: Final = (Spacing(PITCH, PITCH, SpacingSource.FILMS_CSV, 0.005),)


@dataclass(frozen=True)
class World:
    """What the stand-ins know: the hands on each film, the film that cannot be registered, and what ails all bones."""

    hands: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(FILMS, "L"))
    refused: str = ""
    ailing: Mapping[str, Any] = field(default_factory=dict)
    limits: SizeLimits = field(default_factory=lambda: SizeLimits(1.0, 1.5, 100))

    def find_hands(self, film: Radiograph, settings: object = None) -> FilmAnatomy:
        """Stand-in for anatomy."""
        number = FILMS.index(film.film)
        hands = tuple(Hand(film.film, Laterality(side), landmarks(side, number)) for side in self.hands[film.film])
        reason = "" if hands else "fingers are cut off"
        return FilmAnatomy(film.film, Polarity.NORMAL, "found", hands, reason)

    def register(self, baseline: HandView, later: HandView, settings: object = None) -> Registration:
        """Stand-in for registration: the known shift of the whole hand."""
        rows = SHIFT * (FILMS.index(later.hand.film) - FILMS.index(baseline.hand.film))
        pitch, later_pitch = baseline.film.spacing.mean_mm, later.film.spacing.mean_mm
        matrix = np.diag([later_pitch / pitch, later_pitch / pitch, 1.0])
        matrix[0, 2] = rows * later_pitch
        points = baseline.film.spacing.to_mm(baseline.hand.landmarks.points)
        bones = tuple(
            BoneMotion(
                bone,
                Capsule(points[start], points[end], 5.0),
                matrix,
                0.9,
                **{"ok": True, "doubt": even_doubt(0.1), **self.ailing},
            )
            for bone, (start, end) in BONES.items()
        )
        names = baseline.hand.film, later.hand.film
        accepted = later.hand.film != self.refused
        reason = "" if accepted else "another hand"
        spacings = baseline.film.spacing, later.film.spacing
        return Registration(*names, later.hand.laterality, *spacings, bones, matrix, accepted, reason)

    def stand_in(self, patch: pytest.MonkeyPatch) -> None:
        """Have the stages that need texture answered by this world."""
        patch.setattr(anatomy, "find_hands", self.find_hands)
        patch.setattr(registration, "register", self.register)
        patch.setattr(segmentation, "segment", segment)
        patch.setattr(segmentation, "with_asked", lambda views, found, borders, settings: found)
        patch.setattr(segmentation, "size_limits", lambda view, settings=None: self.limits)


def patient(*, sides: str = "L", **changes: object) -> Patient:
    """The patient P1 with three films; `changes` are made to every film."""
    films = tuple(
        Radiograph(name, pixels(number, sides), 12, date=DATES[number], claims=KNOWN)
        for number, name in enumerate(FILMS)
    )
    return Patient("P1", tuple(replace(film, **changes) for film in films))


def pixels(number: int, sides: str = "L") -> NDArray[np.uint16]:
    """One film; with two hands the right one stands beside the left one as its mirror image."""
    rows, columns = np.indices(SHAPE)
    values = np.full(SHAPE, 1000.0)
    for (row, column), areas in DISCS.values():
        away = np.hypot(rows - row - SHIFT * number, columns - column) - np.sqrt(areas[number] / np.pi) / PITCH
        values += 500.0 * np.clip(0.5 - away, 0, 1) * (areas[number] > 0)
    film = values.astype(np.uint16)
    return np.hstack([film, film[:, ::-1]]) if sides == "LR" else film


def landmarks(side: str, number: int) -> Landmarks:
    """The hand's 21 points on the film of that number."""
    points = HAND + np.array([SHIFT * number, 0.0])
    if side == "R":
        points = np.stack([points[:, 0], 2 * SHAPE[1] - 1 - points[:, 1]], axis=1)
    return Landmarks(points, np.ones(21))


def segment(views: tuple[HandView, ...], hints: tuple[Hint, ...], settings: object = None) -> DepositMap:
    """Stand-in for segmentation: all that is brighter than tissue, outlined half way."""
    film = views[0].film.radiograph
    labels = measure.label(film.pixels > BRIGHT).astype(np.uint16)
    regions = measure.regionprops(labels)
    sides = {"L": 0, "R": SHAPE[1]}
    deposits = []
    for region in regions:
        centre = np.rint(region.centroid)
        side = max((v.hand.laterality.value for v in views), key=lambda s, c=centre: (sides[s] <= c[1], sides[s]))
        alone = np.where(labels == region.label, film.pixels, 1000)
        around = np.where(labels == 0, film.pixels, alone)
        outline = max(measure.find_contours(around.astype(float), BRIGHT), key=polygon_area)[:-1]
        deposits.append(_deposit(region.label, side, centre, outline))
    return DepositMap(film.film, labels, tuple(deposits))


def _deposit(label: int, side: str, centre: NDArray[np.float64], outline: NDArray[np.float64]) -> Deposit:
    area = polygon_area(outline)
    return Deposit(
        label=label,
        laterality=side,
        centre=centre,
        outlines=(outline,),
        area_px=area,
        perimeter_px=2 * np.sqrt(np.pi * area),
        border_px=0.2,
        contrast=0.2,
        noise=0.01,
        bone_overlap=0.0,
        confidence=0.99,
    )
