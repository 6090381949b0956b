"""Shares with exact intervals."""

from __future__ import annotations

from scipy.stats import binomtest

from lesionmeter.model.findings import Estimate
from lesionmeter.model.statistic import Statistic, refused


def proportion(name: str, count: int, n: int, group: str = "") -> Statistic:
    """A share of n in percent with Clopper and Pearson's exact 95 % interval; refused of none.

    Examples
    --------
    >>> proportion("found by both", 9, 10).estimate.value
    90.0
    """
    if n == 0:
        return refused(name, 0, "nothing to count", group)
    found = binomtest(count, n).proportion_ci(0.95, method="exact")
    estimate = Estimate(100 * count / n, 100 * float(found.low), 100 * float(found.high))
    return Statistic(name, estimate, n, "%", f"{count} of {n}, Clopper-Pearson interval", "", group)
