"""Two pictures of one place in one grey scale, so that what is left between them is a change and not an exposure.

The later picture's greys are brought to the earlier's in two steps, in both of which deposits have no say. First by
quantiles, which removes the films' curves and exposures. Then by a gain and an offset that vary slowly over the picture
(weighted least squares in windows much larger than a deposit, places that disagree weighted down), which removes
scatter, fog and uneven soft tissue. A deposit that grows or fades is smaller than the windows and stays.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Picture = NDArray[np.float32]
"""(rows, columns) grey values with dense tissue bright; not a number where there is no film."""

WINDOW_MM: Final = 9.0
"""Spread (standard deviation) of the windows; deposits measure 1 to 10 mm across."""

_HELD: Final = 0.05  # share of the picture's own variance that holds a flat window's gain at 1
_ROUNDS: Final = 3
_QUANTILES: Final = np.linspace(0.0, 100.0, 129)
_WHITE: Final = (0.5, 99.7)


def match_pair(
    earlier: Picture, later: Picture, deposits: NDArray[np.bool_], pitch_mm: float
) -> tuple[Picture, Picture]:
    """Both pictures in one grey scale from 0 (black) to 1 (white), not clipped.

    Parameters
    ----------
    earlier, later
        The same place on two films, registered.
    deposits
        (rows, columns) true where either film shows a deposit, with some room round it.
    pitch_mm
        Millimetres a pixel.

    Returns
    -------
    tuple
        The earlier picture and the later one, not a number where either shows no film.
    """
    both = np.isfinite(earlier) & np.isfinite(later)
    anatomy = both & ~deposits
    if np.count_nonzero(anatomy) < 100:
        anatomy = both
    if not anatomy.any():
        return np.full_like(earlier, np.nan), np.full_like(later, np.nan)
    low, high = np.percentile(earlier[anatomy], _WHITE)
    scale = max(float(high - low), 1e-9)
    first = np.where(both, (earlier - low) / scale, 0.0).astype(np.float32)
    second = (_by_quantiles(later, earlier, anatomy) - low) / scale
    second = _by_windows(first, np.where(both, second, 0.0).astype(np.float32), anatomy, WINDOW_MM / pitch_mm)
    return np.where(both, first, np.float32(np.nan)), np.where(both, second, np.float32(np.nan))


def _by_quantiles(later: Picture, earlier: Picture, anatomy: NDArray[np.bool_]) -> Picture:
    """The later picture with each grey moved to the one of equal rank; beyond the ends the slope goes on."""
    source, target = (np.percentile(picture[anatomy], _QUANTILES) for picture in (later, earlier))
    source = source + 1e-6 * max(float(np.ptp(source)), 1e-6) * np.arange(len(source))  # strictly rising
    slope = float(np.ptp(target[64:-2]) / max(float(np.ptp(source[64:-2])), 1e-9))
    moved = np.interp(later, source, target) + slope * np.maximum(later - source[-1], 0.0)
    return np.asarray(moved, dtype=np.float32)


def _by_windows(first: Picture, second: Picture, anatomy: NDArray[np.bool_], spread: float) -> Picture:
    """The second picture times a gain plus an offset, both from windows of the anatomy."""
    worth = anatomy.astype(np.float32)
    held = _HELD * float(np.var(second[anatomy]))
    matched = second
    for _ in range(_ROUNDS):
        share = _smooth(worth, spread) + np.float32(1e-4)
        mean_first, mean_second = (_smooth(worth * picture, spread) / share for picture in (first, second))
        variance = _smooth(worth * second * second, spread) / share - mean_second**2
        joint = _smooth(worth * first * second, spread) / share - mean_first * mean_second
        gain = np.clip((joint + held) / (np.maximum(variance, 0.0) + held), 0.4, 2.5)
        matched = gain * (second - mean_second) + mean_first
        off = np.abs(first - matched)
        usual = 1.4826 * float(np.median(off[anatomy])) + 1e-6
        worth = (anatomy / (1.0 + (off / (3.0 * usual)) ** 2)).astype(np.float32)
    return np.asarray(matched, dtype=np.float32)


def _smooth(picture: Picture, spread: float) -> Picture:
    """Gaussian of that spread, on every n-th pixel where the spread allows, for speed."""
    step = max(1, int(spread / 8))
    small = ndimage.uniform_filter(picture, step, mode="nearest")[::step, ::step] if step > 1 else picture
    small = ndimage.gaussian_filter(small, spread / step, mode="nearest", truncate=2.5)
    if step == 1:
        return np.asarray(small, dtype=np.float32)
    down, right = (_between(count, step, kept) for count, kept in zip(picture.shape, small.shape, strict=True))
    return np.asarray(down @ small @ right.T, dtype=np.float32)


def _between(count: int, step: int, kept: int) -> Picture:
    """(count, kept) shares of the kept places in each place between them: linear interpolation as a product."""
    at = np.minimum(np.arange(count) / step, kept - 1.0)
    low = np.minimum(at.astype(int), max(kept - 2, 0))
    shares = np.zeros((count, kept), dtype=np.float32)
    shares[np.arange(count), low] = 1.0 - (at - low)
    if kept > 1:
        shares[np.arange(count), low + 1] = at - low
    return shares
