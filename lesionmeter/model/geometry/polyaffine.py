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

from lesionmeter.model.geometry.affine import Affine, apply_affine, exp_affine, log_affine
from lesionmeter.model.geometry.capsule import Bones, Capsule
from lesionmeter.model.geometry.spacing import Points

STEP_MM = 1.0
"""How far a bone's end moves, at most, in one step of the flow."""

BLOCK = 4096
"""Points that flow at once: so many stay in a processor's cache."""


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
    def _moments(self) -> list[Bones]:
        # Where the bones lie at each whole and half step.
        times = np.linspace(0.0, 1.0, 2 * self.steps + 1)
        bones = list(zip(self.capsules, self.logs, strict=True))
        return [Bones.of(tuple(bone.moved(exp_affine(log * time)) for bone, log in bones)) for time in times]

    @cached_property
    def _pulls(self) -> NDArray[np.float64]:
        # (bones, 7): what each bone's logarithm adds for a weight, and the weight itself, by which the sum is divided.
        return np.column_stack([self.logs[:, :2, :].reshape(-1, 6), np.ones(len(self.logs))])

    def _velocity(self, points: Points, bones: Bones) -> Points:
        # einsum and not @: a BLAS product changes its last digits with the number of threads.
        *mixed, total = np.einsum("bk,bn->kn", self._pulls, bones.nearness(points))
        a, b, c, d, e, f = (part / total for part in mixed)
        row, column = points.T
        return np.stack([a * row + b * column + c, d * row + e * column + f], axis=1)
