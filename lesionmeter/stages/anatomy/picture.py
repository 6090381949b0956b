"""A film made small: grey values from 0 to 1 at a few sizes, to cut the network's pictures from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.model.geometry import Points
from lesionmeter.stages.anatomy.pose import Similarity, rotation

Grey = NDArray[np.float32]

_BLANK = 0.03
"""Grey values that differ less than this from a picture's border show nothing."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A film, or a part of one, at full, half, quarter ... size.

    Parameters
    ----------
    levels
        (rows, columns) grey values from 0 to 1, dense tissue bright; each half as large as the one before.
    """

    levels: tuple[Grey, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns) of the largest level."""
        rows, columns = self.levels[0].shape
        return rows, columns

    def cut(self, rows: slice, columns: slice) -> Picture:
        """A part of the picture."""
        return make_picture(self.levels[0][rows, columns])

    def negative(self) -> Picture:
        """The same with dense tissue dark."""
        return Picture(tuple(np.asarray(1 - level, np.float32) for level in self.levels))


def shrink(values: NDArray[np.generic], longest: int, padding: NDArray[np.bool_] | None = None) -> tuple[Grey, int]:
    """Means of square blocks, so that the longer side has at most `longest` pixels.

    Parameters
    ----------
    values
        (rows, columns).
    longest
        Pixels of the longer side, at most.
    padding
        (rows, columns) true where there is no image: left out of the grey scale, and black.

    Returns
    -------
    grey
        From 0 to 1 between the 0.5th and 99.5th percentile.
    block
        Side of a block in pixels.
    """
    block = max(1, int(np.ceil(max(values.shape) / longest)))
    rows, columns = (length // block for length in values.shape)
    small = _block_means(values, rows, columns, block)
    image = np.ones_like(small, bool)
    if padding is not None and not padding.all():
        image = _block_means(padding, rows, columns, block) == 0
    low, high = np.percentile(small[image], (0.5, 99.5)) if image.any() else (0.0, 1.0)
    grey = np.clip((small - low) / max(high - low, 1e-6), 0, 1).astype(np.float32)
    return np.where(image, grey, np.float32(0)), block


def _block_means(values: NDArray[np.generic], rows: int, columns: int, block: int) -> Grey:
    trimmed = values[: rows * block, : columns * block].astype(np.float32)
    return np.asarray(trimmed.reshape(rows, block, columns, block).mean((1, 3)), np.float32)


def make_picture(grey: Grey) -> Picture:
    """Halve the picture until it is smaller than 128 pixels."""
    levels = [np.ascontiguousarray(grey, np.float32)]
    while min(levels[-1].shape) >= 128:
        rows, columns = (length // 2 for length in levels[-1].shape)
        even = levels[-1][: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2)
        levels.append(np.asarray(even.mean((1, 3)), np.float32))
    return Picture(tuple(levels))


@dataclass(frozen=True, eq=False)
class Turned:
    """A picture turned about its middle, on a larger one.

    Parameters
    ----------
    picture
        The larger picture.
    pose
        From the old (row, column) to the new.
    """

    picture: Picture
    pose: Similarity

    def back(self, points: Points) -> Points:
        """(n, 2) points of the turned picture in the old one."""
        return self.pose.inverse()(points)


def turn(picture: Picture, degrees: float) -> Turned:
    """Turn a picture; what lies beyond takes the middle grey of its border, and blank margins are cut away.

    Examples
    --------
    >>> turned = turn(make_picture(np.eye(200, dtype=np.float32)), 45.0)
    >>> turned.back(turned.pose(np.array([[10.0, 20.0]]))).round(6).tolist()
    [[10.0, 20.0]]
    """
    grey = picture.levels[0]
    linear = rotation(degrees)
    side = int(np.ceil(np.hypot(*picture.shape)))
    middle = (np.array(picture.shape) - 1) / 2
    pose = Similarity(linear, (side - 1) / 2 - linear @ middle)
    back = pose.inverse()
    border = float(np.median(np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])))
    turned = ndimage.affine_transform(grey, back.linear, back.shift, (side, side), order=1, cval=border)
    rows, columns = (_busy(np.abs(turned - border).max(axis=axis)) for axis in (1, 0))
    corner = np.array([rows.start, columns.start], np.float64)
    return Turned(make_picture(turned[rows, columns]), Similarity(linear, pose.shift - corner))


def _busy(difference: NDArray[np.float32]) -> slice:
    """From the first to the last row (or column) that is not all border."""
    shown = np.flatnonzero(difference > _BLANK)
    return slice(int(shown[0]), int(shown[-1]) + 1) if len(shown) > 1 else slice(0, len(difference))


def warp(picture: Picture, poses: list[Similarity], size: int) -> NDArray[np.float32]:
    """Cut small pictures without aliasing; black beyond the film.

    Parameters
    ----------
    picture
        The film.
    poses
        From the film's (row, column) to each small picture's; of about one scale.
    size
        Rows and columns of the small pictures.

    Returns
    -------
    numpy.ndarray
        (poses, size, size).
    """
    coarser = 1 / poses[0].scale
    number = int(np.clip(np.floor(np.log2(max(coarser, 1.0))), 0, len(picture.levels) - 1))
    left = coarser / 2**number
    level = picture.levels[number]
    if left > 1.05:
        level = ndimage.gaussian_filter(level, 0.45 * np.sqrt(left**2 - 1), mode="nearest")
    return np.stack([_resampled(level, number, pose, size) for pose in poses])


def _resampled(level: Grey, number: int, pose: Similarity, size: int) -> Grey:
    """One small picture from a level: a pixel of level n lies at 2^n i + (2^n - 1) / 2 of the film."""
    back = pose.inverse()
    step = 2.0**number
    offset = (back.shift - (step - 1) / 2) / step
    small = ndimage.affine_transform(level, back.linear / step, offset, (size, size), order=1, cval=0.0)
    return np.asarray(small, np.float32)
