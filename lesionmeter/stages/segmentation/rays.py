"""The border of a round deposit: the best closed path of steep fall across rays from its middle.

Every ray from the middle outwards is one column of choices (where on this ray is the border?); neighbouring rays must
choose neighbouring radii; circular dynamic programming finds the closed border of the largest total fall. No background
level is needed, and a bone edge that crosses the deposit costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from lesionmeter.model.geometry import Points
from lesionmeter.stages.segmentation.field import Chances

INNERMOST_MM: Final = 0.25
"""Radius of the smallest border."""

FALL_CAP: Final = 1.3
"""A fall above this many times the usual one of the rays counts no more: a bone's own edge must not attract."""

STEP_COST: Final = 0.035
"""Cost of a radius that differs from its neighbour ray's by one sample, growing with its square."""

CROSSING_COST: Final = 0.5
"""Cost of each full edge (either way) that lies inside the border."""

UNSEEN_COST: Final = 1.0
"""Cost of each mm inside the border where the network surely sees no deposit; as much is gained where it sees one."""

EDGE_MM: Final = 0.4
"""Width of an edge: that much of the path just inside the border is its own, not an edge crossed."""

FARTHEST_STEP: Final = 2
"""Samples by which the radius may differ from the neighbour ray's."""

Profile = NDArray[np.float32]
"""(seeds, rays, radii) values along rays."""


@dataclass(frozen=True)
class RayPlan:
    """How rays are sampled.

    Parameters
    ----------
    rays
        Number of directions.
    step_mm
        Distance from one sample to the next.
    reach_mm
        Length of a ray.
    """

    rays: int = 96
    step_mm: float = 0.05
    reach_mm: float = 6.0

    @property
    def radii(self) -> NDArray[np.float64]:
        """Radii sampled, in mm."""
        return np.arange(INNERMOST_MM, self.reach_mm, self.step_mm)

    @property
    def directions(self) -> Points:
        """(rays, 2) unit vectors as (row, column)."""
        angle = np.arange(self.rays) * 2 * np.pi / self.rays
        return np.stack([np.sin(angle), np.cos(angle)], axis=1)


@dataclass(frozen=True, eq=False)
class RayBorders:
    """Borders of many seeds.

    Parameters
    ----------
    centres
        (n, 2) as (row, column) pixels.
    radii_mm
        (n, rays) radius of the border on each ray.
    falls
        (n, rays) fall of the value per mm across the border.
    rivals
        (n, rays) largest fall anywhere on the ray.
    inner, outer
        (n, rays) value just inside and just outside the border.
    """

    centres: Points
    radii_mm: NDArray[np.float64]
    falls: NDArray[np.float32]
    rivals: NDArray[np.float32]
    inner: NDArray[np.float32]
    outer: NDArray[np.float32]


def trace(
    smooth: NDArray[np.float32], pitch: float, centres: Points, plan: RayPlan, seen: Chances | None = None
) -> RayBorders:
    """The border round each centre.

    Parameters
    ----------
    smooth
        (rows, columns) film values, dense bright, smoothed a little against grain.
    pitch
        Millimetres a pixel.
    centres
        (n, 2) as (row, column) pixels, each inside its deposit.
    plan
        How to sample.
    seen
        What the network says, which draws the border to what it sees; the film alone decides if None.

    Returns
    -------
    RayBorders
        One border a centre, good or bad: judge it by its falls.
    """
    profile = sample(smooth, pitch, centres, plan)
    slope = np.gradient(profile, plan.step_mm, axis=2)
    rivals = np.maximum(-slope, 0).max(axis=2)
    path = _closed_paths(_cost(slope, rivals, plan) + _unseen(pitch, centres, plan, seen))
    radii = plan.radii
    inside = np.maximum(path - round(0.3 / plan.step_mm), 0)
    outside = np.minimum(path + round(0.35 / plan.step_mm), len(radii) - 1)
    return RayBorders(
        centres=centres,
        radii_mm=radii[path] + _between_samples(slope, path) * plan.step_mm,
        falls=-_pick(slope, path),
        rivals=rivals,
        inner=_pick(profile, inside),
        outer=_pick(profile, outside),
    )


def _pick(values: Profile, at: NDArray[np.intp]) -> NDArray[np.float32]:
    """(n, rays) values at one radius of each ray."""
    return np.asarray(np.take_along_axis(values, at[:, :, None], axis=2)[:, :, 0])


def sample(smooth: NDArray[np.float32], pitch: float, centres: Points, plan: RayPlan) -> Profile:
    """Values along the rays of each centre; the film's edge value beyond the film."""
    places = _places(pitch, centres, plan)
    values = ndi.map_coordinates(smooth, places.reshape(-1, 2).T, order=1, mode="nearest", output=np.float32)
    return values.reshape(places.shape[:-1])


def _places(pitch: float, centres: Points, plan: RayPlan) -> NDArray[np.float64]:
    """(seeds, rays, radii, 2) pixels of the film."""
    offsets = plan.directions[:, None, :] * (plan.radii / pitch)[None, :, None]
    return np.asarray(centres[:, None, None, :] + offsets[None])


def _unseen(pitch: float, centres: Points, plan: RayPlan, seen: Chances | None) -> Profile:
    """What a border at each radius costs for what it takes in that the network does not see."""
    if seen is None:
        return np.zeros(1, dtype=np.float32)
    places = _places(pitch, centres, plan)
    chance = seen(places.reshape(-1, 2)).reshape(places.shape[:-1])
    return np.asarray(UNSEEN_COST * plan.step_mm * np.cumsum(1 - 2 * chance, axis=2), dtype=np.float32)


def _cost(slope: Profile, rivals: NDArray[np.float32], plan: RayPlan) -> Profile:
    usual = np.median(rivals, axis=1)[:, None, None] + 1e-6
    fall = np.minimum(np.maximum(-slope, 0) / usual, FALL_CAP)
    steep = np.abs(slope) / usual
    quiet = 1.5 * np.median(steep, axis=(1, 2), keepdims=True)
    crossed = np.cumsum(np.maximum(steep - quiet, 0), axis=2) * plan.step_mm
    own = round(EDGE_MM / plan.step_mm)
    before = np.zeros_like(crossed)
    before[:, :, own:] = crossed[:, :, :-own]
    return np.asarray(CROSSING_COST * before - fall, dtype=np.float32)


def _closed_paths(cost: Profile) -> NDArray[np.intp]:
    """Index of the radius on each ray, of the cheapest path that goes round; (n, rays).

    The rays are gone round three times and the middle turn is kept, so that its two ends meet.
    """
    _, rays, samples = cost.shape
    offsets = np.arange(-FARTHEST_STEP, FARTHEST_STEP + 1)
    steps = STEP_COST * offsets * offsets
    padded = np.full((len(cost), samples + 2 * FARTHEST_STEP), np.inf)
    padded[:, FARTHEST_STEP:-FARTHEST_STEP] = cost[:, 0]
    reached = np.lib.stride_tricks.sliding_window_view(padded, samples, axis=1)  # (seeds, offsets, radii), a view
    back = []
    for turn in range(1, 3 * rays):
        options = reached + steps[:, None]
        total = options.min(axis=1) + cost[:, turn % rays]
        back.append((options.argmin(axis=1) - FARTHEST_STEP).astype(np.int8))
        padded[:, FARTHEST_STEP:-FARTHEST_STEP] = total
    at = total.argmin(axis=1)
    path = np.empty((len(cost), 3 * rays), dtype=np.intp)
    path[:, -1] = at
    for turn in range(3 * rays - 2, -1, -1):
        at = at + np.take_along_axis(back[turn], at[:, None], axis=1)[:, 0]
        path[:, turn] = at
    return path[:, rays : 2 * rays]


def _between_samples(slope: Profile, path: NDArray[np.intp]) -> NDArray[np.float32]:
    """How far from the sample chosen, in samples, the steepest place is (parabola through three slopes)."""
    middle = np.clip(path, 1, slope.shape[2] - 2)
    before, here, after = (_pick(slope, middle + k) for k in (-1, 0, 1))
    bend = before - 2 * here + after
    shift = np.divide(before - after, 2 * bend, out=np.zeros_like(bend), where=bend > 1e-6)
    return np.asarray(np.clip(shift, -0.5, 0.5))


def polygons(borders: RayBorders, pitch: float, plan: RayPlan) -> NDArray[np.float64]:
    """(n, rays, 2) corner points of the borders as (row, column) pixels."""
    return borders.centres[:, None, :] + plan.directions[None] * (borders.radii_mm / pitch)[:, :, None]


def polygon_areas(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Areas of (n, corners, 2) polygons, in square units of their corners."""
    rows, columns = corners[..., 0], corners[..., 1]
    return np.asarray(0.5 * np.abs((columns * np.roll(rows, -1, -1) - np.roll(columns, -1, -1) * rows).sum(-1)))
