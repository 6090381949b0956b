"""Outlines of one candidate, and what its border looks like all the way round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi
from skimage.draw import polygon2mask
from skimage.measure import find_contours

from lesionmeter.model.geometry import Points
from lesionmeter.stages.segmentation.regions import Region

Value = TypeVar("Value", bound=np.generic)

ACROSS_MM: Final = 0.3
"""Width over which the fall across a border is taken: about the blur of a usual film."""

ALONG_MM: Final = 0.12
"""Distance of the places on a border at which its fall is taken."""

ROUND_SHIFT_MM: Final = 0.04
"""The steepest fall of a sharp border lies this far inside the deposit's own edge, where its thickness runs out."""

SHARP_MM: Final = 0.47
"""Height over the usual fall of a border that is no wider than the smoothing and the places its fall is taken at."""

BLURRED_SHIFT: Final = 0.4
"""Of what a border is wider than that, so much the steepest fall moves inwards. Between what flat-topped deposits want
(0.0 to 0.2) and 343 on simulated films (0.9), which came out 10 % too small at a width of 0.54 mm."""

WIDEST_MM: Final = 0.56
"""Wider borders are not blurred, but deposits that thin out: nothing more is known of their edge."""

REGION_SHIFT_MM: Final = 0.075
"""The half height lies this far inside it. Small deposits of simulated and of development films agree on both."""

THICK_MM: Final = 1.6
"""Regions that are thinner are shifted less, in proportion: their blurred half height already lies farther out."""

SPECK_MM2: Final = 0.05
"""Smaller specks of a region are grain."""


@dataclass(frozen=True, eq=False)
class Outline:
    """One candidate's outline on the film.

    Parameters
    ----------
    polygons
        Closed (n, 2) polygons, (row, column) pixels of the film; those that run the other way round are holes.
    inside
        (rows, columns) of a window: true in the candidate.
    corner
        (row, column) pixel of the film at the window's first pixel.
    area_mm2
        Area inside the polygons less the holes.
    perimeter_mm
        Length of the polygons, without the holes.
    height
        Height over the local background, in the values of the film.
    falls
        (m,) fall of the values outwards per mm, at even steps along the border.
    round
        True for a border on rays, false for a region of any shape.
    """

    polygons: tuple[Points, ...]
    inside: NDArray[np.bool_]
    corner: tuple[int, int]
    area_mm2: float
    perimeter_mm: float
    height: float
    falls: NDArray[np.float64]
    round: bool

    def holds(self, point: Points) -> bool:
        """Whether a (row, column) pixel of the film lies inside."""
        row, column = np.rint(point).astype(int) - np.array(self.corner)
        rows, columns = self.inside.shape
        return bool(0 <= row < rows and 0 <= column < columns and self.inside[row, column])

    def window(self, grid: NDArray[Value]) -> NDArray[Value]:
        """The window of a (rows, columns) grid of the film that `inside` covers: a view."""
        (row, column), (rows, columns) = self.corner, self.inside.shape
        return grid[row : row + rows, column : column + columns]

    def shared(self, other: Outline) -> int:
        """How many pixels it has in common with another one."""
        low = np.maximum(self.corner, other.corner)
        high = np.minimum(np.add(self.corner, self.inside.shape), np.add(other.corner, other.inside.shape))
        if np.any(high <= low):
            return 0
        mine, others = (
            one.inside[tuple(slice(a, b) for a, b in zip(low - one.corner, high - one.corner, strict=True))]
            for one in (self, other)
        )
        return int(np.count_nonzero(mine & others))


def from_rays(smooth: NDArray[np.float32], pitch: float, corners: Points, height: float) -> Outline:
    """The outline inside one closed path of rays.

    Parameters
    ----------
    smooth
        (rows, columns) film values, dense bright, smoothed.
    pitch
        Millimetres a pixel.
    corners
        (rays, 2) as (row, column) pixels.
    height
        Its height over the background.
    """
    closed = np.concatenate([corners, corners[:1]])
    return _outline(smooth, pitch, (closed,), height, None)


def from_region(smooth: NDArray[np.float32], pitch: float, region: Region) -> Outline | None:
    """The outlines of a region at half its height; None if nothing is left of it."""
    above = np.where(ndi.binary_dilation(region.inside), region.above, np.float32(0))
    contours = contours_at(above, region.height / 2, region.corner)
    return from_contours(smooth, pitch, contours, region.height)


def contours_at(window: NDArray[Any], level: float, corner: tuple[int, int], beyond: float = 0.0) -> list[Points]:
    """Where a window passes a level, as (row, column) pixels of the film; off the window it is as low as `beyond`."""
    found = find_contours(np.pad(window, 1, constant_values=beyond), level)
    return [contour + np.array(corner) - 1 for contour in found if len(contour) > 3]


def from_contours(
    smooth: NDArray[np.float32],
    pitch: float,
    contours: list[Points],
    height: float,
    shift_mm: float = REGION_SHIFT_MM,
) -> Outline | None:
    """The outlines at a region's contours but for its grain, `shift_mm` outwards; None if nothing is left of it."""
    kept = tuple(c for c in contours if abs(signed_area(c)) * pitch**2 >= SPECK_MM2)
    return _outline(smooth, pitch, kept, height, shift_mm) if kept else None


def signed_area(closed: Points) -> float:
    """Area of a closed polygon, positive if it runs as `find_contours` runs round a bright island."""
    rows, columns = closed[:, 0], closed[:, 1]
    return float(0.5 * (columns[1:] @ rows[:-1] - columns[:-1] @ rows[1:]))


def _outline(
    smooth: NDArray[np.float32],
    pitch: float,
    borders: tuple[Points, ...],
    height: float,
    shift_mm: float | None,
) -> Outline:
    """The outline at these borders, moved out to the deposit's own edge: by so much if broad, or as one on rays."""
    sign = float(np.sign(max((signed_area(b) for b in borders), key=abs)))
    falls = np.concatenate([border_falls(smooth, pitch, b, sign) for b in borders])
    if shift_mm is None:
        shift = _round_shift(height / max(float(np.median(falls)), 1e-6))
    else:
        shift = shift_mm * min(1.0, _width(borders, sign) * pitch / THICK_MM)
    polygons = tuple(moved_out(b, sign * shift / pitch) for b in borders)
    areas = [signed_area(p) * sign for p in polygons]
    lengths = [_length(p) for p in polygons]
    outer = sum(length for length, area in zip(lengths, areas, strict=True) if area > 0)
    corner, inside = rasterised(polygons, smooth.shape)
    area = sum(areas) * pitch**2
    return Outline(polygons, inside, corner, area, outer * pitch, height, falls, round=shift_mm is None)


def _round_shift(width_mm: float) -> float:
    """How far in mm the steepest fall of a border of that width lies inside the deposit's own edge."""
    return ROUND_SHIFT_MM + BLURRED_SHIFT * float(np.clip(width_mm, SHARP_MM, WIDEST_MM) - SHARP_MM)


def _length(closed: Points) -> float:
    return float(np.linalg.norm(np.diff(closed, axis=0), axis=1).sum())


def _width(borders: tuple[Points, ...], sign: float) -> float:
    """Mean width of a shape, as twice its area over its border: a disc's radius, a band's width."""
    return max(0.0, 2 * sum(signed_area(b) * sign for b in borders) / (sum(map(_length, borders)) + 1e-9))


def moved_out(closed: Points, distance: float) -> Points:
    """A closed polygon with each corner moved along its normal: outwards if it runs round an island."""
    corners = closed[:-1]
    tangent = np.roll(corners, -1, axis=0) - np.roll(corners, 1, axis=0)
    normal = np.stack([tangent[:, 1], -tangent[:, 0]], axis=1)
    moved = corners + distance * normal / (np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9)
    return np.concatenate([moved, moved[:1]])


def rasterised(polygons: tuple[Points, ...], shape: tuple[int, ...]) -> tuple[tuple[int, int], NDArray[np.bool_]]:
    """First pixel of a window on a film of that shape, and the mask of the polygons in it (holes left open)."""
    corners = np.concatenate(polygons)
    low = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, np.array(shape) - 1)
    high = np.clip(np.ceil(corners.max(axis=0)).astype(int) + 1, low + 1, shape)
    inside = np.zeros(tuple(high - low), dtype=bool)
    for polygon in polygons:
        inside ^= polygon2mask(inside.shape, polygon - low)
    return (int(low[0]), int(low[1])), inside


def border_falls(smooth: NDArray[np.float32], pitch: float, closed: Points, sign: float) -> NDArray[np.float64]:
    """Fall of the values across a closed polygon, outwards, per mm, at even steps along it."""
    step = np.linalg.norm(np.diff(closed, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(step)])
    count = max(8, round(along[-1] * pitch / ALONG_MM))
    at = np.arange(count) * along[-1] / count
    places = np.stack([np.interp(at, along, closed[:, k]) for k in (0, 1)], axis=1)
    tangent = np.roll(places, -1, axis=0) - np.roll(places, 1, axis=0)
    normal = np.stack([tangent[:, 1], -tangent[:, 0]], axis=1) * sign
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
    half = 0.5 * ACROSS_MM / pitch
    out, into = (
        ndi.map_coordinates(smooth, (places + way * half * normal).T, order=1, mode="nearest") for way in (1, -1)
    )
    return np.asarray((into - out) / ACROSS_MM, dtype=np.float64)
