"""Joints and tips set along each finger by what the film shows there: the joint's gap, and where the tuft ends.

The network sees a hand in 192 pixels and is off along a finger by more than across it: it takes a growth plate for the
joint beside it, or soft tissue for a tuft. Here a profile is taken along the finger's axis, and a point is moved only
where the profile is clear and the new place is near. All extents are shares of the hand's length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.model.geometry import Points
from lesionmeter.stages.anatomy.strip import Line, direction, strip

_STEP: Final = 0.001
_PLACES: Final = _STEP * np.arange(-70, 71)  # along the finger, from the point as it was
_ASIDE: Final = _STEP * np.arange(-40, 41)  # across it
_SMOOTH: Final = 1.5  # steps
_LEAST_CONTRAST: Final = 0.05  # of bone against soft tissue, in grey values from 0 to 1

_SHAFT: Final = 0.03  # beyond this from a joint its bones are taken for plain
_GAP_REACH: Final = 0.04  # how far from the point a joint's gap is looked for
_KNUCKLE_REACH: Final = 0.03  # the same for MCP joints: metacarpals have a growth plate in their heads
_BESIDE: Final = 10  # steps to each side of a gap that its depth is counted from; thin bone behind an end is broader
_LEAST_GAP: Final = 0.12  # depth of a gap, as a share of the contrast
_AS_DEEP: Final = 0.7  # of the deepest: gaps that may be the joint's; a growth plate lies distal of it
_HEAD: Final = 0.5  # of a gap's depth, from its bottom: the border of the bone before it
_BASE: Final = 0.25  # the same of the base after it, which is marked at the joint space

_TUFT: Final = slice(26, 100)  # -0.044 to 0.029: places where a tuft's end is looked for
_TUFT_SHAFT: Final = slice(6, 50)  # -0.064 to -0.021: where the distal phalanx is plain
_TUFT_FLESH, _TUFT_FLESH_HALF = 0.031, 0.0049  # across: the middle and half width of flesh beside the phalanx
_TUFT_BORDER: Final = 3  # steps that bone may take to end in; longer, something lies on it
_TUFT_RISE: Final = 0.3  # of the contrast: a rise before the end that only a deposit, or a bright tuft, makes


def settle_on_film(grey: NDArray[np.float32], points: Points) -> Points:
    """Landmarks with joints and tips moved along their fingers to where the film shows them.

    Parameters
    ----------
    grey
        (rows, columns) from 0 to 1, dense tissue bright.
    points
        (21, 2) landmarks as (row, column) of it.

    Returns
    -------
    numpy.ndarray
        (21, 2). Wrist and thumb base stay, as does each point whose surroundings are not clear.
    """
    length = float(np.linalg.norm(points[12] - points[0]))
    settled = points.copy()
    for number in range(2, len(points)):
        way = _way(points, number)
        seen = _Strip(strip(grey, points[number], way, length * _PLACES, length * _ASIDE))
        settled[number] += _shift(seen, number) * length * way
    return settled


def _way(points: Points, number: int) -> Points:
    """Unit vector along the finger at a joint or tip, towards the tip."""
    level = _level(number)
    before = number - 1 if level else 0
    after = number if level == _TIP else number + 1
    return direction(points[before], points[after])


_MCP, _TIP = 0, 3


def _level(number: int) -> int:
    """0 for an MCP joint, 3 for a tip; the thumb has one joint less between them."""
    return (_MCP, 2, _TIP)[number - 2] if number <= 4 else (number - 5) % 4


@dataclass(frozen=True, eq=False)
class _Strip:
    """Grey values (places along, places across) round a point."""

    values: NDArray[np.float32]

    def along(self, half_width: float) -> Line:
        """Mean across the middle of the strip, a little smoothed."""
        middle = self.values[:, np.abs(_ASIDE) < half_width + _STEP / 2].mean(axis=1, dtype=np.float64)
        return np.asarray(ndimage.gaussian_filter1d(middle, _SMOOTH))


def _shift(seen: _Strip, number: int) -> float:
    """How far a point is moved towards the tip, in hand lengths; 0 where nothing is clear."""
    level = _level(number)
    if level == _TIP:
        return _tuft_end(seen)
    return _joint(seen, to_base=level == _MCP)


# ---------------------------------------------------------------------- joints: a dark gap between two bright ends


def _joint(seen: _Strip, to_base: bool) -> float:
    line = seen.along(0.010)
    flesh = np.median(seen.values[:, np.abs(_ASIDE) > 0.034].min(axis=1))
    contrast = max(float(np.median(line[np.abs(_PLACES) > _SHAFT]) - flesh), _LEAST_CONTRAST)
    gap = _gap(line, _LEAST_GAP * contrast, _KNUCKLE_REACH if to_base else _GAP_REACH)
    if gap is None:
        return 0.0
    before, after = _depths(line, gap)
    height = line[gap] + (_BASE if to_base else _HEAD) * min(before, after)
    return _climbed(line, gap, height, 1 if to_base else -1)


def _gap(line: Line, least: float, reach: float) -> int | None:
    """The most proximal of the deep gaps near the point: one further distal is a growth plate."""
    lowest = ndimage.minimum_filter1d(line, 7) == line
    found = np.flatnonzero(lowest & (np.abs(_PLACES) <= reach + _STEP / 2)).tolist()
    depths = {gap: _depth(line, gap) for gap in found}
    deepest = max(depths.values(), default=0.0)
    if deepest < least:
        return None
    return min(gap for gap, depth in depths.items() if depth >= _AS_DEEP * deepest)


def _depth(line: Line, gap: int) -> float:
    """Harmonic mean of both sides: beside one bright line, as of a fused joint, plain bone is no gap."""
    before, after = _depths(line, gap)
    return 2 * before * after / max(before + after, 1e-9)


def _depths(line: Line, gap: int) -> tuple[float, float]:
    """How far the bone before a gap and the one after it rise over its bottom."""
    before, after = line[max(gap - _BESIDE, 0) : gap + 1].max(), line[gap : gap + _BESIDE + 1].max()
    return float(before - line[gap]), float(after - line[gap])


def _climbed(line: Line, gap: int, height: float, step: int) -> float:
    """The place where a line from a gap's bottom, one way, comes up to a height."""
    at = gap
    while line[at] < height:
        at += step
    over = (line[at] - height) / max(float(line[at] - line[at - step]), 1e-9) if at != gap else 0.0
    return float(_PLACES[at] - step * over * _STEP)


# ---------------------------------------------------------------------- tips: from bone to soft tissue


def _tuft_end(seen: _Strip) -> float:
    line = seen.along(0.006)
    beside = np.abs(np.abs(_ASIDE) - _TUFT_FLESH) < _TUFT_FLESH_HALF
    soft = float(np.median(seen.values[_TUFT_SHAFT, beside]))
    contrast = float(np.median(line[_TUFT_SHAFT])) - soft
    last = _last_of_bone(line[_TUFT], soft, contrast) if contrast >= _LEAST_CONTRAST else None
    if last is None:
        return 0.0
    here, beyond = line[_TUFT.start + last : _TUFT.start + last + 2].tolist()
    over = (here - soft - 0.5 * contrast) / max(here - beyond, 1e-9)
    return float(_PLACES[_TUFT.start + last] + over * _STEP)


def _last_of_bone(line: Line, soft: float, contrast: float) -> int | None:
    """The last place of a line that is bone, where bone ends there, once, and nothing brighter lies before its end."""
    bone = line >= soft + 0.5 * contrast
    if bone.all() or not bone[0]:
        return None
    first_out, last = int(np.argmin(bone)), int(np.flatnonzero(bone)[-1])
    rise = float((line[: last + 1] - np.minimum.accumulate(line[: last + 1])).max())
    ends_once = last - first_out < _TUFT_BORDER and last < len(line) - 2
    return last if ends_once and rise <= _TUFT_RISE * contrast else None
