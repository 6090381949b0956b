"""A logarithmic axis of later over earlier area, on which a halving and a doubling are equally far from no change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from matplotlib.axis import Axis

from lesionmeter.model.findings import Call, Change

LIMITS: Final = (0.04, 25.0)
STABLE: Final = (0.8, 1.25)
"""Ratios between which an interval has to lie to be called stable: -20 % to +25 %."""

TICKS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0, 20.0)
FEW_TICKS: Final = (0.05, 0.2, 0.5, 1.0, 2.0, 5.0, 20.0)


def label_ratios(axis: Axis, ticks: Sequence[float] = TICKS) -> None:
    """Put the ticks of a logarithmic axis of ratios, as percent."""
    from matplotlib.ticker import NullLocator

    axis.set_ticks(list(ticks), [percent_of_ratio(tick) for tick in ticks])
    axis.set_minor_locator(NullLocator())


def percent_of_ratio(ratio: float) -> str:
    """A ratio as the change in percent.

    Examples
    --------
    >>> percent_of_ratio(0.5), percent_of_ratio(1.0), percent_of_ratio(4.0)
    ('−50 %', '0 %', '+300 %')
    """
    percent = round(100 * (ratio - 1))
    return f"{'+' if percent > 0 else '−' if percent < 0 else ''}{abs(percent)} %"


def bounded(log_ratio: float) -> float:
    """A ratio from its logarithm, kept inside the axis."""
    low, high = (math.log(limit) for limit in LIMITS)
    return math.exp(min(max(log_ratio, low), high))


def shown_ratio(change: Change) -> float | None:
    """Where a change stands on the axis: resolved and new at its ends, None without either."""
    if change.log_ratio is not None:
        return bounded(change.log_ratio.value)
    return {Call.RESOLVED: LIMITS[0], Call.NEW: LIMITS[1]}.get(change.call)
