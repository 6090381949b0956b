"""Two amounts of one subject against each other: difference, log ratio, and how surely it is no change."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from lesionmeter.model.findings import DepositFinding, Estimate, Status
from lesionmeter.model.repeatability import Z95
from lesionmeter.stages.evidence.amounts import Amount, amount
from lesionmeter.stages.evidence.settings import EvidenceSettings
from lesionmeter.stages.evidence.subjects import Member, Record, Subject

TINY: Final = 1e-12
"""Stands for a standard error of 0, which makes any difference certain and none of 0."""

Pair = tuple[DepositFinding, DepositFinding]


@dataclass(frozen=True, eq=False)
class Comparison:
    """One subject between two dates.

    Parameters
    ----------
    subject
        What is compared.
    counted
        Its deposits that are assessable on both dates: only these enter.
    start, end
        Their amounts on the two dates.
    unit
        `relative` as soon as one film has no scale, else `mm2`.
    controlled
        Whether the error that the films share comes from negative controls, for at least one hand.
    """

    subject: Subject
    counted: tuple[Pair, ...]
    start: Amount
    end: Amount
    unit: str
    controlled: bool = False

    @property
    def both_present(self) -> bool:
        """Whether there is an area on both dates, and so a ratio."""
        return self.start.area > 0 and self.end.area > 0

    @property
    def difference(self) -> Estimate | None:
        """Later less earlier area, in mm2; None without a scale or without a comparison.

        Where the control tells how far the two films' scales differ, what both have in common leaves the ratio, but not
        the difference: a scale that is 5 % off is 5 % of the difference.
        """
        if not self.counted or self.unit != "mm2":
            return None
        value = self.end.area - self.start.area
        common = max(self.start.cv_shared, self.end.cv_shared) * abs(value) if self.controlled else 0.0
        half = Z95 * math.hypot(self.start.sd, self.end.sd, common)
        return Estimate(value, value - half, value + half)

    @cached_property
    def log_ratio(self) -> Estimate | None:
        """ln(later / earlier) with its interval; None where an area is 0.

        Its standard error is by the delta method, the two relative errors added as squares; the floor of the
        repeatability keeps it wide for specks, whose ratios mean little.
        """
        if not self.both_present:
            return None
        value = math.log(self.end.area / self.start.area)
        half = Z95 * self.log_sd
        return Estimate(value, value - half, value + half)

    @property
    def log_sd(self) -> float:
        """Standard error of the log ratio; both areas must be over 0."""
        return math.hypot(self.start.sd / self.start.area, self.end.sd / self.end.area)

    @property
    def p_value(self) -> float | None:
        """Two-sided chance of such a log ratio if nothing changed (normal); None where there is no ratio."""
        if self.log_ratio is None:
            return None
        return math.erfc(abs(self.log_ratio.value) / max(self.log_sd, TINY) / math.sqrt(2.0))

    @property
    def percent(self) -> float | None:
        """Change in percent of the earlier area; None if that is 0."""
        if not self.counted or self.start.area == 0:
            return None
        return 100.0 * (self.end.area / self.start.area - 1.0)


def comparison(subject: Subject, record: Record, settings: EvidenceSettings) -> Comparison:
    """Compare the deposits of a subject that can be assessed on both dates.

    Parameters
    ----------
    subject
        What is compared.
    record
        All findings: which films have no scale, and what the negative controls of pairs of films say.
    settings
        Error of an area, and what is not assessable.
    """
    members = subject.members
    counted = tuple(pair for member in members if (pair := _assessable(member, settings)) is not None)
    shown = [side for pair in counted for side in pair] or [m.start for m in members] + [m.end for m in members]
    unit = "relative" if any(finding is not None and finding.film in record.unscaled for finding in shown) else "mm2"
    controls = {pair.laterality: pair.control for pair in record.pairs_of(subject) if settings.shared_by_control}
    controlled = {hand: control.shared_sd / math.sqrt(2.0) for hand, control in controls.items() if control}
    earlier, later = ([pair[side] for pair in counted] for side in (0, 1))
    start = amount(earlier, settings.repeatability, controlled, against=later)
    end = amount(later, settings.repeatability, controlled, against=earlier)
    return Comparison(subject, counted, start, end, unit, bool(controlled))


def _assessable(member: Member, settings: EvidenceSettings) -> Pair | None:
    if member.start is None or member.end is None:
        return None
    if hindrance(member.start, settings) or hindrance(member.end, settings):
        return None
    return member.start, member.end


def hindrance(finding: DepositFinding | None, settings: EvidenceSettings) -> str:
    """Why a deposit cannot be assessed on a film; empty if it can."""
    if finding is None:
        return "this hand was not filmed"
    if finding.status is Status.NOT_ASSESSABLE:
        return finding.reason or "not assessable"
    if (finding.bone_overlap or 0.0) > settings.most_over_bone:
        return f"{100 * (finding.bone_overlap or 0.0):.0f} % of it lies over bone"
    return ""
