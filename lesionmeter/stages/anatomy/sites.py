"""The finding site of every place of a hand, from its 21 landmarks alone.

All extents are shares of bone or hand lengths, so they need no scale. A place belongs to the bone whose axis is
nearest. Along that bone, its first fifth and last seventh belong to the joints at its ends, and the last sixth of a
distal phalanx is the tip. Radial is the thumb's side of an axis; on the thumb itself it is the outer side.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.geometry import Points
from lesionmeter.model.patient import HandView
from lesionmeter.model.site import BONES, METACARPALS, WRIST, Site, SiteMap
from lesionmeter.stages.anatomy.settings import AnatomySettings

ASPECTS: Final = ("radial", "ulnar", "midline")

_JOINT_AFTER: Final = 0.20  # of a bone's length, from the joint at its base
_JOINT_BEFORE: Final = 0.14  # of a bone's length, to the joint at its head
_TIP: Final = 0.82  # of a distal phalanx's length, from its base
_METACARPAL_BASE: Final = 0.70  # of the way from a knuckle to the wrist
_CARPUS: Final = 0.30  # of the way from the wrist to the middle knuckle
_REACH: Final = 0.075  # soft tissue to each side of a bone's axis, in hand lengths
_WRIST_REACH: Final = 0.20
_FOREARM: Final = 0.35  # how far proximal of the wrist the map goes, in hand lengths
_MIDLINE: Final = 0.006  # half width of the midline, in hand lengths
_TIP_MIDLINE: Final = 0.016  # the same at the tips, which have no shaft to be beside of
_PALM_MIDLINE: Final = 0.04

_NAMES: Final = (
    *(
        f"{ray} {place}"
        for ray in (2, 3, 4, 5)
        for place in ("MCP", "proximal phalanx", "PIP", "middle phalanx", "DIP", "distal phalanx", "tip")
    ),
    *(f"1 {place}" for place in ("CMC", "metacarpal", "MCP", "proximal phalanx", "IP", "distal phalanx", "tip")),
    "palm",
    "wrist",
)
_NUMBER: Final = {name: number for number, name in enumerate(_NAMES)}
_JOINTS: Final = {1: ("CMC", "MCP", "IP", "tip"), 2: ("MCP", "PIP", "DIP", "tip")}

SITES: Final = tuple(
    Site(int(name[0]) if name[0].isdigit() else None, name, aspect) for name in _NAMES for aspect in ASPECTS
)
"""All finding sites, in the order that `site_numbers` counts."""


def site_map(view: HandView, settings: AnatomySettings) -> SiteMap:
    """Which part of a film belongs to which finding site of a hand.

    Parameters
    ----------
    view
        The hand on its film; its landmarks alone decide.
    settings
        `site_grid` sets how fine the map is.
    """
    landmarks = view.hand.landmarks
    step = max(1, round(settings.site_grid * landmarks.hand_length))
    rows, columns = (-(-length // step) + 1 for length in view.film.radiograph.shape)
    grid = step * np.indices((rows, columns), np.float64).reshape(2, -1).T
    index = site_numbers(grid, landmarks.points).reshape(rows, columns)
    return SiteMap(view.hand.film, view.hand.laterality, SITES, index, step)


def site_numbers(points: Points, landmarks: Points) -> NDArray[np.int16]:
    """Numbers into `SITES` of (n, 2) places, -1 off the hand.

    Parameters
    ----------
    points
        (n, 2) as (row, column) pixels.
    landmarks
        (21, 2) as (row, column) pixels of the same film.
    """
    length = float(np.linalg.norm(landmarks[12] - landmarks[WRIST]))
    sign = radial_sign(landmarks)
    place = np.full(len(points), -1)
    aside = np.zeros(len(points))
    nearest = np.full(len(points), np.inf)
    for name, (start, end) in _axes(landmarks).items():
        along, lateral, distance = along_axis(points, start, end)
        mine = distance < nearest
        nearest[mine] = distance[mine]
        aside[mine] = sign * lateral[mine]
        place[mine] = _places_along(name, along[mine])
    place[nearest > _REACH * length] = -1
    place, aside = _with_palm_and_wrist(points, landmarks, place, aside)
    aspect = _aspects(place, aside / length)
    return np.where(place < 0, -1, 3 * place + aspect).astype(np.int16)


def _axes(landmarks: Points) -> dict[str, tuple[Points, Points]]:
    """Start and end of every tubular bone's axis."""
    axes = {bone: (landmarks[start], landmarks[end]) for bone, (start, end) in BONES.items()}
    for bone, knuckle in METACARPALS.items():
        head = landmarks[knuckle]
        axes[bone] = (head + _METACARPAL_BASE * (landmarks[WRIST] - head), head)
    return axes


def radial_sign(landmarks: Points) -> float:
    """+1 or -1, so that a place's signed distance from an axis times it is positive on the thumb's side."""
    forward = landmarks[9] - landmarks[WRIST]
    to_thumb = landmarks[5] - landmarks[17]
    return float(np.sign(forward[0] * to_thumb[1] - forward[1] * to_thumb[0])) or 1.0


def along_axis(
    points: Points, start: Points, end: Points
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Place along an axis (0 at its start, 1 at its end), signed distance aside, and distance from the segment."""
    axis = end - start
    length = float(np.linalg.norm(axis))
    unit = axis / max(length, 1e-9)
    off = points - start
    along = off @ unit
    lateral = unit[0] * off[:, 1] - unit[1] * off[:, 0]
    beyond = along - np.clip(along, 0, length)
    return along / max(length, 1e-9), lateral, np.hypot(beyond, lateral)


def _places_along(bone: str, along: NDArray[np.float64]) -> NDArray[np.int_]:
    """Numbers into `_NAMES` of places along one bone."""
    ray, part = int(bone[0]), bone[2:]
    if part == "metacarpal" and ray > 1:
        return np.where(along > 1 - _JOINT_BEFORE, _NUMBER[f"{ray} MCP"], _NUMBER["palm"])
    joints = _JOINTS[min(ray, 2)]
    level = _parts(ray).index(part)
    after = _TIP if part == "distal phalanx" else 1 - _JOINT_BEFORE
    places = np.where(along > after, _NUMBER[f"{ray} {joints[level + 1]}"], _NUMBER[bone])
    return np.where(along < _JOINT_AFTER, _NUMBER[f"{ray} {joints[level]}"], places)


def _parts(ray: int) -> tuple[str, ...]:
    if ray == 1:
        return ("metacarpal", "proximal phalanx", "distal phalanx")
    return ("proximal phalanx", "middle phalanx", "distal phalanx")


def _with_palm_and_wrist(
    points: Points, landmarks: Points, place: NDArray[np.int_], aside: NDArray[np.float64]
) -> tuple[NDArray[np.int_], NDArray[np.float64]]:
    """Fill what is near no ray: the palm between the knuckles, the carpus, and the end of the forearm."""
    length = float(np.linalg.norm(landmarks[12] - landmarks[WRIST]))
    along, lateral, _ = along_axis(points, landmarks[WRIST], landmarks[9])
    lateral = radial_sign(landmarks) * lateral
    reach = float(np.linalg.norm(landmarks[9] - landmarks[WRIST]))
    free = place < 0
    between = (along > _CARPUS) & (along < 1.0) & (_inside_palm(points, landmarks))
    wrist = (along <= _CARPUS) & (along * reach > -_FOREARM * length) & (np.abs(lateral) < _WRIST_REACH * length)
    thumb = np.isin(place, [_NUMBER["1 CMC"], _NUMBER["1 metacarpal"]])
    filled = np.where(free & between, _NUMBER["palm"], place)
    filled = np.where(wrist & ~thumb & (free | (place == _NUMBER["palm"])), _NUMBER["wrist"], filled)
    middle = np.isin(filled, [_NUMBER["palm"], _NUMBER["wrist"]])
    return filled, np.where(middle, lateral, aside)


def _inside_palm(points: Points, landmarks: Points) -> NDArray[np.bool_]:
    """Inside the convex outline of wrist, thumb's base and knuckles."""
    ring = landmarks[[0, 1, 2, 5, 9, 13, 17]]
    turn = radial_sign(landmarks)
    inside = np.ones(len(points), bool)
    for start, end in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        side = (end - start)[0] * (points - start)[:, 1] - (end - start)[1] * (points - start)[:, 0]
        inside &= turn * side <= 0
    return inside


def _aspects(place: NDArray[np.int_], aside: NDArray[np.float64]) -> NDArray[np.int_]:
    """Numbers into `ASPECTS`; `aside` is positive on the radial side, in hand lengths."""
    return np.where(np.abs(aside) <= _BANDS[place], 2, np.where(aside > 0, 0, 1))


def _midline_of(name: str) -> float:
    if name in ("palm", "wrist"):
        return _PALM_MIDLINE
    return _TIP_MIDLINE if name.endswith("tip") else _MIDLINE


_BANDS: Final = np.array([_midline_of(name) for name in _NAMES])
