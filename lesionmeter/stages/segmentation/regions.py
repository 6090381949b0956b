"""The outline of a deposit of any shape: where it stands half its height above the background under it.

The background is what the film would show there without the deposit: the values around it, carried across it without
sources or sinks (a harmonic fill), so a bone edge that passes under the deposit is carried too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi
from scipy.sparse import csc_array
from scipy.sparse.linalg import spsolve

from lesionmeter.model.geometry import Points
from lesionmeter.stages.segmentation.field import Chances, chances_on

MARGIN_MM: Final = 0.6
"""From the half-height border to where the background begins: farther than the blur of a usual film reaches."""

BRIDGE_MM: Final = 0.9
"""Pieces nearer than this to each other grow as one."""

FILL_MM: Final = 0.22
"""Grid on which the background is filled: it is smooth, and finer would only be slower."""

SEEN: Final = 0.35
"""Chance from which a place belongs to what the network sees."""

ROUNDS: Final = 7
"""At most so often the region may grow."""

BORDER: Final = -1
BEYOND: Final = -2
"""Places of a window that are known, and those off it, among the numbers of those to be filled."""


@dataclass(frozen=True, eq=False)
class Region:
    """A deposit of any shape inside a window of the film.

    Parameters
    ----------
    corner
        (row, column) pixel of the film at the window's first pixel.
    above
        (rows, columns) of the window: height over the background, smoothed; under half of `height` where it may not be.
    inside
        (rows, columns) true in the deposit.
    height
        The deposit's own height over the background.
    leaked
        It grew to the window's edge: no closed border was found.
    """

    corner: tuple[int, int]
    above: NDArray[np.float32]
    inside: NDArray[np.bool_]
    height: float
    leaked: bool


def grow(
    smooth: NDArray[np.float32],
    pitch: float,
    centre: Points,
    radius_mm: float,
    reach_mm: float,
    seen: Chances | None = None,
) -> Region:
    """Grow the region round a seed until its border holds.

    Parameters
    ----------
    smooth
        (rows, columns) film values, dense bright, smoothed a little against grain.
    pitch
        Millimetres a pixel.
    centre
        (2,) as (row, column) pixels, in or near the deposit.
    radius_mm
        Size of the seed.
    reach_mm
        Half width of the window searched.
    seen
        What the network says: where it sees no deposit, the region may not be. Anywhere if None.
    """
    corner, window = _window(smooth, centre, reach_mm / pitch)
    rows, columns = np.ogrid[: window.shape[0], : window.shape[1]]
    away = np.hypot(rows + corner[0] - centre[0], columns + corner[1] - centre[1]) * pitch
    hidden = away <= radius_mm + MARGIN_MM
    core = away <= max(0.5 * radius_mm, 0.3)
    most = _most(seen, corner, window.shape) if seen else None
    region = None
    for _ in range(ROUNDS):
        above = window - background(window, hidden, pitch)
        height = height_over(above, core & hidden)
        above = above if most is None else np.minimum(above, height * most)
        inside = _connected((above > height / 2) & hidden, core, BRIDGE_MM / pitch)
        leaked = _touches_edge(inside)
        region = Region(corner, above, inside, height, leaked or not inside.any())
        grown = ndi.distance_transform_edt(~inside) * pitch <= MARGIN_MM if inside.any() else hidden
        if region.leaked or np.array_equal(grown, hidden):
            break
        hidden, core = grown, inside
    assert region is not None
    return region


def _window(smooth: NDArray[np.float32], centre: Points, reach: float) -> tuple[tuple[int, int], NDArray[np.float32]]:
    low = np.maximum(np.floor(centre - reach).astype(int), 0)
    high = np.minimum(np.ceil(centre + reach).astype(int) + 1, smooth.shape)
    return (int(low[0]), int(low[1])), smooth[low[0] : high[0], low[1] : high[1]]


def _most(seen: Chances, corner: tuple[int, int], shape: tuple[int, ...]) -> NDArray[np.float32]:
    """How high a window may stand, as a share of the deposit's height: half of it where the network just sees one."""
    return np.asarray(chances_on(seen, corner, shape) / (2 * SEEN), dtype=np.float32)


def height_over(above: NDArray[np.float32], core: NDArray[np.bool_]) -> float:
    """A deposit's own height, from the heights over the background in its core."""
    values = above[core]
    if values.size == 0:
        return 0.0
    upper = values[values >= 0.5 * np.percentile(values, 90)]
    return float(np.median(upper)) if upper.size else 0.0


def _connected(bright: NDArray[np.bool_], core: NDArray[np.bool_], bridge: float) -> NDArray[np.bool_]:
    """The pieces that reach the core, stepping over gaps narrower than the bridge."""
    near = ndi.distance_transform_edt(~bright) <= bridge / 2
    return bright & hanging_on(near, core & bright)


def hanging_on(bright: NDArray[np.bool_], mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The pieces of what is bright that reach a mask."""
    numbers, _ = ndi.label(bright)
    mine = np.unique(numbers[mask])
    return np.asarray(np.isin(numbers, mine[mine > 0]))


def _touches_edge(inside: NDArray[np.bool_]) -> bool:
    return bool(inside[:2].any() or inside[-2:].any() or inside[:, :2].any() or inside[:, -2:].any())


def background(window: NDArray[np.float32], hidden: NDArray[np.bool_], pitch: float) -> NDArray[np.float32]:
    """The window with its hidden part filled from around (harmonic, on a grid of `FILL_MM`)."""
    shape, step = window.shape, max(1, round(FILL_MM / pitch))
    rows, columns = np.arange(0, shape[0], step), np.arange(0, shape[1], step)
    coarse_hidden = ndi.maximum_filter(hidden, step)[np.ix_(rows, columns)]
    coarse = ndi.uniform_filter(window, step)[np.ix_(rows, columns)].astype(np.float64)
    filled = _harmonic(coarse, coarse_hidden)
    where = np.meshgrid(np.arange(shape[0]) / step, np.arange(shape[1]) / step, indexing="ij")
    smooth = ndi.map_coordinates(filled, where, order=1, mode="nearest")
    return np.where(hidden, smooth, window).astype(np.float32)


def _harmonic(values: NDArray[np.float64], hidden: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Solve Laplace's equation in the hidden part, with the rest as its border; the window's edge is insulated."""
    count = int(hidden.sum())
    if count == 0 or hidden.all():
        return values
    number = np.full(hidden.shape, BORDER)
    number[hidden] = np.arange(count)
    numbers, padded = np.pad(number, 1, constant_values=BEYOND), np.pad(values, 1)
    mine, at = np.arange(count), np.flatnonzero(numbers >= 0)
    neighbours, known = np.zeros(count), np.zeros(count)
    rows, columns = [mine], [mine]
    for step in (numbers.shape[1], -numbers.shape[1], 1, -1):
        other = numbers.flat[at + step]
        neighbours += other != BEYOND
        known += np.where(other == BORDER, padded.flat[at + step], 0.0)
        rows.append(mine[other >= 0])
        columns.append(other[other >= 0])
    links = [np.full(len(part), -1.0) for part in rows[1:]]
    places = np.concatenate(rows), np.concatenate(columns)
    matrix = csc_array((np.concatenate([neighbours, *links]), places), shape=(count, count))
    filled = values.copy()
    filled[hidden] = spsolve(matrix, known)
    return filled
