"""Whether a located hand's bones are brighter than the soft tissue beside them."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from lesionmeter.model.geometry import Points
from lesionmeter.model.site import BONES
from lesionmeter.stages.anatomy.picture import Grey

_BESIDE = 0.040
"""How far beside a bone's axis soft tissue is sampled, in hand lengths; a shaft's half width is about half of that."""


def bones_are_bright(grey: Grey, points: Points) -> bool:
    """Compare each phalanx's shaft with what lies on both sides of it; most of them decide.

    Parameters
    ----------
    grey
        (rows, columns).
    points
        (21, 2) landmarks as (row, column) pixels.
    """
    beside = _BESIDE * np.linalg.norm(points[12] - points[0])
    votes = [_shaft_contrast(grey, points[start], points[end], float(beside)) > 0 for start, end in BONES.values()]
    return bool(np.mean(votes) > 0.5)


def _shaft_contrast(grey: Grey, start: Points, end: Points, beside: float) -> float:
    """Mean grey along the middle half of an axis, less the mean on both sides."""
    axis = end - start
    across = np.array([-axis[1], axis[0]]) / max(float(np.linalg.norm(axis)), 1e-9)
    shaft = start + np.linspace(0.25, 0.75, 9)[:, None] * axis
    on, *sides = (
        ndimage.map_coordinates(grey, (shaft + offset * across).T, order=1, mode="nearest").mean()
        for offset in (0.0, beside, -beside)
    )
    return float(on - np.mean(sides))
