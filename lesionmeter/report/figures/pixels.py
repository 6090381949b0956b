"""Grey pictures of films: pieces at one scale and in one window, and whole films made smaller."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.geometry import Points
from lesionmeter.report.figures.places import Window

Picture = NDArray[np.float32]
"""(rows, columns) grey values with dense tissue bright; not a number where there is no film."""

Grey = NDArray[np.uint8]

SIDE: Final = 320
"""Pixels of a piece's side."""


def cut(values: Picture, window: Window, side: int = SIDE) -> Picture:
    """The piece of a film in a window, (side, side).

    Parameters
    ----------
    values
        The whole film, dense tissue bright.
    window
        Where to look.
    side
        Pixels of the picture; where the film is finer, its pixels are averaged.
    """
    pixels_per_side = float(np.linalg.norm(window.basis, axis=1).max()) * window.side_mm
    fine = max(1, round(pixels_per_side / side))
    steps = ((np.arange(side * fine) + 0.5) / (side * fine) - 0.5) * window.side_mm
    down, right = np.meshgrid(steps, steps, indexing="ij")
    sampled = _bilinear(values, window.to_film(np.stack([down.ravel(), right.ravel()], axis=1)))
    return np.asarray(sampled.reshape(side, fine, side, fine).mean(axis=(1, 3)), dtype=np.float32)


def inside(outlines: Sequence[Points], window: Window, side: int = SIDE) -> NDArray[np.bool_]:
    """(side, side), true where a piece shows a deposit or its close neighbourhood: the boxes round the outlines."""
    near = np.zeros((side, side), dtype=bool)
    for outline in outlines:
        box = to_pixels(outline, window, side)
        (top, left), (bottom, right) = np.floor(box.min(axis=0)) - 2, np.ceil(box.max(axis=0)) + 3
        near[max(int(top), 0) : max(int(bottom), 0), max(int(left), 0) : max(int(right), 0)] = True
    return near


def to_pixels(points: Points, window: Window, side: int = SIDE) -> Points:
    """(n, 2) pixels of the film to (n, 2) pixels of the piece, (row, column)."""
    return np.asarray((window.to_picture(points) / window.side_mm + 0.5) * side - 0.5, dtype=np.float64)


def match_greys(pieces: Sequence[Picture], deposits: Sequence[NDArray[np.bool_]]) -> tuple[Grey, ...]:
    """Bring pieces of one place on several films to one grey scale, for the eye.

    Exposure and film curve differ between films. The middle and the spread of what is not deposit are made equal, then
    one window is laid over all; so a deposit that fades looks fainter against the same anatomy.

    Parameters
    ----------
    pieces
        The same place on several films.
    deposits
        For each piece, true where deposits are; these have no say in the matching.
    """
    even = [_evened(piece, where) for piece, where in zip(pieces, deposits, strict=True)]
    known = [piece[np.isfinite(piece)] for piece in even]
    together = np.concatenate(known) if known else np.zeros(0, np.float32)
    lo, hi = np.percentile(together, (0.5, 99.7)) if together.size else (0.0, 1.0)
    return tuple(to_grey(piece, float(lo), float(hi)) for piece in even)


def to_grey(picture: Picture, lo: float, hi: float) -> Grey:
    """Grey values from `lo` (black) to `hi` (white); black where there is no film."""
    share = np.clip((picture - lo) / max(hi - lo, 1e-6), 0.0, 1.0)
    return np.asarray(np.rint(255 * np.nan_to_num(share, nan=0.0)), dtype=np.uint8)


def smaller(values: Picture, longest: int) -> tuple[Picture, int]:
    """A whole film averaged over square blocks so that its longer side has about `longest` pixels.

    Returns
    -------
    tuple
        The picture, and the blocks' side in pixels of the film.
    """
    block = min(-(-max(values.shape) // longest), *values.shape)
    rows, columns = values.shape[0] // block, values.shape[1] // block
    blocks = values[: rows * block, : columns * block].reshape(rows, block, columns, block)
    return blocks.mean(axis=(1, 3)), block


def whole_film_grey(picture: Picture) -> Grey:
    """A whole film's picture in a window from its 1st to its 99.8th percentile."""
    lo, hi = np.percentile(picture, (1.0, 99.8))
    return to_grey(picture, float(lo), float(hi))


def _evened(piece: Picture, deposit: NDArray[np.bool_]) -> Picture:
    known = np.isfinite(piece)
    anatomy = piece[known & ~deposit] if np.any(known & ~deposit) else piece[known]
    if not anatomy.size:
        return piece
    low, middle, high = np.percentile(anatomy, (10, 50, 90))
    return np.asarray((piece - middle) / max(float(high - low), 1e-6), dtype=np.float32)


def _bilinear(values: Picture, points: Points) -> Picture:
    rows, columns = values.shape
    r, c = points[:, 0], points[:, 1]
    outside = (r < -0.5) | (r > rows - 0.5) | (c < -0.5) | (c > columns - 0.5)
    r, c = np.clip(r, 0, rows - 1), np.clip(c, 0, columns - 1)
    top, left = np.minimum(r.astype(int), max(rows - 2, 0)), np.minimum(c.astype(int), max(columns - 2, 0))
    below, beside = np.minimum(top + 1, rows - 1), np.minimum(left + 1, columns - 1)
    dr, dc = (r - top).astype(np.float32), (c - left).astype(np.float32)
    upper = values[top, left] * (1 - dc) + values[top, beside] * dc
    lower = values[below, left] * (1 - dc) + values[below, beside] * dc
    sampled: Picture = np.where(outside, np.float32(np.nan), upper * (1 - dr) + lower * dr)
    return sampled
