"""Deposits laid on a film: each beside or on its bone, turned with it, with its path and the pixels that it covers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lesionmeter.phantom.deposits import Calcification, anchor
from lesionmeter.phantom.forms import Form, deposit_form
from lesionmeter.phantom.render import Place, local_grid, window
from lesionmeter.phantom.skeleton import Frame, Skeleton

Grid = NDArray[np.float32]
Drawn = tuple[tuple[slice, slice], Grid, NDArray[np.bool_]]
"""A deposit on a film: the window, the path through it (mm of bone), and which pixels it covers."""


def lay(
    deposit: Calcification, area_mm2: float, skeleton: Skeleton, placed: Mapping[str, Frame], place: Place
) -> Drawn | None:
    """One deposit on a film's grid; None if it is not there.

    It keeps its size when its bone is foreshortened by a bend: only its place follows the bone. An arc bulges away
    from the bone.
    """
    if area_mm2 <= 0:
        return None
    x, y = anchor(deposit, skeleton)
    bone = placed[deposit.bone]
    own = bone / np.array([np.linalg.norm(bone[:2, 0]), np.linalg.norm(bone[:2, 1]), 1.0])
    own[:, 2] = bone @ [x, y, 1.0]
    bulge = {"radial": 0.0, "ulnar": 180.0, "midline": -90.0}[deposit.aspect]
    wobble = float(np.random.default_rng([deposit.seed, 2]).normal(0, 25))
    form = deposit_form(deposit.habit, deposit.seed, max(deposit.areas_mm2))
    return stamp(form, area_mm2, deposit.density, place.matrix @ own @ turned(bulge + wobble), place.shape)


def turned(degrees: float, at: tuple[float, float] = (0.0, 0.0)) -> Frame:
    """A frame turned by an angle and moved to a place."""
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.array([[cos, -sin, at[0]], [sin, cos, at[1]], [0.0, 0.0, 1.0]])


def stamp(form: Form, area_mm2: float, density: float, matrix: Frame, shape: tuple[int, int]) -> Drawn | None:
    """A form on a film's grid, laid by `matrix` from its own mm to (row, column); None if it lies off the film."""
    at = window(matrix, (-form.reach, form.reach, -form.reach, form.reach), shape)
    if at is None:
        return None
    depth, inside = form.cut(*local_grid(matrix, at), area_mm2)
    return at, np.asarray(density * depth, dtype=np.float32), inside
