"""How many millimetres a pixel is, who says so, and how sure that is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""(n, 2) positions as (row, column); pixel centres are at whole numbers."""


class SpacingSource(StrEnum):
    """Where a spacing came from; the word that tables print in `spacing_source`.

    The DICOM kinds keep Pixel Spacing Calibration Type (0028,0A02) apart, as PS3.3 section 10.7 does.
    """

    FILMS_CSV = "films.csv"
    READER = "reader"
    PIXEL_SPACING_FIDUCIAL = "pixel spacing, fiducial"
    PIXEL_SPACING_GEOMETRY = "pixel spacing, geometry"
    PIXEL_SPACING = "pixel spacing"
    IMAGER_PIXEL_SPACING_CORRECTED = "imager pixel spacing, source-object corrected"
    IMAGER_PIXEL_SPACING = "imager pixel spacing, at the detector"
    RESOLUTION_TAG = "resolution tag"
    ASSUMED = "assumed"


@dataclass(frozen=True)
class Spacing:
    """The size of a pixel, with its source and its uncertainty.

    Parameters
    ----------
    row_mm, column_mm
        Distance in mm from one row (column) centre to the next, as in DICOM Pixel Spacing (0028,0030).
    source
        Who states it.
    cv
        Relative standard uncertainty of a *length* (0.01 is 1 %). An area's is twice that.

    Raises
    ------
    ValueError
        If a distance is not a positive finite number or the uncertainty is negative.

    Examples
    --------
    >>> Spacing(0.1, 0.1, SpacingSource.RESOLUTION_TAG, 0.01).pixel_area_mm2
    0.010000000000000002
    """

    row_mm: float
    column_mm: float
    source: SpacingSource
    cv: float

    def __post_init__(self) -> None:
        for name, value in (("row_mm", self.row_mm), ("column_mm", self.column_mm)):
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name}: expected a positive number of millimetres, came {value}")
        if not self.cv >= 0:
            raise ValueError(f"cv: expected a relative uncertainty of 0 or more, came {self.cv}")

    @property
    def pixel_area_mm2(self) -> float:
        """Area of one pixel in mm2."""
        return self.row_mm * self.column_mm

    @property
    def mean_mm(self) -> float:
        """Geometric mean of the two distances, in mm."""
        return math.sqrt(self.pixel_area_mm2)

    @property
    def step(self) -> NDArray[np.float64]:
        """(row_mm, column_mm) as an array."""
        return np.array([self.row_mm, self.column_mm])

    def to_mm(self, points: Points) -> Points:
        """(row, column) pixels to (row, column) millimetres from the first pixel's centre."""
        return np.asarray(points, dtype=np.float64) * self.step

    def to_pixels(self, points_mm: Points) -> Points:
        """(row, column) millimetres from the first pixel's centre to (row, column) pixels."""
        return np.asarray(points_mm, dtype=np.float64) / self.step

    def scaled(self, factor: float) -> Spacing:
        """The same claim with both distances multiplied by `factor`."""
        return Spacing(self.row_mm * factor, self.column_mm * factor, self.source, self.cv)
