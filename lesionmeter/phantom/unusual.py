"""Hands that a landmark finder must not take for whole ones: turned, amputated, and what is no hand at all.

They are the training's counter-examples. Depths, flexion and stumps are assumed ranges, wide on purpose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lesionmeter.phantom.shapes import Plate, Shaft, Shape
from lesionmeter.phantom.skeleton import PARTS, Frame, Pose, Segment, Skeleton, frames, random_skeleton

Random = np.random.Generator

HIDDEN, UNSURE, SHOWN = -1, 0, 1
"""Whether a landmark is there to be found, or may be judged either way."""

DEPTH = {1: 14.0, 2: 0.0, 3: 0.0, 4: 2.0, 5: 5.0}
"""How far palmar of the third metacarpal each ray's base lies, mm (assumed)."""

FLAT_CARPUS, FLAT_FOREARM, FLAT_BONE = 0.5, 0.7, 0.85
"""Thickness of carpus, forearm bones and tubular bones against their width (assumed)."""


@dataclass(frozen=True, eq=False)
class DrawnHand:
    """A hand ready to be drawn.

    Parameters
    ----------
    skeleton
        What is left to draw.
    placed
        Its posed frames.
    shown
        (21,) `SHOWN`, `UNSURE` or `HIDDEN` for each landmark.
    breadth
        Breadth of the palm against a flat hand's.
    """

    skeleton: Skeleton
    placed: Mapping[str, Frame]
    shown: NDArray[np.int8]
    breadth: float = 1.0


def rolled(rng: Random, skeleton: Skeleton, placed: Mapping[str, Frame], degrees: float) -> DrawnHand:
    """The shadow of a hand rolled about its long axis: the rays close up and overlap, bent fingers fan out.

    Parameters
    ----------
    rng
        Draws which way it rolls and how each finger bends.
    skeleton, placed
        The hand lying flat, and its frames.
    degrees
        0 is flat (postero-anterior), 90 lateral.
    """
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    sin *= 1.0 if rng.random() < 0.7 else -1.0
    size = skeleton.build.size
    bends = _bends(rng, skeleton)
    ends: dict[str, NDArray[np.float64]] = {}
    shadows: dict[str, Frame] = {}
    for segment in skeleton.segments:
        frame = placed[segment.name]
        at = ends.get(segment.parent) if segment.parent != "carpus" else None
        if at is None:
            depth = DEPTH[int(segment.name[0])] * size if segment.name[0].isdigit() else 0.0
            at = np.array([*frame[:2, 2], depth])
        bend = np.deg2rad(bends[segment.name])
        axis = np.array([*(frame[:2, 0] * np.cos(bend)), float(np.hypot(*frame[:2, 0])) * np.sin(bend)])
        ends[segment.name] = at + axis * segment.length
        width = float(np.hypot(*frame[:2, 1])) * np.hypot(cos, _thickness(segment.name) * sin)
        shadows[segment.name] = _shadow(at, axis, float(width), (float(cos), float(sin)))
    return DrawnHand(skeleton, shadows, np.ones(21, np.int8), float(np.hypot(cos, FLAT_CARPUS * sin)))


def _bends(rng: Random, skeleton: Skeleton) -> dict[str, float]:
    """Degrees out of the film's plane of each segment: straight, a loose fist's, or a fan's."""
    habit = rng.uniform(0, 22) if rng.random() < 0.7 else rng.uniform(15, 45)
    bends: dict[str, float] = {}
    for segment in skeleton.segments:
        own = 0.0
        if segment.parent.startswith(("1", "2", "3", "4", "5")):
            own = habit * rng.uniform(0.2, 1.4)
        elif segment.name == "1 metacarpal":
            own = rng.uniform(0, 35)
        bends[segment.name] = min(bends.get(segment.parent, 0.0) + float(own), 80.0)
    return bends


def _thickness(name: str) -> float:
    if name == "carpus":
        return FLAT_CARPUS
    return FLAT_FOREARM if name in ("radius", "ulna") else FLAT_BONE


def _shadow(at: NDArray[np.float64], axis: NDArray[np.float64], width: float, roll: tuple[float, float]) -> Frame:
    """The frame on the film of a segment in space; one seen end on keeps a sixth of its length."""
    cos, sin = roll
    seen = np.array([axis[0], axis[1] * cos + axis[2] * sin])
    length = max(float(np.hypot(*seen)), 1e-6)
    seen = seen * max(1.0, float(np.linalg.norm(axis)) / 6.0 / length)
    across = np.array([-seen[1], seen[0]]) / float(np.hypot(*seen)) * width
    frame = np.eye(3)
    frame[:2, 0], frame[:2, 1], frame[:2, 2] = seen, across, (at[0], at[1] * cos + at[2] * sin)
    return frame


def amputated(rng: Random, skeleton: Skeleton, placed: Mapping[str, Frame]) -> DrawnHand:
    """A hand that has lost one ray from some joint or shaft on, or two or three rays beside each other."""
    first = int(rng.integers(1, 6))
    count = 1 if rng.random() < 0.75 else int(rng.integers(2, 4))
    shown = np.ones(21, np.int8)
    for ray in range(first, min(first + count, 6)):
        names = [f"{ray} {part}" for part in PARTS[min(ray, 2)]]
        level = int(rng.integers(0 if rng.random() < 0.4 else 1, len(names)))
        stump = float(rng.uniform(0.15, 0.75)) if level < len(names) - 1 and rng.random() < 0.6 else 0.0
        for name in names[level:]:
            skeleton = _shortened(skeleton, name, stump if name == names[level] else 0.0)
        # Landmarks of a ray: its four joints and tip; a finger's first bone, the metacarpal, starts at none of them.
        lost = max(level - (ray > 1), -1)
        of_ray = shown[4 * ray - 3 : 4 * ray + 1]
        of_ray[max(lost + 1, 0) :] = HIDDEN
        if lost >= 0:
            of_ray[lost] = SHOWN if stump else UNSURE
    return DrawnHand(skeleton, placed, shown)


def worn(rng: Random, skeleton: Skeleton) -> Skeleton:
    """The same hand with tips of distal phalanges worn away (acro-osteolysis): shorter, but all there."""
    for ray in range(1, 6):
        if rng.random() < 0.6:
            name = f"{ray} distal phalanx"
            skeleton = _shortened(skeleton, name, float(rng.uniform(0.45, 0.95)))
    return skeleton


def foot(rng: Random) -> DrawnHand:
    """A foot: long parallel metatarsals, short toes, a thick first ray, a heel; no landmark of a hand is there."""
    skeleton = random_skeleton(rng)
    carpus = skeleton.segment("carpus")
    heel = Plate(-26.0, -4.0, 30.0, 14.0, depth=9.0, power=2.6)
    tarsus = replace(carpus, shapes=(*carpus.shapes, heel))
    beside = replace(
        skeleton.segment("1 metacarpal"), origin=(skeleton.carpus + 1.0, 21.0), angle=float(rng.normal(8, 4))
    )
    changed = {"carpus": tarsus, "1 metacarpal": beside}
    segments = tuple(changed.get(s.name, s) for s in skeleton.segments if s.name not in ("radius", "ulna"))
    stretch = {s.name: float(rng.uniform(0.3, 0.62)) for s in segments if s.name.endswith("phalanx")}
    stretch |= {f"{ray} metacarpal": float(rng.uniform(0.95, 1.2)) for ray in range(1, 6)}
    turns = {f"{ray} metacarpal": -0.6 * skeleton.segment(f"{ray} metacarpal").angle for ray in (2, 4, 5)}
    both = Skeleton(skeleton.build, (*segments, *skeleton.segments[-2:]), skeleton.carpus, skeleton.forearm)
    placed = frames(both, Pose(turns, stretch))
    thick = np.diag([1.0, float(rng.uniform(1.3, 1.7)), 1.0])
    placed = {name: frame @ thick if name.startswith("1") else frame for name, frame in placed.items()}
    hidden = [replace(s, shapes=()) if s.name in ("radius", "ulna") else s for s in both.segments]
    return DrawnHand(replace(both, segments=tuple(hidden)), placed, np.full(21, HIDDEN, np.int8))


def _shortened(skeleton: Skeleton, name: str, share: float) -> Skeleton:
    """The skeleton with `share` of a segment left from its base; 0 leaves nothing to draw."""
    segments = [_stump(segment, share) if segment.name == name else segment for segment in skeleton.segments]
    return replace(skeleton, segments=tuple(segments))


def _stump(segment: Segment, share: float) -> Segment:
    if share <= 0:
        return replace(segment, shapes=(), soft=(0.0, 0.0))
    length = share * segment.length
    shapes: list[Shape] = []
    for shape in segment.shapes:
        if isinstance(shape, Shaft):
            end = max(length, shape.start + 1.0)
            shapes.append(replace(shape, end=end, head=0.5 * (shape.head + shape.middle)))
        elif shape.x < length:
            shapes.append(shape)
    base, tip = segment.soft
    return replace(segment, length=length, shapes=tuple(shapes), soft=(base, base + share * (tip - base)))


def forearm_marks(placed: Mapping[str, Frame], skeleton: Skeleton) -> NDArray[np.float64]:
    """(n, 2) places of the hand's frame round the forearm, to put it in the middle of a film."""
    ends = [placed[name] @ [skeleton.forearm, 0.0, 1.0] for name in ("radius", "ulna")]
    wrist = [placed[name] @ [-25.0, 0.0, 1.0] for name in ("radius", "ulna")]
    return np.array([*ends, *wrist])[:, :2]
