"""Where a deposit might be: bright blobs of every size inside the tissue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi
from skimage.transform import downscale_local_mean

from lesionmeter.model.geometry import Points
from lesionmeter.stages.segmentation.field import SearchField

GRID_MM: Final = 0.25
"""Finest grid of the search; seeds need no better place, their borders are found on the film's own pixels."""

CELLS: Final = 4.0
"""Cells of its own grid in a blob's sigma: larger blobs are sought on coarser grids."""

SIGMAS_MM: Final = (0.45, 0.65, 0.95, 1.35, 1.9, 2.7)
"""Blob sizes searched: a disc answers most at a sigma of its radius over 1.4."""

WEAKEST: Final = 0.012
"""Smallest answer of a seed, as a share of the film's grey range; a disc's answer is 0.74 of its contrast."""

MOST_SEEDS: Final = 900
"""A film's seeds beyond this many, weakest first, are not looked at: a bound on the time of a bad film."""


@dataclass(frozen=True, eq=False)
class Seeds:
    """Places where to look for a border.

    Parameters
    ----------
    points
        (n, 2) as (row, column) pixels of the film.
    radii_mm
        (n,) radius of the disc that would answer most at that scale.
    """

    points: Points
    radii_mm: NDArray[np.float64]

    def where(self, kept: NDArray[np.bool_]) -> Seeds:
        """Those of them that (n,) `kept` names."""
        return Seeds(self.points[kept], self.radii_mm[kept])


def find_seeds(field: SearchField) -> Seeds:
    """Local maxima of the Laplacian of Gaussian over scales, strongest first.

    Parameters
    ----------
    field
        The prepared film.

    Returns
    -------
    Seeds
        At most `MOST_SEEDS`; possibly none.
    """
    found = [_maxima(field, sigma) for sigma in SIGMAS_MM]
    points = np.concatenate([p for p, _ in found])
    answers = np.concatenate([a for _, a in found])
    radii = np.concatenate([np.full(len(a), 1.4 * s) for (_, a), s in zip(found, SIGMAS_MM, strict=True)])
    best = np.argsort(-answers, kind="stable")[:MOST_SEEDS]
    return Seeds(points[best], radii[best])


def _maxima(field: SearchField, sigma_mm: float) -> tuple[Points, NDArray[np.float64]]:
    """Places and answers of one size of blob."""
    step = max(1, round(max(GRID_MM, sigma_mm / CELLS) / field.pitch))
    small = downscale_local_mean(field.values, (step, step))
    sigma = sigma_mm / (field.pitch * step)
    answer = -(sigma**2) * ndi.gaussian_laplace(small, sigma)
    peak = (answer == ndi.maximum_filter(answer, size=3)) & (answer > WEAKEST)
    middles = np.asarray(np.argwhere(peak) * float(step) + (step - 1) / 2, dtype=np.float64)
    row, column = np.minimum(middles.astype(int), np.array(field.tissue.shape) - 1).T
    inside = field.tissue[row, column]
    return middles[inside], answer[peak][inside].astype(np.float64)
