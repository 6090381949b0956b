"""From a posed hand to what the beam passes: mineral and soft tissue, in mm of path, on a film's grid at any pitch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.draw import polygon

from lesionmeter.phantom.skeleton import Frame, Segment, Skeleton
from lesionmeter.phantom.texture import bone_texture, enlarge

Grid = NDArray[np.float32]

SKIN_MM = (0.8, 4.0)
"""Rim of flesh that a deposit has at least, and path through the flesh over it: none lies in the air. Assumed."""


@dataclass(frozen=True, eq=False)
class Place:
    """Where a hand lies on a film.

    Parameters
    ----------
    shape
        (rows, columns) of the grid.
    matrix
        (3, 3): a place in the hand's frame, as (x, y, 1) in mm, to (row, column, 1).
    """

    shape: tuple[int, int]
    matrix: Frame

    @property
    def pitch(self) -> float:
        """Millimetres a pixel."""
        return float(abs(np.linalg.det(self.matrix[:2, :2])) ** -0.5)

    def project(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 2) x, y of the hand's frame to (n, 2) row, column."""
        return np.asarray(points @ self.matrix[:2, :2].T + self.matrix[:2, 2], dtype=np.float64)


def place_hand(
    points: NDArray[np.float64], shape: tuple[int, int], pitch: float, angle: float, mirrored: bool,
    middle: tuple[float, float],
) -> Place:  # fmt: skip
    """Lay a hand on a film: fingers up, thumb right (a left hand), turned by `angle` degrees, or mirrored (a right).

    Parameters
    ----------
    points
        (n, 2) places of the hand's frame whose bounding box is centred at `middle`.
    shape
        (rows, columns).
    pitch
        Millimetres a pixel.
    angle
        Degrees clockwise.
    mirrored
        Whether the thumb lies left.
    middle
        (row, column) of the box's centre.
    """
    turn = np.deg2rad(angle)
    cos, sin = np.cos(turn), np.sin(turn)
    upright = np.array([[-1.0, 0.0], [0.0, -1.0 if mirrored else 1.0]]) / pitch
    matrix = np.eye(3)
    matrix[:2, :2] = np.array([[cos, sin], [-sin, cos]]) @ upright
    laid = points @ matrix[:2, :2].T
    matrix[:2, 2] = np.array(middle) - (laid.min(axis=0) + laid.max(axis=0)) / 2
    return Place(shape, matrix)


def mineral(
    skeleton: Skeleton, placed: Mapping[str, Frame], place: Place, texture: int | None = None
) -> dict[str, tuple[tuple[slice, slice], Grid]]:
    """Path through each bone, mm, as a window of the film and the values in it.

    Parameters
    ----------
    skeleton, placed, place
        The hand, its posed frames, and where it lies.
    texture
        Seed of the trabecular texture, which belongs to the bone and moves with it; None draws none.
    """
    return {
        s.name: drawn
        for s in skeleton.segments
        if (drawn := _segment(s, place.matrix @ placed[s.name], place, texture)) is not None
    }


def window(matrix: Frame, box: tuple[float, float, float, float], shape: tuple[int, int]) -> tuple[slice, slice] | None:
    """The part of a film that a box of a local frame covers; None if it lies outside."""
    corners = np.array([[x, y, 1.0] for x in box[:2] for y in box[2:]]) @ matrix.T
    low = np.maximum(np.floor(corners.min(axis=0)[:2]).astype(int) - 1, 0)
    high = np.minimum(np.ceil(corners.max(axis=0)[:2]).astype(int) + 2, shape)
    if (high - low).min() < 1:
        return None
    return slice(low[0], high[0]), slice(low[1], high[1])


def local_grid(matrix: Frame, at: tuple[slice, slice]) -> tuple[Grid, Grid]:
    """x, y in mm of a local frame for every pixel of a window."""
    back = np.linalg.inv(matrix).astype(np.float32)
    rows = np.arange(at[0].start, at[0].stop, dtype=np.float32)[:, None]
    columns = np.arange(at[1].start, at[1].stop, dtype=np.float32)[None, :]
    return back[0, 0] * rows + back[0, 1] * columns + back[0, 2], back[1, 0] * rows + back[1, 1] * columns + back[1, 2]


def _segment(
    segment: Segment, matrix: Frame, place: Place, texture: int | None
) -> tuple[tuple[slice, slice], Grid] | None:
    if not segment.shapes:
        return None
    boxes = np.array([shape.box for shape in segment.shapes])
    box = (boxes[:, 0].min(), boxes[:, 1].max(), boxes[:, 2].min(), boxes[:, 3].max())
    at = window(matrix, box, place.shape)
    if at is None:
        return None
    drawn = np.zeros((at[0].stop - at[0].start, at[1].stop - at[1].start), dtype=np.float32)
    edge = float(abs(np.linalg.det(matrix[:2, :2])) ** -0.5)
    for shape in segment.shapes:
        part = window(matrix, shape.box, place.shape)
        if part is not None:
            x, y = local_grid(matrix, part)
            top, left = part[0].start - at[0].start, part[1].start - at[1].start
            drawn[top : top + x.shape[0], left : left + x.shape[1]] += shape.thickness(x, y, edge)
    if texture is not None:
        drawn *= bone_texture(texture, segment.name, *local_grid(matrix, at))
    return at, drawn


def soft_tissue(
    rng: np.random.Generator, skeleton: Skeleton, placed: Mapping[str, Frame], place: Place, breadth: float = 1.0
) -> Grid:
    """Path through soft tissue, mm: rounded fingers, and a palm that thins out towards its border.

    Parameters
    ----------
    rng
        Draws the palm's outline and thickness.
    skeleton, placed, place
        The hand, its posed frames, and where it lies.
    breadth
        Breadth of the palm against that of a hand lying flat.
    """
    coarse = max(1, round(1.0 / place.pitch))
    small = Place(
        (-(-place.shape[0] // coarse), -(-place.shape[1] // coarse)),
        np.diag([1.0 / coarse, 1.0 / coarse, 1.0]) @ place.matrix,
    )  # fmt: skip
    depth = _palm(rng, skeleton, placed, small, breadth)
    power = float(rng.uniform(0.25, 0.5))
    for segment in skeleton.segments:
        if segment.soft[0] > 0:
            _finger(depth, segment, small.matrix @ placed[segment.name], power)
    depth = ndimage.gaussian_filter(depth, float(rng.uniform(0.3, 0.8)) / small.pitch)
    if coarse == 1:
        return depth
    return enlarge(depth, (depth.shape[0] * coarse, depth.shape[1] * coarse))[: place.shape[0], : place.shape[1]]


def raise_skin(soft: Grid, inside: NDArray[np.bool_], pitch: float, rim: float, thick: float) -> None:
    """Raise the path through soft tissue over a deposit and a rim round it: skin gives way to what grows under it.

    Parameters
    ----------
    soft
        (rows, columns) path in mm, changed in place, never lowered.
    inside
        (rows, columns) true in the deposit.
    pitch
        Millimetres a pixel.
    rim, thick
        Width of the rim, and path over the deposit, mm.
    """
    away = pitch * ndimage.distance_transform_edt(~inside)
    np.maximum(soft, thick * np.sqrt(np.clip(1 - away / rim, 0, 1)), out=soft)


def _finger(depth: Grid, segment: Segment, matrix: Frame, power: float) -> None:
    last = segment.name.endswith("distal phalanx")
    end = segment.length + (3.0 - segment.soft[1] if last else 0.0)
    reach = max(segment.soft)
    at = window(matrix, (-reach, end + reach, -reach, reach), (depth.shape[0], depth.shape[1]))
    if at is None:
        return
    x, y = local_grid(matrix, at)
    along = np.clip(x, 0.0, end)
    radius = segment.soft[0] + (segment.soft[1] - segment.soft[0]) * along / max(end, 1e-3)
    far = ((x - along) ** 2 + y**2) / radius**2
    depth[at] = np.maximum(depth[at], np.clip(1.0 - far, 0.0, 1.0) ** power * radius)


def _palm(
    rng: np.random.Generator, skeleton: Skeleton, placed: Mapping[str, Frame], place: Place, breadth: float
) -> Grid:
    web, size = float(rng.uniform(3, 26)), skeleton.build.size
    heads = [placed[f"{ray} proximal phalanx"][:2, 2] for ray in range(2, 6)]
    thumb, knuckle = placed["1 metacarpal"][:2, 2], placed["1 proximal phalanx"][:2, 2]
    share = rng.uniform(0.45, 0.6)
    outline = [
        np.array([0.0, 24.0 * breadth]) * size, thumb + np.array([0.0, 6.0 * breadth]) * size,
        0.55 * knuckle + 0.45 * thumb + np.array([0.0, 7.0 * breadth]) * size, share * knuckle + (1 - share) * heads[0],
        heads[0] + np.array([web * 0.7, 9.0 * breadth]) * size, heads[1] + np.array([web + 1.0, 0.0]) * size,
        heads[2] + np.array([web, 0.0]) * size, heads[3] + np.array([web * 0.6, -8.0 * breadth]) * size,
        np.array([skeleton.carpus * 0.8, -27.0 * breadth]) * size, np.array([0.0, -24.0 * breadth]) * size,
    ]  # fmt: skip
    filled = np.zeros(place.shape, dtype=np.float32)
    corners = place.project(np.array(outline))
    filled[polygon(corners[:, 0], corners[:, 1], place.shape)] = 1.0
    _arm(rng, filled, skeleton, placed, place)
    soft = ndimage.gaussian_filter(filled, float(rng.uniform(4, 8)) * size / place.pitch)
    thick = float(rng.uniform(8.0, 14.5)) * size
    return np.asarray(np.clip(1.5 * soft - 0.3, 0.0, 1.0) ** 0.8 * thick, dtype=np.float32)


def _arm(rng: np.random.Generator, filled: Grid, skeleton: Skeleton, placed: Mapping[str, Frame], place: Place) -> None:
    radius, ulna, size = placed["radius"], placed["ulna"], skeleton.build.size
    ends = [
        (m @ [reach, 0.0, 1.0])[:2]
        for m, reach in ((radius, 0.0), (radius, skeleton.forearm), (ulna, skeleton.forearm), (ulna, 0.0))
    ]
    margin = float(rng.uniform(11, 16)) * skeleton.build.fat**0.5 * size
    aside = np.array([[12.0 * size, margin], [0.0, margin * 1.15], [0.0, -margin * 1.15], [12.0 * size, -margin]])
    corners = place.project(np.array(ends) + aside)
    filled[polygon(corners[:, 0], corners[:, 1], place.shape)] = 1.0
