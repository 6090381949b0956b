"""Where a thumb's sesamoid shows: a small find there may be one, and one just there and just as large is."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from lesionmeter.model.site import Landmarks
from lesionmeter.stages.anatomy.sites import along_axis, radial_sign

_MIDDLE: Final = (-0.025, 0.04)  # distal of the joint, and to the ulnar side, in hand lengths
_REACH: Final = 0.03
_WIDEST: Final = 0.036

_USUAL: Final = (-0.030, 0.043)
_NEAR: Final = 0.016
_ACROSS: Final = (0.0133, 0.031)


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
    away, across = _held_against(_MIDDLE, position, area_px, landmarks)
    return away <= _REACH and across <= _WIDEST


def is_like_sesamoid(position: tuple[float, float], area_px: float, landmarks: Landmarks) -> bool:
    """Whether a find lies just where that sesamoid usually does, and is of its usual size.

    Of five hands on which it was found by itself the middles lie within 0.013 hand lengths of that place, 0.030
    proximal of the joint and 0.043 to the ulnar side. It is 2.4 to 5.6 mm across in a hand of 180 mm
    (docs/phantom.md).

    Parameters
    ----------
    position, area_px, landmarks
        As for `looks_sesamoid`.
    """
    away, across = _held_against(_USUAL, position, area_px, landmarks)
    return away <= _NEAR and _ACROSS[0] <= across <= _ACROSS[1]


def _held_against(
    place: tuple[float, float], position: tuple[float, float], area_px: float, landmarks: Landmarks
) -> tuple[float, float]:
    """Distance of a find from a place by the thumb's MCP joint, and its diameter, in hand lengths."""
    points, length = landmarks.points, landmarks.hand_length
    along, lateral, _ = along_axis(np.array([position]), points[1], points[2])
    metacarpal = float(np.linalg.norm(points[2] - points[1]))
    found = (along[0] - 1.0) * metacarpal / length, -radial_sign(points) * lateral[0] / length
    return math.dist(found, place), 2.0 * math.sqrt(area_px / math.pi) / length
