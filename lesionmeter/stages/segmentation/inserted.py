"""Simulated deposits put into a film: of four habits, of a known area, and of a faint but usual contrast."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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

STEEP: Final = 0.3
"""Exponent of the depth: near 0 is flat topped, 0.5 round like a ball."""


@dataclass(frozen=True, eq=False)
class Inserted:
    """Deposits put into one film.

    Parameters
    ----------
    places
        (n, 2) as (row, column) pixels: the innermost point of each.
    areas
        (n,) in mm2.
    """

    places: Points
    areas: Grid


def with_deposits(field: SearchField, put: Inserted, habits: tuple[str, ...], rng: Random) -> SearchField:
    """The film with deposits put in, the habits in turn.

    Parameters
    ----------
    field
        The prepared film; it stays as it is.
    put
        Where and how large.
    habits
        Names of `HABITS`.
    rng
        Draws their shapes.
    """
    values = field.values.copy()
    reach = int(np.ceil(WINDOW_MM / field.pitch))
    for number, (place, area) in enumerate(zip(put.places, put.areas, strict=True)):
        middle = np.rint(place).astype(int)
        low, high = np.maximum(middle - reach, 0), np.minimum(middle + reach + 1, values.shape)
        depth = drawn(habits[number % len(habits)], float(area), field.pitch, reach, rng)
        own = tuple(slice(*(ends - m + reach)) for ends, m in zip(np.stack([low, high], axis=1), middle, strict=True))
        values[low[0] : high[0], low[1] : high[1]] += np.float32(CONTRAST) * depth[own]
    return replace(field, values=values)


def drawn(habit: str, area: float, pitch: float, reach: int, rng: Random) -> NDArray[np.float32]:
    """Depth of one deposit about its innermost point on a (2 reach + 1) square grid, blurred; its median is 1 before.

    Parameters
    ----------
    habit
        One of `HABITS`.
    area
        In mm2: so many pixels have a depth over 0 before the blur.
    pitch
        Millimetres a pixel.
    reach
        Half width of the grid, pixels.
    rng
        Draws its shape.
    """
    axis: Grid = np.arange(-reach, reach + 1, dtype=np.float64) * pitch
    height = HABITS[habit](axis[:, None], axis[None, :], float(np.sqrt(area / np.pi)), rng)
    count = min(max(round(area / pitch**2), 1), height.size - 1)
    level = np.partition(height, height.size - 1 - count, axis=None)[height.size - 1 - count]
    depth = np.clip((height - level) / max(float(height.max() - level), 1e-9), 0.0, 1.0) ** STEEP
    return np.asarray(ndi.gaussian_filter(depth / np.median(depth[depth > 0]), BLUR_MM / pitch), dtype=np.float32)


def _globular(down: Grid, right: Grid, radius: float, rng: Random) -> Grid:
    stretch = float(np.exp(rng.normal(0, 0.15)))
    return np.asarray(-((down * stretch) ** 2 + (right / stretch) ** 2), dtype=np.float64)


def _amorphous(down: Grid, right: Grid, radius: float, rng: Random) -> Grid:
    room = -((down**2 + right**2) / radius**2)
    rough = ndi.gaussian_filter(rng.standard_normal(room.shape), 0.35 / abs(float(right[0, 1] - right[0, 0])))
    return np.asarray(room + 0.6 * rough / rough.std(), dtype=np.float64)


def _punctate(down: Grid, right: Grid, radius: float, rng: Random) -> Grid:
    turns = rng.uniform(0, 2 * np.pi) + np.arange(3) * 2 * np.pi / 3
    away = radius + 0.5
    places = [(0.0, 0.0), *((away * np.sin(turn), away * np.cos(turn)) for turn in turns)]
    return np.asarray(np.maximum.reduce([-((down - r) ** 2 + (right - c) ** 2) for r, c in places]), dtype=np.float64)


def _crescent(down: Grid, right: Grid, radius: float, rng: Random) -> Grid:
    bow, turn, half_span = 1.6 * radius, rng.uniform(0, 2 * np.pi), 0.9
    a = down * np.cos(turn) + right * np.sin(turn)
    b = -down * np.sin(turn) + right * np.cos(turn) + bow
    angle = np.clip(np.arctan2(a, b), -half_span, half_span)
    return np.asarray(-np.hypot(a - bow * np.sin(angle), b - bow * np.cos(angle)), dtype=np.float64)


HABITS: Final[Mapping[str, Callable[[Grid, Grid, float, Random], Grid]]] = {
    "globular": _globular,
    "amorphous": _amorphous,
    "punctate": _punctate,
    "crescent": _crescent,
}
"""Heights whose level sets are the deposits, by habit, at places (down, right) in mm."""
