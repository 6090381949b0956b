"""How well two outlines of one deposit lie on each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.model.geometry import Spacing

Region = NDArray[np.bool_]
"""(rows, columns) pixels of one deposit, on the film's own grid."""


@dataclass(frozen=True)
class Overlap:
    """Dice coefficient, and distances between the borders in mm; None without a scale."""

    dice: float
    distance_mm: float | None
    distance95_mm: float | None


def overlap(first: Region, second: Region, spacing: Spacing | None) -> Overlap:
    """Compare two outlines of one deposit.

    Dice is 2 |A and B| / (|A| + |B|). The distances are those of every border pixel of one to the nearest border pixel
    of the other, both ways together: their mean, and their 95th percentile.

    Parameters
    ----------
    first, second
        Regions on the same film; none is empty.
    spacing
        Of that film; None if its scale is unknown.

    Raises
    ------
    ValueError
        If a region is empty: there is no border to measure from.

    Examples
    --------
    >>> square = np.zeros((6, 6), bool)
    >>> square[1:4, 1:4] = True
    >>> overlap(square, square, None).dice
    1.0
    """
    if not first.any() or not second.any():
        raise ValueError("expected two outlines with at least one pixel each, came an empty one")
    window = _window(first | second)
    first, second = np.pad(first[window], 1), np.pad(second[window], 1)
    dice = 2.0 * float((first & second).sum()) / float(first.sum() + second.sum())
    if spacing is None:
        return Overlap(dice, None, None)
    distances = _border_distances(first, second, (spacing.row_mm, spacing.column_mm))
    return Overlap(dice, float(distances.mean()), float(np.percentile(distances, 95)))


def _window(region: Region) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(region.any(axis=1)), np.flatnonzero(region.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _border_distances(first: Region, second: Region, pixel: tuple[float, float]) -> NDArray[np.float64]:
    borders = [region & ~ndimage.binary_erosion(region) for region in (first, second)]
    to_first, to_second = (ndimage.distance_transform_edt(~border, sampling=pixel) for border in borders)
    return np.concatenate([to_second[borders[0]], to_first[borders[1]]])
