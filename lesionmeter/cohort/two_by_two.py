"""Two groups, two outcomes: exact tests with their variant named, and effect sizes with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import boschloo_exact, fisher_exact, hypergeom
from scipy.stats.contingency import odds_ratio
from statsmodels.stats.proportion import confint_proportions_2indep

from lesionmeter.model.findings import Estimate

Counts = tuple[tuple[int, int], tuple[int, int]]
"""Rows are the groups, columns the outcome (with, without)."""

FISHER: Final = "Fisher's exact test, two-sided"
MID_P: Final = "Fisher's exact test, two-sided mid-p"
BOSCHLOO: Final = "Boschloo's exact test, twice the smaller one-sided"
_EQUAL: Final = 1e-7


@dataclass(frozen=True)
class TwoByTwo:
    """What a two by two table says.

    Parameters
    ----------
    table
        Its counts.
    p_values
        By the name of the test. They answer one question differently: choose the test before you look.
    odds_ratio
        Conditional maximum likelihood, exact interval; the upper end may be infinite.
    difference
        Share in the first group less share in the second, Newcombe's interval.
    """

    table: Counts
    p_values: dict[str, float]
    odds_ratio: Estimate
    difference: Estimate


def compare_counts(table: Counts) -> TwoByTwo:
    """Compare how often two groups have an outcome.

    Parameters
    ----------
    table
        Rows are the groups, columns the outcome; each group has at least one patient.

    Raises
    ------
    ValueError
        If a group is empty, or a count is negative.

    References
    ----------
    Fisher 1935, J R Stat Soc 98:39. Mid-p: Lancaster 1961, J Am Stat Assoc 56:223. Boschloo 1970, Stat Neerl 24:1.
    The groups' sizes are taken as fixed in Boschloo's test. Interval of a difference: Newcombe 1998, Stat Med 17:873,
    method 10.

    Examples
    --------
    >>> round(compare_counts(((15, 8), (5, 19))).p_values[FISHER], 4)
    0.0032
    """
    counts = np.array(table)
    if (counts < 0).any() or (counts.sum(axis=1) == 0).any():
        raise ValueError(f"expected two groups of at least one patient each, came {table}")
    p_values = {
        FISHER: float(fisher_exact(counts).pvalue),
        MID_P: mid_p(table),
        # The columns of scipy's table are the groups.
        BOSCHLOO: float(boschloo_exact(counts.T, n=64).pvalue),
    }
    return TwoByTwo(table, p_values, _odds_ratio(table), _difference(table))


def mid_p(table: Counts) -> float:
    """Fisher's two-sided p in which tables as likely as the one observed count by half.

    Less cautious than Fisher's test, and not guaranteed to keep its level.

    Examples
    --------
    >>> round(mid_p(((21, 2), (15, 8))), 4)
    0.0402
    """
    (a, b), (c, d) = table
    tables = hypergeom(a + b + c + d, a + b, a + c)
    possible = tables.pmf(np.arange(max(0, a - d), min(a + b, a + c) + 1))
    seen = float(tables.pmf(a))
    alike = np.isclose(possible, seen, rtol=_EQUAL)
    return float(possible[(possible < seen) & ~alike].sum() + possible[alike].sum() / 2)


def _odds_ratio(table: Counts) -> Estimate:
    found = odds_ratio(np.array(table), kind="conditional")
    interval = found.confidence_interval(0.95)
    return Estimate(float(found.statistic), float(interval.low), float(interval.high))


def _difference(table: Counts) -> Estimate:
    (a, b), (c, d) = table
    low, high = confint_proportions_2indep(a, a + b, c, c + d, method="newcomb", compare="diff")
    return Estimate(a / (a + b) - c / (c + d), float(low), float(high))
