"""How far repeated areas of one deposit lie apart: within-deposit spread, repeatability, smallest detectable change."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from scipy.stats import chi2

from lesionmeter.model.findings import Estimate
from lesionmeter.model.repeatability import Z95
from lesionmeter.model.statistic import Statistic, refused

LEAST_FREEDOM: Final = 3
MEDIAN: Final = "median difference of two"


@dataclass(frozen=True)
class Within:
    """Standard deviation of repeats of one thing, pooled over many, with its 95 % interval (chi squared)."""

    sd: Estimate
    degrees_of_freedom: int


def within_sd(repeats: Sequence[Sequence[float]]) -> Within | None:
    """Within-subject standard deviation: root of the mean variance of one subject's repeats (one-way analysis).

    Parameters
    ----------
    repeats
        The values of each subject; those with fewer than two say nothing and are left out.

    Returns
    -------
    Within or None
        None of fewer than 3 degrees of freedom.

    References
    ----------
    Bland and Altman 1996, BMJ 313:744.

    Examples
    --------
    >>> round(within_sd([[1.0, 3.0], [5.0, 5.0], [2.0, 4.0]]).sd.value, 4)
    1.1547
    """
    groups = [np.asarray(values, dtype=np.float64) for values in repeats if len(values) > 1]
    freedom = sum(len(values) - 1 for values in groups)
    if freedom < LEAST_FREEDOM:
        return None
    squares = float(sum(((values - values.mean()) ** 2).sum() for values in groups))
    ends = (squares / float(chi2.ppf(q, freedom)) for q in (0.975, 0.025))
    return Within(Estimate(math.sqrt(squares / freedom), *(math.sqrt(end) for end in ends)), freedom)


def spread_of_areas(areas: Sequence[Sequence[float]], group: str = "") -> tuple[Statistic, ...]:
    """Spread of repeated areas, from their logarithms: relative, so that deposits of all sizes can be pooled.

    * within-deposit CV: 100 sqrt(exp(s_w^2) - 1) %, s_w the within-deposit SD of the log area;
    * repeatability coefficient: two areas of one unchanged deposit differ by less than this factor 95 times in 100,
      exp(1.96 sqrt(2) s_w);
    * smallest detectable change: the rise, and the fall, that this factor makes, in percent;
    * median difference of two: half of all pairs of repeats differ by less. One deposit that is drawn wrongly once
      moves the figures above, and hardly this one.

    Parameters
    ----------
    areas
        The repeated areas of each deposit, over 0.
    group
        What they are about.

    References
    ----------
    Bland and Altman 1996, BMJ 313:106. Beckerman et al. 2001, Qual Life Res 10:571.
    """
    repeated = [values for values in areas if len(values) > 1]
    within = within_sd([[math.log(area) for area in values] for values in repeated])
    if within is None:
        why = f"needs {LEAST_FREEDOM} degrees of freedom, came {sum(len(values) - 1 for values in repeated)}"
        names = (*(name for name, _, _ in _FIGURES), MEDIAN)
        return tuple(refused(name, len(repeated), why, group) for name in names)
    note = f"{within.degrees_of_freedom} degrees of freedom"
    figures = (
        Statistic(name, _mapped(within.sd, make), len(repeated), unit, f"from log areas, {note}", "", group)
        for name, unit, make in _FIGURES
    )
    return (*figures, _median_difference(repeated, group))


def _median_difference(areas: Sequence[Sequence[float]], group: str) -> Statistic:
    ratios = [abs(math.log(b / a)) for values in areas for a, b in combinations(values, 2)]
    median = 100 * math.expm1(float(np.median(ratios)))
    return Statistic(MEDIAN, Estimate(median, None, None), len(areas), "%", f"{len(ratios)} pairs", "", group)


def _mapped(sd: Estimate, make: Callable[[float], float]) -> Estimate:
    return Estimate(make(sd.value), *(None if end is None else make(end) for end in (sd.lo, sd.hi)))


def _factor(sd: float) -> float:
    return math.exp(Z95 * math.sqrt(2.0) * sd)


_FIGURES: Final[tuple[tuple[str, str, Callable[[float], float]], ...]] = (
    ("within-deposit CV", "%", lambda sd: 100 * math.sqrt(math.expm1(sd**2))),
    ("repeatability coefficient", "ratio", _factor),
    ("smallest detectable rise", "%", lambda sd: 100 * (_factor(sd) - 1)),
    ("smallest detectable fall", "%", lambda sd: 100 * (1 - 1 / _factor(sd))),
)
