"""Numbers as a reader of page or window reads them: few digits, true minus signs, a dash for what is not known."""

from __future__ import annotations

import math

from lesionmeter.model.findings import BEWARE, Change, DepositFinding, Estimate, Status

NOT_KNOWN = "–"
MINUS = "−"


def number(value: float | None) -> str:
    """A number with a digit after the point under 100 and none above.

    Examples
    --------
    >>> number(28.274), number(131.4), number(None)
    ('28.3', '131', '–')
    """
    if value is None or not math.isfinite(value):
        return NOT_KNOWN
    return f"{value:.1f}" if abs(value) < 99.95 else f"{value:.0f}"


def signed(value: float | None, unit: str = "") -> str:
    """A change with its sign.

    Examples
    --------
    >>> signed(-43.75, " %"), signed(0.02), signed(None)
    ('−43.8 %', '0.0', '–')
    """
    if value is None or not math.isfinite(value):
        return NOT_KNOWN
    rounded = number(abs(value))
    sign = "" if float(rounded) == 0 else "+" if value > 0 else MINUS
    return f"{sign}{rounded}{unit}"


def interval(estimate: Estimate | None) -> str:
    """The 95 % interval of an area, as `24.0 to 32.5`."""
    if estimate is None or estimate.lo is None or estimate.hi is None:
        return ""
    return f"{number(estimate.lo)} to {number(estimate.hi)}"


def percent_interval(log_ratio: Estimate | None) -> str:
    """The 95 % interval of a change in percent, from the log ratio's.

    Examples
    --------
    >>> percent_interval(Estimate(0.0, -0.6931, 0.6931))
    '−50.0 to +100 %'
    """
    if log_ratio is None or log_ratio.lo is None or log_ratio.hi is None:
        return ""
    return f"{signed(100 * math.expm1(log_ratio.lo))} to {signed(100 * math.expm1(log_ratio.hi), ' %')}"


def area(finding: DepositFinding, reference: float, relative: bool) -> tuple[str, str]:
    """The area of a deposit on a film and, below it, its interval or its reason.

    Parameters
    ----------
    finding
        The deposit on the film.
    reference
        The area on the first film that it was measured on: what 100 % is where the scale is unknown.
    relative
        Whether a film of this deposit has no scale, so that a detection limit in mm² would mislead.
    """
    if finding.status is Status.NOT_ASSESSABLE:
        return "not assessable", finding.reason
    if finding.measurement is None:
        limit = finding.detection_limit
        return "absent", "" if limit is None or relative else f"seen from {number(limit)} mm² up"
    measured = finding.measurement
    if measured.unit == "mm2":
        return number(measured.area.value), interval(measured.area)
    share = 100 / reference
    lo, hi = (None if end is None else end * share for end in (measured.area.lo, measured.area.hi))
    return f"{number(measured.area.value * share)} %", interval(Estimate(measured.area.value * share, lo, hi))


def change_in_areas(change: Change) -> str:
    """`28.3 → 15.9`; empty where the unit is relative."""
    if change.unit != "mm2":
        return ""
    return f"{number(change.area_from)} → {number(change.area_to)}"


def rule(change: Change) -> str:
    """Which rule decided a change's call; without what speaks against trusting it."""
    return change.reason.partition(BEWARE)[0].removesuffix("; ")


def doubts(change: Change) -> tuple[str, ...]:
    """What speaks against trusting a change, one thing each; none if nothing does."""
    return tuple(doubt for doubt in change.reason.partition(BEWARE)[2].split("; ") if doubt)
