"""From groups of outlines to the deposits of a film and their map."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.deposit import Deposit, DepositMap, Origin
from lesionmeter.model.geometry import Points, distance_to_segment
from lesionmeter.model.patient import Hand, HandView
from lesionmeter.model.site import BONES, METACARPALS, WRIST
from lesionmeter.stages.segmentation.field import GRAIN_LEFT, SearchField
from lesionmeter.stages.segmentation.outlines import Outline, signed_area
from lesionmeter.stages.segmentation.scoring import middle_of
from lesionmeter.stages.segmentation.selection import Scored

LEVEL_REGION: Final = 0.1
"""Uncertainty of the half-way level, as a share of the height: background and own level each to a fifth."""

LEVEL_ROUND: Final = 0.03
"""The same for a border on rays, which needs neither; left is how far its steepest place wanders."""

NEAR_CEILING: Final = 0.998
"""Share of the film's highest value from which a pixel counts as saturated."""


def deposit_map(
    groups: list[list[Scored]], views: tuple[HandView, ...], field: SearchField, threshold: float
) -> DepositMap:
    """Label the groups hand by hand (left first), the sure before the doubtful, from the top down, and describe each.

    Parameters
    ----------
    groups
        The outlines of each deposit.
    views
        The hands on the film.
    field
        The prepared film.
    threshold
        Confidence from which a group is sure.
    """
    labels = np.zeros(field.values.shape, dtype=np.uint16)
    deposits: list[Deposit] = []
    placed = [(nearest(group, views), group) for group in groups]
    for hand, group in sorted(placed, key=lambda pair: _order(pair[1], pair[0], threshold)):
        label = len(deposits) + 1
        if _paint(labels, group, label):
            deposits.append(_deposit(label, hand, group, field, labels))
    return DepositMap(views[0].film.radiograph.film, labels, tuple(deposits))


def with_group(found: DepositMap, group: list[Scored], views: tuple[HandView, ...], field: SearchField) -> DepositMap:
    """The map with one more deposit, labelled after the others, where no label is.

    Parameters
    ----------
    found
        The deposits of a film.
    group
        The outlines of the new one.
    views, field
        As for `deposit_map`.
    """
    labels, label = found.labels.copy(), 1 + max((deposit.label for deposit in found.deposits), default=0)
    if not _paint(labels, group, label):
        return found
    deposit = _deposit(label, nearest(group, views), group, field, labels)
    return replace(found, labels=labels, deposits=(*found.deposits, deposit))


def nearest(group: list[Scored], views: tuple[HandView, ...]) -> Hand:
    """The hand whose bones lie nearest to a deposit."""
    middle = middle_of(group[0].outline.inside, group[0].outline.corner)
    return min((view.hand for view in views), key=lambda hand: _off_bones(middle, hand))


def _segments(hand: Hand) -> list[tuple[Points, Points]]:
    points = hand.landmarks.points
    palm = [(points[WRIST], points[head]) for head in METACARPALS.values()]
    return [(points[a], points[b]) for a, b in BONES.values()] + palm


def _off_bones(middle: Points, hand: Hand) -> float:
    return min(float(distance_to_segment(middle[None], a, b)[0]) for a, b in _segments(hand))


def _order(group: list[Scored], hand: Hand, threshold: float) -> tuple[str, bool, int, int]:
    row, column = middle_of(group[0].outline.inside, group[0].outline.corner)
    doubtful = all(part.confidence < threshold and not part.clicked for part in group)
    return hand.laterality.value, doubtful, round(float(row)), round(float(column))


def _paint(labels: NDArray[np.uint16], group: list[Scored], label: int) -> bool:
    """Write the label where no other is; false if nothing is left to write."""
    written = False
    for part in group:
        window = part.outline.window(labels)
        free = part.outline.inside & (window == 0)
        window[free] = label
        written = written or bool(free.any())
    return written


def _deposit(label: int, hand: Hand, group: list[Scored], field: SearchField, labels: NDArray[np.uint16]) -> Deposit:
    pixels = np.concatenate([np.argwhere(p.outline.inside) + p.outline.corner for p in group])
    outer = [polygon for part in group for polygon in _islands(part.outline)]
    area = sum(part.outline.area_mm2 for part in group) / field.pitch**2
    height = float(np.average([p.outline.height for p in group], weights=[p.outline.area_mm2 for p in group]))
    values = field.values[pixels[:, 0], pixels[:, 1]]
    clicked = [part for part in group if part.clicked]
    return Deposit(
        label=label,
        laterality=hand.laterality.value,
        centre=_innermost(pixels, labels, label),
        outlines=tuple(outer),
        area_px=area,
        perimeter_px=sum(part.outline.perimeter_mm for part in group) / field.pitch,
        border_px=_border_uncertainty(group, field),
        choice_px=_choice(group) / field.pitch**2,
        chance=float(np.average([p.chance for p in group], weights=[p.outline.area_mm2 for p in group])),
        contrast=height,
        noise=field.noise,
        bone_overlap=float("nan"),
        confidence=max(part.confidence for part in clicked or group),
        origin=Origin.HINT if clicked else Origin.AUTOMATIC,
        hint=next((part.name for part in group if part.name), ""),
        saturated=float((values >= NEAR_CEILING * field.ceiling).mean()),
    )


def _islands(outline: Outline) -> list[Points]:
    largest = max((signed_area(p) for p in outline.polygons), key=abs)
    return [p for p in outline.polygons if signed_area(p) * largest > 0]


def _innermost(pixels: NDArray[np.int_], labels: NDArray[np.uint16], label: int) -> Points:
    """The deposit's own pixel nearest to its centre of mass."""
    mine = pixels[labels[pixels[:, 0], pixels[:, 1]] == label]
    away = np.linalg.norm(mine - mine.mean(axis=0), axis=1)
    return np.asarray(mine[int(away.argmin())], dtype=np.float64)


def _border_uncertainty(group: list[Scored], field: SearchField) -> float:
    """Standard uncertainty of the border's place in pixels: its level and grain over the usual fall."""
    falls = np.concatenate([part.outline.falls for part in group])
    height = max(part.outline.height for part in group)
    level = LEVEL_ROUND if all(part.outline.round for part in group) else LEVEL_REGION
    usual = max(float(np.median(falls)), 1e-6)
    return float(np.hypot(level * height, GRAIN_LEFT * field.noise) / usual / field.pitch)


def _choice(group: list[Scored]) -> float:
    """Standard error of the area in mm2 from which outline was taken of each part."""
    return float(np.linalg.norm([part.doubt * part.outline.area_mm2 for part in group]))
