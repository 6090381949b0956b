"""How far each distal phalanx shows bone: a tip may be set where a lost, cut or worn one would lie."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.model.geometry import Points
from lesionmeter.stages.anatomy.picture import Grey

Line = NDArray[np.float64]

_STEPS: Final = 50  # along a bone, from its joint to its tip
_SHAFT: Final = slice(15, 35)  # of them: where the bone before is plain
_FLESH: Final = slice(7, 30)  # where flesh lies beside the distal phalanx, even if its tip is lost
_MIDDLE: Final = 0.006  # half width of an axis' middle, in hand lengths
_BESIDE: Final = (-0.034, -0.031, -0.028, 0.028, 0.031, 0.034)  # across, in hand lengths: flesh on both sides
_LEAST: Final = 0.35  # of the bone before's contrast: less is no bone


def bone_seen(grey: Grey, points: Points) -> Line:
    """Share of each distal phalanx, from its joint to its tip, up to which the film shows bone.

    Parameters
    ----------
    grey
        (rows, columns) from 0 to 1, dense tissue bright.
    points
        (21, 2) landmarks as (row, column) of it.

    Returns
    -------
    numpy.ndarray
        (5,) thumb to little finger, from 0 to 1.
    """
    length = float(np.linalg.norm(points[12] - points[0]))
    return np.array([_seen(grey, points[[tip - 2, tip - 1, tip]], length) for tip in (4, 8, 12, 16, 20)])


def _seen(grey: Grey, ends: Points, length: float) -> float:
    """The same of one finger, from its last three points."""
    before, before_flesh = _profiles(grey, ends[:2], length)
    line, flesh = _profiles(grey, ends[1:], length)
    contrast = np.median(before[_SHAFT]) - np.median(before_flesh[_SHAFT])
    under = (np.median(flesh[_FLESH]) + flesh) / 2  # a tip's flesh is thinner than a joint's, thicker than its rim
    shown = np.flatnonzero(line >= under + _LEAST * contrast)
    return float(shown[-1] / _STEPS) if len(shown) else 0.0


def _profiles(grey: Grey, ends: Points, length: float) -> tuple[Line, Line]:
    """Grey values along a bone's axis, and of the darker side beside it."""
    axis = ends[1] - ends[0]
    across = length * np.array([-axis[1], axis[0]]) / max(float(np.linalg.norm(axis)), 1e-9)
    asides = np.array((*np.linspace(-_MIDDLE, _MIDDLE, 7), *_BESIDE))
    along = np.linspace(0.0, 1.0, _STEPS + 1)
    places = ends[0] + along[:, None, None] * axis + asides[None, :, None] * across
    values = ndimage.map_coordinates(grey, np.moveaxis(places, -1, 0), order=1, mode="nearest").astype(np.float64)
    middle, left, right = values[:, :7], values[:, 7:10], values[:, 10:]
    return middle.mean(axis=1), np.minimum(left.mean(axis=1), right.mean(axis=1))
