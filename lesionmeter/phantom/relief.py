"""Bones in full detail: uneven outlines and trabeculae, which belong to the bone and move with it."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.phantom.render import Place, local_grid, window
from lesionmeter.phantom.shapes import Plate, Shaft, Shape
from lesionmeter.phantom.skeleton import Frame, Segment, Skeleton
from lesionmeter.phantom.texture import enlarge

Grid = NDArray[np.float32]
Window = tuple[slice, slice]

TILES, TILE, TILE_MM = 6, 512, 0.1
"""Number of shared random tiles, their cells a side, and their pitch, mm. A bone reads one at its own offset."""


def detailed_bones(
    skeleton: Skeleton, placed: Mapping[str, Frame], place: Place, seed: int
) -> dict[str, tuple[Window, Grid]]:
    """Path through each bone, mm, as a window of the film and the values in it.

    Parameters
    ----------
    skeleton, placed, place
        The hand, its posed frames, and where it lies.
    seed
        Of the bones' own texture: the same on all films of a person.
    """
    drawn = {s.name: _bone(s, place.matrix @ placed[s.name], place.shape, seed) for s in skeleton.segments if s.shapes}
    return {name: found for name, found in drawn.items() if found is not None}


def _bone(segment: Segment, matrix: Frame, shape: tuple[int, int], seed: int) -> tuple[Window, Grid] | None:
    boxes = np.array([solid.box for solid in segment.shapes])
    at = window(matrix, (boxes[:, 0].min(), boxes[:, 1].max(), boxes[:, 2].min(), boxes[:, 3].max()), shape)
    if at is None:
        return None
    x, y = local_grid(matrix, at)
    own = np.random.default_rng([seed, zlib.crc32(segment.name.encode())])
    bent_x, bent_y = _bent(own, x, y)
    edge = float(abs(np.linalg.det(matrix[:2, :2])) ** -0.5)
    path = np.zeros(x.shape, dtype=np.float32)
    for solid in _grown(segment):
        part = window(matrix, solid.box, shape)
        if part is not None:
            inner = tuple(slice(p.start - a.start, p.stop - a.start) for p, a in zip(part, at, strict=True))
            own_x, own_y = bent_x[inner], bent_y[inner]
            path[inner] += solid.thickness(own_x, own_y, edge) * _ridge(own, solid, own_x, own_y)
    on = path > 0
    path[on] *= _trabeculae(own, x[on], y[on])
    return at, path


def _grown(segment: Segment) -> list[Shape]:
    """The segment's shapes; a metacarpal whose growth plate is open ends flat below its epiphysis, not in a dome."""
    capped = segment.name.endswith("metacarpal") and segment.name[0] != "1"
    capped = capped and any(isinstance(s, Plate) and _is_epiphysis(s) for s in segment.shapes)
    return [replace(s, dome=0.25 * s.dome) if capped and isinstance(s, Shaft) else s for s in segment.shapes]


def _is_epiphysis(solid: Plate) -> bool:
    return solid.angle == 0.0 and solid.y == 0.0 and solid.across > 1.3 * solid.along and solid.across > 3.5


def _ridge(own: np.random.Generator, solid: Shape, x: Grid, y: Grid) -> Grid | float:
    """Factor on the path of an epiphysis: a dense line across it, straight or bent to a V, as on films of children."""
    if not (isinstance(solid, Plate) and _is_epiphysis(solid)):
        return 1.0
    slope, middle = own.uniform(-0.3, 0.3), own.uniform(-0.4, 0.4) * solid.along
    line = x - solid.x - middle - slope * (np.abs(y) - 0.5 * solid.across)
    width = own.uniform(0.2, 0.45) * solid.along
    return np.asarray(0.75 + own.uniform(0.2, 0.9) * np.exp(-((line / width) ** 2)), dtype=np.float32)


def _bent(own: np.random.Generator, x: Grid, y: Grid) -> tuple[Grid, Grid]:
    """Places moved by the bone's own smooth noise, read at a sixth of the pitch, so that its outline is uneven."""
    shape = (x.shape[0], x.shape[1])
    coarse_x, coarse_y = x[::6, ::6], y[::6, ::6]
    strength = own.uniform(0.1, 0.35)
    moved = []
    for field in (x, y):
        slow = _read(own, 3, coarse_x / 2.5, coarse_y / 2.5) * strength
        quick = _read(own, 3, coarse_x, coarse_y) * own.uniform(0.0, 0.1)
        wide = (coarse_x.shape[0] * 6, coarse_x.shape[1] * 6)
        moved.append(field + enlarge(slow + quick, wide)[: shape[0], : shape[1]])
    return moved[0], moved[1]


def _trabeculae(own: np.random.Generator, x: Grid, y: Grid) -> Grid:
    long = _read(own, 0, x / own.uniform(2.0, 5.0), y) * own.uniform(0.03, 0.14)
    fine = _read(own, 0, x, y) * own.uniform(0.02, 0.12)
    clumps = _read(own, 1, x, y) * own.uniform(0.0, 0.07)
    return np.asarray(np.maximum(1.0 + long + fine + clumps + 0.07 * _read(own, 2, x, y), 0.2), dtype=np.float32)


def _read(own: np.random.Generator, kind: int, x: Grid, y: Grid) -> Grid:
    tile = _tile(kind, int(own.integers(TILES)))
    row, column = own.uniform(0, TILE, 2)
    rows = np.floor(x / TILE_MM + row).astype(np.int32) % TILE
    columns = np.floor(y / TILE_MM + column).astype(np.int32) % TILE
    return np.asarray(tile[rows, columns], dtype=np.float32)


@lru_cache(maxsize=4 * TILES)
def _tile(kind: int, number: int) -> Grid:
    """A periodic field of standard deviation 1 whose structures are 0.12, 0.4, 2.5 or 1.6 mm wide."""
    rng = np.random.default_rng([20, kind, number])
    width = (0.12, 0.4, 2.5, 1.6)[kind] / TILE_MM
    field = ndimage.gaussian_filter(rng.standard_normal((TILE, TILE), dtype=np.float32), width, mode="wrap")
    return np.asarray(field / field.std(), dtype=np.float32)
