"""The call, and the rule that decided it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lesionmeter.model.findings import Call, DepositFinding, Status
from lesionmeter.model.repeatability import Z95
from lesionmeter.stages.evidence.comparison import Comparison, hindrance
from lesionmeter.stages.evidence.settings import EvidenceSettings


@dataclass(frozen=True)
class Verdict:
    """A call with the rule that decided it, and why a change falls short of one.

    Parameters
    ----------
    call
        The call.
    rule
        One clause.
    caveat
        What the wording must add: that the change is within the error, or too small to count; empty otherwise.
    """

    call: Call
    rule: str
    caveat: str = ""


@dataclass(frozen=True)
class Adjusted:
    """A p-value after Holm's adjustment over `family` comparisons of the same level and dates."""

    p_value: float
    family: int

    def __str__(self) -> str:
        several = f" after Holm over {self.family}" if self.family > 1 else ""
        return f"{p_words(self.p_value)}{several}"


def p_words(p_value: float) -> str:
    """A p-value as reports print it.

    Examples
    --------
    >>> p_words(0.0214), p_words(3.3e-16)
    ('p = 0.021', 'p < 0.001')
    """
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.2g}"


def decide(comparison: Comparison, adjusted: Adjusted | None, settings: EvidenceSettings) -> Verdict:
    """The call, by the first rule that holds: not assessable; resolved, new; regression, progression; stable.

    Whatever no rule settles is indeterminate, never stable.

    Parameters
    ----------
    comparison
        What is called.
    adjusted
        Its adjusted p-value; None where there is no ratio.
    settings
        The cut-offs.
    """
    if not comparison.counted:
        return Verdict(Call.NOT_ASSESSABLE, _why_not(comparison, settings))
    if adjusted is None or not comparison.both_present:
        return _appearance(comparison, settings)
    shortfall = _shortfall(comparison, adjusted, settings)
    if not shortfall.rule:
        call = Call.PROGRESSION if comparison.end.area > comparison.start.area else Call.REGRESSION
        least = f" and {settings.least_mm2:g} mm2" if comparison.unit == "mm2" else ""
        size = f"the change is at least {100 * settings.least_share:g} %{least}"
        return Verdict(call, f"the interval excludes no change ({adjusted}); {size}")
    if _inside_stable(comparison, settings):
        low, high = -100 * settings.stable_share, 100 / (1 - settings.stable_share) - 100
        return Verdict(Call.STABLE, f"the interval lies inside {low:.0f} % to {high:+.0f} %", shortfall.caveat)
    return Verdict(Call.INDETERMINATE, shortfall.rule, shortfall.caveat)


def _why_not(comparison: Comparison, settings: EvidenceSettings) -> str:
    dates = comparison.subject.dates
    whys = []
    for member in comparison.subject.members:
        sides = zip(dates, (member.start, member.end), strict=True)
        whys += [f"{date}: {why}" for date, finding in sides if (why := hindrance(finding, settings))]
    return "; ".join(dict.fromkeys(whys))


def _appearance(comparison: Comparison, settings: EvidenceSettings) -> Verdict:
    if comparison.start.area == 0 and comparison.end.area == 0:
        return _never_there(comparison, settings)
    call, gone_on = (Call.RESOLVED, 1) if comparison.end.area == 0 else (Call.NEW, 0)
    there, gone = (comparison.start, comparison.end) if gone_on else (comparison.end, comparison.start)
    down_to = "an unknown area" if gone.limit is None else f"{gone.limit:.1f} {comparison.unit}"
    unseen = f"not seen on {comparison.subject.dates[gone_on]} down to {down_to}"
    other = f"{unseen}; {there.area:.1f} {comparison.unit} on the other date is"
    if any(_quantified(pair[1 - gone_on], pair[gone_on], comparison.unit, settings) for pair in comparison.counted):
        return Verdict(call, f"{other} at or over the limit of quantification")
    rule = f"{other} under the limit of quantification"
    return Verdict(Call.INDETERMINATE, rule, "too small on the other date to tell")


def _quantified(there: DepositFinding, gone: DepositFinding, unit: str, settings: EvidenceSettings) -> bool:
    # Whether a deposit was large enough that not seeing it means that it is not there.
    if there.measurement is None or gone.detection_limit is None:
        return False
    least = settings.least_mm2 if unit == "mm2" else 0.0
    limit = max(settings.quantification * gone.detection_limit, gone.quantification_limit or 0.0)
    return there.measurement.area.value >= max(limit, least)


def _never_there(comparison: Comparison, settings: EvidenceSettings) -> Verdict:
    findings = [finding for pair in comparison.counted for finding in pair]
    limits = [f.detection_limit for f in findings if f.status is Status.ABSENT and f.detection_limit is not None]
    if len(limits) == len(findings) and max(limits) <= settings.least_mm2:
        return Verdict(Call.STABLE, f"seen on neither date, with nothing of {settings.least_mm2:g} mm2 to be missed")
    return Verdict(Call.INDETERMINATE, "seen on neither date, but a deposit that counts could have been missed")


def _shortfall(comparison: Comparison, adjusted: Adjusted, settings: EvidenceSettings) -> Verdict:
    # What a call of change lacks; an empty rule if nothing.
    raw = comparison.p_value or 0.0
    change = abs(comparison.end.area - comparison.start.area)
    if raw >= settings.alpha:
        return Verdict(
            Call.INDETERMINATE, f"the interval includes no change ({p_words(raw)})", "within the error of measurement"
        )
    if adjusted.p_value >= settings.alpha:
        rule = f"the interval excludes no change, but not when all are compared ({adjusted})"
        return Verdict(Call.INDETERMINATE, rule, f"within the error of {adjusted.family} comparisons")
    if change < settings.least_share * max(comparison.start.area, comparison.end.area):
        return Verdict(Call.INDETERMINATE, f"more than error, but under {100 * settings.least_share:g} %")
    if comparison.unit == "mm2" and change < settings.least_mm2:
        least = f"under {settings.least_mm2:g} mm2"
        return Verdict(Call.INDETERMINATE, f"more than error, but {least}", least)
    return Verdict(Call.INDETERMINATE, "")


def _inside_stable(comparison: Comparison, settings: EvidenceSettings) -> bool:
    ratio = comparison.log_ratio
    edge = -math.log(1.0 - settings.stable_share)
    return ratio is not None and abs(ratio.value) + Z95 * comparison.log_sd <= edge
