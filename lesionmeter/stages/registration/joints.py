"""Where one bone ends and the next begins, told from how they move.

A landmark may lie some millimetres off its joint. Two bones of a joint agree on where the joint itself goes, and on no
other place once it bends: so their common end is put where their motions agree best.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from lesionmeter.model.geometry import Affine, BoneMotion, Capsule, Points
from lesionmeter.stages.registration.skeleton import CHAIN

AGREEMENT: Final = 0.001
"""How well two bones agree on their joint's place on the second film, in shares of the hand's length."""

DOUBT: Final = 0.012
"""How far a landmark may lie from the joint, in shares of the hand's length."""


def settle_joints(motions: tuple[BoneMotion, ...], unit_mm: float) -> tuple[BoneMotion, ...]:
    """Move the ends that two matched bones share to where their motions agree.

    Parameters
    ----------
    motions
        All bones, each after the one it hangs on.
    unit_mm
        The hand's length.
    """
    bones = {bone.bone: bone for bone in motions}
    for name, parent_name in CHAIN.items():
        child, parent = bones.get(name), bones.get(parent_name)
        if child is None or parent is None or not (child.ok and parent.ok):
            continue
        joint = common_place(parent.matrix, child.matrix, child.capsule.start, unit_mm)
        bones[name] = replace(child, capsule=replace(child.capsule, start=joint))
        bones[parent_name] = replace(parent, capsule=Capsule(parent.capsule.start, joint, parent.capsule.radius))
    return tuple(bones[bone.bone] for bone in motions)


def common_place(first: Affine, second: Affine, expected: Points, unit_mm: float) -> Points:
    """The point near `expected` (mm) that two motions carry to nearly the same place.

    Least squares of the distance between the two carried points and of the distance from `expected`, each over what it
    usually is.
    """
    apart = (first - second)[:2] / (AGREEMENT * unit_mm)
    doubt = DOUBT * unit_mm
    normal = apart[:, :2].T @ apart[:, :2] + np.eye(2) / doubt**2
    pull = expected / doubt**2 - apart[:, :2].T @ apart[:, 2]
    return np.asarray(np.linalg.solve(normal, pull), dtype=np.float64)
