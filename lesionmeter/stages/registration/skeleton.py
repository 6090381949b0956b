"""The bones that are matched: where each lies on the baseline film, and which bone it hangs on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lesionmeter.model.geometry import Affine, Capsule, Points
from lesionmeter.model.site import BONES, METACARPALS, WRIST

PALM_LANDMARKS = (0, 1, 5, 9, 13, 17)
"""Landmarks that move with the palm (wrist, thumb CMC, knuckles)."""

CHAIN = {
    "carpus": "palm",
    "radius": "palm",
    "ulna": "palm",
    **{f"{ray} metacarpal": "palm" for ray in (2, 3, 4, 5, 1)},
    "1 proximal phalanx": "1 metacarpal",
    "1 distal phalanx": "1 proximal phalanx",
    **{f"{ray} proximal phalanx": f"{ray} metacarpal" for ray in (2, 3, 4, 5)},
    **{f"{ray} middle phalanx": f"{ray} proximal phalanx" for ray in (2, 3, 4, 5)},
    **{f"{ray} distal phalanx": f"{ray} middle phalanx" for ray in (2, 3, 4, 5)},
}
"""Bone to the bone it hangs on, from the palm outwards."""

RIGID_WITH_PALM = frozenset({"carpus", *METACARPALS})
"""Bones that move with the palm but for a millimetre."""

_RADIUS = {"metacarpal": 0.028, "proximal phalanx": 0.0255, "middle phalanx": 0.021, "distal phalanx": 0.019}
_BASE_SHARE = 0.70  # of the way from a knuckle to the wrist lies the metacarpal's base


@dataclass(frozen=True, eq=False)
class Bone:
    """A bone of the baseline film.

    Parameters
    ----------
    name, parent
        Its name and that of the bone it hangs on (`palm` for the first ones).
    capsule
        Where it lies, mm; `start` is the joint with the parent.
    ends
        The two landmarks at its ends, if it has both.
    """

    name: str
    parent: str
    capsule: Capsule
    ends: tuple[int, int] | None


def skeleton(points_mm: Points, unit_mm: float) -> tuple[Bone, ...]:
    """The 22 bones in the order in which they are matched, from 21 landmarks in mm."""
    wrist = points_mm[WRIST]
    up = points_mm[9] - wrist
    up = up / np.linalg.norm(up)
    radial = np.array([up[1], -up[0]])
    radial = radial * np.sign((points_mm[1] + points_mm[5] - 2 * wrist) @ radial)
    capsules = {
        "carpus": _capsule(wrist, up, radial, ((0.065, 0.05), (0.065, -0.05), 0.062), unit_mm),
        "radius": _capsule(wrist, up, radial, ((-0.025, 0.04), (-0.15, 0.045), 0.05), unit_mm),
        "ulna": _capsule(wrist, up, radial, ((-0.025, -0.055), (-0.15, -0.05), 0.036), unit_mm),
    }
    for name, knuckle in METACARPALS.items():
        base = points_mm[knuckle] + _BASE_SHARE * (wrist - points_mm[knuckle])
        capsules[name] = Capsule(base, points_mm[knuckle], _RADIUS["metacarpal"] * unit_mm)
    for name, (near, far) in BONES.items():
        capsules[name] = Capsule(points_mm[near], points_mm[far], _RADIUS[name[2:]] * unit_mm)
    return tuple(Bone(name, parent, capsules[name], BONES.get(name)) for name, parent in CHAIN.items())


def _capsule(
    wrist: Points,
    up: Points,
    radial: Points,
    places: tuple[tuple[float, float], tuple[float, float], float],
    unit: float,
) -> Capsule:
    start, end, radius = places
    return Capsule(
        wrist + unit * (start[0] * up + start[1] * radial),
        wrist + unit * (end[0] * up + end[1] * radial),
        radius * unit,
    )


def palm_start(points_from: Points, points_to: Points) -> Affine:
    """Similarity that takes the palm's landmarks over, with those that disagree weighted down."""
    chosen = list(PALM_LANDMARKS)
    source, target = points_from[chosen], points_to[chosen]
    weight = np.ones(len(chosen))
    for _ in range(20):
        motion = similarity(source, target, weight)
        miss = np.linalg.norm(source @ motion[:2, :2].T + motion[:2, 2] - target, axis=1)
        weight = 1.0 / (1.0 + (miss / max(float(np.median(miss)), 0.1)) ** 2)
    return motion


def turns_like(points_from: Points, points_to: Points) -> bool:
    """Whether thumb and little finger lie on the same sides of the hand on both films (no mirror between them)."""
    sides = []
    for points in (points_from, points_to):
        up, across = points[9] - points[WRIST], points[[1, 2, 5]].mean(axis=0) - points[[13, 17]].mean(axis=0)
        sides.append(up[0] * across[1] - up[1] * across[0])
    return bool(sides[0] * sides[1] > 0)


def similarity(source: Points, target: Points, weight: Points | None = None) -> Affine:
    """Weighted least-squares similarity (turn, scale, shift; no mirror) between matching (n, 2) points.

    Examples
    --------
    >>> similarity(np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([[2.0, 3.0], [4.0, 3.0]]))
    array([[2., 0., 2.],
           [0., 2., 3.],
           [0., 0., 1.]])
    """
    share = np.full(len(source), 1.0 / len(source)) if weight is None else weight / weight.sum()
    middle_from, middle_to = share @ source, share @ target
    a, b = source - middle_from, target - middle_to
    size = max(float(share @ (a * a).sum(axis=1)), 1e-12)
    cosine = float(share @ (a * b).sum(axis=1)) / size
    sine = float(share @ (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])) / size
    linear = np.array([[cosine, -sine], [sine, cosine]])
    motion = np.eye(3)
    motion[:2, :2], motion[:2, 2] = linear, middle_to - linear @ middle_from
    return motion + 0.0
