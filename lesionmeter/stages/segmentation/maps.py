"""What the network sees on a film, and what it says of an outline."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from lesionmeter.model.geometry import Points
from lesionmeter.stages.segmentation.outlines import Outline

Map = NDArray[np.float32]
Cells = tuple[tuple[slice, slice], NDArray[np.bool_]]
"""A box of a map's cells, and which of them are meant."""

NEAR_CELLS: Final = 3
"""A seed's place is known to so many cells of the grid."""

PEAK_CELLS: Final = 2.3
"""Standard deviation of the smoothing in which peaks are sought: 0.35 mm, a speck's radius."""

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

    def peaks(self, chance: float) -> Points:
        """(n, 2) pixels of the film where more is seen than anywhere near, and that chance or more."""
        soft = ndi.gaussian_filter(self.deposit, PEAK_CELLS)
        top = (soft == ndi.maximum_filter(soft, 2 * round(PEAK_CELLS) + 1)) & (soft >= chance)
        return np.asarray(self.corner + self.step * np.argwhere(top))

    def at(self, points: Points) -> NDArray[np.float64]:
        """(n,) chance of a deposit at (n, 2) pixels of the film; 0 beyond the grid."""
        return _sampled(self.deposit, self._cells(points), order=1)

    def chance(self, outline: Outline) -> float:
        """Mean chance of a deposit inside an outline."""
        return float(self.at(self._inside(outline)).mean())

    def agreement(self, outline: Outline) -> float:
        """Dice coefficient, 0 to 1, of an outline and the chances in and around it."""
        mine = self.covered(outline)
        if mine is None:
            return 0.0
        box, covered = mine
        seen = self.deposit[box]
        seen = np.where(seen > QUIET, seen, 0)
        both = float((seen**2).sum() + covered.sum())
        return float(2 * seen[covered].sum()) / both if both > 0 else 0.0

    def covered(self, outline: Outline) -> Cells | None:
        """The cells in and round an outline, and which of them lie in it; None if it lies off the grid."""
        rows, columns = (np.flatnonzero(outline.inside.any(axis=axis)) for axis in (1, 0))
        ends = np.array([[rows[0], columns[0]], [rows[-1], columns[-1]]]) + outline.corner
        first, last = np.rint(self._cells(ends)).astype(int)
        low, high = np.maximum(first - AROUND_CELLS, 0), np.minimum(last + AROUND_CELLS + 1, self.deposit.shape)
        if np.any(high <= low):
            return None
        cells = np.indices(high - low).reshape(2, -1) + low[:, None]
        pixels = np.rint(self.corner[:, None] + self.step * cells) - np.array(outline.corner)[:, None]
        covered = _sampled(outline.inside.astype(np.float32), pixels.T, order=0) > 0
        return (slice(low[0], high[0]), slice(low[1], high[1])), covered.reshape(*(high - low))

    def pieces_of(self, least_cells: float, chance: float) -> Maps:
        """What is seen in pieces of so many cells and more, each of that chance and more; nothing elsewhere."""
        numbers, _ = ndi.label(self.deposit >= chance)
        large = np.bincount(numbers.ravel()) >= least_cells
        large[0] = False
        return replace(self, deposit=np.where(large[numbers], self.deposit, np.float32(0)))

    def _inside(self, outline: Outline) -> Points:
        return np.argwhere(outline.inside).astype(np.float64) + outline.corner

    def _cells(self, points: Points) -> Points:
        return np.asarray((points - self.corner) / self.step)


def _sampled(grid: Map, cells: Points, order: Literal[0, 1]) -> NDArray[np.float64]:
    return ndi.map_coordinates(grid, cells.T, output=np.float64, order=order, cval=0.0)
