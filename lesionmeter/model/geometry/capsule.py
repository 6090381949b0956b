"""Neighbourhoods of bones, and how much each of them has to say at a point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.geometry.affine import Affine, apply_affine
from lesionmeter.model.geometry.spacing import Points

Columns = NDArray[np.float64]
"""(bones, 1): one number a bone."""


def distance_to_segment(points: Points, start: Points, end: Points) -> NDArray[np.float64]:
    """Distance of (n, 2) points from the segment start-end, in the points' unit.

    Examples
    --------
    >>> distance_to_segment(np.array([[0.0, 2.0], [6.0, 0.0]]), np.array([0.0, 0.0]), np.array([5.0, 0.0]))
    array([2., 1.])
    """
    axis = end - start
    row, column = points[:, 0] - start[0], points[:, 1] - start[1]
    along = np.clip((row * axis[0] + column * axis[1]) / max(float(axis @ axis), 1e-12), 0.0, 1.0)
    away: NDArray[np.float64] = np.hypot(row - along * axis[0], column - along * axis[1])
    return away


BONE_SHARE = 0.65
"""Half width of the bone itself, in shares of its capsule's radius."""

SOFTNESS = 0.4
"""Distance over which two bones share a point, in shares of the capsule's radius."""


@dataclass(frozen=True, eq=False)
class Capsule:
    """The neighbourhood of a bone: all within `radius` mm of its axis from `start` to `end` ((row, column), mm).

    The bone itself is a rectangle from `start` to `end` inside it.
    """

    start: Points
    end: Points
    radius: float

    def distance(self, points_mm: Points) -> NDArray[np.float64]:
        """Distance in mm from the bone's axis."""
        return distance_to_segment(points_mm, self.start, self.end)

    def outside(self, points_mm: Points) -> NDArray[np.float64]:
        """Distance in mm outside the bone itself."""
        away: NDArray[np.float64] = np.sqrt(
            Bones.of((self,)).outside_squared(np.asarray(points_mm, dtype=np.float64))[0]
        )
        return away

    def moved(self, matrix: Affine) -> Capsule:
        """The capsule with its axis carried by a (3, 3) motion."""
        start, end = apply_affine(matrix, np.stack([self.start, self.end]))
        return Capsule(start, end, self.radius)


@dataclass(frozen=True, eq=False)
class Bones:
    """Capsules as columns of numbers, so that one pass of arithmetic serves all of them.

    Parameters
    ----------
    row, column
        Direction of each axis, of length 1.
    middle, side
        Where each axis has its middle, along its direction and across it, mm.
    half_length, half_width
        Of each bone itself, mm.
    softness
        Distance over which a bone shares a point with its neighbour, mm.
    """

    row: Columns
    column: Columns
    middle: Columns
    side: Columns
    half_length: Columns
    half_width: Columns
    softness: Columns

    @classmethod
    def of(cls, capsules: tuple[Capsule, ...]) -> Bones:
        """The columns of these capsules."""
        starts, ends = (np.array([getattr(capsule, end) for capsule in capsules]) for end in ("start", "end"))
        radius = np.array([[capsule.radius] for capsule in capsules])
        axes, centres = ends - starts, (starts + ends) / 2.0
        length = np.maximum(np.hypot(axes[:, :1], axes[:, 1:]), 1e-9)
        (row, column), (at_row, at_column) = np.split(axes / length, 2, axis=1), np.split(centres, 2, axis=1)
        middle, side = at_row * row + at_column * column, at_row * column - at_column * row
        return cls(row, column, middle, side, length / 2.0, BONE_SHARE * radius, SOFTNESS * radius)

    def outside_squared(self, points_mm: Points) -> NDArray[np.float64]:
        """(bones, n) squared distances outside each bone itself, mm2."""
        row, column = points_mm.T
        beyond = _past(self.row * row, self.column * column, self.middle, self.half_length)
        beside = _past(self.column * row, -self.row * column, self.side, self.half_width)
        beyond += beside
        return beyond

    def nearness(self, points_mm: Points) -> NDArray[np.float64]:
        """(bones, n) inverse fourth powers of the distance outside each bone: the same at every size of hand."""
        square = self.outside_squared(points_mm)
        square += self.softness**2
        square *= square
        return np.reciprocal(square, out=square)


def _past(first: Columns, second: Columns, centre: Columns, half: Columns) -> NDArray[np.float64]:
    """Squared distance past `half` on either side of `centre`, along first + second; in place of `first`, for speed."""
    first += second
    first -= centre
    np.abs(first, out=first)
    first -= half
    np.maximum(first, 0.0, out=first)
    first *= first
    return first


def blend_weights(points_mm: Points, capsules: tuple[Capsule, ...]) -> NDArray[np.float64]:
    """(n, bones) weights that sum to 1: all but 1 on a bone, one half on the line between two bones."""
    nearness = Bones.of(capsules).nearness(np.asarray(points_mm, dtype=np.float64))
    weights: NDArray[np.float64] = (nearness / nearness.sum(axis=0)).T
    return weights
