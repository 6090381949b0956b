"""Findings of a tiny patient, told by date and area: what the evidence tests are made of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lesionmeter.model.dates import PartialDate
from lesionmeter.model.findings import Change, DepositFinding, Estimate, Measurement, Status
from lesionmeter.model.site import Site
from lesionmeter.stages.evidence import EvidenceSettings, Repeatability, compare

EXACT = EvidenceSettings(repeatability=Repeatability(0.0, 0.0, 0.0, 0.0, border_share=1.0))
"""No error but what a test gives each area, so that intervals can be worked out by hand."""

SITE = Site(2, "2 middle phalanx", "radial")


def seen(
    date: str, area: float, sd: float = 0.0, *, cv: float = 0.0, unit: str = "mm2", **facts: Any
) -> DepositFinding:
    """A deposit measured on a date; `facts` are any other facts of the finding, such as its identity or film."""
    measurement = Measurement(Estimate(area, area - 1.96 * sd, area + 1.96 * sd), sd, cv, unit)
    return _finding(date, Status.MEASURED, measurement=measurement, labels=(1,), **facts)


def absent(date: str, limit: float | None = 0.5, **facts: Any) -> DepositFinding:
    """A deposit looked for and not seen, down to `limit` mm2."""
    return _finding(date, Status.ABSENT, detection_limit=limit, reason="looked for", **facts)


def unknown(date: str, reason: str, **facts: Any) -> DepositFinding:
    """A deposit that cannot be assessed on a date."""
    return _finding(date, Status.NOT_ASSESSABLE, reason=reason, **facts)


def _finding(date: str, status: Status, *, identity: str = "L01", **facts: Any) -> DepositFinding:
    hand = identity[0]
    blank = DepositFinding(f"{hand}_{date}.tif", PartialDate.parse(date), hand, identity, SITE, status)
    return replace(blank, **facts)


def changes(*findings: DepositFinding, level: str = "deposit", settings: EvidenceSettings = EXACT) -> list[Change]:
    """All changes of one level."""
    return [change for change in compare(findings, settings) if change.level == level]


def change(*findings: DepositFinding, level: str = "deposit", settings: EvidenceSettings = EXACT) -> Change:
    """The only change of that level."""
    (only,) = changes(*findings, level=level, settings=settings)
    return only
