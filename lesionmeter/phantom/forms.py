"""Outlines of calcific deposits: four habits, each a field over millimetres that is cut at a level to give any area.

A deposit that shrinks is the same field cut higher: a lump gets smaller, a ragged deposit thins out and breaks up,
specks shrink where they are, an arc gets narrow and short. All sizes are assumed ranges.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Grid = NDArray[np.float32]
Random = np.random.Generator
Field = Callable[[Grid, Grid], Grid]

HABITS = ("globular", "amorphous", "punctate", "crescent")
"""Kinds of deposit: a rounded lump, a ragged one that thins out, a cluster of specks, an arc round a joint or tuft."""

RASTER = 300
"""Cells a side of the square on which the area above a level is counted."""


@dataclass(frozen=True, eq=False)
class Form:
    """The shape of one deposit.

    Parameters
    ----------
    field
        Height over places (x, y) in mm; an arc bulges towards +y.
    reach
        Half width of the square that holds it, mm.
    heights
        All heights on a raster of that square, falling.
    soft
        Rise of the field over which the deposit reaches its full depth.
    steep
        Exponent of its depth: near 0 flat topped, 0.5 like a ball.

    Examples
    --------
    >>> form = deposit_form("globular", seed=1, largest_mm2=9.0)
    >>> form.level(9.0) < form.level(4.0)
    True
    """

    field: Field
    reach: float
    heights: Grid
    soft: float
    steep: float

    def level(self, area_mm2: float) -> float:
        """The height at which the field must be cut so that this area lies above it."""
        cell = (2.0 * self.reach / RASTER) ** 2
        return float(self.heights[min(round(area_mm2 / cell), self.heights.size - 1)])

    def cut(self, x: Grid, y: Grid, area_mm2: float) -> tuple[Grid, NDArray[np.bool_]]:
        """Depth from 0 to 1 at places in mm, and whether they lie inside, for a deposit of that area."""
        above = self.field(x, y) - np.float32(self.level(area_mm2))
        depth = np.clip(above / self.soft, 0.0, 1.0) ** self.steep
        return np.asarray(depth, dtype=np.float32), above > 0


@lru_cache(maxsize=128)
def deposit_form(habit: str, seed: int, largest_mm2: float) -> Form:
    """The form of a deposit that is at most `largest_mm2` large; the same seed gives the same form.

    Raises
    ------
    KeyError
        If there is no such habit.
    """
    makers = {"globular": _globular, "amorphous": _amorphous, "punctate": _punctate, "crescent": _crescent}
    if habit not in makers:
        raise KeyError(f"expected one of {HABITS}, came {habit!r}")
    rng = np.random.default_rng([seed, 3])
    field, reach = makers[habit](rng, float(np.sqrt(largest_mm2 / np.pi)))
    axis: Grid = (((np.arange(RASTER) + 0.5) / RASTER * 2 - 1) * reach).astype(np.float32)
    heights = np.sort(field(*np.meshgrid(axis, axis, indexing="ij")).ravel())[::-1]
    floor = Form(field, reach, heights, 1.0, 1.0).level(largest_mm2)
    rise = max(float(heights[0]) - floor, 1e-3)
    ranges = {"globular": (0.3, 1.0), "amorphous": (0.15, 0.7), "punctate": (0.5, 1.0), "crescent": (0.4, 1.0)}
    return Form(field, reach, heights, rise * float(rng.uniform(*ranges[habit])), float(rng.uniform(0.15, 0.5)))


def _globular(rng: Random, radius: float) -> tuple[Field, float]:
    lobes = [(0.0, 0.0, 1.0, *_outline(rng))]
    for _ in range(int(rng.integers(0, 3)) if rng.random() < 0.4 else 0):
        turn, far = rng.uniform(0, 2 * np.pi), rng.uniform(0.4, 0.9) * radius
        lobes.append((far * np.cos(turn), far * np.sin(turn), rng.uniform(0.4, 0.8), *_outline(rng)))

    def field(x: Grid, y: Grid) -> Grid:
        heights = []
        for along, across, size, stretch, waves in lobes:
            a, b = (x - along) * stretch, (y - across) / stretch
            angle = np.arctan2(b, a)
            edge = size * radius * (1.0 + sum(high * np.cos(k * angle + phase) for k, high, phase in waves))
            heights.append(size**2 * (1.0 - (a**2 + b**2) / edge**2))
        return np.asarray(np.maximum.reduce(heights), dtype=np.float32)

    return field, 2.6 * radius + 0.3


def _outline(rng: Random) -> tuple[float, list[tuple[int, float, float]]]:
    waves = [(k, float(rng.normal(0, 0.14 / k)), float(rng.uniform(0, 2 * np.pi))) for k in range(2, 6)]
    return float(np.exp(rng.normal(0, 0.16))), waves


def _amorphous(rng: Random, radius: float) -> tuple[Field, float]:
    reach, stretch, power = 2.4 * radius + 0.5, float(np.exp(rng.normal(0, 0.2))), float(rng.uniform(1.2, 2.5))
    cells = min(600, int(2 * reach / 0.06))
    strands = _rough(rng, cells, rng.uniform(0.17, 0.38) * cells / (2 * reach)) * rng.uniform(0.3, 0.9)
    clumps = _rough(rng, cells, rng.uniform(0.4, 0.9) * cells / (2 * reach)) * rng.uniform(0.0, 0.4)
    ragged, strength = (strands + clumps).astype(np.float32), float(rng.uniform(1.0, 2.4))

    def field(x: Grid, y: Grid) -> Grid:
        x, y = np.broadcast_arrays(x, y)
        room = 1.0 - (np.hypot(x * stretch, y / stretch) / (1.3 * radius)) ** power
        at = np.stack([x + reach, y + reach]) * (cells - 1) / (2 * reach)
        height = strength * room + ndimage.map_coordinates(ragged, at, order=1, mode="nearest")
        return np.asarray(np.where(room < -0.6, -9.0, height), dtype=np.float32)

    return field, reach


def _rough(rng: Random, cells: int, pixels: float) -> NDArray[np.float64]:
    field = ndimage.gaussian_filter(rng.standard_normal((cells, cells)), pixels, mode="wrap")
    return np.asarray(field / (field.std() + 1e-9), dtype=np.float64)


def _punctate(rng: Random, radius: float) -> tuple[Field, float]:
    count = int(np.clip(np.pi * radius**2 / (np.pi * 0.45**2) * rng.uniform(0.5, 1.4), 2, 14))
    sizes = np.exp(rng.normal(0, 0.35, count))
    sizes *= radius / np.sqrt((sizes**2).sum())
    places = [np.zeros(2)]
    while len(places) < count:
        beside = int(rng.integers(len(places)))
        turn, gap = rng.uniform(0, 2 * np.pi), sizes[beside] + sizes[len(places)] + rng.uniform(0.1, 1.3)
        new = places[beside] + gap * np.array([np.cos(turn), np.sin(turn)])
        room = [np.linalg.norm(new - p) - sizes[k] - sizes[len(places)] for k, p in enumerate(places)]
        if min(room) > 0.05 or rng.random() < 0.05:
            places.append(new)
    middles = np.array(places) - np.mean(places, axis=0)
    reach = float(np.abs(middles).max() + sizes.max()) + 0.2

    def field(x: Grid, y: Grid) -> Grid:
        parts = [1.0 - ((x - p[0]) ** 2 + (y - p[1]) ** 2) / r**2 for p, r in zip(middles, sizes, strict=True)]
        return np.asarray(np.maximum.reduce(parts), dtype=np.float32)

    return field, reach


def _crescent(rng: Random, radius: float) -> tuple[Field, float]:
    half = float(np.clip(1.77 * radius * rng.uniform(0.13, 0.21), 0.2, 0.9))
    span = float(rng.uniform(1.1, 3.4))
    bow = np.pi * radius**2 / (2 * half * span)
    taper, wave, phase = float(rng.uniform(0.0, 0.7)), float(rng.uniform(0, 0.15)), float(rng.uniform(0, 6.3))

    def field(x: Grid, y: Grid) -> Grid:
        a, b = x, y + bow
        angle = np.arctan2(a, b)
        off = np.clip(angle, -span / 2, span / 2)
        gap = np.hypot(a - bow * np.sin(off), b - bow * np.cos(off))
        share = 1.0 - taper * (2 * off / span) ** 2 + wave * np.cos(5 * off + phase)
        return np.asarray(half * share - gap, dtype=np.float32)

    return field, 1.1 * bow + 2 * half + 0.3 + bow * (1.0 if span > 2.0 else 0.4)
