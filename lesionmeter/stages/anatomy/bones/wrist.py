"""Carpus, radius and ulna: as regions, for no landmark marks them and the film cuts the forearm."""

from __future__ import annotations

from typing import Final

import numpy as np

from lesionmeter.model.geometry import Points
from lesionmeter.model.site import WRIST, Landmarks
from lesionmeter.stages.anatomy.bones.axes import ExpectedBone, hand_axes

_FOREARM: Final = 0.30  # how far proximal of the wrist bones are followed, in hand lengths
_LEAST: Final = 0.05  # a shorter piece of a forearm bone is not looked for, in hand lengths
_TURNS_DEG: Final = (-16.0, -8.0, 0.0, 8.0, 16.0)  # the forearm's direction against the hand's

# Distal end (towards the fingers, towards the thumb), side of the proximal end, half widths from the elbow to the hand.
_FOREARM_BONES: Final = {
    "radius": ((-0.035, 0.042), 0.030, (0.042, 0.050, 0.075)),
    "ulna": ((-0.055, -0.070), -0.080, (0.030, 0.032, 0.042)),
}
_CARPUS: Final = ((-0.030, -0.005), (0.135, -0.005), (0.095, 0.105, 0.095))


def expected_wrist(landmarks: Landmarks, shape: tuple[int, int]) -> tuple[ExpectedBone, ...]:
    """The carpus, and radius and ulna in several directions as far as the film shows them.

    Parameters
    ----------
    landmarks
        Where the hand lies.
    shape
        (rows, columns) of the film.
    """
    wrist, unit = landmarks.points[WRIST], landmarks.hand_length
    frame = np.stack(hand_axes(landmarks.points)) * unit
    near, far, widths = _CARPUS
    bones = [ExpectedBone("carpus", wrist + near @ frame, wrist + far @ frame, np.array(widths) * unit)]
    for name, (end, aside, half_widths) in _FOREARM_BONES.items():
        for turn in np.deg2rad(_TURNS_DEG):
            forearm = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
            distal = wrist + np.array(end) @ forearm @ frame
            proximal = _on_film(distal, wrist + np.array([-_FOREARM, aside]) @ forearm @ frame, shape)
            if np.linalg.norm(distal - proximal) > _LEAST * unit:
                bones.append(ExpectedBone(name, proximal, distal, np.array(half_widths) * unit))
    return tuple(bones)


def _on_film(inner: Points, outer: Points, shape: tuple[int, int]) -> Points:
    """The last place from `inner` towards `outer` that the film still shows."""
    way = outer - inner
    limits = np.where(way > 0, np.array(shape) - 1 - inner, -inner) / np.where(np.abs(way) < 1e-9, np.inf, way)
    reach = min([1.0, *(float(limit) for limit, step in zip(limits, way, strict=True) if abs(step) >= 1e-9)])
    return np.asarray(inner + max(reach, 0.0) * way, dtype=np.float64)
