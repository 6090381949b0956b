"""The order in which deposits are reviewed, and what is decided about each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import lesionmeter

UNDECIDED, ACCEPTED, DRAWN, NOT_ASSESSABLE = "undecided", "accepted", "drawn", "not assessable"

MARKS = {UNDECIDED: "?", ACCEPTED: "✓", DRAWN: "✎", NOT_ASSESSABLE: "–"}
"""A sign for each decision, so that it shows without colour."""


@dataclass(frozen=True)
class Place:
    """Where the reader is: a deposit on a film."""

    identity: str = ""
    film: str = ""


def in_order(assessment: lesionmeter.Assessment) -> tuple[str, ...]:
    """Identities hand by hand, ray by ray, from the wrist to the tip of the fingers."""
    first = {finding.identity: finding for finding in reversed(assessment.deposits)}

    def key(identity: str) -> tuple[str, int, str, str]:
        found = first[identity]
        site = found.site
        return found.laterality, (site.ray or 0) if site else 9, str(site or ""), identity

    return tuple(sorted(first, key=key))


def decision(finding: lesionmeter.DepositFinding, corrections: Iterable[lesionmeter.Correction]) -> str:
    """What is decided about one deposit on one film; corrections that are not yet in the results count too."""
    if finding.status is lesionmeter.Status.NOT_ASSESSABLE:
        return NOT_ASSESSABLE
    said = UNDECIDED
    if finding.review:
        said = ACCEPTED
    elif finding.origin == "reviewed" and finding.labels:
        said = DRAWN
    for correction in corrections:
        if getattr(correction, "identity", "") == finding.identity and correction_film(correction) == finding.film:
            said = NOT_ASSESSABLE if isinstance(correction, lesionmeter.NotAssessable) else ACCEPTED
    return said


def correction_film(correction: lesionmeter.Correction) -> str:
    """The film that a correction is about; of a link, its first."""
    return correction.first[0] if isinstance(correction, lesionmeter.LinkCorrection) else correction.film


def undecided(assessment: lesionmeter.Assessment, corrections: tuple[lesionmeter.Correction, ...]) -> tuple[str, ...]:
    """Identities with any film about which nothing is decided, in order of review."""
    open_ = {f.identity for f in assessment.deposits if decision(f, corrections) == UNDECIDED}
    return tuple(identity for identity in in_order(assessment) if identity in open_)


def stepped(order: tuple[str, ...], now: str, step: int, allowed: tuple[str, ...]) -> str:
    """The next allowed identity after `now` (before it, if `step` is negative), going round; `now` if there is none."""
    if not order or not allowed:
        return now
    start = order.index(now) if now in order else (-1 if step > 0 else 0)
    for k in range(1, len(order) + 1):
        candidate = order[(start + k * step) % len(order)]
        if candidate in allowed:
            return candidate
    return now
