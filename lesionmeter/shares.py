"""Shares with exact intervals: the one figure that cohorts and agreement have in common."""

from __future__ import annotations

from scipy.stats import binomtest

from lesionmeter.model.findings import Estimate
from lesionmeter.model.statistic import Statistic, refused


def clopper_pearson(count: int, n: int) -> Estimate:
    """A share with Clopper and Pearson's exact 95 % interval, from 0 to 1.

    The interval covers at least 95 times in 100, whatever the true share; with few patients it is rightly wide.

    Parameters
    ----------
    count, n
        How many of how many; n over 0.

    References
    ----------
    Clopper and Pearson 1934, Biometrika 26:404.

    Examples
    --------
    >>> share = clopper_pearson(3, 12)
    >>> round(share.lo, 4), round(share.hi, 4)
    (0.0549, 0.5719)
    """
    found = binomtest(count, n).proportion_ci(0.95, method="exact")
    return Estimate(count / n, float(found.low), float(found.high))


def proportion(name: str, count: int, n: int, group: str = "") -> Statistic:
    """A share of n in percent with its exact interval; refused of none.

    Examples
    --------
    >>> proportion("found by both", 9, 10).estimate.value
    90.0
    """
    if n == 0:
        return refused(name, 0, "nothing to count", group)
    share = clopper_pearson(count, n)
    lo, hi = (None if end is None else 100 * end for end in (share.lo, share.hi))
    method = f"{count} of {n}, Clopper-Pearson interval"
    return Statistic(name, Estimate(100 * share.value, lo, hi), n, "%", method, "", group)


def percent(count: int, n: int) -> str:
    """A share as papers print it, by one rule: whole percent, halves away from zero.

    Examples
    --------
    >>> percent(7, 47), percent(45, 47), percent(1, 200)
    ('15', '96', '1')
    """
    return str((200 * count + n) // (2 * n))
