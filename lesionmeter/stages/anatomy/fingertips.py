"""What the film shows of each finger's end: how far its last bone is seen, and whether a straight edge cuts it."""

from __future__ import annotations

from typing import Final

import numpy as np

from lesionmeter.model.geometry import Points
from lesionmeter.stages.anatomy.picture import Grey
from lesionmeter.stages.anatomy.strip import Line, direction, strip

_STEPS: Final = 50  # along a bone, from its joint to its tip
_SHAFT: Final = slice(15, 35)  # of them: where the bone before is plain
_FLESH: Final = slice(7, 30)  # where flesh lies beside the distal phalanx, even if its tip is lost
_MIDDLE: Final = 0.006  # half width of an axis' middle, in hand lengths
_BESIDE: Final = (-0.034, -0.031, -0.028, 0.028, 0.031, 0.034)  # across, in hand lengths: flesh on both sides
_LEAST: Final = 0.35  # of the bone before's contrast: less is no bone

_STEP: Final = 0.001
_LINES: Final = _STEP * np.arange(-18, 19, 6)  # across a finger's end, inside its flesh
_PLACES: Final = _STEP * np.arange(-40, 61)  # along it, from the tip
_INSIDE, _BEYOND = slice(0, 25), slice(85, None)  # of the places: surely finger, surely not
_SOUGHT: Final = slice(10, 80)  # where an edge is looked for
_EDGE_PIXELS: Final = 1.5  # an edge of the film or a collimator is as sharp as its pixels
_LEAST_HAND: Final = 250.0  # pixels of the hand's length: on coarser films every edge is as sharp
_LEAST_FALL: Final = 0.7  # of the fall from finger to air: 0.58 at most on 36 real hands, 0.8 where a collimator cuts
_AIR: Final = 0.08  # least fall that counts
_STRAIGHT: Final = 3.0  # steps that a straight edge may bend by; a finger's end is round


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
    way = direction(ends[0], ends[1])
    along = np.linspace(0.0, float(np.linalg.norm(ends[1] - ends[0])), _STEPS + 1)
    asides = length * np.array((*np.linspace(-_MIDDLE, _MIDDLE, 7), *_BESIDE))
    values = strip(grey, ends[0], way, along, asides).astype(np.float64)
    middle, left, right = values[:, :7], values[:, 7:10], values[:, 10:]
    return middle.mean(axis=1), np.minimum(left.mean(axis=1), right.mean(axis=1))


def cut_straight(grey: Grey, points: Points) -> tuple[int, ...]:
    """Rays (1 to 5) whose end falls off to nothing at once, all across the finger, along a straight line.

    A finger's own end does not: its flesh goes on beyond the tuft, thins out, and is round.

    Parameters
    ----------
    grey
        (rows, columns) from 0 to 1, dense tissue bright.
    points
        (21, 2) landmarks as (row, column) of it.
    """
    length = float(np.linalg.norm(points[12] - points[0]))
    if length < _LEAST_HAND:
        return ()
    return tuple(ray for ray in range(1, 6) if _ends_at_once(grey, points[[4 * ray - 1, 4 * ray]], length))


def _ends_at_once(grey: Grey, ends: Points, length: float) -> bool:
    way = direction(ends[0], ends[1])
    lines = strip(grey, ends[1], way, length * _PLACES, length * _LINES).astype(np.float64)
    steps = round(_EDGE_PIXELS / (_STEP * length))
    falls = np.abs(lines[steps:] - lines[:-steps])[_SOUGHT]
    whole = np.abs(np.median(lines[_BEYOND], axis=0) - np.median(lines[_INSIDE], axis=0))
    if (falls.max(axis=0) < _LEAST_FALL * np.maximum(whole, _AIR)).any():
        return False
    at = falls.argmax(axis=0)
    straight = np.polyval(np.polyfit(_LINES, at, 1), _LINES)
    return bool(np.abs(at - straight).max() < _STRAIGHT)
