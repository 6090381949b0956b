"""Random fields: the trabecular pattern of a bone, which moves with it, and unevenness of film and flesh."""

from __future__ import annotations

import zlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

Grid = NDArray[np.float32]

FIELD_MM = 0.15
"""Pitch of a bone's own texture field; trabeculae are 0.1 to 0.2 mm wide, films resolve little less."""


def enlarge(field: Grid, shape: tuple[int, int]) -> Grid:
    """Stretch a small field over (rows, columns), bilinear; many times faster than a spline."""
    picture = Image.fromarray(np.ascontiguousarray(field, dtype=np.float32))
    return np.array(picture.resize((shape[1], shape[0]), Image.Resampling.BILINEAR), dtype=np.float32)


def smooth_noise(rng: np.random.Generator, shape: tuple[int, int], pixels: float) -> Grid:
    """Gaussian noise of standard deviation 1, with structures about `pixels` wide."""
    step = max(1, int(pixels / 2))
    field = rng.standard_normal((shape[0] // step + 3, shape[1] // step + 3), dtype=np.float32)
    field = ndimage.gaussian_filter(field, pixels / step)
    field /= field.std() + 1e-6
    return enlarge(field, shape) if step > 1 else field[: shape[0], : shape[1]]


def bone_texture(seed: int, bone: str, x: Grid, y: Grid) -> Grid:
    """Factor on a bone's path at places of its own frame, mm; mean about 1. The same seed and bone give the same bone.

    Two scales: fine trabeculae stretched along the bone, and slow unevenness.
    """
    fine, slow = _fields(seed, bone)
    at = np.stack([(x + 20.0) / FIELD_MM, (y + 20.0) / FIELD_MM])
    value = (
        1.0
        + ndimage.map_coordinates(fine, at, order=1, mode="wrap")
        + ndimage.map_coordinates(slow, at / 8.0, order=1, mode="wrap")
    )
    return np.asarray(np.maximum(value, 0.2), dtype=np.float32)


@lru_cache(maxsize=64)
def _fields(seed: int, bone: str) -> tuple[Grid, Grid]:
    rng = np.random.default_rng([seed, zlib.crc32(bone.encode())])
    strength = rng.uniform(0.05, 0.16)
    white = rng.standard_normal((900, 320), dtype=np.float32)
    long = ndimage.gaussian_filter(white, (rng.uniform(2, 5), rng.uniform(0.8, 1.4)), mode="wrap")
    round_ = ndimage.gaussian_filter(rng.standard_normal((900, 320), dtype=np.float32), 1.2, mode="wrap")
    fine = strength * (0.7 * long / long.std() + 0.7 * round_ / round_.std())
    slow = ndimage.gaussian_filter(rng.standard_normal((113, 40), dtype=np.float32), 1.5, mode="wrap")
    return fine.astype(np.float32), (0.06 * slow / slow.std()).astype(np.float32)
