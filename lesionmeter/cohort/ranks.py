"""Two groups, one quantity: Mann and Whitney's test with its variant named, and effect sizes with intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import PermutationMethod, mannwhitneyu, rankdata
from statsmodels.stats.nonparametric import rank_compare_2indep

from lesionmeter.model.findings import Estimate
from lesionmeter.model.repeatability import Z95

EXACT: Final = "Mann-Whitney, exact"
EXACT_TIED: Final = "Mann-Whitney, exact with ties (all arrangements)"
NORMAL: Final = "Mann-Whitney, normal approximation with ties and continuity correction"
MOST_EXACT: Final = 50
"""Group size up to which the exact test is taken where there are no ties."""

MOST_ARRANGEMENTS: Final = 20_000
"""Arrangements up to which all are counted where there are ties."""

Values = NDArray[np.float64]


@dataclass(frozen=True)
class RankComparison:
    """A quantity in two groups.

    Parameters
    ----------
    u
        The first group's U.
    p_value, variant
        Two-sided, and which test made it.
    superiority
        Chance that one of the first group has more than one of the second, ties counting half. Where every one of one
        group has more than every one of the other there is no interval.
    shift
        Hodges and Lehmann's shift, first less second, in the unit of the values.
    """

    u: float
    p_value: float
    variant: str
    superiority: Estimate
    shift: Estimate


def compare_ranks(first: Sequence[float], second: Sequence[float]) -> RankComparison:
    """Compare a quantity between two groups.

    Exact without ties up to 50 patients a group; with ties, exact over all arrangements where these are at most 20 000;
    else by the normal approximation, corrected for ties and continuity.

    Parameters
    ----------
    first, second
        The values of each group; at least two each.

    Raises
    ------
    ValueError
        If a group has fewer than two values.

    References
    ----------
    Mann and Whitney 1947, Ann Math Stat 18:50. Shift: Hodges and Lehmann 1963, Ann Math Stat 34:598. Interval of the
    superiority: Brunner and Munzel 2000, Biom J 42:17.

    Examples
    --------
    >>> compare_ranks([1.0, 2.0, 3.0], [4.0, 5.0, 6.5]).p_value
    0.1
    """
    x, y = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if min(len(x), len(y)) < 2:
        raise ValueError(f"expected at least two values in each group, came {len(x)} and {len(y)}")
    variant = _variant(x, y)
    u, p = _test(x, y, variant)
    return RankComparison(u, p, variant, _superiority(x, y, u), _shift(x, y, tied=variant != EXACT))


def _variant(x: Values, y: Values) -> str:
    tied = len(np.unique(np.concatenate([x, y]))) < len(x) + len(y)
    if not tied and max(len(x), len(y)) <= MOST_EXACT:
        return EXACT
    return EXACT_TIED if tied and math.comb(len(x) + len(y), len(x)) <= MOST_ARRANGEMENTS else NORMAL


def _test(x: Values, y: Values, variant: str) -> tuple[float, float]:
    if variant == EXACT_TIED:
        every = PermutationMethod(n_resamples=math.comb(len(x) + len(y), len(x)))
        found = mannwhitneyu(x, y, method=every)
    else:
        found = mannwhitneyu(x, y, method="exact" if variant == EXACT else "asymptotic")
    return float(found.statistic), float(found.pvalue)


def _superiority(x: Values, y: Values, u: float) -> Estimate:
    value = u / (len(x) * len(y))
    if value in (0.0, 1.0):
        return Estimate(value, None, None)
    low, high = rank_compare_2indep(x, y).conf_int(alpha=0.05)
    return Estimate(value, max(0.0, float(low)), min(1.0, float(high)))


def _shift(x: Values, y: Values, *, tied: bool) -> Estimate:
    differences = np.sort((x[:, None] - y[None, :]).ravel())
    out = _tail_normal(x, y) if tied or max(len(x), len(y)) > MOST_EXACT else _tail_exact(len(x), len(y))
    value = float(np.median(differences))
    if out < 1:
        return Estimate(value, None, None)
    return Estimate(value, float(differences[out - 1]), float(differences[-out]))


def _tail_exact(m: int, n: int) -> int:
    """How many differences lie outside the 95 % interval on each side, plus one: the 2.5 % quantile of U."""
    chances = np.cumsum(u_distribution(m, n))
    return int(np.searchsorted(chances, 0.025, side="right"))


def u_distribution(m: int, n: int) -> Values:
    """Chance of U = 0, 1, ..., m n where the groups do not differ and nothing is tied.

    Examples
    --------
    >>> u_distribution(2, 2).tolist() == [1 / 6, 1 / 6, 2 / 6, 1 / 6, 1 / 6]
    True
    """
    # counts[k, u]: ways to choose k of the ranks seen so far with that U, as in Mann and Whitney's recursion.
    counts = np.zeros((m + 1, m * n + 1))
    counts[0, 0] = 1.0
    for rank in range(m + n):
        for k in range(min(m, rank + 1), 0, -1):
            step = rank - (k - 1)
            if step <= n:
                counts[k, step:] += counts[k - 1, : counts.shape[1] - step]
    return np.asarray(counts[m] / math.comb(m + n, m), dtype=np.float64)


def _tail_normal(x: Values, y: Values) -> int:
    m, n = len(x), len(y)
    ranks = rankdata(np.concatenate([x, y]))
    _, ties = np.unique(ranks, return_counts=True)
    total = m + n
    variance = m * n / 12 * (total + 1 - float((ties**3 - ties).sum()) / (total * (total - 1)))
    return math.floor(m * n / 2 - Z95 * math.sqrt(variance))
