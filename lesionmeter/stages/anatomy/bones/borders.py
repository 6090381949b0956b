"""The closed border of each bone: the cheapest way round its axis, on rays.

Rays leave the axis square to it along the shaft, and spread like a fan at its two ends. On each ray the border is where
the film falls from bone to soft tissue; how steep that is counts against the ray's own steepest falls, so that a
deposit's edge is worth no more than the bone's. The border of least cost goes once round (dynamic programming); it
bends little against the usual outline, so that it bridges places where a deposit, a joint or another bone hides it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.model.geometry import Points
from lesionmeter.stages.anatomy.bones.axes import ExpectedBone

SIDE_RAYS: Final = 160
"""Rays to each side of the shaft."""

FAN_RAYS: Final = 40
"""Rays round each end."""

RAYS: Final = 2 * (SIDE_RAYS + FAN_RAYS)

_SHARES: Final = np.linspace(0.45, 1.75, 66)  # places on a ray, as shares of the usual distance of the border
_PLACE: Final = float(_SHARES[1] - _SHARES[0])
_STEPS: Final = 3  # places that the border may move by from one ray to the next
_BEND: Final = 0.6  # cost of a slope of 1 against the usual outline, in full edges
_DOUBT: Final = 0.33  # spread (log) of a border's distance about the usual one
_DOUBT_COST: Final = 0.10
_INSET: Final = 0.55  # of the usual half width at an end, from the end to the fan's middle


@dataclass(frozen=True, eq=False)
class Rays:
    """Rays round one bone's axis.

    Parameters
    ----------
    origins, ways
        (RAYS, 2): where each leaves the axis, and its unit vector, (row, column) pixels.
    reach
        (RAYS,) usual distance of the border along each, pixels.
    """

    origins: Points
    ways: Points
    reach: NDArray[np.float64]

    def places(self, distance: NDArray[np.float64]) -> Points:
        """(..., 2) places at (..., RAYS-broadcast) distances along the rays."""
        return np.asarray(self.origins + distance[..., None] * self.ways, dtype=np.float64)


def rays_round(bone: ExpectedBone) -> Rays:
    """The rays of a bone: up one side, round the head, down the other side, round the base."""
    axis = (bone.end - bone.start) / max(bone.length, 1e-9)
    across = np.array([-axis[1], axis[0]])
    inset = np.minimum(_INSET * bone.widths[[0, 2]], 0.3 * bone.length)
    first, last = inset[0] / bone.length, 1.0 - inset[1] / bone.length
    up = np.linspace(first, last, SIDE_RAYS)
    fan = (np.arange(FAN_RAYS) + 0.5) / FAN_RAYS * np.pi - np.pi / 2  # from one side over the axis to the other
    along = np.concatenate([up, np.full(FAN_RAYS, last), up[::-1], np.full(FAN_RAYS, first)])
    one = np.ones((SIDE_RAYS, 1))
    head = np.cos(fan)[:, None] * axis - np.sin(fan)[:, None] * across
    base = -np.cos(fan)[:, None] * axis + np.sin(fan)[:, None] * across
    ways = np.concatenate([one * across, head, -one * across, base])
    width = bone.half_width(up)
    reach = np.concatenate([
        width, _end_reach(fan, inset[1], width[-1]), width[::-1], _end_reach(fan, inset[0], width[0])
    ])  # fmt: skip
    return Rays(bone.start + along[:, None] * bone.length * axis, ways, reach)


def _end_reach(fan: NDArray[np.float64], depth: float, width: float) -> NDArray[np.float64]:
    """Distance to a rounded box's end, `depth` deep and `width` to each side (a superellipse)."""
    power = 3.0
    return np.asarray(((np.cos(fan) / depth) ** power + (np.abs(np.sin(fan)) / width) ** power) ** (-1 / power))


@dataclass(frozen=True, eq=False)
class Border:
    """The border of one bone.

    Parameters
    ----------
    rays
        The rays it was found on.
    distance
        (RAYS,) its distance along each, pixels.
    clearness
        (RAYS,) its edge against the bone's own usual edge; 1 is usual, 0 is none.
    cost
        Of the whole way round, a ray; lower is better.
    """

    rays: Rays
    distance: NDArray[np.float64]
    clearness: NDArray[np.float64]
    cost: float

    @property
    def points(self) -> Points:
        """(RAYS, 2) places, (row, column) pixels."""
        return self.rays.places(self.distance)


@dataclass(frozen=True, eq=False)
class Ground:
    """A film, and where it shows something else than bone.

    Parameters
    ----------
    smooth
        (rows, columns) of the film, dense tissue bright, a little smoothed.
    covered
        (rows, columns) true where deposits, with a rim round them, have edges of their own; None if there are none.
    """

    smooth: NDArray[np.float32]
    covered: NDArray[np.bool_] | None = None


def find_borders(ground: Ground, bones: tuple[ExpectedBone, ...]) -> tuple[Border, ...]:
    """The border of each bone; where deposits cover it, the bridge that bends least.

    Parameters
    ----------
    ground
        The film.
    bones
        Where they are expected.
    """
    rays = tuple(rays_round(bone) for bone in bones)
    fall, edge = _falls(ground, rays)
    spacing = np.array([np.linalg.norm(np.diff(r.places(r.reach), axis=0), axis=1).mean() for r in rays])
    pitch = np.array([_PLACE * r.reach.mean() for r in rays])
    cost = _DOUBT_COST * (np.log(_SHARES) / _DOUBT) ** 2 - fall
    bend = _BEND * (np.arange(-_STEPS, _STEPS + 1) * (pitch / spacing)[:, None]) ** 2
    chosen = _cheapest_round(cost, bend)
    shares = _SHARES[0] + (chosen + _between(fall, chosen)) * _PLACE
    clear, paid = (np.take_along_axis(each, chosen[..., None], axis=2)[..., 0] for each in (edge, cost))
    return tuple(
        Border(r, share * r.reach, c, float(p.mean())) for r, share, c, p in zip(rays, shares, clear, paid, strict=True)
    )


def _falls(ground: Ground, rays: tuple[Rays, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(bones, RAYS, places): how much the film falls outwards, 0 to 1, against each ray's and against the bone's."""
    places = np.stack([r.places(_SHARES[:, None] * r.reach).transpose(1, 0, 2) for r in rays])
    at = np.moveaxis(places, -1, 0)
    values = ndimage.map_coordinates(ground.smooth, at, order=1, mode="nearest")
    pitch = np.stack([r.reach for r in rays])[..., None] * _PLACE
    fall = np.maximum(-np.gradient(values, axis=2) / pitch, 0.0).astype(np.float64)
    if ground.covered is not None:
        fall[ndimage.map_coordinates(ground.covered, at, order=0, cval=False)] = 0.0
    usual = np.median(fall.max(axis=2), axis=1)[:, None, None]
    own = ndimage.uniform_filter1d(fall.max(axis=2), 9, axis=1, mode="wrap")[..., None]
    return fall / (0.6 * own + 0.4 * usual + 1e-9), fall / (usual + 1e-9)


def _cheapest_round(cost: NDArray[np.float64], bend: NDArray[np.float64]) -> NDArray[np.intp]:
    """(bones, RAYS) place on each ray of the cheapest closed way; once and a half round, and the middle is kept."""
    bones, rays, places = cost.shape
    before = rays // 4
    order = np.arange(-before, rays + before) % rays
    total = cost[:, order[0]]
    came = np.empty((len(order), bones, places), dtype=np.int8)
    padded = np.full((bones, places + 2 * _STEPS), np.inf)
    for n, ray in enumerate(order[1:], 1):
        padded[:, _STEPS:-_STEPS] = total
        ways = np.lib.stride_tricks.sliding_window_view(padded, 2 * _STEPS + 1, axis=1) + bend[:, None]
        best = ways.argmin(axis=2)
        came[n] = best - _STEPS
        total = np.take_along_axis(ways, best[..., None], axis=2)[..., 0] + cost[:, ray]
    chosen = np.empty((bones, len(order)), dtype=np.intp)
    chosen[:, -1] = total.argmin(axis=1)
    each = np.arange(bones)
    for n in range(len(order) - 1, 0, -1):
        chosen[:, n - 1] = chosen[:, n] + came[n, each, chosen[:, n]]
    return chosen[:, before : before + rays]


def _between(fall: NDArray[np.float64], chosen: NDArray[np.intp]) -> NDArray[np.float64]:
    """How far the steepest place lies from the chosen one, -0.5 to 0.5 places: the top of a parabola."""
    at = np.clip(chosen, 1, fall.shape[2] - 2)
    low, mid, high = (np.take_along_axis(fall, (at + k)[..., None], axis=2)[..., 0] for k in (-1, 0, 1))
    curve = low - 2 * mid + high
    shift = np.where(curve < -1e-9, 0.5 * (low - high) / np.minimum(curve, -1e-9), 0.0)
    return np.asarray(np.clip(shift, -0.5, 0.5), dtype=np.float64)
