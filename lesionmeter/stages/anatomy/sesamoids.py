"""Where a thumb's sesamoid shows: a small find there may be one."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from lesionmeter.model.site import Landmarks
from lesionmeter.stages.anatomy.sites import along_axis, radial_sign

_MIDDLE: Final = (-0.025, 0.04)  # distal of the joint, and to the ulnar side, in hand lengths
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
    along, lateral, _ = along_axis(np.array([position]), points[1], points[2])
    metacarpal = float(np.linalg.norm(points[2] - points[1]))
    place = (along[0] - 1.0) * metacarpal / length, -radial_sign(points) * lateral[0] / length
    return math.dist(place, _MIDDLE) <= _REACH and 2.0 * math.sqrt(area_px / math.pi) <= _WIDEST * length
