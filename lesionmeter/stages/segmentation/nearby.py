"""The half-way outline of what the network sees, with the levels of deposit and surroundings taken close to each place.

A deposit that lies partly on bone has no one level, and no one background: half way is another value on either side of
the bone's edge. So each place is held against the mean of what surely lies inside near it and of what surely lies
outside near it (region-scalable fitting: Li, Kao, Gore and Ding 2008, IEEE Trans Image Process 17:1940). Where the film
hardly tells the two apart, the network has the say.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from lesionmeter.model.geometry import Points
from lesionmeter.stages.segmentation.field import GRAIN_LEFT, SearchField
from lesionmeter.stages.segmentation.outlines import Outline, contours_at, from_contours
from lesionmeter.stages.segmentation.regions import hanging_on
from lesionmeter.stages.segmentation.scoring import DOUBT

INSIDE_MM: Final = 0.3
"""Standard deviation of the weights round a place by which the deposit's own level is taken."""

OUTSIDE_MM: Final = 0.2
"""The same for its surroundings: farther ones lie on the other side of a bone's edge."""

RIM_INSIDE_MM: Final = 0.15
"""So far inside the border blur still lowers the level; what is nearer counts less."""

RIM_OUTSIDE_MM: Final = 0.25
"""The same outside it."""

LEAST_WEIGHT: Final = 0.001
"""Of a place at the border itself: of a thread there is nothing else."""

REACH_MM: Final = 0.3
"""Farthest that the border may lie outside what the network sees."""

SURE: Final = 0.5
"""Chance from which a place is taken for inside at first."""

MOTTLED: Final = 0.25
"""Standard deviation of a deposit's own values round their level, as a share of its height."""

SAY: Final = 0.5
"""Weight of the network's log odds beside those of the film."""

ROUNDS: Final = 3
"""How often the levels are taken anew: after the third hardly an outline moves."""

SHIFT_MM: Final = 0.02
"""The half-way border lies this far inside the deposit's own edge, where its thickness runs out."""

MOST: Final = 4.0
"""Log odds beyond this would bend the contour between two pixels."""

Film = NDArray[np.float32]
Grid = NDArray[np.float64]
Mask = NDArray[np.bool_]


def half_way(smooth: Film, field: SearchField, corner: tuple[int, int], inside: Mask, chances: Grid) -> Outline | None:
    """The outline of a find; None if nothing in it stands above what is near.

    Parameters
    ----------
    smooth
        (rows, columns) film values, dense bright, smoothed.
    field
        The film: its pixels and its grain.
    corner
        (row, column) pixel of the film at the window's first pixel.
    inside
        (rows, columns) of a window with room round the find: true in the find.
    chances
        (rows, columns) of the window: the network's chance of a deposit.
    """
    rows, columns = inside.shape
    window = smooth[corner[0] : corner[0] + rows, corner[1] : corner[1] + columns].astype(np.float64)
    allowed = ndi.distance_transform_edt(~inside) * field.pitch <= REACH_MM
    ground = chances < SURE  # neither another deposit nor what is left off of this one is surroundings
    said = SAY * np.log((chances + DOUBT) / (1 - chances + DOUBT))
    mask = inside & (chances >= SURE)
    mask = mask if mask.any() else inside
    for _ in range(ROUNDS):
        own, around = _levels(window, mask, ground & ~mask, field.pitch)
        odds = _odds(window, own, around, GRAIN_LEFT * field.noise) + said
        mask = hanging_on((odds > 0) & allowed, mask)
    if not mask.any():
        return None
    rim = mask & (ndi.distance_transform_edt(mask) * field.pitch <= INSIDE_MM)
    height = float(np.median((own - around)[rim]))
    return from_contours(smooth, field.pitch, _contours(odds, mask, corner), height, SHIFT_MM)


def _levels(window: Grid, mask: Mask, ground: Mask, pitch: float) -> tuple[Grid, Grid]:
    """What the deposit shows near each place, and what its surroundings do."""
    own = _near(window, _sure(mask, RIM_INSIDE_MM / pitch), INSIDE_MM / pitch)
    return own, _near(window, _sure(~mask, RIM_OUTSIDE_MM / pitch) * ground, OUTSIDE_MM / pitch)


def _odds(window: Grid, own: Grid, around: Grid, grain: float) -> Grid:
    """Log odds, by the film, that each place belongs to the deposit: two normal densities of equal spread."""
    height = np.maximum(own - around, 0)
    return (window - (own + around) / 2) * height / (grain**2 + (MOTTLED * height) ** 2 + 1e-12)


def _contours(odds: Grid, mask: Mask, corner: tuple[int, int]) -> list[Points]:
    """Where the odds are even round a mask, as (row, column) pixels of the film."""
    even = np.where(ndi.binary_dilation(mask), odds, -np.abs(odds))
    return contours_at(np.clip(even, -MOST, MOST), 0.0, corner, beyond=-MOST)


def _sure(mask: Mask, rim: float) -> Grid:
    """How much each place of a mask counts for its level: less towards its border, nothing beyond."""
    share = np.clip(ndi.distance_transform_edt(mask) / rim, 0, 1) ** 2
    return np.where(mask, np.maximum(share, LEAST_WEIGHT), 0.0)


def _near(window: Grid, weights: Grid, sigma: float) -> Grid:
    """The mean of a window near each of its places, by weights; 0, as air is, where nothing that counts is near."""
    total = ndi.gaussian_filter(weights, sigma)
    return np.asarray(ndi.gaussian_filter(weights * window, sigma) / np.maximum(total, 1e-9))
