"""Changes site by site over all patients."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Sequence

from scipy.stats import t as t_distribution

from lesionmeter.model.cohort import PatientRecord
from lesionmeter.model.findings import Call, Change, Estimate
from lesionmeter.model.site_change import SiteChange

LEAST_FOR_INTERVAL = 3


def site_changes(patients: Sequence[PatientRecord]) -> tuple[SiteChange, ...]:
    """The changes of every finding site, over the longest time that each patient's films give.

    Parameters
    ----------
    patients
        Of a study, or one alone.

    Returns
    -------
    tuple of SiteChange
        Left hand first, then by ray and name; sites at which nothing could be assessed are left out.
    """
    groups: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for patient in patients:
        for change in patient.sites:
            if change.site is not None and change.call is not Call.NOT_ASSESSABLE:
                groups[change.laterality or "", change.site.name].append(change)
    return tuple(_site(*place, changes) for place, changes in sorted(groups.items()))


def _site(laterality: str, site: str, changes: Sequence[Change]) -> SiteChange:
    ratios = tuple(change.log_ratio.value for change in changes if change.log_ratio is not None)
    return SiteChange(
        laterality,
        site,
        ratios,
        mean_with_interval(ratios),
        sum(change.call is Call.RESOLVED for change in changes),
        sum(change.call is Call.NEW for change in changes),
    )


def mean_with_interval(values: Sequence[float]) -> Estimate | None:
    """Mean with its 95 % interval by Student's t; without one of fewer than three, None of none.

    Examples
    --------
    >>> mean_with_interval([1.0, 3.0])
    Estimate(value=2.0, lo=None, hi=None)
    """
    if not values:
        return None
    mean = statistics.fmean(values)
    if len(values) < LEAST_FOR_INTERVAL:
        return Estimate(mean, None, None)
    half = float(t_distribution.ppf(0.975, len(values) - 1)) * statistics.stdev(values) / math.sqrt(len(values))
    return Estimate(mean, mean - half, mean + half)
