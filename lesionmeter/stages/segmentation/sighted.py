"""Outlines of what the network sees: each of its finds, drawn half way on the film's own pixels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from lesionmeter.stages.segmentation.field import SearchField
from lesionmeter.stages.segmentation.halfway import followed
from lesionmeter.stages.segmentation.maps import Maps
from lesionmeter.stages.segmentation.outlines import Outline
from lesionmeter.stages.segmentation.regions import MARGIN_MM

SEEN: Final = 0.35
"""Chance from which a place belongs to a find."""

BRIDGE_MM: Final = 0.6
"""Pieces nearer than this to each other are drawn together: specks of one cluster share a background."""

LEAST_MM2: Final = 0.3
"""Smaller finds are grain."""

ROOM_MM: Final = 2.0 + MARGIN_MM
"""Round a find: its border may move by `REACH_MM`, and beyond the margin its background is known."""


def sighted_outlines(field: SearchField, smooth: NDArray[np.float32], maps: Maps) -> list[Outline]:
    """One outline for each find in the tissue that stands above its background.

    Parameters
    ----------
    field
        The prepared film.
    smooth
        Its values, smoothed a little against grain.
    maps
        What the network sees on it.
    """
    found = [
        followed(smooth, field.pitch, *_on_film(maps, box, mask, field)) for box, mask in _finds(maps, field.pitch)
    ]
    return [outline for outline in found if outline is not None and outline.inside.any()]


def unclear_places(field: SearchField, maps: Maps, labels: NDArray[np.uint16], least_mm2: float) -> NDArray[np.float64]:
    """(n, 3) row, column and radius in pixels of finds of that size in the tissue of which nothing was outlined."""
    places = []
    for box, mask in _finds(maps, field.pitch):
        area = mask.sum() * maps.step**2
        cells = np.argwhere(mask) + [side.start for side in box]
        pixels = np.rint(maps.corner + maps.step * cells).astype(int)
        at = tuple(np.clip(pixels, 0, np.array(labels.shape) - 1).T)
        if area * field.pitch**2 >= least_mm2 and field.tissue[at].all() and not labels[at].any():
            places.append([*pixels.mean(axis=0), np.sqrt(area / np.pi)])
    return np.array(places).reshape(-1, 3)


def _finds(maps: Maps, pitch: float) -> Iterator[tuple[tuple[slice, ...], NDArray[np.bool_]]]:
    """The box on the grid, and the mask in it, of each find that is no grain."""
    seen = maps.deposit >= SEEN
    cell = maps.step * pitch
    near = ndi.distance_transform_edt(~seen) * cell <= BRIDGE_MM / 2 if seen.any() else seen
    numbers, _ = ndi.label(near)
    for number, box in enumerate(ndi.find_objects(numbers), start=1):
        mask = seen[box] & (numbers[box] == number)
        if mask.sum() * cell**2 >= LEAST_MM2:
            yield box, mask


def _on_film(
    maps: Maps, box: tuple[slice, ...], mask: NDArray[np.bool_], field: SearchField
) -> tuple[tuple[int, int], NDArray[np.bool_]]:
    """A find's mask on a window of the film's own pixels, with room round it."""
    low = maps.corner + maps.step * np.array([side.start for side in box]) - ROOM_MM / field.pitch
    high = maps.corner + maps.step * np.array([side.stop for side in box]) + ROOM_MM / field.pitch
    first = np.maximum(np.floor(low), 0).astype(int)
    last = np.minimum(np.ceil(high).astype(int) + 1, field.values.shape)
    rows, columns = (np.arange(a, b) for a, b in zip(first, last, strict=True))
    start = [side.start for side in box]
    where = np.meshgrid(
        (rows - maps.corner[0]) / maps.step - start[0], (columns - maps.corner[1]) / maps.step - start[1], indexing="ij"
    )
    inside = ndi.map_coordinates(mask.astype(np.float32), where, order=1, cval=0.0) >= 0.5
    return (int(first[0]), int(first[1])), np.asarray(inside)
