"""A reader's outlines and rejections, applied to what was segmented."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi
from skimage.draw import polygon
from skimage.measure import find_contours, points_in_poly

from lesionmeter.errors import UsageError
from lesionmeter.model.corrections import OutlineCorrection, Rejection
from lesionmeter.model.deposit import Deposit, DepositMap, reaching
from lesionmeter.model.geometry import Points
from lesionmeter.model.patient import HandView

READER_BORDER_MM = 0.1
"""Standard uncertainty of a hand-drawn border: about one pixel, the error budget of method.md."""


def apply_edits(
    found: DepositMap, views: tuple[HandView, ...], edits: tuple[OutlineCorrection | Rejection, ...]
) -> DepositMap:
    """Apply a reader's edits in order; the result is a new map.

    Parameters
    ----------
    found
        What was segmented on the film.
    views
        The hands of that film, for its scale.
    edits
        Outlines that replace what lies under them, and rejections of what lies at a point.

    Returns
    -------
    DepositMap
        Labels of untouched deposits are kept; an outlined deposit gets the smallest label that it replaces, or the
        next free one. What was unclear is not any more where the reader outlined it, or rejected what is not outlined.

    Raises
    ------
    UsageError
        If an outline holds no pixel of the film.
    """
    for edit in edits:
        found = _reject(found, edit) if isinstance(edit, Rejection) else _outline(found, views, edit)
    return found


def _reject(found: DepositMap, edit: Rejection) -> DepositMap:
    row, column = np.rint(edit.point).astype(int)
    if not (0 <= row < found.labels.shape[0] and 0 <= column < found.labels.shape[1]):
        return found
    label = int(found.labels[row, column])
    return _without(found, {label}) if label else _cleared(found, edit.point)


def _cleared(found: DepositMap, point: Points) -> DepositMap:
    """The map without what is unclear round a point where nothing is outlined."""
    unclear, lumps = (places[~reaching(places, point)] for places in (found.unclear, found.lumps))
    return dataclasses.replace(found, unclear=unclear, lumps=lumps)


def _outline(found: DepositMap, views: tuple[HandView, ...], edit: OutlineCorrection) -> DepositMap:
    drawn = fill(edit.outlines, found.labels.shape)
    if not drawn.any():
        raise UsageError(f"{edit.film}: expected an outline round at least one pixel of the film, came one round none")
    mine = {d.label for d in found.deposits if d.laterality == edit.laterality}
    replaced = mine & set(np.unique(found.labels[drawn]).tolist())
    cleared = _without(found, replaced)
    # A deposit that is drawn anew keeps its label, and so the name that tables know it by.
    label = min(replaced, default=1 + max((d.label for d in found.deposits), default=0))
    labels = cleared.labels.copy()
    labels[drawn & (labels == 0)] = label
    deposit = _drawn_deposit(label, drawn, edit, views[0].film.spacing.mean_mm)
    unclear, lumps = (places[~_on(drawn, places)] for places in (found.unclear, found.lumps))
    deposits = (*cleared.deposits, deposit)
    return dataclasses.replace(cleared, labels=labels, deposits=deposits, unclear=unclear, lumps=lumps)


def _on(drawn: NDArray[np.bool_], places: Points) -> NDArray[np.bool_]:
    """(n,) whether the pixel that each of (n, 3) places is named by is drawn."""
    rows, columns = np.rint(places[:, :2]).astype(int).T
    return np.asarray(drawn[rows, columns])


def _drawn_deposit(label: int, drawn: NDArray[np.bool_], edit: OutlineCorrection, pixel_mm: float) -> Deposit:
    inside = np.argwhere(drawn).astype(np.float64)
    middle = inside[np.linalg.norm(inside - inside.mean(axis=0), axis=1).argmin()]
    return Deposit(
        label=label,
        laterality=edit.laterality,
        centre=middle,
        outlines=islands(edit.outlines),
        area_px=outlined_area(edit.outlines),
        perimeter_px=sum(_perimeter(outline) for outline in islands(edit.outlines)),
        border_px=READER_BORDER_MM / pixel_mm,
        contrast=float("nan"),
        noise=float("nan"),
        bone_overlap=float("nan"),
        confidence=1.0,
        origin=edit.origin,
    )


def _without(found: DepositMap, labels: set[int]) -> DepositMap:
    gone = labels - {0}
    if not gone:
        return found
    kept = np.where(np.isin(found.labels, list(gone)), 0, found.labels).astype(np.uint16)
    return dataclasses.replace(found, labels=kept, deposits=tuple(d for d in found.deposits if d.label not in gone))


def fill(outlines: tuple[Points, ...], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Pixels of a (rows, columns) film whose centres lie inside any of the closed polygons; holes are left open."""
    filled = np.zeros(shape, dtype=bool)
    for outline, hole in sorted(zip(outlines, _holes(outlines), strict=True), key=lambda pair: -polygon_area(pair[0])):
        rows, columns = polygon(outline[:, 0], outline[:, 1], shape)
        filled[rows, columns] = not hole
    return filled


def islands(outlines: tuple[Points, ...]) -> tuple[Points, ...]:
    """The polygons that are no holes in others."""
    return tuple(outline for outline, hole in zip(outlines, _holes(outlines), strict=True) if not hole)


def outlined_area(outlines: tuple[Points, ...]) -> float:
    """Area inside closed polygons, in pixels squared; a polygon inside another one is a hole in it.

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [0.0, 4.0], [4.0, 4.0], [4.0, 0.0]])
    >>> outlined_area((square, square / 2 + 1))
    12.0
    """
    signs = [-1 if hole else 1 for hole in _holes(outlines)]
    return sum(sign * polygon_area(outline) for sign, outline in zip(signs, outlines, strict=True))


def _holes(outlines: tuple[Points, ...]) -> list[bool]:
    """Whether each polygon lies wholly inside an odd number of the others."""
    return [
        sum(bool(points_in_poly(one, other).all()) for other in outlines if other is not one) % 2 == 1
        for one in outlines
    ]


def outlines_of(mask: NDArray[np.bool_], corner: tuple[int, int]) -> tuple[Points, ...]:
    """Closed polygons round the pixels of a mask, half way between those inside and those outside.

    Parameters
    ----------
    mask
        (rows, columns) of a window of a film.
    corner
        (row, column) pixel of the film at the window's first pixel.

    Returns
    -------
    tuple of ndarray
        (n, 2) as (row, column) pixels of the film; a polygon inside another one is a hole. `fill` makes the same mask
        of them.
    """
    contours = find_contours(np.pad(mask, 1).astype(np.float64), 0.5)
    return tuple(contour[:-1] + np.array(corner) - 1.0 for contour in contours)


def smoothed(mask: NDArray[np.bool_], radius: float) -> NDArray[np.bool_]:
    """A mask with its border's wiggles of `radius` pixels and less taken out, in a window as large."""
    return np.asarray(ndi.gaussian_filter(mask.astype(np.float32), radius) > 0.5)


def without_holes(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A mask with its holes filled."""
    return np.asarray(ndi.binary_fill_holes(mask))


def polygon_area(outline: Points) -> float:
    """Area of a closed (n, 2) polygon by the shoelace formula, in pixels squared.

    Examples
    --------
    >>> polygon_area(np.array([[0.0, 0.0], [0.0, 2.0], [3.0, 2.0], [3.0, 0.0]]))
    6.0
    """
    rows, columns = outline[:, 0], outline[:, 1]
    return abs(float(rows @ np.roll(columns, 1) - columns @ np.roll(rows, 1))) / 2


def _perimeter(outline: Points) -> float:
    return float(np.linalg.norm(outline - np.roll(outline, 1, axis=0), axis=1).sum())
