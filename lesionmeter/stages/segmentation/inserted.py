"""Simulated deposits put into a film: compact, of a known area, and of a faint but usual contrast."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from lesionmeter.model.geometry import Points
from lesionmeter.stages.segmentation.field import SearchField

Grid = NDArray[np.float64]
Random = np.random.Generator

CONTRAST: Final = 0.15
"""Median height of what is put in, as a share of the film's grey range: a faint but usual deposit. On development films
half of the deposits are fainter than 0.15 to 0.25, by set, and one in ten is fainter than 0.08 to 0.12."""

BLUR_MM: Final = 0.15
"""Blur of their edges."""

WINDOW_MM: Final = 6.0
"""Half width of the window that one is drawn in."""

STRETCH: Final = 0.15
"""Standard deviation of the logarithm of their length over their diameter."""

STEEP: Final = 0.3
"""Exponent of the depth: near 0 is flat topped, 0.5 round like a ball."""


def with_deposits(field: SearchField, places: Points, areas: Grid, rng: Random) -> SearchField:
    """The film with deposits put in.

    Parameters
    ----------
    field
        The prepared film; it stays as it is.
    places
        (n, 2) as (row, column) pixels: the middle of each.
    areas
        (n,) in mm2.
    rng
        Draws their shapes.
    """
    values = field.values.copy()
    reach = int(np.ceil(WINDOW_MM / field.pitch))
    for place, area in zip(places, areas, strict=True):
        middle = np.rint(place).astype(int)
        low, high = np.maximum(middle - reach, 0), np.minimum(middle + reach + 1, values.shape)
        depth = drawn(float(area), field.pitch, reach, float(np.exp(rng.normal(0, STRETCH))))
        own = tuple(slice(*(ends - m + reach)) for ends, m in zip(np.stack([low, high], axis=1), middle, strict=True))
        values[low[0] : high[0], low[1] : high[1]] += np.float32(CONTRAST) * depth[own]
    return replace(field, values=values)


def drawn(area: float, pitch: float, reach: int, stretch: float) -> NDArray[np.float32]:
    """Depth of one deposit about its middle on a (2 reach + 1) square grid, blurred; its median is 1 before.

    Parameters
    ----------
    area
        In mm2: so many pixels have a depth over 0 before the blur.
    pitch
        Millimetres a pixel.
    reach
        Half width of the grid, pixels.
    stretch
        Its height over its width, as a factor on each: `stretch` times lower and wider than a disc.
    """
    axis: Grid = np.arange(-reach, reach + 1, dtype=np.float64) * pitch
    height = -((axis[:, None] * stretch) ** 2 + (axis[None, :] / stretch) ** 2)
    count = min(max(round(area / pitch**2), 1), height.size - 1)
    level = np.partition(height, height.size - 1 - count, axis=None)[height.size - 1 - count]
    depth = np.clip((height - level) / max(float(height.max() - level), 1e-9), 0.0, 1.0) ** STEEP
    return np.asarray(ndi.gaussian_filter(depth / np.median(depth[depth > 0]), BLUR_MM / pitch), dtype=np.float32)
