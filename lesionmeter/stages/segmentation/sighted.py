"""Outlines of what the network sees: each of its finds, drawn half way on the film's own pixels."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from lesionmeter.stages.segmentation.field import SearchField, chances_on
from lesionmeter.stages.segmentation.halfway import followed
from lesionmeter.stages.segmentation.maps import Maps
from lesionmeter.stages.segmentation.nearby import half_way
from lesionmeter.stages.segmentation.outlines import Outline
from lesionmeter.stages.segmentation.regions import MARGIN_MM, SEEN

BRIDGE_MM: Final = 0.6
"""Pieces nearer than this to each other are drawn together: specks of one cluster share a background."""

LEAST_MM2: Final = 0.3
"""Smaller finds are grain."""

ROOM_MM: Final = 2.0 + MARGIN_MM
"""Round a find: its border may move by `REACH_MM`, and beyond the margin its background is known."""


@dataclass(frozen=True, eq=False)
class Find:
    """A place where the network sees a deposit.

    Parameters
    ----------
    box
        Rows and columns of the maps' grid.
    mask
        (rows, columns) of the box: true in the find.
    """

    box: tuple[slice, ...]
    mask: NDArray[np.bool_]

    def pixels(self, maps: Maps) -> NDArray[np.float64]:
        """(n, 2) as (row, column) pixels of the film: the middles of its cells."""
        return np.asarray(maps.corner + maps.step * (np.argwhere(self.mask) + [side.start for side in self.box]))

    def holds(self, point: NDArray[np.float64], maps: Maps) -> bool:
        """Whether the cell of a (row, column) pixel of the film is one of it."""
        cell = np.rint((point - maps.corner) / maps.step).astype(int) - [side.start for side in self.box]
        return bool(np.all(cell >= 0) and np.all(cell < self.mask.shape) and self.mask[tuple(cell)])


def finds(maps: Maps, pitch: float) -> tuple[Find, ...]:
    """All that the network sees but grain, pieces near to each other as one find.

    Parameters
    ----------
    maps
        What the network sees on a film.
    pitch
        Millimetres a pixel of the film.
    """
    seen = maps.deposit >= SEEN
    cell = maps.step * pitch
    numbers, _ = ndi.label(ndi.binary_dilation(seen, _disc(BRIDGE_MM / 2 / cell)))
    found = (
        Find(box, seen[box] & (numbers[box] == number)) for number, box in enumerate(ndi.find_objects(numbers), start=1)
    )
    return tuple(find for find in found if find.mask.sum() * cell**2 >= LEAST_MM2)


def _disc(radius: float) -> NDArray[np.bool_]:
    axis = np.arange(-int(radius), int(radius) + 1)
    return np.asarray(np.hypot(*np.meshgrid(axis, axis)) <= radius)


def sighted_outlines(
    field: SearchField, smooth: NDArray[np.float32], maps: Maps, found: tuple[Find, ...]
) -> list[Outline]:
    """The outlines of each find that stands above what is behind it, or above what is near.

    Parameters
    ----------
    field
        The prepared film.
    smooth
        Its values, smoothed a little against grain.
    maps
        What the network sees on it.
    found
        Its finds.
    """
    drawn = [outline for find in found for outline in _outlined(field, smooth, maps, find)]
    return [outline for outline in drawn if outline is not None and outline.inside.any()]


def _outlined(field: SearchField, smooth: NDArray[np.float32], maps: Maps, find: Find) -> Iterator[Outline | None]:
    """A find's border half way to the background behind it, and half way to what is near."""
    corner, inside = _on_film(maps, find, field)
    yield followed(smooth, field.pitch, corner, inside)
    yield half_way(smooth, field, corner, inside, chances_on(maps.at, corner, inside.shape))


def unclear_places(
    maps: Maps, found: tuple[Find, ...], wanted: NDArray[np.bool_], least_px: float, least_share: float = 1.0
) -> NDArray[np.float64]:
    """(n, 3) row, column and radius in pixels of what lies where it is wanted of the finds of that size.

    Each is named by that pixel of it that is nearest to its middle.

    Parameters
    ----------
    maps
        What the network sees on a film.
    found
        Its finds.
    wanted
        (rows, columns) of the film: true in tissue that no outline covers.
    least_px
        Least area in pixels.
    least_share
        Least share of a find that lies there; all of it, or it may be the rim of what is outlined.
    """
    places = []
    for find in found:
        area = float(find.mask.sum()) * maps.step**2
        pixels, free = _wanted(find, maps, wanted)
        if area >= least_px and free.mean() >= least_share:
            places.append([*middle_one(pixels[free]), math.sqrt(free.mean() * area / math.pi)])
    return np.array(places).reshape(-1, 3)


def free_share(find: Find, maps: Maps, wanted: NDArray[np.bool_]) -> float:
    """Share of a find that lies where it is wanted."""
    return float(_wanted(find, maps, wanted)[1].mean())


def _wanted(find: Find, maps: Maps, wanted: NDArray[np.bool_]) -> tuple[NDArray[np.integer[Any]], NDArray[np.bool_]]:
    """(n, 2) pixels of a find's cells, and which of them lie where it is wanted."""
    pixels = np.rint(find.pixels(maps)).astype(int)
    return pixels, wanted[tuple(np.clip(pixels, 0, np.array(wanted.shape) - 1).T)]


def middle_one(pixels: NDArray[np.integer[Any]]) -> NDArray[np.integer[Any]]:
    """(2,) that of (n, 2) pixels which is nearest to their middle."""
    away = np.linalg.norm(pixels - pixels.mean(axis=0), axis=1)
    return np.asarray(pixels[away.argmin()])


def _on_film(maps: Maps, find: Find, field: SearchField) -> tuple[tuple[int, int], NDArray[np.bool_]]:
    """A find's mask on a window of the film's own pixels, with room round it."""
    low = maps.corner + maps.step * np.array([side.start for side in find.box]) - ROOM_MM / field.pitch
    high = maps.corner + maps.step * np.array([side.stop for side in find.box]) + ROOM_MM / field.pitch
    first = np.maximum(np.floor(low), 0).astype(int)
    last = np.minimum(np.ceil(high).astype(int) + 1, field.values.shape)
    rows, columns = (np.arange(a, b) for a, b in zip(first, last, strict=True))
    start = [side.start for side in find.box]
    where = np.meshgrid(
        (rows - maps.corner[0]) / maps.step - start[0], (columns - maps.corner[1]) / maps.step - start[1], indexing="ij"
    )
    inside = ndi.map_coordinates(find.mask.astype(np.float32), where, order=1, cval=0.0) >= 0.5
    return (int(first[0]), int(first[1])), np.asarray(inside)
