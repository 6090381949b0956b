"""Bland and Altman's limits of agreement."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as t_distribution

from lesionmeter.model.agreement import Limits
from lesionmeter.model.findings import Estimate
from lesionmeter.model.repeatability import Z95

LEAST_PAIRS: Final = 3


@dataclass(frozen=True)
class Differences:
    """Mean difference and limits of agreement, in the unit of the differences, each with its 95 % interval."""

    bias: Estimate
    low: Estimate
    high: Estimate


def limits_of_agreement(differences: NDArray[np.float64]) -> Differences:
    """Between what the differences of two methods lie 95 times in 100.

    Limits: mean +- 1.96 SD. Standard errors: SD / sqrt(n) of the mean, SD sqrt(1/n + 1.96^2 / (2 (n - 1))) of a limit;
    intervals by Student's t with n - 1 degrees of freedom.

    Parameters
    ----------
    differences
        (n,) second less first; for areas the logarithm of second over first. At least 3.

    Raises
    ------
    ValueError
        If there are fewer.

    References
    ----------
    Bland and Altman 1986, Lancet 327:307; 1999, Stat Methods Med Res 8:135.

    Examples
    --------
    >>> limits_of_agreement(np.array([-1.0, 0.0, 1.0])).high.value
    1.959963984540054
    """
    n = len(differences)
    if n < LEAST_PAIRS:
        raise ValueError(f"expected at least {LEAST_PAIRS} differences, came {n}")
    mean, sd = float(np.mean(differences)), float(np.std(differences, ddof=1))
    t = float(t_distribution.ppf(0.975, n - 1))
    of_mean = t * sd / math.sqrt(n)
    of_limit = t * sd * math.sqrt(1 / n + Z95**2 / (2 * (n - 1)))
    low, high = mean - Z95 * sd, mean + Z95 * sd
    return Differences(_around(mean, of_mean), _around(low, of_limit), _around(high, of_limit))


def limits_of_areas(first: str, second: str, pairs: Sequence[tuple[float, float]]) -> Limits | None:
    """Limits of agreement of areas as ratios second / first, from the differences of their logarithms.

    Parameters
    ----------
    first, second
        Names of the two readers or repeats.
    pairs
        Both areas of each deposit, over 0.

    Returns
    -------
    Limits or None
        None of fewer than 3 pairs.
    """
    if len(pairs) < LEAST_PAIRS:
        return None
    logs = np.log(np.array(pairs, dtype=np.float64))
    differences = logs[:, 1] - logs[:, 0]
    found = limits_of_agreement(differences)
    points = zip(np.exp(logs.mean(axis=1)).tolist(), np.exp(differences).tolist(), strict=True)
    return Limits(first, second, _ratio(found.bias), _ratio(found.low), _ratio(found.high), tuple(points))


def _around(value: float, half: float) -> Estimate:
    return Estimate(value, value - half, value + half)


def _ratio(log: Estimate) -> Estimate:
    lo, hi = (None if end is None else math.exp(end) for end in (log.lo, log.hi))
    return Estimate(math.exp(log.value), lo, hi)
