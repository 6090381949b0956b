"""Fitting a bone's motion to a fraction of a pixel.

Inverse-compositional Gauss-Newton on the contrast-normalised pictures (Baker and Matthews 2004, Int J Comput Vis
56:221), with gain and offset left free as in enhanced correlation. Residuals are weighted down where one film shows
what the other does not (a deposit, a neighbour that moved differently), and a prior holds what the pixels leave open.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.geometry import Affine, Capsule, Points, apply_affine
from lesionmeter.stages.registration.pictures import Level

GRAIN_MM2 = 0.25
"""Area of one independent observation on two films that differ in grain only."""

MISMATCH = 8.0
"""How fast pixels lose worth with (1 - c) / c, c the correlation: what films do not share misleads over whole bones."""

_STEPS = 20


@dataclass(frozen=True, eq=False)
class Prior:
    """What a bone's motion is before its pixels are asked.

    Parameters
    ----------
    motion
        Expected motion, mm to mm.
    pivot, axis
        Point of the first film (mm) that shifts and turns refer to, and the unit vector along the bone.
    spreads
        (6,) standard deviations of shift along and across (mm), turn (radian), stretch along and across, and shear.
    """

    motion: Affine
    pivot: Points
    axis: Points
    spreads: NDArray[np.float64]

    def generators(self, points: Points) -> NDArray[np.float64]:
        """(n, 2, 6) velocity of (n, 2) points for each of the six parameters."""
        across = np.array([-self.axis[1], self.axis[0]])
        arm = points - self.pivot
        along_share, across_share = (arm @ self.axis)[:, None], (arm @ across)[:, None]
        one = np.ones((len(points), 1))
        columns = (
            one * self.axis,
            one * across,
            np.stack([-arm[:, 1], arm[:, 0]], axis=1),
            along_share * self.axis,
            across_share * across,
            across_share * self.axis + along_share * across,
        )
        return np.stack(columns, axis=2)

    def matrix(self, step: NDArray[np.float64]) -> Affine:
        """(3, 3) affine motion of the first film for a small step of the six parameters."""
        corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
        origin, row, column = corners + self.generators(corners) @ step
        out = np.eye(3)
        out[:2, 0], out[:2, 1], out[:2, 2] = row - origin, column - origin, origin
        return out

    def parameters(self, motion: Affine) -> NDArray[np.float64]:
        """(6,) parameters of `motion` relative to the expected one: shift, turn, and symmetric stretch."""
        apart = np.linalg.inv(self.motion) @ motion
        turn = np.arctan2(apart[1, 0] - apart[0, 1], apart[0, 0] + apart[1, 1])
        stretch = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) @ apart[:2, :2]
        across = np.array([-self.axis[1], self.axis[0]])
        shift = apart[:2, :2] @ self.pivot + apart[:2, 2] - self.pivot
        return np.array([
            shift @ self.axis, shift @ across, turn,
            self.axis @ stretch @ self.axis - 1.0, across @ stretch @ across - 1.0, self.axis @ stretch @ across,
        ])  # fmt: skip

    def narrowed(self, stretch_spread: float) -> Prior:
        """The same with stretches and shear held to `stretch_spread`: a rigid motion when it is tiny."""
        held = np.minimum(self.spreads, np.array([np.inf] * 3 + [stretch_spread] * 3))
        return Prior(self.motion, self.pivot, self.axis, held)


@dataclass(frozen=True, eq=False)
class Patch:
    """What one picture shows of a bone: places (mm), values, and their slope per mm."""

    points: Points
    values: NDArray[np.float64]
    slope: NDArray[np.float64]
    pitch: float


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted motion, how well the pictures agree, and what is left open.

    Parameters
    ----------
    motion
        (3, 3), mm to mm.
    correlation
        Plain correlation of the two pictures over the bone; -1 if it could not be compared.
    covariance
        (6, 6) of the prior's parameters after the fit.
    """

    motion: Affine
    correlation: float
    covariance: NDArray[np.float64] = field(default_factory=lambda: np.eye(6))


def patch_of(level: Level, capsules: tuple[Capsule, ...]) -> Patch:
    """The pixels of a picture inside any of the capsules."""
    ends = np.concatenate([[c.start, c.end] for c in capsules])
    margin = max(c.radius for c in capsules)
    shape = np.array(level.values.shape)
    low = np.clip(np.floor(level.index_of(ends.min(axis=0) - margin)).astype(int) - 1, 0, shape)
    high = np.clip(np.ceil(level.index_of(ends.max(axis=0) + margin)).astype(int) + 2, 0, shape)
    if np.any(high - low < 3):
        return Patch(np.empty((0, 2)), np.empty(0), np.empty((0, 2)), level.pitch)
    values = level.values[low[0] : high[0], low[1] : high[1]].astype(np.float64)
    slope = np.stack([np.gradient(values, level.pitch, axis=axis) for axis in (0, 1)], axis=-1)
    rows, columns = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]), indexing="ij")
    points = np.stack([rows, columns], axis=-1) * level.pitch + level.origin
    away = np.min([c.distance(points.reshape(-1, 2)) - c.radius for c in capsules], axis=0)
    kept = (away < 0) & np.isfinite(values + slope.sum(axis=-1)).ravel()
    return Patch(points.reshape(-1, 2)[kept], values.ravel()[kept], slope.reshape(-1, 2)[kept], level.pitch)


def edges_of(patch: Patch) -> Patch:
    """The half of a patch with the steeper slopes: what a motion can be told from."""
    steepness = np.einsum("nd,nd->n", patch.slope, patch.slope)
    kept = steepness >= np.median(steepness) if len(steepness) else np.zeros(0, dtype=bool)
    return Patch(patch.points[kept], patch.values[kept], patch.slope[kept], patch.pitch)


def align(patch: Patch, target: Level, start: Affine, prior: Prior, mismatch: float = 0.0) -> Fit:
    """Fit the motion of a patch to another film's picture.

    Parameters
    ----------
    patch
        The bone on the first film.
    target
        The second film's picture, of the same pitch.
    start
        Motion to start from, within about a cortex' width of the truth.
    prior
        What is known without the pixels.
    mismatch
        How much what the films do not share is feared, see `MISMATCH`; 0 while the bone is still being sought.

    Notes
    -----
    At most 20 steps; it stops when a step moves the patch by less than 2 micrometres.
    """
    motion, inverse_variance = start, np.diag(prior.spreads**-2.0)
    if len(patch.points) < 60:
        return Fit(start, -1.0)
    velocity = prior.generators(patch.points)
    descent = np.ascontiguousarray(np.einsum("nd,ndk->kn", patch.slope, velocity))
    reach = np.abs(velocity).max(axis=(0, 1))
    for _ in range(_STEPS):
        residual, share = _residual(patch, target, motion, mismatch)
        if np.count_nonzero(share) < 0.5 * len(share):
            return Fit(start, -1.0)
        # einsum and not @ for long sums: a BLAS product changes its last digits with the number of threads.
        precision = inverse_variance + np.stack([np.einsum("kn,n->k", descent, row * share) for row in descent])
        pull = np.einsum("kn,n->k", descent, share * residual) + inverse_variance @ prior.parameters(motion)
        step = np.linalg.solve(precision, pull)
        motion = motion @ np.linalg.inv(prior.matrix(step))
        if (np.abs(step) * reach).max() < 0.002:
            break
    return Fit(motion, correlation(patch, target, motion), np.linalg.inv(precision))


def _residual(
    patch: Patch, target: Level, motion: Affine, mismatch: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    # Second film minus first after the best gain and offset, and what each pixel is worth (inverse variance).
    seen = target.sample(apply_affine(motion, patch.points))
    visible = np.isfinite(seen)
    weight, seen = visible.astype(np.float64), np.where(visible, seen, 0.0)
    residual, variance, agreed = seen, 1.0, 0.0
    for _ in range(2):
        off_seen, off_value = seen - _mean(seen, weight), patch.values - _mean(patch.values, weight)
        cross, power = _dot(weight, off_seen, off_value), max(_dot(weight, off_seen, off_seen), 1e-9)
        agreed = cross / np.sqrt(power * max(_dot(weight, off_value, off_value), 1e-9))
        residual = max(cross / power, 0.1) * off_seen - off_value
        spread = float(np.median(np.abs(residual[visible][:: 1 + len(residual) // 4000]))) if visible.any() else 1.0
        variance = max((1.4826 * spread) ** 2, 1e-6)
        weight = visible / (1.0 + residual**2 / (6.0 * variance))
    agreed = float(np.clip(agreed, 0.3, 0.999))
    pixels = max(1.0, GRAIN_MM2 / patch.pitch**2) * (1.0 + (mismatch * (1.0 - agreed) / agreed) ** 2)
    return residual, weight / (variance * pixels)


def _dot(weight: NDArray[np.float64], a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    return float(np.einsum("n,n,n->", weight, a, b))


def _mean(values: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    return float(np.einsum("n,n->", weight, values)) / max(float(weight.sum()), 1.0)


def correlation(patch: Patch, target: Level, motion: Affine) -> float:
    """Plain correlation of patch and picture where both can be seen; -1 if that is less than half of the patch."""
    seen = target.sample(apply_affine(motion, patch.points))
    both = np.isfinite(seen)
    if both.sum() < max(30, 0.5 * len(seen)):
        return -1.0
    a, b = patch.values[both] - patch.values[both].mean(), seen[both] - seen[both].mean()
    one = np.ones(len(a))
    return _dot(one, a, b) / float(np.sqrt(max(_dot(one, a, a) * _dot(one, b, b), 1e-12)))
