"""Intraclass correlation: which share of the spread lies between deposits and not between readers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import f as f_distribution

from lesionmeter.model.findings import Estimate
from lesionmeter.model.statistic import Statistic, refused

Ratings = NDArray[np.float64]
"""(targets, raters) values without gaps."""

LEAST_TARGETS: Final = 3
ROUNDING: Final = 1e-20
"""Share of the spread between targets under which a residual is what rounding leaves."""

_METHOD: Final = "Shrout and Fleiss 1979, single rating; interval by McGraw and Wong 1996"


@dataclass(frozen=True)
class MeanSquares:
    """Mean squares of a table of targets by raters.

    Parameters
    ----------
    targets, raters, within, residual
        Between targets; between raters; within targets; what is left of both.
    n, k
        Number of targets and of raters.
    """

    targets: float
    raters: float
    within: float
    residual: float
    n: int
    k: int


def mean_squares(ratings: Ratings) -> MeanSquares:
    """Analysis of variance of a table without gaps.

    Parameters
    ----------
    ratings
        (n, k): n targets, each rated by k raters.

    Examples
    --------
    >>> mean_squares(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])).residual
    0.0
    """
    n, k = ratings.shape
    rows, columns, grand = ratings.mean(axis=1), ratings.mean(axis=0), ratings.mean()
    between = k * float(((rows - grand) ** 2).sum())
    raters = n * float(((columns - grand) ** 2).sum())
    within = float(((ratings - rows[:, None]) ** 2).sum())
    residual = float(((ratings - rows[:, None] - columns + grand) ** 2).sum())
    return MeanSquares(
        between / (n - 1), raters / (k - 1), within / (n * (k - 1)), residual / ((n - 1) * (k - 1)), n, k
    )


def intraclass_correlations(ratings: Ratings, group: str = "") -> tuple[Statistic, ...]:
    """ICC(1), ICC(2,1) and ICC(3,1) with 95 % intervals.

    ICC(1): every target may have other raters. ICC(2,1): the same raters, a sample of many; their bias counts.
    ICC(3,1): the same raters and no others; their bias does not count.

    Parameters
    ----------
    ratings
        (n, k): n targets, each rated by k raters; at least 3 targets and 2 raters.
    group
        What they are about.

    Notes
    -----
    An ICC rises with the spread between the targets: one high ICC over all sizes says little of the small ones, and
    none says whether a change can be seen.

    References
    ----------
    Shrout and Fleiss 1979, Psychol Bull 86:420. McGraw and Wong 1996, Psychol Methods 1:30.

    Examples
    --------
    >>> judges = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7.0]])
    >>> [round(icc.value, 2) for icc in intraclass_correlations(judges)]
    [0.17, 0.29, 0.71]
    """
    n = len(ratings)
    names = ("ICC(1)", "ICC(2,1)", "ICC(3,1)")
    if n < LEAST_TARGETS or ratings.shape[1] < 2:
        why = f"needs {LEAST_TARGETS} deposits measured by two or more, came {n}"
        return tuple(refused(name, n, why, group) for name in names)
    squares = mean_squares(ratings)
    if squares.residual <= ROUNDING * squares.targets:
        return tuple(refused(name, n, "the ratings do not differ, or only by a constant", group) for name in names)
    estimates = (_one_way(squares), _two_way_random(squares), _two_way_fixed(squares))
    return tuple(Statistic(name, e, n, "", _METHOD, "", group) for name, e in zip(names, estimates, strict=True))


def _one_way(s: MeanSquares) -> Estimate:
    return _of_ratio(s.targets, s.within, s.k, (s.n - 1, s.n * (s.k - 1)))


def _two_way_fixed(s: MeanSquares) -> Estimate:
    return _of_ratio(s.targets, s.residual, s.k, (s.n - 1, (s.n - 1) * (s.k - 1)))


def _of_ratio(between: float, error: float, k: int, df: tuple[int, int]) -> Estimate:
    f = between / error
    low, high = f / _f95(*df), f * _f95(df[1], df[0])
    value, lo, hi = ((x - 1) / (x + k - 1) for x in (f, low, high))
    return Estimate(value, lo, hi)


def _two_way_random(s: MeanSquares) -> Estimate:
    n, k = s.n, s.k
    value = (s.targets - s.residual) / (s.targets + (k - 1) * s.residual + k * (s.raters - s.residual) / n)
    raters = s.raters / s.residual
    rest = n * (1 + (k - 1) * value) - k * value
    df = ((k - 1) * (n - 1) * (k * value * raters + rest) ** 2) / ((n - 1) * (k * value * raters) ** 2 + rest**2)
    spread = k * s.raters + (k * n - k - n) * s.residual
    low, high = _f95(n - 1, df), _f95(df, n - 1)
    lo = n * (s.targets - low * s.residual) / (low * spread + n * s.targets)
    hi = n * (high * s.targets - s.residual) / (spread + n * high * s.targets)
    return Estimate(value, lo, hi)


def _f95(numerator: float, denominator: float) -> float:
    return float(f_distribution.ppf(0.975, numerator, denominator))
