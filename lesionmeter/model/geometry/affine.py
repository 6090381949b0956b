"""Affine motions in the plane, and their logarithms."""

from __future__ import annotations

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


def exp_affine(matrix: Affine) -> Affine:
    """Exponential of a (3, 3) matrix whose last row is 0, by scaling and squaring; the inverse of `log_affine`."""
    step = np.asarray(matrix, dtype=np.float64) / 1024.0
    total = np.eye(3) + step @ (np.eye(3) + step / 2.0 @ (np.eye(3) + step / 3.0 @ (np.eye(3) + step / 4.0)))
    for _ in range(10):
        total = total @ total
    return total
