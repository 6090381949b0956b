"""Several affine motions, one a bone, blended into one smooth invertible field.

The blend is a log-Euclidean polyaffine transform (Arsigny, Commowick, Ayache, Pennec 2009, J Math Imaging Vis 33:222):
each motion's matrix logarithm is a velocity that is linear in position; the velocities are averaged with weights that
fall off with the distance from each bone, and a point flows along the average for unit time. Other than there, the
bones move along in that time, and the weights with them. Flowing backwards is the inverse.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.geometry.spacing import Points

Affine = NDArray[np.float64]
"""(3, 3) matrix that takes (row, column, 1) to (row, column, 1)."""


def apply_affine(matrix: Affine, points: Points) -> Points:
    """Carry (n, 2) points by a (3, 3) affine matrix.

    Examples
    --------
    >>> apply_affine(np.array([[1.0, 0, 2], [0, 1, 3], [0, 0, 1]]), np.array([[0.0, 0.0]]))
    array([[2., 3.]])
    """
    row, column = np.asarray(points, dtype=np.float64).T
    (a, b, c), (d, e, f) = matrix[:2]
    return np.stack([a * row + b * column + c, d * row + e * column + f], axis=1)


def log_affine(matrix: Affine) -> Affine:
    """Principal logarithm of an affine matrix near the identity, by inverse scaling and squaring."""
    root, halvings = np.asarray(matrix, dtype=np.float64), 0
    while np.abs(root[:2, :2] - np.eye(2)).max() > 0.1 and halvings < 20:
        root, halvings = _square_root(root), halvings + 1
    step = root - np.eye(3)
    term, total = step.copy(), step.copy()
    for order in range(2, 24):
        term = -term @ step
        total = total + term / order
    return total * 2.0**halvings


def _square_root(matrix: Affine) -> Affine:
    # Denman-Beavers iteration: quadratic, and safe for matrices without eigenvalues on the negative axis.
    root, inverse = matrix.copy(), np.eye(3)
    for _ in range(12):
        root, inverse = 0.5 * (root + np.linalg.inv(inverse)), 0.5 * (inverse + np.linalg.inv(root))
    return root


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


def exp_affine(matrix: Affine) -> Affine:
    """Exponential of a (3, 3) matrix whose last row is 0, by scaling and squaring; the inverse of `log_affine`."""
    step = np.asarray(matrix, dtype=np.float64) / 1024.0
    total = np.eye(3) + step @ (np.eye(3) + step / 2.0 @ (np.eye(3) + step / 3.0 @ (np.eye(3) + step / 4.0)))
    for _ in range(10):
        total = total @ total
    return total


BONE_SHARE = 0.65
"""Half width of the bone itself, in shares of its capsule's radius."""

SOFTNESS = 0.4
"""Distance over which two bones share a point, in shares of the capsule's radius."""

STEP_MM = 1.0
"""How far a bone's end moves, at most, in one step of the flow."""

BLOCK = 4096
"""Points that flow at once: so many stay in a processor's cache."""


@dataclass(frozen=True, eq=False)
class Capsule:
    """The neighbourhood of a bone: all within `radius` mm of its axis from `start` to `end` ((row, column), mm)."""

    start: Points
    end: Points
    radius: float

    def distance(self, points_mm: Points) -> NDArray[np.float64]:
        """Distance in mm from the bone's axis."""
        return distance_to_segment(points_mm, self.start, self.end)

    def outside_squared(self, points_mm: Points) -> NDArray[np.float64]:
        """Squared distance outside the bone itself, mm2: a rectangle from `start` to `end`, inside the capsule."""
        axis = self.end - self.start
        length = max(float(np.hypot(axis[0], axis[1])), 1e-9)
        row, column = (points_mm[:, 0] - self.start[0]) / length, (points_mm[:, 1] - self.start[1]) / length
        along, across = row * axis[0] + column * axis[1], row * axis[1] - column * axis[0]
        beyond = np.maximum(np.maximum(-along, along - length), 0.0)
        beside = np.maximum(np.abs(across) - BONE_SHARE * self.radius, 0.0)
        away: NDArray[np.float64] = beyond * beyond + beside * beside
        return away

    def outside(self, points_mm: Points) -> NDArray[np.float64]:
        """Distance in mm outside the bone itself."""
        return np.sqrt(self.outside_squared(points_mm))

    def moved(self, matrix: Affine) -> Capsule:
        """The capsule with its axis carried by a (3, 3) motion."""
        start, end = apply_affine(matrix, np.stack([self.start, self.end]))
        return Capsule(start, end, self.radius)


def blend_weights(points_mm: Points, capsules: tuple[Capsule, ...]) -> NDArray[np.float64]:
    """(n, bones) weights that sum to 1: all but 1 on a bone, one half on the line between two bones.

    A weight is the inverse fourth power of the distance outside the bone, so that it is the same at every size of hand.
    """
    nearness = np.empty((len(capsules), len(points_mm)))
    for number, capsule in enumerate(capsules):
        square = capsule.outside_squared(points_mm) + (SOFTNESS * capsule.radius) ** 2
        nearness[number] = 1.0 / (square * square)
    weights: NDArray[np.float64] = (nearness / nearness.sum(axis=0)).T
    return weights


@dataclass(frozen=True, eq=False)
class PolyAffine:
    """A blend of affine motions in millimetres: the common motion first, then what each bone adds.

    While a point flows, each bone moves along with its own motion, and the point follows the bones that are near it
    *then*. So a point on a bone goes exactly where the bone goes, however far and past whatever that is. The field is
    smooth in place and time: it has an inverse, and does not fold.

    Parameters
    ----------
    capsules
        Where each bone lies, in mm of the film that is carried *from*.
    logs
        (bones, 3, 3) matrix logarithms of each bone's motion relative to the common one.
    common
        (3, 3) motion that all share.
    steps
        Steps of the flow. Where bones pass near to each other it takes as many as `from_motions` chooses, so that a
        point comes back to within 0.05 mm.
    """

    capsules: tuple[Capsule, ...]
    logs: NDArray[np.float64]
    common: Affine
    steps: int = 4

    @classmethod
    def from_motions(cls, capsules: tuple[Capsule, ...], motions: tuple[Affine, ...], common: Affine) -> PolyAffine:
        """Blend `motions` ((3, 3) matrices, mm to mm), given the motion they have in common."""
        undo = np.asarray(np.linalg.inv(common), dtype=np.float64)
        own = [undo @ motion for motion in motions]
        swing_mm = max(
            float(np.abs(apply_affine(matrix, ends) - ends).max())
            for matrix, capsule in zip(own, capsules, strict=True)
            for ends in [np.stack([capsule.start, capsule.end])]
        )
        steps = int(np.clip(math.ceil(swing_mm / STEP_MM), 4, 40))
        return cls(capsules, np.stack([log_affine(matrix) for matrix in own]), common, steps)

    def carry(self, points_mm: Points) -> Points:
        """(n, 2) points in mm of the first film to mm of the second."""
        return apply_affine(self.common, self.flow(points_mm))

    def carry_back(self, points_mm: Points) -> Points:
        """(n, 2) points in mm of the second film to mm of the first: the inverse of `carry`."""
        return self.flow(apply_affine(np.asarray(np.linalg.inv(self.common), dtype=np.float64), points_mm), back=True)

    def flow(self, points_mm: Points, *, back: bool = False) -> Points:
        """Carry (n, 2) points by what the bones add to the common motion, or `back`."""
        points = np.asarray(points_mm, dtype=np.float64)
        if len(points) > BLOCK:
            return np.concatenate(
                [self.flow(points[at : at + BLOCK], back=back) for at in range(0, len(points), BLOCK)]
            )
        moments = self._moments[::-1] if back else self._moments
        step = (-1.0 if back else 1.0) / self.steps
        for first in range(0, 2 * self.steps, 2):  # classical fourth-order Runge-Kutta
            now, half, then = moments[first : first + 3]
            k1 = self._velocity(points, now)
            k2 = self._velocity(points + 0.5 * step * k1, half)
            k3 = self._velocity(points + 0.5 * step * k2, half)
            k4 = self._velocity(points + step * k3, then)
            points = points + step / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        return points

    @cached_property
    def _moments(self) -> list[tuple[Capsule, ...]]:
        # Where the bones lie at each whole and half step.
        times = np.linspace(0.0, 1.0, 2 * self.steps + 1)
        bones = list(zip(self.capsules, self.logs, strict=True))
        return [tuple(bone.moved(exp_affine(log * time)) for bone, log in bones) for time in times]

    def _velocity(self, points: Points, bones: tuple[Capsule, ...]) -> Points:
        mixed = np.einsum("nb,bk->kn", blend_weights(points, bones), self.logs[:, :2, :].reshape(-1, 6))
        row, column = points.T
        return np.stack(
            [mixed[0] * row + mixed[1] * column + mixed[2], mixed[3] * row + mixed[4] * column + mixed[5]], axis=1
        )
