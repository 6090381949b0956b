"""A deposit's ground on the baseline film: the place on which the dates are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy.spatial import cKDTree
from skimage.draw import polygon

from lesionmeter.model.deposit import Deposit, DepositMap
from lesionmeter.model.geometry import Points, Registration, Spacing

GRID_MM = 0.2
"""Pitch of the cells that stand for a footprint: well under the smallest deposit that counts."""

OUTLINE_POINTS = 80
"""Points kept of each outline: enough for the place of a deposit, which is all that tracking needs."""


@dataclass(frozen=True)
class Node:
    """One outlined deposit: a label on a film. Nodes sort by date (`when`, a number from 0), then by label."""

    when: int
    film: str
    label: int

    def __lt__(self, other: Node) -> bool:
        return (self.when, self.label) < (other.when, other.label)


@dataclass(frozen=True, eq=False)
class Footprint:
    """The ground of one deposit in millimetres of the baseline film.

    Parameters
    ----------
    cells
        (n, 2) centres, (row, column) mm, of the grid cells inside its outlines; at least one.
    area
        Its area on its own film, in mm2 (nominal on a film of unknown scale).
    error_mm
        Predicted error (95 %) of carrying it to the baseline film; 0 for a deposit of the baseline film.
    """

    cells: Points
    area: float
    error_mm: float

    @property
    def centre(self) -> Points:
        """(2,) mean of the cells, mm."""
        return np.asarray(self.cells.mean(axis=0))

    @property
    def radius(self) -> float:
        """Radius of a disc of its area, mm."""
        return float(np.sqrt(self.area / np.pi))

    @cached_property
    def tree(self) -> cKDTree:
        """Its cells, ready for nearest-neighbour questions."""
        return cKDTree(self.cells)

    def distance(self, points: Points) -> Points:
        """(n,) distance in mm from (n, 2) mm points to the nearest cell; 0 inside, to within half a cell."""
        away = np.asarray(self.tree.query(points)[0], dtype=np.float64)
        return np.maximum(away - 0.5 * GRID_MM, 0.0)

    def share_inside(self, other: Footprint, slack_mm: float) -> float:
        """Share of this footprint that lies within `slack_mm` of the other one."""
        return float(np.mean(other.distance(self.cells) <= slack_mm))

    def joined(self, other: Footprint) -> Footprint:
        """Both as one deposit."""
        cells = np.unique(np.concatenate([self.cells, other.cells]), axis=0)
        return Footprint(cells, self.area + other.area, max(self.error_mm, other.error_mm))


def footprints(
    deposits: DepositMap, laterality: str, registration: Registration | None, spacing: Spacing
) -> Mapping[int, Footprint]:
    """Footprint of each deposit of one hand on one film, by label.

    Parameters
    ----------
    deposits
        The film's deposits.
    laterality
        The hand.
    registration
        From the baseline film to this one, accepted; None if this is the baseline film.
    spacing
        Of the baseline film.
    """
    own = spacing if registration is None else registration.spacing_to
    wanted = [deposit for deposit in deposits.deposits if deposit.laterality == laterality]
    return {d.label: _footprint(d, registration, spacing, own.pixel_area_mm2) for d in wanted}


def _footprint(deposit: Deposit, registration: Registration | None, spacing: Spacing, pixel_area: float) -> Footprint:
    rings = [ring[:: max(len(ring) // OUTLINE_POINTS, 1)] for ring in deposit.outlines if len(ring)]
    points = np.concatenate([deposit.centre[None], *rings]).astype(np.float64)
    error = 0.0
    if registration is not None:
        points = registration.carry_back(points)
        error = float(registration.error_mm(points[:1])[0])
    points = spacing.to_mm(points)
    ends = np.cumsum([1, *(len(ring) for ring in rings)])
    cells = [points[:1]] + [_cells(points[a:b]) for a, b in pairwise(ends)]
    return Footprint(np.concatenate(cells), deposit.area_px * pixel_area, error)


def _cells(ring_mm: Points) -> Points:
    low = ring_mm.min(axis=0)
    scaled = (ring_mm - low) / GRID_MM
    rows, columns = polygon(scaled[:, 0], scaled[:, 1])
    return np.asarray(np.stack([rows, columns], axis=1) * GRID_MM + low)
