"""Which piece of a hand is shown, how finely, and on whose grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lesionmeter.errors import UsageError
from lesionmeter.model.findings import Assessment
from lesionmeter.model.geometry import Points, Spacing
from lesionmeter.model.patient import Hand

HAND_ROOM_MM = 14.0
"""Beyond the outermost landmarks."""


@dataclass(frozen=True)
class PairFrame:
    """What of a pair of films is to be shown.

    Parameters
    ----------
    around
        A deposit (`L07`) or a finding site (`2 middle phalanx`) to show; the whole hand if empty.
    side_mm
        Side of the square round it; of no effect for the whole hand.
    pitch_mm
        Millimetres a pixel of the pictures.
    on
        Whose grid the pictures are on: `earlier` or `later`.
    """

    around: str = ""
    side_mm: float = 30.0
    pitch_mm: float = 0.2
    on: str = "earlier"

    def __post_init__(self) -> None:
        if self.on not in ("earlier", "later") or not (self.side_mm > 0 and self.pitch_mm > 0):
            came = f"on={self.on!r}, side_mm={self.side_mm}, pitch_mm={self.pitch_mm}"
            raise UsageError(f"frame of a pair: expected on='earlier' or 'later' and positive millimetres, came {came}")


@dataclass(frozen=True, eq=False)
class Frame:
    """A grid of places on one film.

    Parameters
    ----------
    film
        The film's name.
    corner
        (2,) pixel of the film under the picture's first pixel, (row, column).
    basis
        (2, 2): film pixels (row, column) for one mm down, and for one mm to the right, in the picture.
    shape
        (rows, columns) of the picture.
    pitch_mm
        Millimetres a pixel of the picture.
    """

    film: str
    corner: Points
    basis: NDArray[np.float64]
    shape: tuple[int, int]
    pitch_mm: float

    @property
    def places(self) -> Points:
        """(rows, columns, 2) pixels of the film."""
        steps = np.stack(np.meshgrid(*(np.arange(n) for n in self.shape), indexing="ij"), axis=-1) * self.pitch_mm
        return np.asarray(self.corner + steps @ self.basis, dtype=np.float64)

    def to_picture(self, points: Points) -> Points:
        """(n, 2) pixels of the film to (n, 2) pixels of the picture."""
        return np.asarray((points - self.corner) @ np.linalg.inv(self.basis) / self.pitch_mm, dtype=np.float64)


def frame_of(assessment: Assessment, hand: Hand, spacing: Spacing, asked: PairFrame) -> Frame:
    """The grid that was asked for, on the film of `hand`.

    Raises
    ------
    UsageError
        If the hand has no such deposit or site.
    """
    basis = np.diag(1.0 / spacing.step)
    if not asked.around:
        points = spacing.to_mm(hand.landmarks.points)
        low, high = points.min(axis=0) - HAND_ROOM_MM, points.max(axis=0) + HAND_ROOM_MM
    else:
        middle = spacing.to_mm(_middle(assessment, hand, asked.around)[None])[0]
        low, high = middle - asked.side_mm / 2, middle + asked.side_mm / 2
    rows, columns = np.ceil((high - low) / asked.pitch_mm).astype(int).tolist()
    return Frame(hand.film, spacing.to_pixels(low), basis, (rows, columns), asked.pitch_mm)


def _middle(assessment: Assessment, hand: Hand, around: str) -> Points:
    mine = [d for d in assessment.deposits if d.laterality == hand.laterality]
    named = {d.identity for d in mine if around in (d.identity, d.site.name if d.site else "")}
    places = [d.position for d in mine if d.identity in named and d.film == hand.film and d.position is not None]
    if not places:
        known = sorted({d.identity for d in mine} | {d.site.name for d in mine if d.site})
        raise UsageError(f"{hand.film}, hand {hand.laterality}: expected one of {known}, came {around!r}")
    return np.asarray(np.mean(places, axis=0), dtype=np.float64)
