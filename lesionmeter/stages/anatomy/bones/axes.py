"""Where each tubular bone is expected: its axis between two landmarks, and how wide bones usually are along it.

All extents are shares of the hand's length, so they need no scale. Widths are those of an average adult's hand; they
only say where to look, with a tolerance that holds children and slender hands too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.geometry import Points
from lesionmeter.model.site import BONES, METACARPALS, WRIST, Landmarks

_BASES: Final = {2: (0.155, 0.055), 3: (0.155, 0.003), 4: (0.145, -0.040), 5: (0.125, -0.078)}
"""Bases of metacarpals 2 to 5 from the wrist, towards the third knuckle and towards the thumb, in hand lengths."""

_TILTS: Final = (-0.03, -0.015, 0.0, 0.015, 0.03)  # how far aside a base may lie, in hand lengths
_GAP: Final = 0.006  # from a joint's landmark to the bone on its other side

# Half width at the base, the middle and the head, in hand lengths.
_WIDTHS: Final = {
    "metacarpal": (0.036, 0.0205, 0.035),
    "proximal phalanx": (0.035, 0.0195, 0.027),
    "middle phalanx": (0.029, 0.0165, 0.0225),
    "distal phalanx": (0.024, 0.0110, 0.0125),
}
_SLENDER: Final = {1: 1.08, 2: 1.0, 3: 1.03, 4: 0.95, 5: 0.87}
_FLARES: Final = np.array([0.0, 0.2, 0.5, 0.82, 1.0])  # where base, end of its flare, middle, head's flare, head lie
_FLARED: Final = np.array([[1, 0, 0], [0.35, 0.65, 0], [0, 1, 0], [0, 0.65, 0.35], [0, 0, 1]], dtype=np.float64)


@dataclass(frozen=True, eq=False)
class ExpectedBone:
    """A bone before its pixels are asked.

    Parameters
    ----------
    name
        Such as `2 middle phalanx`.
    start, end
        Its ends on its axis, (row, column) pixels; `start` is proximal.
    widths
        Usual half width at base, middle and head, in pixels.
    """

    name: str
    start: Points
    end: Points
    widths: NDArray[np.float64]

    @property
    def length(self) -> float:
        """Pixels from end to end."""
        return float(np.linalg.norm(self.end - self.start))

    def half_width(self, along: NDArray[np.float64]) -> NDArray[np.float64]:
        """Usual half width, in pixels, at shares of the length (0 at the base)."""
        knots = _FLARED @ self.widths
        return np.asarray(np.interp(along, _FLARES, knots), dtype=np.float64)


def expected_bones(landmarks: Landmarks) -> tuple[ExpectedBone, ...]:
    """The 19 tubular bones of a hand; metacarpals 2 to 5, whose bases no landmark marks, each in several places."""
    points, unit = landmarks.points, landmarks.hand_length
    bones = [_bone(name, points[near], points[far], unit) for name, (near, far) in BONES.items()]
    up, radial = hand_axes(points)
    for name, knuckle in METACARPALS.items():
        forth, aside = _BASES[int(name[0])]
        for tilt in _TILTS:
            base = points[WRIST] + unit * (forth * up + (aside + tilt) * radial)
            bones.append(_bone(name, base, points[knuckle], unit))
    return tuple(bones)


def hand_axes(points: Points) -> tuple[Points, Points]:
    """Unit vectors from the wrist to the third knuckle, and square to it towards the thumb, from 21 landmarks."""
    up = points[9] - points[WRIST]
    up = up / max(float(np.linalg.norm(up)), 1e-9)
    radial = np.array([up[1], -up[0]])
    return up, radial * (np.sign(float((points[5] - points[17]) @ radial)) or 1.0)


def _bone(name: str, near: Points, far: Points, unit: float) -> ExpectedBone:
    part, along = name[2:], (far - near) / max(float(np.linalg.norm(far - near)), 1e-9)
    # A landmark lies at the base of a proximal phalanx, and at the head of the bone before any other joint.
    after = _GAP * unit if part in ("middle phalanx", "distal phalanx") else 0.0
    before = _GAP * unit if part == "metacarpal" else 0.0
    widths = np.array(_WIDTHS[part]) * _SLENDER[int(name[0])] * unit
    return ExpectedBone(name, near + after * along, far - before * along, widths)
