"""A drawn deposit shrunk or grown by the share of its height at which its border is; half way is the definition."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi
from skimage.measure import find_contours

from lesionmeter.model.drawing import Drawing
from lesionmeter.stages.segmentation.click import ClickField
from lesionmeter.stages.segmentation.outlines import from_contours
from lesionmeter.stages.segmentation.regions import MARGIN_MM, background, height_over

ROOM_MM: Final = 2.0
"""Room round the drawing in which its border may move, and beyond which its background is known."""

REACH_MM: Final = 1.2
"""Farthest that the border may move outwards from what was drawn."""


def at_level(ready: ClickField, drawing: Drawing, level: float) -> Drawing:
    """The deposit with its border where its density is at `level` of the way from the background to its own.

    Parameters
    ----------
    ready
        From `click_field`.
    drawing
        The deposit; what it holds says where the background begins.
    level
        From 0 to 1; 0.5 is the half-way border, more shrinks the deposit and less grows it.

    Returns
    -------
    Drawing
        The same deposit with sub-pixel outlines; unchanged if nothing lies above that level.
    """
    pitch = ready.field.pitch
    corner, inside = _window(drawing, ready.smooth.shape, ROOM_MM / pitch)
    window = ready.smooth[corner[0] : corner[0] + inside.shape[0], corner[1] : corner[1] + inside.shape[1]]
    away = ndi.distance_transform_edt(~inside) * pitch
    above = window - background(window, away <= MARGIN_MM + REACH_MM / 2, pitch)
    height = height_over(above, inside)
    above = np.where(_near(above > level * height, inside, away), above, np.float32(0))
    contours = [c + np.array(corner) - 1 for c in find_contours(np.pad(above, 1), max(level * height, 1e-6))]
    found = from_contours(ready.smooth, pitch, contours, height)
    if found is None:
        return drawing
    return Drawing(drawing.film, drawing.laterality, found.corner, found.inside, found.polygons)


def _window(drawing: Drawing, shape: tuple[int, ...], room: float) -> tuple[tuple[int, int], NDArray[np.bool_]]:
    """A window of the film round the drawing's pixels, and the drawing in it."""
    pixels = drawing.pixels
    low = np.maximum(pixels.min(axis=0) - int(np.ceil(room)), 0)
    high = np.minimum(pixels.max(axis=0) + int(np.ceil(room)) + 1, shape)
    inside = np.zeros(tuple(high - low), dtype=bool)
    inside[tuple((pixels - low).T)] = True
    return (int(low[0]), int(low[1])), inside


def _near(bright: NDArray[np.bool_], inside: NDArray[np.bool_], away: NDArray[np.float64]) -> NDArray[np.bool_]:
    """What is bright, hangs together with the drawing and lies near it; a rim of one pixel more for the contour."""
    numbers, _ = ndi.label(bright & (away <= REACH_MM))
    mine = np.unique(numbers[inside])
    return np.asarray(ndi.binary_dilation(np.isin(numbers, mine[mine > 0])))
