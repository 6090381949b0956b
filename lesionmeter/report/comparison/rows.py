"""Which of the program's changes a reported finding is about, and whether its call agrees with the words."""

from __future__ import annotations

from dataclasses import dataclass

from lesionmeter.model.findings import Assessment, Change
from lesionmeter.model.reported import ReportedFinding


@dataclass(frozen=True)
class ComparedFinding:
    """A reported finding beside what the program found there.

    Parameters
    ----------
    reported
        The report's words.
    change
        The program's change at that site; None if it found no deposit there on both dates' films.
    identities
        The deposits that it found there.
    agrees
        Whether its call is one of those that agree with the words. Where the report states no change, it has to have
        found a deposit; where the report says that there is none, it must not have found one.
    """

    reported: ReportedFinding
    change: Change | None
    identities: tuple[str, ...]
    agrees: bool


def compare(assessment: Assessment, reported: tuple[ReportedFinding, ...]) -> tuple[ComparedFinding, ...]:
    """Set each reported finding beside the program's change.

    A finding with an aspect is about the largest deposit on that side of the site, and one without about the site's
    sum: so a small find beside the one reported neither makes nor breaks agreement, and is listed.
    """
    return tuple(_compared(assessment, finding) for finding in reported)


def _compared(assessment: Assessment, finding: ReportedFinding) -> ComparedFinding:
    there = [change for change in assessment.changes if _is_about(change, finding)]
    deposits = [change for change in there if change.level == "deposit" and _has_area(change)]
    if finding.aspect:
        change = max(deposits, key=_largest, default=None)
    else:
        change = next((c for c in there if c.level == "site" and deposits), None)
    return ComparedFinding(
        finding, change, tuple(str(c.identity) for c in deposits), _agrees(finding, change, tuple(deposits))
    )


def _is_about(change: Change, finding: ReportedFinding) -> bool:
    site = change.site
    if site is None or (change.laterality, site.name) != (finding.laterality, finding.site):
        return False
    if (change.date_from, change.date_to) != (finding.date_from, finding.date_to):
        return False
    return change.level == "site" or finding.aspect in ("", site.aspect)


def _has_area(change: Change) -> bool:
    """Whether the deposit was seen on one of the two dates at least, or could not be looked for."""
    return change.area_from != 0 or change.area_to != 0


def _largest(change: Change) -> float:
    return max(change.area_from or 0.0, change.area_to or 0.0)


def _agrees(finding: ReportedFinding, change: Change | None, deposits: tuple[Change, ...]) -> bool:
    if finding.no_deposit:
        return not deposits
    if change is None:
        return False
    return not finding.calls or str(change.call) in finding.calls
