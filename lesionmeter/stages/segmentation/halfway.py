"""The half-way outline of what a rough mask holds: a drawing, or what the network saw."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from lesionmeter.stages.segmentation.outlines import Outline, contours_at, from_contours
from lesionmeter.stages.segmentation.regions import MARGIN_MM, background, hanging_on, height_over

REACH_MM: Final = 1.2
"""Farthest that the border may move outwards from the mask."""


def followed(
    smooth: NDArray[np.float32], pitch: float, corner: tuple[int, int], inside: NDArray[np.bool_], level: float = 0.5
) -> Outline | None:
    """The outline at a level of the height of what a rough mask holds; None if nothing stands above its background.

    Parameters
    ----------
    smooth
        (rows, columns) film values, dense bright, smoothed.
    pitch
        Millimetres a pixel.
    corner
        (row, column) pixel of the film at the window's first pixel.
    inside
        (rows, columns) of a window with room round the mask: true in the mask.
    level
        From 0 to 1, of the way from the background to the deposit's own density.
    """
    away = ndi.distance_transform_edt(~inside) * pitch
    window = smooth[corner[0] : corner[0] + inside.shape[0], corner[1] : corner[1] + inside.shape[1]]
    above = window - background(window, away <= MARGIN_MM + REACH_MM / 2, pitch)
    height = height_over(above, inside)
    above = np.where(_near(above > level * height, inside, away), above, np.float32(0))
    return from_contours(smooth, pitch, contours_at(above, max(level * height, 1e-6), corner), height)


def _near(bright: NDArray[np.bool_], inside: NDArray[np.bool_], away: NDArray[np.float64]) -> NDArray[np.bool_]:
    """What is bright, hangs together with the drawing and lies near it; a rim of one pixel more for the contour."""
    return np.asarray(ndi.binary_dilation(hanging_on(bright & (away <= REACH_MM), inside)))
