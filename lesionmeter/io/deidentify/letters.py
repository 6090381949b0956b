"""Find burned-in letters on a film: stroke-like shapes, brighter or darker than what lies round them, off the hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.io.deidentify.zones import Mask

WORKING: Final = 1600
"""Longer side, in pixels, of the film as it is searched: letters of 3 mm are some 20 pixels high there."""

COARSER, BACKGROUND = 4, 33
"""The background is a median on a grid so much coarser, over a window of so many of its pixels: letters fill less
than half of it."""

SMALLEST, LARGEST = 0.006, 0.2
"""Height or width of a letter, as shares of the film's longer side."""

THICKEST: Final = 0.03
"""Widest stroke, as such a share."""

FULLEST: Final = 0.8
"""Largest share of its box that a letter fills, unless it is a bar as I and 1 are."""

CONTRAST: Final = (0.06, 6.0)
"""Least difference to the background: as a share of the film's range, and in standard deviations of its grain."""


@dataclass(frozen=True)
class Box:
    """A rectangle of a film: its first row and column, and its height and width, in pixels."""

    row: int
    column: int
    height: int
    width: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """For indexing (rows, columns)."""
        return slice(self.row, self.row + self.height), slice(self.column, self.column + self.width)

    def grown(self, by: int, shape: tuple[int, ...]) -> Box:
        """The box with a margin, inside a film of that shape."""
        row, column = max(self.row - by, 0), max(self.column - by, 0)
        bottom = min(self.row + self.height + by, shape[0])
        right = min(self.column + self.width + by, shape[1])
        return Box(row, column, bottom - row, right - column)

    def touches(self, other: Box) -> bool:
        """Whether the two share a pixel."""
        return (
            self.row < other.row + other.height
            and other.row < self.row + self.height
            and self.column < other.column + other.width
            and other.column < self.column + self.width
        )

    def joined(self, other: Box) -> Box:
        """The smallest box round both."""
        row, column = min(self.row, other.row), min(self.column, other.column)
        bottom = max(self.row + self.height, other.row + other.height)
        right = max(self.column + self.width, other.column + other.width)
        return Box(row, column, bottom - row, right - column)


def find_letters(pixels: NDArray[Any], near: Mask) -> tuple[Box, ...]:
    """Boxes round what looks like letters, words and side markers.

    Rings, wires and small frames look alike and are taken too; plates, step wedges and specks are not. Letters that
    lie on the hand, or nearer to it than `near` reaches, are not found: look at the preview.

    Parameters
    ----------
    pixels
        (rows, columns).
    near
        (rows, columns) true where nothing is to be found: the hand and what is next to it.
    """
    step = max(1, round(max(pixels.shape) / WORKING))
    small, blocked = _reduced(pixels, step), near[::step, ::step]
    blocked = blocked[: small.shape[0], : small.shape[1]]
    if blocked.all():
        return ()
    apart = _apart(small, blocked)
    noise = 1.4826 * float(np.median(np.abs(apart[~blocked])))
    least = max(CONTRAST[0], CONTRAST[1] * noise)
    found = [box for sign in (1, -1) for box in _strokes(sign * apart > least, blocked)]
    words = _joined([box.grown(max(4, round(0.3 * box.height)), small.shape) for box in found])
    full = (Box(box.row * step, box.column * step, box.height * step, box.width * step) for box in words)
    return tuple(box.grown(0, pixels.shape) for box in sorted(full, key=lambda box: (box.row, box.column)))


def _reduced(pixels: NDArray[Any], step: int) -> NDArray[np.float32]:
    """Block means, with the film's own range as 0 to 1."""
    rows, columns = (side // step * step for side in pixels.shape)
    blocks = pixels[:rows, :columns].astype(np.float32).reshape(rows // step, step, columns // step, step)
    small = blocks.mean(axis=(1, 3))
    low, high = np.percentile(small[::3, ::3], [1, 99])
    return np.asarray((small - low) / max(float(high - low), 1e-6), dtype=np.float32)


def _apart(small: NDArray[np.float32], blocked: Mask) -> NDArray[np.float32]:
    """How much brighter each pixel is than the median of its surroundings, the hand left out of these."""
    coarse, off = small[::COARSER, ::COARSER].copy(), blocked[::COARSER, ::COARSER]
    if off.any() and not off.all():
        nearest = ndimage.distance_transform_edt(off, return_distances=False, return_indices=True)
        coarse = coarse[tuple(nearest)]
    background = ndimage.median_filter(coarse, size=BACKGROUND, mode="nearest")
    zoomed = np.repeat(np.repeat(background, COARSER, axis=0), COARSER, axis=1)[: small.shape[0], : small.shape[1]]
    return np.asarray(ndimage.gaussian_filter(small, 0.8) - ndimage.gaussian_filter(zoomed, COARSER), dtype=np.float32)


def _strokes(mask: Mask, blocked: Mask) -> list[Box]:
    """Boxes of the connected shapes in a mask that are built of strokes, and do not reach into what is blocked."""
    labels, count = ndimage.label(mask, structure=np.ones((3, 3)))
    if not count:
        return []
    side, reaching = max(mask.shape), set(np.unique(labels[blocked]).tolist())
    half_widths = ndimage.maximum(ndimage.distance_transform_edt(mask), labels, index=range(1, count + 1))
    areas = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    boxes = []
    shapes = zip(ndimage.find_objects(labels), half_widths, areas, strict=True)
    for label, (place, half, area) in enumerate(shapes, 1):
        height, width = (part.stop - part.start for part in place)
        if label not in reaching and _is_letter(height, width, 2 * float(half) - 1, int(area), side):
            boxes.append(Box(place[0].start, place[1].start, height, width))
    return boxes


def _is_letter(height: int, width: int, stroke: float, area: int, side: int) -> bool:
    longer, shorter = max(height, width), min(height, width)
    if not SMALLEST * side <= longer <= LARGEST * side:
        return False
    is_bar = longer > 2.2 * shorter
    is_wire = longer > 14 * shorter and longer > 0.05 * side
    return (
        not is_wire
        and stroke <= THICKEST * side
        and (is_bar or (stroke < 0.5 * longer and area < FULLEST * height * width))
    )


def _joined(boxes: list[Box]) -> list[Box]:
    """Boxes that touch, made one until none do."""
    joined: list[Box] = []
    for box in boxes:
        while touching := [other for other in joined if other.touches(box)]:
            for other in touching:
                joined.remove(other)
                box = box.joined(other)  # noqa: PLW2901 - it grows until it touches no other
        joined.append(box)
    return joined
