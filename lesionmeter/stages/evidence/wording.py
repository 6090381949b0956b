"""The plain phrase that a radiologist's report would use."""

from __future__ import annotations

import math
from collections.abc import Iterable

from lesionmeter.model.findings import Call
from lesionmeter.stages.evidence.calls import Verdict
from lesionmeter.stages.evidence.comparison import Comparison

SMALLER = (Call.REGRESSION, Call.RESOLVED)
LARGER = (Call.PROGRESSION, Call.NEW)


def grade(log_ratio: float) -> str:
    """Size and direction of a change in words.

    Under 25 % minimal, to under 50 % slight, to under 90 % marked, from there almost complete resolution. Increases
    mirror this in the log ratio: a doubling undoes a halving, so both are marked.

    Parameters
    ----------
    log_ratio
        ln(later / earlier area).

    Examples
    --------
    >>> [grade(math.log(ratio)) for ratio in (0.76, 0.74, 0.5, 0.1)]
    ['minimal decrease', 'slight decrease', 'marked decrease', 'almost complete resolution']
    >>> [grade(math.log(ratio)) for ratio in (1.3, 1.4, 2.0, 10.0)]
    ['minimal increase', 'slight increase', 'marked increase', 'very marked increase']
    """
    if log_ratio == 0:
        return "no difference"
    undone = round(-math.expm1(-abs(log_ratio)), 12)  # share of the larger area; rounded, so that 50 % is 50 %
    direction = "increase" if log_ratio > 0 else "decrease"
    if undone >= 0.9:
        return "very marked increase" if log_ratio > 0 else "almost complete resolution"
    size = "minimal" if undone < 0.25 else "slight" if undone < 0.5 else "marked"
    return f"{size} {direction}"


def wording(comparison: Comparison, verdict: Verdict, calls: Iterable[Call] = ()) -> str:
    """The phrase for a comparison.

    An indeterminate change is given with its direction, and with what keeps it from being told apart from no change.

    Parameters
    ----------
    comparison
        What was compared.
    verdict
        Its call.
    calls
        Calls of its single deposits, above the deposit level: where some are smaller and some larger, the net is said
        to be mixed.
    """
    phrase = _phrase(comparison, verdict)
    calls = tuple(calls)
    smaller, larger = (sum(call in side for call in calls) for side in (SMALLER, LARGER))
    if smaller and larger:
        return f"{phrase}; mixed ({smaller} smaller, {larger} larger)"
    return phrase


def _phrase(comparison: Comparison, verdict: Verdict) -> str:
    if verdict.call is Call.NOT_ASSESSABLE:
        return "not assessable"
    if comparison.log_ratio is None:
        return _appearance(comparison, verdict)
    if verdict.call is Call.STABLE and verdict.caveat:
        return "unchanged"
    graded = grade(comparison.log_ratio.value)
    return f"{graded}, {verdict.caveat}" if verdict.caveat else graded


def _appearance(comparison: Comparison, verdict: Verdict) -> str:
    if verdict.call is Call.NEW:
        return "new deposit" if comparison.end.present == 1 else "new deposits"
    if verdict.call is Call.RESOLVED:
        limit = comparison.end.limit
        shown = "" if limit is None or comparison.unit != "mm2" else f" (not seen down to {limit:.1f} mm2)"
        return f"complete resolution{shown}"
    if comparison.start.area == 0 and comparison.end.area == 0:
        return "not seen on either date"
    return f"{'no longer seen' if comparison.end.area == 0 else 'not seen before'}, {verdict.caveat}"
