"""Similarities of the plane, mirrored or not, and their weighted least-squares fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.geometry import Points


@dataclass(frozen=True, eq=False)
class Similarity:
    """Rotation, scale, shift, and perhaps a mirror: `linear @ point + shift`.

    Parameters
    ----------
    linear
        (2, 2).
    shift
        (2,).
    """

    linear: NDArray[np.float64]
    shift: NDArray[np.float64]

    def __call__(self, points: Points) -> Points:
        """Move (n, 2) points."""
        return np.asarray(points @ self.linear.T + self.shift)

    @property
    def scale(self) -> float:
        """Length after over length before."""
        return float(np.sqrt(abs(np.linalg.det(self.linear))))

    @property
    def mirrored(self) -> bool:
        """Whether it turns a left hand into a right one."""
        return bool(np.linalg.det(self.linear) < 0)

    def inverse(self) -> Similarity:
        """The way back."""
        back: NDArray[np.float64] = np.linalg.inv(self.linear).astype(np.float64)
        return Similarity(back, -back @ self.shift)

    def then_turned(self, degrees: float, zoom: float, centre: float) -> Similarity:
        """Followed by a turn and zoom about (centre, centre)."""
        turn = zoom * rotation(degrees)
        return Similarity(turn @ self.linear, turn @ (self.shift - centre) + centre)


def rotation(degrees: float) -> NDArray[np.float64]:
    """(2, 2) rotation."""
    angle = np.radians(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def fit_similarity(source: Points, target: Points, weights: NDArray[np.float64]) -> tuple[Similarity, float]:
    """The similarity, mirrored or not, that brings `source` nearest to `target`.

    Umeyama, IEEE Transactions on Pattern Analysis and Machine Intelligence 13 (1991) 376, with weights.

    Parameters
    ----------
    source, target
        (n, 2).
    weights
        (n,), not all 0.

    Returns
    -------
    similarity
        The better of the plain and the mirrored fit.
    residual
        Its weighted root mean square distance, in units of `target`.

    Examples
    --------
    >>> corner = np.array([[0.0, 0.0], [0.0, 1.0], [2.0, 0.0]])
    >>> pose, residual = fit_similarity(corner, 3 * corner[:, ::-1], np.ones(3))
    >>> pose.mirrored, round(pose.scale, 6), round(residual, 6)
    (True, 3.0, 0.0)
    """
    share = weights / weights.sum()
    source_mean, target_mean = share @ source, share @ target
    source_off, target_off = source - source_mean, target - target_mean
    left, strengths, right = np.linalg.svd((share[:, None] * target_off).T @ source_off)
    spread = share @ (source_off**2).sum(1)
    plain = np.sign(np.linalg.det(left @ right)) or 1.0
    fits = [
        _fit(left, strengths * [1, sign], right, (sign, spread), (source_mean, target_mean)) for sign in (plain, -plain)
    ]
    residuals = [float(np.sqrt(share @ ((fit(source) - target) ** 2).sum(1))) for fit in fits]
    best = int(np.argmin(residuals))
    return fits[best], residuals[best]


def _fit(
    left: NDArray[np.float64],
    strengths: NDArray[np.float64],
    right: NDArray[np.float64],
    sign_and_spread: tuple[float, float],
    means: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> Similarity:
    sign, spread = sign_and_spread
    scale = strengths.sum() / max(spread, 1e-12)
    linear = scale * left @ np.diag([1.0, sign]) @ right
    return Similarity(linear, means[1] - linear @ means[0])
