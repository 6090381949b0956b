"""Bone lengths of a located hand against the mean hand's."""

from __future__ import annotations

import numpy as np

from lesionmeter.model.geometry import Points
from lesionmeter.model.site import BONES

_SHORT = 0.75
"""A distal phalanx shorter than this is remarked; straight fingers of whole hands hardly ever are."""


def proportions(points: Points, template: Points) -> dict[str, float]:
    """Length of each bone over the mean hand's, relative to the median bone of this hand.

    Parameters
    ----------
    points, template
        (21, 2) landmarks; units and orientation do not matter.

    Examples
    --------
    >>> hand = np.arange(42.0).reshape(21, 2) ** 1.5
    >>> set(proportions(3 * hand, hand).values())
    {1.0}
    """
    start, end = np.array(list(BONES.values())).T
    ratios = np.linalg.norm(points[end] - points[start], axis=1)
    ratios = ratios / np.linalg.norm(template[end] - template[start], axis=1)
    ratios = ratios / max(float(np.median(ratios)), 1e-9)
    return dict(zip(BONES, np.round(ratios, 9).tolist(), strict=True))


def short_tips(points: Points, template: Points) -> tuple[str, ...]:
    """A remark for each distal phalanx that is too short for this hand: cut, worn away, or bent out of the plane."""
    return tuple(
        f"{bone}: {ratio:.1f} of the expected length; cut by a collimator, worn away, or bent"
        for bone, ratio in proportions(points, template).items()
        if bone.endswith("distal phalanx") and ratio < _SHORT
    )
