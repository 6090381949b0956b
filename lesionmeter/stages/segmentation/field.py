"""The searched film: grey values on a common scale, and where a hand's tissue is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from lesionmeter.model.geometry import Points, Spacing, distance_to_segment
from lesionmeter.model.patient import HandView
from lesionmeter.model.site import BONES, METACARPALS, WRIST, Landmarks

FINGER_REACH: Final = 0.075
"""Half width of a finger's soft tissue that is searched, as a share of the hand's length: about 13 mm in an adult."""

PALM_REACH: Final = 0.10
"""The same beside the metacarpals and the carpus."""

SKIN_LEVEL: Final = 0.15
"""Tissue begins this far up from air to bone; skin folds and finger ends are at 0.2 or more on usual exposures."""

GRAIN_LEFT: Final = 0.3
"""Share of a film's grain that is left after the smoothing in which borders are sought."""

COARSE_MM: Final = 0.4
"""Grid on which the tissue is found."""

Chances = Callable[[Points], NDArray[np.float64]]
"""What the network says of places: (n,) chances of a deposit at (n, 2) pixels of the film."""


def chances_on(seen: Chances, corner: tuple[int, int], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """(rows, columns) what the network says on a window of the film, whose first pixel is `corner`."""
    places = np.asarray(np.indices(shape).reshape(2, -1).T + np.array(corner), dtype=np.float64)
    return seen(places).reshape(shape)


@dataclass(frozen=True, eq=False)
class SearchField:
    """One film made ready for the search.

    Parameters
    ----------
    values
        (rows, columns) float32, dense tissue bright; 0 is air and 1 the densest in the hands of this film.
    pitch
        Millimetres a pixel (geometric mean of the two directions).
    noise
        Standard deviation of the grain, in the units of `values`.
    tissue
        (rows, columns) true inside the skin of a hand.
    ceiling
        The value, in the units of `values`, at which the film is saturated.
    """

    values: NDArray[np.float32]
    pitch: float
    noise: float
    tissue: NDArray[np.bool_]
    ceiling: float


_READY: Final[WeakKeyDictionary[HandView, SearchField]] = WeakKeyDictionary()
"""Of hands that are alone on their films: the search, its limits and clicks ask for the same. It goes with the view."""


def prepare(views: tuple[HandView, ...]) -> SearchField:
    """Scale one film's values and find the tissue of its hands.

    Parameters
    ----------
    views
        All hands on the film, at least one.

    Returns
    -------
    SearchField
        On the film's own grid.
    """
    if len(views) > 1:
        return _prepared(views)
    if views[0] not in _READY:
        _READY[views[0]] = _prepared(views)
    return _READY[views[0]]


def _prepared(views: tuple[HandView, ...]) -> SearchField:
    film = views[0].film
    dense = film.radiograph.dense_bright(views[0].polarity)
    pitch = film.spacing.mean_mm
    tissue = np.zeros(dense.shape, dtype=bool)
    for view in views:
        tissue |= _tissue(dense, view.hand.landmarks, film.spacing)
    air, top = np.percentile(dense[::4, ::4], 1), np.percentile(dense[tissue], 99.9) if tissue.any() else dense.max()
    span = max(float(top - air), 1e-6)
    values = ((dense - np.float32(air)) / np.float32(span)).astype(np.float32)
    return SearchField(values, pitch, grain(values, tissue), tissue, float(dense.max() - air) / span)


def grain(values: NDArray[np.float32], within: NDArray[np.bool_]) -> float:
    """Standard deviation of the grain from the differences that a smooth film would not have."""
    second = values[2:, :] - 2 * values[1:-1, :] + values[:-2, :]
    inside = second[within[1:-1, :]]
    if inside.size < 100:
        inside = second.ravel()
    return float(1.4826 * np.median(np.abs(inside)) / np.sqrt(6)) + 1e-6


def _tissue(dense: NDArray[np.float32], landmarks: Landmarks, spacing: Spacing) -> NDArray[np.bool_]:
    step = max(1, round(COARSE_MM / spacing.mean_mm))
    small = ndi.uniform_filter(dense, step)[::step, ::step]
    reach = _reach(small.shape, landmarks.points / step, landmarks.hand_length / step)
    axis = np.clip(np.rint(landmarks.points[1:] / step).astype(int), 0, np.array(small.shape) - 1)
    bone = float(np.median(small[axis[:, 0], axis[:, 1]]))
    air = _air(small, reach, bone, landmarks.hand_length / step)
    skin = reach & (small > air + SKIN_LEVEL * (bone - air))
    skin = ndi.binary_fill_holes(ndi.binary_opening(skin, iterations=2))
    numbers, _ = ndi.label(skin)
    mine = np.unique(numbers[axis[:, 0], axis[:, 1]])
    skin = np.isin(numbers, mine[mine > 0])
    rows, columns = dense.shape
    return np.asarray(skin.repeat(step, 0).repeat(step, 1)[:rows, :columns])


def _air(small: NDArray[np.float32], reach: NDArray[np.bool_], bone: float, length: float) -> NDArray[np.float32]:
    """The level of air near each point: it drifts over a film with scatter and fog."""
    lowest = float(np.percentile(small, 1))
    air = ~reach & (small < lowest + 0.35 * (bone - lowest))
    sigma = max(0.08 * length, 1.0)
    weight = ndi.gaussian_filter(air.astype(np.float32), sigma) + np.float32(1e-4)
    total = ndi.gaussian_filter(np.where(air, small, np.float32(0)), sigma) + np.float32(1e-4 * lowest)
    return np.asarray(total / weight, dtype=np.float32)


def _reach(shape: tuple[int, ...], points: Points, length: float) -> NDArray[np.bool_]:
    """Where a hand with these landmarks may be: capsules round its bones."""
    beyond = points[WRIST] + 0.15 * (points[WRIST] - points[9])
    segments = [(points[a], points[b], FINGER_REACH) for a, b in BONES.values()]
    segments += [(points[WRIST], points[head], PALM_REACH) for head in METACARPALS.values()]
    segments += [(points[WRIST], points[1], PALM_REACH), (points[1], points[5], FINGER_REACH)]
    segments += [(points[WRIST], beyond, 1.6 * PALM_REACH)]
    inside = np.zeros(shape, dtype=bool)
    for start, end, share in segments:
        low = np.maximum(np.floor(np.minimum(start, end) - share * length).astype(int), 0)
        high = np.minimum(np.ceil(np.maximum(start, end) + share * length).astype(int) + 1, shape)
        grid = np.stack(np.meshgrid(*map(np.arange, low, high), indexing="ij"), axis=-1, dtype=np.float64)
        near = distance_to_segment(grid.reshape(-1, 2), start, end) <= share * length
        inside[low[0] : high[0], low[1] : high[1]] |= near.reshape(grid.shape[:2])
    return inside
