"""Percent a year, with what the dates' precision leaves open."""

from __future__ import annotations

import math

from lesionmeter.model.dates import DAYS_PER_YEAR, Interval, PartialDate
from lesionmeter.model.findings import Estimate

ABSURD_PCT = 1e6
"""Bounds beyond this are left out: nothing was learnt from so short or so vague a time."""


def yearly_rate(log_ratio: Estimate, start: PartialDate, end: PartialDate, least_years: float) -> Estimate | None:
    """Change in percent a year, 100 (exp(theta / t) - 1), with its interval.

    The interval takes the ends of the log ratio's and of the time's 95 % ranges in their worst combination.

    Parameters
    ----------
    log_ratio
        theta, with its interval.
    start, end
        The dates; t is the time between their middles.
    least_years
        None is returned for a shorter time, and where the order of the dates is not certain.

    Examples
    --------
    >>> rate = yearly_rate(Estimate(math.log(0.25), None, None), PartialDate(1984, 1, 1), PartialDate(1986, 1, 1), 0.5)
    >>> round(rate.value)
    -50
    """
    time = Interval.between(start, end)
    if time.years < least_years or time.shortest <= 0:
        return None
    open_years = days_open(start.days_uncertain, end.days_uncertain) / DAYS_PER_YEAR
    times = (time.years - open_years, time.years + open_years)
    low = None if log_ratio.lo is None else _bound(min(_percent(log_ratio.lo, t) for t in times))
    high = None if log_ratio.hi is None else _bound(max(_percent(log_ratio.hi, t) for t in times))
    return Estimate(_percent(log_ratio.value, time.years), low, high)


def days_open(first: float, second: float) -> float:
    """Half the 95 % range of the time between two dates, each known to +- so many days (uniform).

    Examples
    --------
    >>> days_open(100.0, 0.0), round(days_open(100.0, 100.0), 1)
    (95.0, 155.3)
    """
    small, large = sorted((first, second))
    if small < 0.05 * large:  # the trapezoid's flat part reaches to its 97.5th percentile
        return 0.95 * large
    return small + large - math.sqrt(0.2 * small * large)


def _percent(theta: float, years: float) -> float:
    return 100.0 * math.expm1(min(theta / years, 50.0))


def _bound(percent: float) -> float | None:
    return percent if percent < ABSURD_PCT else None
