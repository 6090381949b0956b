"""The tubular bones of a hand: found where landmarks say, then again about the axis that the first border shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.geometry import Points
from lesionmeter.model.site import Landmarks
from lesionmeter.stages.anatomy.bones.axes import ExpectedBone, expected_bones
from lesionmeter.stages.anatomy.bones.borders import FAN_RAYS, SIDE_RAYS, Border, Ground, find_borders
from lesionmeter.stages.anatomy.bones.wrist import expected_wrist

_SHAFT: Final = slice(int(0.12 * SIDE_RAYS), int(0.88 * SIDE_RAYS))
_MOST_SHIFT: Final = 0.016  # of an end along the axis between two looks, in hand lengths
_WIDER: Final = (0.7, 1.4)  # limits of a bone's width against the usual one
_LOOKS: Final = 2  # after the first

Found = dict[str, tuple[ExpectedBone, Border]]


def find_bones(ground: Ground, landmarks: Landmarks) -> Found:
    """The border of each bone, by name: 19 tubular ones, the carpus, and what the film shows of radius and ulna.

    Parameters
    ----------
    ground
        The film.
    landmarks
        Where the hand lies on it.
    """
    rows, columns = ground.smooth.shape
    wrist = _cheapest(expected_wrist(landmarks, (rows, columns)), ground)
    found = _cheapest(expected_bones(landmarks), ground)
    for _ in range(_LOOKS):
        again = tuple(_centred(bone, border, landmarks.hand_length) for bone, border in found.values())
        found = _cheapest(again, ground)
    return wrist | {name: (_measured(*pair), pair[1]) for name, pair in found.items()}


def _cheapest(bones: tuple[ExpectedBone, ...], ground: Ground) -> Found:
    """Of several places that one bone was looked for in, the one with the best border."""
    found: Found = {}
    for bone, border in zip(bones, find_borders(ground, bones), strict=True):
        if bone.name not in found or border.cost < found[bone.name][1].cost:
            found[bone.name] = (bone, border)
    return found


def _centred(bone: ExpectedBone, border: Border, unit: float) -> ExpectedBone:
    """The bone about the axis of its border, as wide as that, and its ends moved a little towards the border's."""
    measured = _measured(bone, border)
    axis = (measured.end - measured.start) / max(measured.length, 1e-9)
    usual = [float((place - measured.start) @ axis) for place in (bone.start, bone.end)]
    start = np.clip(0.0, usual[0] - _MOST_SHIFT * unit, usual[0] + _MOST_SHIFT * unit)
    end = np.clip(measured.length, usual[1] - _MOST_SHIFT * unit, usual[1] + _MOST_SHIFT * unit)
    shaft = _sides(border)
    ratio = np.median(np.linalg.norm(shaft[0] - shaft[1], axis=1)[_SHAFT] / _usual_width(border)[_SHAFT])
    widths = bone.widths * float(np.clip(ratio, *_WIDER))
    return replace(bone, start=measured.start + start * axis, end=measured.start + end * axis, widths=widths)


def _measured(bone: ExpectedBone, border: Border) -> ExpectedBone:
    """The bone's axis as its border shows it: the line through the middles of the shaft, from end to end."""
    one, other = _sides(border)
    middles = (0.5 * (one + other))[_SHAFT]
    weight = np.minimum(*(np.clip(side, 0.05, 1.0) for side in _side_clearness(border)))[_SHAFT]
    weight = weight / weight.sum()
    centre = weight @ middles
    _, _, ways = np.linalg.svd(np.sqrt(weight)[:, None] * (middles - centre), full_matrices=False)
    axis = ways[0] * np.sign(ways[0] @ (bone.end - bone.start))
    along = (border.points - centre) @ axis
    head, base = _fan(along, SIDE_RAYS), _fan(along, 2 * SIDE_RAYS + FAN_RAYS)
    return replace(bone, start=centre + float(base) * axis, end=centre + float(head) * axis)


def _fan(along: NDArray[np.float64], first: int) -> np.floating:
    """Where an end lies along the axis: the middle half of its fan."""
    return np.median(along[first + FAN_RAYS // 4 : first + 3 * FAN_RAYS // 4])


def _sides(border: Border) -> tuple[Points, Points]:
    """The two sides of the shaft, both from base to head, (SIDE_RAYS, 2) each."""
    points, second = border.points, SIDE_RAYS + FAN_RAYS
    return points[:SIDE_RAYS], points[second : second + SIDE_RAYS][::-1]


def _side_clearness(border: Border) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    second = SIDE_RAYS + FAN_RAYS
    return border.clearness[:SIDE_RAYS], border.clearness[second : second + SIDE_RAYS][::-1]


def _usual_width(border: Border) -> NDArray[np.float64]:
    return 2.0 * border.rays.reach[:SIDE_RAYS]
