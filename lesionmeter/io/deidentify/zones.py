"""Where the hand lies on a film, so that it is never blanked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.model.geometry import distance_to_segment

Mask = NDArray[np.bool_]

FINGER, PALM, FOREARM = 0.055, 0.08, 0.15
"""Half-widths of flesh beyond the landmarks' lines, in hand lengths (wrist to middle tip), with a little room."""

ROOM: Final = 0.05
"""Further room, in hand lengths, in which nothing is taken for letters by itself."""

REACH: Final = 0.2
"""How far from the landmarks' surroundings flesh that hangs together with them is followed, in hand lengths."""

FLOODED: Final = 0.7
"""Share of the film from which what is as bright as the hand is the film itself, and is followed less far."""

WRIST, KNUCKLES = 0, (1, 5, 9, 13, 17)
COARSE: Final = 500
"""Longer side, in pixels, of the grid that zones are made on."""


@dataclass(frozen=True, eq=False)
class Zones:
    """A film's (rows, columns) masks: the `hand` itself, and what is `near` it, hand included."""

    hand: Mask
    near: Mask


def hand_zones(pixels: NDArray[Any], hands: tuple[NDArray[np.float64], ...]) -> Zones:
    """The zones round all hands of a film.

    The hand is what lies round its 21 landmarks, and what hangs together with them by its brightness, where that is
    not the whole film.

    Parameters
    ----------
    pixels
        (rows, columns).
    hands
        For each hand its (21, 2) landmarks as (row, column).
    """
    step = max(1, -(-max(pixels.shape) // COARSE))
    small = np.asarray(pixels[::step, ::step], dtype=np.float32)
    hand, near = (np.zeros(small.shape, dtype=bool) for _ in range(2))
    for points in hands:
        round_bones = _round_bones(small.shape, points / step, 0.0)
        hand |= round_bones | _silhouette(small, round_bones, points / step)
        near |= _round_bones(small.shape, points / step, ROOM)
    near |= ndimage.binary_dilation(hand, iterations=max(1, max(small.shape) // 100))
    return Zones(_enlarged(hand, step, pixels.shape), _enlarged(near, step, pixels.shape))


def _enlarged(mask: Mask, step: int, shape: tuple[int, ...]) -> Mask:
    return np.repeat(np.repeat(mask, step, axis=0), step, axis=1)[: shape[0], : shape[1]]


def _lines(points: NDArray[np.float64]) -> list[tuple[NDArray[np.float64], NDArray[np.float64], float]]:
    """Lines along the rays, across the palm and down the forearm, each with the flesh's half-width in hand lengths."""
    wrist, palm = points[WRIST], points[list(KNUCKLES)]
    lines = [(points[base + k], points[base + k + 1], FINGER) for base in KNUCKLES for k in range(3)]
    lines += [(wrist, knuckle, PALM) for knuckle in palm]
    lines += [(palm[k], palm[k + 1], PALM) for k in range(4)]
    lines += [(points[2], points[5], PALM), ((points[1] + points[2]) / 2, (points[5] + wrist) / 2, PALM)]  # the web
    away = wrist - points[9]
    return [*lines, (wrist, wrist + 3 * away, FOREARM)]


def _round_bones(shape: tuple[int, int], points: NDArray[np.float64], room: float) -> Mask:
    length = float(np.linalg.norm(points[12] - points[WRIST]))
    grid = np.indices(shape).reshape(2, -1).T.astype(float)
    inside = np.zeros(grid.shape[0], dtype=bool)
    for start, end, flesh in _lines(points):
        inside |= distance_to_segment(grid, start, end) <= (flesh + room) * length
    return inside.reshape(shape)


def _silhouette(small: NDArray[np.float32], bones: Mask, points: NDArray[np.float64]) -> Mask:
    """What is as bright, or as dark, as the hand and hangs together with it; nothing if that floods the film."""
    smooth = ndimage.gaussian_filter(small, 2.0)
    inner, outer = float(np.median(smooth[bones])), float(np.median(smooth[~bones])) if (~bones).any() else 0.0
    middle = (inner + outer) / 2
    alike = smooth > middle if inner > outer else smooth < middle
    labels, _ = ndimage.label(alike)
    rows, columns = np.clip(np.rint(points).astype(int), 0, np.array(small.shape) - 1).T
    own = np.unique(labels[rows, columns])
    found: Mask = np.isin(labels, own[own > 0])
    length = float(np.linalg.norm(points[12] - points[WRIST]))
    reach = REACH if found.mean() < FLOODED else REACH / 2
    return found & (ndimage.distance_transform_edt(~bones) <= reach * length)
