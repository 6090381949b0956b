"""The summed area of one or several deposits on one date, with its error."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lesionmeter.model.findings import DepositFinding, Status
from lesionmeter.model.repeatability import Z95, Repeatability


@dataclass(frozen=True)
class Amount:
    """Area of one deposit, or of several together, on one date.

    Parameters
    ----------
    area
        Sum of the areas, in mm2 (nominal on films of unknown scale).
    sd
        Its standard error, in the same unit.
    present
        How many of the deposits are there.
    limit
        Largest limit of detection of those that are not; None if all are there, or if no limit is known.
    cv_shared
        Relative part of the error that all deposits of a film share, as the film's own scale claims it.
    """

    area: float
    sd: float
    present: int
    limit: float | None
    cv_shared: float


def amount(
    findings: Sequence[DepositFinding],
    repeatability: Repeatability,
    controlled: Mapping[str, float] | None = None,
    against: Sequence[DepositFinding] = (),
) -> Amount:
    """Sum of deposits on one date; each is measured or absent.

    Errors of a deposit's own add as squares. What the deposits of one film share adds straight, and as squares from
    film to film: var = sum(own^2) + sum over films of (sum of cv_shared A)^2. An absent deposit adds an area of 0 that
    may be anything up to its limit of detection.

    Parameters
    ----------
    findings
        Of one date.
    repeatability
        Error of one area.
    controlled
        By hand, the relative error that its deposits share on this film where the negative control of the two films
        tells it; it takes the place of what the film's scale claims.
    against
        The same deposits on the date that this one is compared with; nothing changed if left out.
    """
    shared, claimed = defaultdict[str, float](float), defaultdict[str, float](float)
    own = sum(_own(one, other, repeatability) for one, other in zip(findings, against or findings, strict=True))
    measured = [(finding, finding.measurement) for finding in findings if finding.measurement is not None]
    for finding, found in measured:
        claimed[finding.film] += math.hypot(found.cv_shared, repeatability.k_shared) * found.area.value
        scale = (controlled or {}).get(finding.laterality, found.cv_shared)
        shared[finding.film] += math.hypot(scale, repeatability.k_shared) * found.area.value
    area = sum(found.area.value for _, found in measured)
    limits = [f.detection_limit for f in findings if f.status is Status.ABSENT and f.detection_limit is not None]
    return Amount(
        area,
        math.hypot(math.sqrt(own), *shared.values()),
        present=len(measured),
        limit=max(limits, default=None),
        cv_shared=math.hypot(*claimed.values()) / area if area > 0 else 0.0,
    )


def _own(finding: DepositFinding, other: DepositFinding, repeatability: Repeatability) -> float:
    """Variance of one deposit's area on a date, compared with that on another."""
    found = finding.measurement
    if found is None:
        return ((finding.detection_limit or 0.0) / Z95) ** 2
    return repeatability.variance_own(found.area.value, found.sd_border, found.sd_choice, _log_ratio(finding, other))


def _log_ratio(finding: DepositFinding, other: DepositFinding) -> float:
    """The log ratio of a deposit's areas on two dates; infinite if it is not there on both."""
    areas = [one.measurement.area.value for one in (finding, other) if one.measurement is not None]
    return math.log(areas[0] / areas[1]) if len(areas) == 2 and min(areas) > 0 else math.inf
