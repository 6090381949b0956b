"""What the film shows of each finger's end: how far its last bone is seen, and whether an edge cuts it."""

from __future__ import annotations

from typing import Final

import numpy as np

from lesionmeter.model.geometry import Points
from lesionmeter.stages.anatomy.picture import Grey
from lesionmeter.stages.anatomy.strip import Line, direction, strip

_STEPS: Final = 50  # along a bone, from its joint to its tip
_SHAFT: Final = slice(15, 35)  # of them: where the bone before is plain
_BASE: Final = slice(7, 30)  # where flesh lies beside the distal phalanx, even if its tip is lost
_MIDDLE: Final = 0.006  # half width of an axis' middle, in hand lengths
_BESIDE: Final = (-0.034, -0.031, -0.028, 0.028, 0.031, 0.034)  # across, in hand lengths: flesh on both sides
_LEAST: Final = 0.35  # of the bone before's contrast: less is no bone

_STEP: Final = 0.001  # all lengths from here on in hand lengths
_LINES: Final = _STEP * np.arange(-18, 19, 6)  # along a sought edge, inside a finger's flesh
_PLACES: Final = _STEP * np.arange(-50, 51)  # across it, as far as a finger's flesh goes
_LOOKS: Final = (*((turn, 1.0) for turn in (-30, 0, 30)),
                 *((turn, share) for turn in (-90, -60, 60, 90) for share in (0.3, 0.6, 1.0)))  # fmt: skip
"""Degrees from the distal phalanx' direction in which an edge is looked for, and from which share of the phalanx. Not
across it at its base: there lies a joint, and in the young a growth plate."""

_EDGE_PIXELS: Final = 1.5  # an edge of a collimator is as sharp as its pixels
_LEAST_HAND: Final = 250.0  # pixels of the hand's length: on coarser films every edge is as sharp
_LEAST_FALL: Final = 0.5  # of all that the greys differ: 0.45 at most on 36 real hands, 0.53 or more where a blade cuts
_AIR: Final = 0.08  # least difference that counts
_STRAIGHT: Final = 3.0  # steps that a straight edge may bend by; a finger's end is round
_LAST: Final = 0.008  # how far before an edge the finger is looked at
_FLESH: Final = 0.3  # from air (0) to bone (1): less is no finger; a frame beside it cuts nothing

_NEAR: Final = 0.05  # from the film's edge: a tip further in is whole
_AT_EDGE: Final = 2.0  # pixels from the edge: the last ones may be a scanner's
_ALONG_EDGE: Final = np.linspace(-0.01, 0.01, 5)
_AROUND: Final = 0.15  # round a tip, where some air lies
_FLESH_AT_EDGE: Final = 0.5  # from air to bone: 0.60 or more at the edge where it cuts, 0.55 at most where not


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
    under = (np.median(flesh[_BASE]) + flesh) / 2  # a tip's flesh is thinner than a joint's, thicker than its rim
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
    """Rays (1 to 5) that end at a straight edge, across the finger or along it, beyond which all of it is gone at once.

    A finger's own end does not: its flesh thins out, and is round.

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
    ends = {ray: points[[4 * ray - 1, 4 * ray]] for ray in range(1, 6)}
    return tuple(ray for ray, each in ends.items() if _has_edge(grey, each, length))


def _has_edge(grey: Grey, ends: Points, length: float) -> bool:
    way, tones = direction(ends[0], ends[1]), _tones(grey, ends, length)
    for degrees, share in _LOOKS:
        turn = np.deg2rad(degrees)
        turned = np.cos(turn) * way + np.sin(turn) * np.array([-way[1], way[0]])
        past = (share - 0.5) * float(np.linalg.norm(ends[1] - ends[0])) / length * np.cos(turn)
        if _edge(grey, ends[0] + share * (ends[1] - ends[0]), turned, length, tones, past):
            return True
    return False


def _edge(grey: Grey, place: Points, way: Points, length: float, tones: tuple[float, float], past: float) -> bool:
    """Whether a straight edge lies across a way through a place, with a finger's tone before it.

    Before it is the side of the phalanx' middle, which the place lies `past`, in hand lengths along the way.
    """
    lines = strip(grey, place, way, length * _PLACES, length * _LINES).astype(np.float64)
    steps = round(_EDGE_PIXELS / (_STEP * length))
    falls = np.abs(lines[steps:] - lines[:-steps])
    if (falls.max(axis=0) < _LEAST_FALL * np.maximum(np.ptp(lines, axis=0), _AIR)).any():
        return False
    at = falls.argmax(axis=0)
    if np.abs(at - np.polyval(np.polyfit(_LINES, at, 1), _LINES)).max() >= _STRAIGHT:
        return False
    last = round(_LAST / _STEP)
    beyond = _PLACES[0] + _STEP * (np.median(at) + steps / 2) > -past
    sides = (lines[max(k - last, 0) : k, n] if beyond else lines[k + steps + 1 :, n][:last] for n, k in enumerate(at))
    finger = [np.median(side) for side in sides if side.size]
    air, bone = tones
    return bool(finger) and bool(np.median(finger) - air > _FLESH * (bone - air))


def _tones(grey: Grey, ends: Points, length: float) -> tuple[float, float]:
    """Grey of the air round a tip, and of its phalanx; so far apart at least that their difference counts."""
    low = np.maximum(np.rint(ends[1] - _AROUND * length), 0).astype(int)
    high = np.rint(ends[1] + _AROUND * length).astype(int) + 1
    air = float(np.quantile(grey[low[0] : high[0], low[1] : high[1]], 0.05))
    bone = float(np.median(_profiles(grey, ends, length)[0][: _SHAFT.stop]))
    return air, max(bone, air + _AIR)


def cut_by_film(grey: Grey, points: Points) -> tuple[int, ...]:
    """Rays (1 to 5) that may go on beyond the film: beside the tip, flesh and not air lies at its edge.

    Landmarks of a finger that is cut along its length are set inside the film, beside the cut.

    Parameters
    ----------
    grey
        (rows, columns) from 0 to 1, dense tissue bright.
    points
        (21, 2) landmarks as (row, column) of it.
    """
    length = float(np.linalg.norm(points[12] - points[0]))
    return tuple(ray for ray in range(1, 6) if _flesh_at_edge(grey, points[[4 * ray - 1, 4 * ray]], length))


def _flesh_at_edge(grey: Grey, ends: Points, length: float) -> bool:
    tip, last = ends[1], np.array(grey.shape) - 1.0
    axis = int(np.argmin(np.minimum(tip, last - tip)))
    if min(tip[axis], last[axis] - tip[axis]) > _NEAR * length:
        return False
    place, way = tip.copy(), np.zeros(2)
    place[axis] = _AT_EDGE if tip[axis] < last[axis] - tip[axis] else last[axis] - _AT_EDGE
    way[1 - axis] = 1.0
    tone = float(np.median(strip(grey, place, way, length * _ALONG_EDGE, np.zeros(1))))
    air, bone = _tones(grey, ends, length)
    return tone - air > _FLESH_AT_EDGE * (bone - air)
