"""A drawn deposit shrunk or grown by the share of its height at which its border is; half way is the definition."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.drawing import Drawing
from lesionmeter.stages.segmentation.click import ClickField
from lesionmeter.stages.segmentation.halfway import followed

ROOM_MM: Final = 2.0
"""Room round the drawing in which its border may move, and beyond which its background is known."""


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
    corner, inside = _window(drawing, ready.smooth.shape, ROOM_MM / ready.field.pitch)
    found = followed(ready.smooth, ready.field.pitch, corner, inside, level)
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
