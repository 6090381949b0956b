"""A deposit as a reader draws it: a small mask on a film's own grid, and sub-pixel outlines until somebody paints."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.geometry import Points


@dataclass(frozen=True, eq=False)
class Drawing:
    """One deposit being drawn.

    Parameters
    ----------
    film, laterality
        The film, and the hand that it belongs to.
    corner
        (row, column) pixel of the film at the mask's first pixel.
    mask
        (rows, columns) of a window of the film: true in the deposit.
    outlines
        Closed (n, 2) polygons, (row, column) pixels of the film, one inside another one being a hole in it, as a click
        found them at sub-pixel places; empty when pixels were painted since: the mask alone counts then.
    confidence
        How sure it is, 0 to 1, that a click found a deposit's border; None where nobody can say.
    """

    film: str
    laterality: str
    corner: tuple[int, int]
    mask: NDArray[np.bool_]
    outlines: tuple[Points, ...] = ()
    confidence: float | None = None

    def painted(self, mask: NDArray[np.bool_]) -> Drawing:
        """The same window with other pixels in the deposit.

        Raises
        ------
        ValueError
            If `mask` has another shape than the window.
        """
        if mask.shape != self.mask.shape:
            raise ValueError(f"{self.film}: expected a mask of {self.mask.shape} pixels, came {mask.shape}")
        return replace(self, mask=np.asarray(mask, dtype=bool), outlines=(), confidence=None)

    @property
    def pixels(self) -> NDArray[np.int_]:
        """(n, 2) (row, column) pixels of the film in the deposit."""
        return np.asarray(np.argwhere(self.mask) + np.array(self.corner))
