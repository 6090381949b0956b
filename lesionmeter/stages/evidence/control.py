"""The negative control of a pair of films: bones that do not change, measured as deposits are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.special import bdtr  # scipy.stats would take half a second to import

from lesionmeter.model.bones import MidShaft
from lesionmeter.model.film_pair import Control
from lesionmeter.model.repeatability import Z95

LEAST_BONES: Final = 6
"""A median of fewer values has no 95 % interval."""

LEAST_CLEAR: Final = 0.5
"""Clear share of a bone's outline under which its shaft is left out."""


def negative_control(earlier: Sequence[MidShaft], later: Sequence[MidShaft], shared_sd: float) -> Control | None:
    """What the shafts of a hand measure on two films; None of fewer than 6 bones that both show clearly.

    Parameters
    ----------
    earlier, later
        The same pieces of the bones on both films: with ends that were carried from one film.
    shared_sd
        Standard deviation of a log ratio that the films' shared error (scale, pose, exposure) explains.

    Examples
    --------
    >>> def shafts(areas):
    ...     return [MidShaft(f"{n}", area, 8.0, 40.0, "mm2", 1.0) for n, area in enumerate(areas)]
    >>> found = negative_control(shafts([100.0] * 6), shafts([101, 102, 103, 103, 104, 105]), shared_sd=0.01)
    >>> found.words
    '+3.0 % (+1.0 to +5.0 %) on 6 bones'
    """
    first, second = ({s.bone: s.area for s in side if _usable(s)} for side in (earlier, later))
    ratios = np.array([np.log(second[bone] / first[bone]) for bone in first if bone in second])
    if len(ratios) < LEAST_BONES:
        return None
    middle = median_interval(ratios.tolist())
    spread = 1.4826 * float(np.median(np.abs(ratios - middle[0])))
    return Control(*middle, spread, len(ratios), Z95 * shared_sd)


def _usable(shaft: MidShaft) -> bool:
    return shaft.area > 0 and shaft.clearness >= LEAST_CLEAR


def median_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """The median, and its 95 % interval from the order of the values, whatever their distribution.

    The interval runs from the k-th smallest to the k-th largest value, k the largest number for which fewer than k of n
    tosses of a coin are heads with a chance of at most 2.5 %.

    Parameters
    ----------
    values
        At least 6.

    Raises
    ------
    ValueError
        If there are fewer.

    References
    ----------
    Campbell and Gardner 1988, BMJ 296:1454.

    Examples
    --------
    >>> median_interval(range(1, 21))
    (10.5, 6.0, 15.0)
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    if len(ordered) < LEAST_BONES:
        raise ValueError(f"expected at least {LEAST_BONES} values, came {len(ordered)}")
    heads = bdtr(np.arange(len(ordered)), len(ordered), 0.5)  # chance of at most so many
    k = int(np.searchsorted(heads, 0.025))
    return float(np.median(ordered)), float(ordered[k - 1]), float(ordered[-k])
