"""The way of a point from one film of a hand to another, through the hand's baseline film."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.errors import UsageError
from lesionmeter.model.findings import Assessment
from lesionmeter.model.geometry import Points, Registration

_COARSE = 16
"""Every so many pixels of a picture a place is carried exactly; between them the field is smooth."""


@dataclass(frozen=True, eq=False)
class Way:
    """How places of one film lie on another: back to the baseline, and on from it.

    Parameters
    ----------
    back, forth
        Registration of the baseline to the film that is left, and to the film that is reached; None where that film is
        the baseline itself.
    """

    back: Registration | None
    forth: Registration | None

    def carry(self, points: Points) -> Points:
        """(n, 2) pixels of the one film to pixels of the other."""
        if self.back is not None:
            points = self.back.carry_back(points)
        return self.forth.carry(points) if self.forth is not None else np.asarray(points, dtype=np.float64)

    def error_mm(self, points: Points) -> NDArray[np.float64]:
        """(n,) predicted error (95 %) at (n, 2) pixels of the one film, mm."""
        at, error = np.asarray(points, dtype=np.float64), np.zeros(len(points))
        if self.back is not None:
            at = self.back.carry_back(at)
            error = self.back.error_mm(at)
        return np.hypot(error, self.forth.error_mm(at)) if self.forth is not None else error

    def carry_grid(self, grid: Points) -> Points:
        """(rows, columns, 2) places, exactly on a coarse grid and bilinearly between."""
        rows, columns = grid.shape[:2]
        down, right = (np.unique([*range(0, n, _COARSE), n - 1]) for n in (rows, columns))
        coarse = grid[np.ix_(down, right)]
        moved = (self.carry(coarse.reshape(-1, 2)) - coarse.reshape(-1, 2)).reshape(coarse.shape)
        at = np.meshgrid(_places(down, rows), _places(right, columns), indexing="ij")
        shift = [ndimage.map_coordinates(moved[..., k], at, order=1, mode="nearest") for k in (0, 1)]
        return np.asarray(grid + np.stack(shift, axis=-1), dtype=np.float64)


def _places(kept: NDArray[np.int_], count: int) -> NDArray[np.float64]:
    """Place of each of `count` rows among the rows that were kept."""
    return np.asarray(np.interp(np.arange(count), kept, np.arange(len(kept))), dtype=np.float64)


def way_between(assessment: Assessment, laterality: str, films: tuple[str, str]) -> Way:
    """The way from the first film of a hand to the second.

    Parameters
    ----------
    assessment
        Holds the registrations.
    laterality
        `L` or `R`.
    films
        The film that is left, and the film that is reached.

    Raises
    ------
    UsageError
        If the hand was not found on a film, or its registration was refused.
    """
    ways = {pair.film_to: pair for pair in assessment.registrations if pair.laterality == laterality}
    seen = [hand.film for hand in assessment.hands if hand.laterality == laterality]
    for film in films:
        if film not in seen:
            raise UsageError(f"pair of films: expected two of the films {seen} of hand {laterality}, came {film!r}")
        way = ways.get(film)
        if way is not None and not way.accepted:
            raise UsageError(f"{film}: expected an accepted registration of hand {laterality}, came: {way.reason}")
    return Way(ways.get(films[0]), ways.get(films[1]))
