"""The bone map of a hand, and the middles of its shafts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.model.bones import TUBULAR, WRIST_BONES, Bone, BoneMap, MidShaft
from lesionmeter.model.geometry import Points
from lesionmeter.model.patient import HandView
from lesionmeter.stages.anatomy.bones.borders import Ground
from lesionmeter.stages.anatomy.bones.contours import Found, find_bones
from lesionmeter.stages.anatomy.bones.filling import fill

SHAFT: Final = (0.35, 0.65)
"""Where along a bone's axis its shaft is measured: far from joints, growth plates and tufts."""

_BLUR: Final = 0.0010  # of the hand's length: takes the grain away and leaves a cortex
_ROOM: Final = 0.12  # of the hand's length, round the landmarks
_CLEAR: Final = 1 / 3
_RIM: Final = 0.0025  # of the hand's length, 0.4 mm: so far beyond its outline a deposit's edge is still steep


def bone_map(view: HandView, deposits: NDArray[np.bool_] | None = None) -> BoneMap:
    """Find the bones of a hand on its film.

    Each tubular bone is outlined along its own edges, from its landmarks; carpus, radius and ulna are regions, cut at
    the film's edge.

    Parameters
    ----------
    view
        The hand on its film.
    deposits
        (rows, columns) true where deposits lie: a bone that one covers or touches is bridged there, and does not take
        it in. None if it is not known.
    """
    film, landmarks = view.film.radiograph, view.hand.landmarks
    grey = film.dense_bright(view.polarity)
    smooth = ndimage.gaussian_filter(grey, _BLUR * landmarks.hand_length, truncate=3.0)
    covered = None if deposits is None else _with_rim(deposits, _RIM * landmarks.hand_length)
    found = find_bones(Ground(smooth, covered), landmarks)
    bones = tuple(_bone(name, found) for name in (*WRIST_BONES, *TUBULAR) if name in found)
    return BoneMap(film.film, view.hand.laterality, _painted(bones, film.shape), bones)


def _with_rim(deposits: NDArray[np.bool_], rim: float) -> NDArray[np.bool_]:
    return np.asarray(ndimage.maximum_filter(deposits, 2 * round(rim) + 1))


def _bone(name: str, found: Found) -> Bone:
    expected, border = found[name]
    clear = float((border.clearness > _CLEAR).mean())
    return Bone(name, expected.start, expected.end, border.points, round(clear, 3))


def _painted(bones: tuple[Bone, ...], shape: tuple[int, int]) -> NDArray[np.uint8]:
    labels = np.zeros(shape, dtype=np.uint8)
    for number, bone in enumerate(bones, 1):
        fill(labels, bone.outline, number)
    return labels


def mid_shafts(
    view: HandView, bones: BoneMap, ends: Mapping[str, tuple[Points, Points]] | None = None
) -> tuple[MidShaft, ...]:
    """The areas of the middles of the 19 shafts: what does not change between the dates of an adult's hand.

    Parameters
    ----------
    view
        The hand on its film, which gives the scale.
    bones
        Its bones, from `bone_map`.
    ends
        Proximal and distal end of bones' axes, (row, column) pixels of this film, by bone. Give the baseline's, carried
        by the registration: then the same piece of the bone is measured on every date. The bones' own ends if None.
    """
    shafts = []
    for bone in bones.bones:
        if bone.name in TUBULAR:
            start, end = (ends or {}).get(bone.name, (bone.start, bone.end))
            shafts.append(_mid_shaft(view, bone, (start, end)))
    return tuple(shafts)


def _mid_shaft(view: HandView, bone: Bone, ends: tuple[Points, Points]) -> MidShaft:
    spacing = view.film.spacing
    start, end = (spacing.to_mm(place) for place in ends)
    length = float(np.linalg.norm(end - start))
    axis = (end - start) / max(length, 1e-9)
    piece = spacing.to_mm(bone.outline)
    for share, way in zip(SHAFT, (1.0, -1.0), strict=True):
        piece = _half(piece, start + share * length * axis, way * axis)
    area = _area(piece)
    span = (SHAFT[1] - SHAFT[0]) * length
    return MidShaft(bone.name, area, area / max(span, 1e-9), length, view.film.area_unit, bone.clearness)


def _half(outline: Points, place: Points, inwards: Points) -> Points:
    """The part of a closed outline on the side of a line that `inwards` points to (Sutherland and Hodgman 1974)."""
    depth = (outline - place) @ inwards
    following, depth_after = np.roll(outline, -1, axis=0), np.roll(depth, -1)
    kept: list[Points] = []
    for here, there, d, e in zip(outline, following, depth, depth_after, strict=True):
        if d >= 0:
            kept.append(here)
        if (d >= 0) != (e >= 0):
            kept.append(here + d / (d - e) * (there - here))
    return np.array(kept) if kept else np.empty((0, 2))


def _area(outline: Points) -> float:
    row, column = outline.T
    return 0.5 * abs(float(row @ np.roll(column, -1) - column @ np.roll(row, -1)))
