"""A hand as the registration sees it: local contrast only, at several fineness levels, in millimetres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.model.geometry import Points
from lesionmeter.model.patient import HandView
from lesionmeter.stages.registration.settings import RegistrationSettings

Picture = NDArray[np.float32]
"""(rows, columns) contrast-normalised values; NaN where there is nothing to compare."""

LEVELS = 4
"""Pictures in a pyramid: each has half the pixels a side of the one before."""


@dataclass(frozen=True, eq=False)
class Level:
    """One picture of the pyramid; its first pixel's centre lies at `origin` ((row, column) mm of the film)."""

    values: Picture
    pitch: float
    origin: NDArray[np.float64]

    def index_of(self, points_mm: Points) -> Points:
        """(n, 2) mm of the film to (row, column) pixels of this picture."""
        pixels: Points = (points_mm - self.origin) / self.pitch
        return pixels

    def sample(self, points_mm: Points) -> NDArray[np.float64]:
        """Values at (n, 2) mm of the film, bilinear; NaN off the picture."""
        rows, columns = self.values.shape
        down = (points_mm[:, 0] - self.origin[0]) / self.pitch
        right = (points_mm[:, 1] - self.origin[1]) / self.pitch
        inside = (down >= 0) & (right >= 0) & (down < rows - 1) & (right < columns - 1)
        if not inside.all():
            down, right = np.where(inside, down, 0.0), np.where(inside, right, 0.0)
        top, left = down.astype(np.intp), right.astype(np.intp)
        down, right = down - top, right - left
        first = top * columns + left
        flat = self.values.reshape(-1)
        upper = flat[first] * (1.0 - right) + flat[first + 1] * right
        lower = flat[first + columns] * (1.0 - right) + flat[first + columns + 1] * right
        return np.where(inside, upper * (1.0 - down) + lower * down, np.nan)


@dataclass(frozen=True, eq=False)
class HandPicture:
    """The pyramid of one hand, finest level first."""

    levels: tuple[Level, ...]


def hand_picture(
    view: HandView,
    ignore: NDArray[np.bool_] | None,
    unit_mm: float,
    settings: RegistrationSettings,
    levels: int = LEVELS,
) -> HandPicture:
    """The part of a film round one hand, with the film's curve taken out.

    Parameters
    ----------
    view
        The hand.
    ignore
        (rows, columns) of the film, true where a deposit is not to be compared.
    unit_mm
        The hand's length in mm, which the settings are shares of; the same for both films of a pair.
    settings
        Pitch, window and margin.
    levels
        How many of the levels are made, of the coarsest ones.
    """
    pitch = settings.pitch * unit_mm * 2 ** (LEVELS - levels)
    corner, density, usable = _resampled(view, ignore, pitch, 0.15 * unit_mm)
    if not usable.all():
        margin = max(1, round(settings.ignore_margin * unit_mm / pitch))
        usable = ~ndimage.binary_dilation(~usable, iterations=margin)
    density = ndimage.gaussian_filter((density - density.mean()) / max(float(density.std()), 1e-6), 0.7)
    pyramid = []
    for _ in range(levels):
        window = max(5, round(settings.contrast_window * unit_mm / pitch) | 1)
        pyramid.append(Level(even_contrast(density, usable, window), pitch, corner))
        density = ndimage.gaussian_filter(density, 1.0)[::2, ::2]
        usable, pitch = usable[::2, ::2], 2.0 * pitch
    return HandPicture(tuple(pyramid))


def _resampled(
    view: HandView, ignore: NDArray[np.bool_] | None, pitch: float, margin_mm: float
) -> tuple[NDArray[np.float64], Picture, NDArray[np.bool_]]:
    film, step = view.film.radiograph, view.film.spacing.step
    points = view.film.spacing.to_mm(view.hand.landmarks.points)
    limit = (np.array(film.shape) - 1) * step
    low = np.clip(points.min(axis=0) - margin_mm, 0.0, limit)
    high = np.clip(points.max(axis=0) + margin_mm, 0.0, limit)
    first = np.maximum(np.floor(low / step).astype(int) - 4, 0)
    last = np.ceil(high / step).astype(int) + 5
    part = (slice(first[0], last[0]), slice(first[1], last[1]))
    density = view_density(view, part)
    blur = 0.5 * np.sqrt(np.maximum((pitch / step) ** 2 - 1.0, 0.0))
    shape = tuple(np.floor((high - low) / pitch).astype(int) + 1)
    to_part = {"matrix": pitch / step, "offset": low / step - first, "output_shape": shape, "mode": "nearest"}
    if blur.max() > 0.2:
        density = ndimage.gaussian_filter(density, blur)
    fine = ndimage.affine_transform(density, order=1, **to_part)
    hidden = np.zeros(film.shape, dtype=bool)[part] if ignore is None else ignore[part].copy()
    if film.padding is not None:
        hidden |= film.padding[part]
    usable = np.ones(shape, dtype=bool)
    if hidden.any():
        usable = ndimage.affine_transform(hidden.astype(np.uint8), order=0, **to_part) == 0
    return low, np.asarray(fine, dtype=np.float32), usable


def view_density(view: HandView, part: tuple[slice, slice]) -> Picture:
    """Values of a part of the film, dense tissue bright."""
    return view.film.radiograph.dense_bright(view.polarity)[part]


def even_contrast(density: Picture, usable: NDArray[np.bool_], window: int) -> Picture:
    """(value - local mean) / local spread in a square of `window` pixels: free of any smooth film curve.

    A floor of a tenth of the picture's typical spread keeps grain of empty background from being blown up.
    """
    share = np.ones(1, dtype=np.float32)
    if not usable.all():
        share = np.maximum(ndimage.uniform_filter(usable.astype(np.float32), window), np.float32(1e-3))
    kept = np.where(usable, density, np.float32(0))
    mean = ndimage.uniform_filter(kept, window) / share
    square = ndimage.uniform_filter(kept * kept, window) / share
    spread = np.sqrt(np.maximum(square - mean * mean, 0.0))
    even = (density - mean) / (spread + 0.1 * np.percentile(spread[::4, ::4], 90) + 1e-6)
    return np.asarray(np.where(usable, even, np.nan), dtype=np.float32)
