"""How a film shows the shafts of a hand: contrast, and how wide the fall at their borders is."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.model.bones import TUBULAR, Bone, BoneMap
from lesionmeter.model.film_pair import HandLook
from lesionmeter.model.geometry import Points
from lesionmeter.model.patient import HandView

_SHAFT: Final = (0.3, 0.7)  # shares of the axis between which the border is sampled
_INSIDE_MM: Final = 1.5  # from the border inwards: past the cortex of a finger
_OUTSIDE_MM: Final = 2.0  # and outwards: past the blur, within the flesh
_STEP_MM: Final = 0.1
_LEAST_BONES: Final = 3


def hand_look(view: HandView, bones: BoneMap) -> HandLook | None:
    """The film's look at this hand; None if too few shafts are there.

    The film is sampled square to each shaft's border, and averaged along it, which takes the grain away.

    Parameters
    ----------
    view
        The hand on its film.
    bones
        Its bones, from `bone_map`.
    """
    dense = view.film.radiograph.dense_bright(view.polarity)
    air = float(np.percentile(dense[::4, ::4], 1))
    pitch = view.film.spacing.mean_mm
    profiles = [_profile(dense, bone, pitch) for bone in bones.bones if bone.name in TUBULAR]
    edges = [_edge(profile, air) for profile in profiles if profile is not None]
    if len(edges) < _LEAST_BONES:
        return None
    contrast, width = np.median(edges, axis=0).tolist()
    return HandLook(contrast, width)


def _profile(dense: NDArray[np.float32], bone: Bone, pitch: float) -> NDArray[np.float64] | None:
    """Mean values from inside to outside a shaft's border, at even steps; None if no border is there."""
    axis = (bone.end - bone.start) / max(bone.length, 1e-9)
    along = (bone.outline - bone.start) @ axis / max(bone.length, 1e-9)
    places: Points = bone.outline[(along > _SHAFT[0]) & (along < _SHAFT[1])]
    aside = places - bone.start - ((places - bone.start) @ axis)[:, None] * axis
    if len(places) == 0:
        return None
    outwards = aside / (np.linalg.norm(aside, axis=1, keepdims=True) + 1e-9)
    offsets = np.arange(-_INSIDE_MM, _OUTSIDE_MM, _STEP_MM) / pitch
    at = places[None] + offsets[:, None, None] * outwards[None]
    values = ndimage.map_coordinates(dense, np.moveaxis(at, -1, 0), order=1, mode="nearest")
    mean: NDArray[np.float64] = values.mean(axis=1, dtype=np.float64)
    return mean


def _edge(profile: NDArray[np.float64], air: float) -> tuple[float, float]:
    """Contrast and width (mm) of one border's fall."""
    bone, soft = float(profile.max()), float(profile[-round(0.5 / _STEP_MM) :].mean())
    steepest = max(float(-np.diff(profile).min()), 1e-9) / _STEP_MM
    return (bone - soft) / max(bone - air, 1e-9), (bone - soft) / steepest
