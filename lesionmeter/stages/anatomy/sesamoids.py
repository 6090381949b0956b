"""Where a thumb's sesamoid shows: a small find there may be one."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from lesionmeter.model.site import Landmarks

_MIDDLE: Final = (-0.025, 0.04)
_REACH: Final = 0.03
_WIDEST: Final = 0.036


def looks_sesamoid(position: tuple[float, float], area_px: float, landmarks: Landmarks) -> bool:
    """Whether a find lies where the ulnar sesamoid of the thumb's MCP joint shows, and is as small.

    The place is 0.025 hand lengths proximal of the joint and 0.04 to the ulnar side of the metacarpal's axis: on nine
    hands it was looked for, on five seen, and there within `_REACH`. The radial sesamoid is hidden by the
    metacarpal's head. The largest measured is 5 mm across; 6.5 mm are allowed for in a hand of 180 mm.

    Parameters
    ----------
    position
        (row, column) of the find.
    area_px
        Its area in pixels.
    landmarks
        Of the hand on the same film.
    """
    points, length = landmarks.points, landmarks.hand_length
    axis = points[2] - points[1]
    forward = axis / max(float(np.linalg.norm(axis)), 1e-9)
    aside = np.array([-forward[1], forward[0]])
    ulnar = aside * (np.sign(aside @ (points[5] - points[2])) or 1.0)
    middle = points[2] + length * (_MIDDLE[0] * forward + _MIDDLE[1] * ulnar)
    near = float(np.linalg.norm(np.array(position) - middle)) <= _REACH * length
    return near and 2.0 * math.sqrt(area_px / math.pi) <= _WIDEST * length
