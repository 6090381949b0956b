"""Several affine motions, one a bone, blended into one smooth invertible field.

The blend is the log-Euclidean polyaffine transform (Arsigny, Commowick, Ayache, Pennec 2009, J Math Imaging Vis
33:222): each motion's matrix logarithm is a velocity that is linear in position; the velocities are averaged with
weights that fall off with the distance from each bone, and a point flows along the average for unit time. Flowing
backwards is the inverse.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    points = np.asarray(points, dtype=np.float64)
    moved: Points = points @ matrix[:2, :2].T + matrix[:2, 2]
    return moved


def log_affine(matrix: Affine) -> Affine:
    """Principal logarithm of an affine matrix near the identity, by inverse scaling and squaring."""
    root, halvings = np.asarray(matrix, dtype=np.float64), 0
    while np.abs(root - np.eye(3)).max() > 0.01 and halvings < 30:
        root, halvings = _square_root(root), halvings + 1
    step = root - np.eye(3)
    term, total = step.copy(), step.copy()
    for order in range(2, 12):
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
    along = np.clip((points - start) @ axis / max(float(axis @ axis), 1e-12), 0.0, 1.0)
    away: NDArray[np.float64] = np.linalg.norm(points - start - along[:, None] * axis, axis=1)
    return away


@dataclass(frozen=True, eq=False)
class Capsule:
    """The neighbourhood of a bone: all within `radius` mm of its axis from `start` to `end` ((row, column), mm)."""

    start: Points
    end: Points
    radius: float

    def distance(self, points_mm: Points) -> NDArray[np.float64]:
        """Distance in mm from the bone's axis."""
        return distance_to_segment(points_mm, self.start, self.end)

    def outside(self, points_mm: Points) -> NDArray[np.float64]:
        """Distance in mm outside the bone itself: a rectangle from `start` to `end`, narrower than the capsule."""
        axis = self.end - self.start
        length = max(float(np.hypot(*axis)), 1e-9)
        along = (points_mm - self.start) @ axis / length
        across = ((points_mm - self.start) @ np.array([-axis[1], axis[0]])) / length
        beyond = np.maximum(np.maximum(-along, along - length), 0.0)
        beside = np.maximum(np.abs(across) - BONE_SHARE * self.radius, 0.0)
        away: NDArray[np.float64] = np.hypot(beyond, beside)
        return away


BONE_SHARE = 0.65
"""Half width of the bone itself, in shares of its capsule's radius."""

SOFTNESS = 0.15
"""Distance over which a joint's two bones share a point, in shares of the capsule's radius."""


def blend_weights(points_mm: Points, capsules: tuple[Capsule, ...]) -> NDArray[np.float64]:
    """(n, bones) weights that sum to 1: all but 1 on a bone, one half on the line between two bones.

    A weight is the inverse fourth power of the distance outside the bone, so that it is the same at every size of hand.
    """
    nearness = np.empty((len(points_mm), len(capsules)))
    for number, capsule in enumerate(capsules):
        away = capsule.outside(points_mm)
        nearness[:, number] = (away * away + (SOFTNESS * capsule.radius) ** 2) ** -2.0
    nearness /= nearness.sum(axis=1, keepdims=True)
    return nearness


@dataclass(frozen=True, eq=False)
class PolyAffine:
    """A blend of affine motions in millimetres: the common motion first, then what each bone adds.

    Parameters
    ----------
    capsules
        Where each bone lies, in mm of the film that is carried *from*.
    logs
        (bones, 3, 3) matrix logarithms of each bone's motion relative to the common one.
    common
        (3, 3) motion that all share.
    steps
        Integration steps of the flow; 16 keep the error under a micrometre for joint motions of 15 degrees.
    """

    capsules: tuple[Capsule, ...]
    logs: NDArray[np.float64]
    common: Affine
    steps: int = 16

    @classmethod
    def from_motions(cls, capsules: tuple[Capsule, ...], motions: tuple[Affine, ...], common: Affine) -> PolyAffine:
        """Blend `motions` ((3, 3) matrices, mm to mm), given the motion they have in common."""
        undo = np.linalg.inv(common)
        return cls(capsules, np.stack([log_affine(undo @ motion) for motion in motions]), common)

    def carry(self, points_mm: Points) -> Points:
        """(n, 2) points in mm of the first film to mm of the second."""
        return apply_affine(self.common, self._flow(np.asarray(points_mm, dtype=np.float64), 1.0))

    def carry_back(self, points_mm: Points) -> Points:
        """(n, 2) points in mm of the second film to mm of the first: the inverse of `carry`."""
        return self._flow(apply_affine(np.asarray(np.linalg.inv(self.common), dtype=np.float64), points_mm), -1.0)

    def _flow(self, points: Points, direction: float) -> Points:
        step = direction / self.steps
        for _ in range(self.steps):  # classical fourth-order Runge-Kutta
            k1 = self._velocity(points)
            k2 = self._velocity(points + 0.5 * step * k1)
            k3 = self._velocity(points + 0.5 * step * k2)
            k4 = self._velocity(points + step * k3)
            points = points + step / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        return points

    def _velocity(self, points: Points) -> Points:
        shares = blend_weights(points, self.capsules)
        mixed = np.einsum("nb,bij->nij", shares, self.logs[:, :2, :])
        velocity: Points = np.einsum("nij,nj->ni", mixed[:, :, :2], points) + mixed[:, :, 2]
        return velocity
