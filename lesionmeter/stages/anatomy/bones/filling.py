"""Which pixels lie inside a closed outline: row by row, so that long outlines of many points cost little."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.geometry import Points


def fill(labels: NDArray[np.uint8], outline: Points, number: int) -> None:
    """Write a number into all pixels of a film whose centres lie inside a closed outline (even-odd rule).

    Examples
    --------
    >>> film = np.zeros((3, 5), dtype=np.uint8)
    >>> fill(film, np.array([[0.5, 0.5], [0.5, 3.5], [2.5, 3.5], [2.5, 0.5]]), 7)
    >>> film.tolist()
    [[0, 0, 0, 0, 0], [0, 7, 7, 7, 0], [0, 7, 7, 7, 0]]
    """
    low = np.clip(np.floor(outline.min(axis=0)).astype(int), 0, labels.shape)
    high = np.clip(np.ceil(outline.max(axis=0)).astype(int) + 1, low, labels.shape)
    rows, columns = _crossings(outline)
    kept = (rows >= low[0]) & (rows < high[0])
    turns = np.zeros((high[0] - low[0], high[1] - low[1] + 1), dtype=np.int32)
    first = np.clip(np.ceil(columns[kept]).astype(int), low[1], high[1]) - low[1]
    np.add.at(turns, (rows[kept] - low[0], first), 1)
    inside = turns.cumsum(axis=1)[:, :-1] % 2 == 1
    labels[low[0] : high[0], low[1] : high[1]][inside] = number


def _crossings(outline: Points) -> tuple[NDArray[np.int_], NDArray[np.float64]]:
    """Where the outline crosses the middles of rows: the row, and the column at sub-pixel place."""
    after = np.roll(outline, -1, axis=0)
    upper, lower = np.ceil(np.minimum(outline[:, 0], after[:, 0])), np.ceil(np.maximum(outline[:, 0], after[:, 0]))
    count = (lower - upper).astype(int)  # each row from the upper end, taken in, to the lower one, left out
    edge = np.repeat(np.arange(len(outline)), count)
    rows = upper[edge] + np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    start, end = outline[edge], after[edge]
    share = (rows - start[:, 0]) / (end[:, 0] - start[:, 0])
    return rows.astype(int), start[:, 1] + share * (end[:, 1] - start[:, 1])
