"""Every figure of agreement, over all deposits and by size: relative error falls with size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

import numpy as np

from lesionmeter.agreement.limits import LEAST_PAIRS, limits_of_areas
from lesionmeter.agreement.reliability import intraclass_correlations
from lesionmeter.agreement.spread import spread_of_areas
from lesionmeter.model.agreement import SIZE_CLASSES, Limits, OutlinePair, RatedDeposit
from lesionmeter.model.findings import Estimate
from lesionmeter.model.statistic import Statistic, refused
from lesionmeter.shares import proportion

ALL: Final = "all sizes"


def statistics_by_size(deposits: Sequence[RatedDeposit], columns: Sequence[str]) -> Iterator[Statistic]:
    """ICCs, spread and limits of agreement over all deposits, then in every size class that has one.

    Parameters
    ----------
    deposits
        One row a deposit.
    columns
        Names of the readers or repeats.
    """
    for group in (ALL, *SIZE_CLASSES):
        rows = [deposit for deposit in deposits if group in (ALL, deposit.size_class)]
        if rows:
            yield from _of_group(rows, columns, group)


def _of_group(rows: Sequence[RatedDeposit], columns: Sequence[str], group: str) -> Iterator[Statistic]:
    yield _found_by_all(rows, group)
    complete = [[float(area or 0.0) for area in row.areas] for row in rows if row.complete]
    width = max((len(areas) for areas in complete), default=0)
    table = [areas for areas in complete if len(areas) == width]
    yield from intraclass_correlations(np.log(np.array(table).reshape(len(table), width)), group)
    yield from spread_of_areas([[area for area in row.areas if area] for row in rows], group)
    for a, b in combinations(range(len(columns)), 2):
        both = sum(bool(row.areas[a] and row.areas[b]) for row in rows if max(a, b) < len(row.areas))
        where = f"{group}: {columns[b]} / {columns[a]}"
        yield from _limit_statistics(limits_between(rows, columns, a, b), both, where)


def _found_by_all(rows: Sequence[RatedDeposit], group: str) -> Statistic:
    # A film that one of them could not assess says nothing of what that one would have found.
    assessed = [row for row in rows if None not in row.areas]
    return proportion("deposits found by all", sum(row.complete for row in assessed), len(assessed), group)


def limits_between(rows: Sequence[RatedDeposit], columns: Sequence[str], a: int, b: int) -> Limits | None:
    """Limits of agreement between two columns, of the deposits that both have."""
    both = [(row.areas[a], row.areas[b]) for row in rows if max(a, b) < len(row.areas)]
    return limits_of_areas(columns[a], columns[b], [(first, second) for first, second in both if first and second])


def _limit_statistics(found: Limits | None, both: int, group: str) -> Iterator[Statistic]:
    names = ("mean ratio", "lower limit of agreement", "upper limit of agreement")
    if found is None:
        yield from (refused(name, both, f"needs {LEAST_PAIRS} deposits that both have", group) for name in names)
        return
    method = "Bland and Altman, from log areas"
    for name, estimate in zip(names, (found.bias, found.low, found.high), strict=True):
        yield Statistic(name, estimate, both, "ratio", method, "", group)


def outline_statistics(outlines: Sequence[OutlinePair]) -> Iterator[Statistic]:
    """Median Dice coefficient and border distances of each two readers; the range stands for the interval."""
    for first, second in dict.fromkeys((pair.first, pair.second) for pair in outlines):
        mine = [pair for pair in outlines if (pair.first, pair.second) == (first, second)]
        group = f"{first}, {second}"
        yield _median("Dice coefficient", "", [pair.dice for pair in mine], group)
        yield _median("mean border distance", "mm", [p.distance_mm for p in mine], group)
        yield _median("95th percentile border distance", "mm", [p.distance95_mm for p in mine], group)


def _median(name: str, unit: str, values: Sequence[float | None], group: str) -> Statistic:
    known = [value for value in values if value is not None]
    if not known:
        return refused(name, 0, "no film with a scale", group)
    middle, low, high = (float(np.percentile(known, share)) for share in (50, 5, 95))
    return Statistic(name, Estimate(middle, low, high), len(known), unit, "median; 5th to 95th percentile", "", group)
