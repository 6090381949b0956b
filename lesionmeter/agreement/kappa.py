"""Agreement of calls beyond chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from statsmodels.stats.inter_rater import cohens_kappa

from lesionmeter.model.findings import Call, Estimate
from lesionmeter.model.statistic import Statistic, refused
from lesionmeter.shares import proportion

ORDERED: Final = (Call.RESOLVED, Call.REGRESSION, Call.STABLE, Call.PROGRESSION, Call.NEW)
"""Calls that have an order; indeterminate and not assessable stand outside it."""

LEAST_PAIRS: Final = 5

Calls = Sequence[tuple[Call, Call]]
"""(first reader's, second reader's) call of each thing."""


def kappa_of_table(table: NDArray[np.int64], *, weighted: bool) -> Estimate | None:
    """Cohen's kappa of a square table of counts, with its 95 % interval (large-sample variance).

    Parameters
    ----------
    table
        (categories, categories) counts: the first reader's rows by the second reader's columns.
    weighted
        Linear weights by distance in the order of the categories; else only the diagonal agrees.

    Returns
    -------
    Estimate or None
        None where both used one and the same category throughout: kappa is not defined.

    References
    ----------
    Cohen 1960, Educ Psychol Meas 20:37; 1968, Psychol Bull 70:213. Fleiss, Cohen and Everitt 1969, Psychol Bull 72:323.
    """
    used = (table.sum(axis=0) + table.sum(axis=1)) > 0
    if used.sum() < 2:
        return None
    found = cohens_kappa(table, wt="linear" if weighted else None)
    return Estimate(float(found.kappa), float(found.kappa_low), float(found.kappa_upp))


def kappas(calls: Calls, group: str = "") -> tuple[Statistic, Statistic, Statistic]:
    """Share of equal calls; kappa over all calls; weighted kappa over the calls that have an order.

    Parameters
    ----------
    calls
        Both readers' calls of each thing.
    group
        What they are about.

    Notes
    -----
    The weighted kappa takes resolved, regression, stable, progression, new in this order with linear weights, and
    leaves out pairs in which one call is indeterminate or not assessable: these are no place on that scale, and least
    of all its middle.
    """
    pairs = list(calls)
    equal = sum(first is second for first, second in pairs)
    ordered = [(first, second) for first, second in pairs if first in ORDERED and second in ORDERED]
    return (
        proportion("equal calls", equal, len(pairs), group),
        _kappa("kappa of calls", pairs, tuple(Call), group, weighted=False),
        _kappa("weighted kappa of calls", ordered, ORDERED, group, weighted=True),
    )


def _kappa(name: str, pairs: Calls, categories: tuple[Call, ...], group: str, *, weighted: bool) -> Statistic:
    if len(pairs) < LEAST_PAIRS:
        return refused(name, len(pairs), f"needs {LEAST_PAIRS} pairs of calls, came {len(pairs)}", group)
    table = np.zeros((len(categories), len(categories)), dtype=np.int64)
    for first, second in pairs:
        table[categories.index(first), categories.index(second)] += 1
    found = kappa_of_table(table, weighted=weighted)
    if found is None:
        return refused(name, len(pairs), "both used one and the same call throughout", group)
    weights = "linear weights" if weighted else "no weights"
    return Statistic(name, found, len(pairs), "", f"Cohen's kappa, {weights}, large-sample interval", "", group)
