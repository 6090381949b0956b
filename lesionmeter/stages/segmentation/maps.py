"""What the network sees on a film, and what it says of an outline."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from lesionmeter.model.geometry import Points
from lesionmeter.stages.segmentation.outlines import Outline

Map = NDArray[np.float32]

NEAR_CELLS: Final = 3
"""A seed's place is known to so many cells of the grid."""

AROUND_CELLS: Final = 6
"""So far round an outline what it left out counts against it."""

QUIET: Final = 0.1
"""Chances under this are none."""


@dataclass(frozen=True, eq=False)
class Maps:
    """What the network sees on a film, on a grid of its own.

    Parameters
    ----------
    deposit
        (rows, columns) chance from 0 to 1 that a deposit covers the place.
    corner
        (row, column) pixel of the film at the middle of the grid's first cell.
    step
        Pixels of the film from one cell to the next.
    """

    deposit: Map
    corner: Points
    step: float

    @cached_property
    def _highest(self) -> Map:
        return np.asarray(ndi.maximum_filter(self.deposit, 2 * NEAR_CELLS + 1))

    def near(self, points: Points) -> NDArray[np.float64]:
        """(n,) highest chance of a deposit round (n, 2) pixels of the film; 0 beyond the grid."""
        return _sampled(self._highest, self._cells(points), order=0)

    def at(self, points: Points) -> NDArray[np.float64]:
        """(n,) chance of a deposit at (n, 2) pixels of the film; 0 beyond the grid."""
        return _sampled(self.deposit, self._cells(points), order=1)

    def chance(self, outline: Outline) -> float:
        """Mean chance of a deposit inside an outline."""
        return float(self.at(self._inside(outline)).mean())

    def agreement(self, outline: Outline) -> float:
        """Dice coefficient, 0 to 1, of an outline and the chances in and around it."""
        cells = np.rint(self._cells(self._inside(outline))).astype(int)
        low = np.maximum(cells.min(axis=0) - AROUND_CELLS, 0)
        high = np.minimum(cells.max(axis=0) + AROUND_CELLS + 1, self.deposit.shape)
        if np.any(high <= low):
            return 0.0
        seen = self.deposit[low[0] : high[0], low[1] : high[1]]
        seen = np.where(seen > QUIET, seen, 0)
        mine = np.zeros(seen.shape, dtype=bool)
        kept = cells[np.all((cells >= low) & (cells < high), axis=1)] - low
        mine[tuple(kept.T)] = True
        return float(2 * seen[mine].sum() / ((seen**2).sum() + mine.sum()))

    def _inside(self, outline: Outline) -> Points:
        return np.argwhere(outline.inside).astype(np.float64) + outline.corner

    def _cells(self, points: Points) -> Points:
        return np.asarray((points - self.corner) / self.step)


def _sampled(grid: Map, cells: Points, order: Literal[0, 1]) -> NDArray[np.float64]:
    return ndi.map_coordinates(grid, cells.T, output=np.float64, order=order, cval=0.0)
