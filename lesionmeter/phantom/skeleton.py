"""A simulated hand: its bones in frames of their own, hung on each other at the joints.

Hand frame: origin at the wrist landmark, x distal along the third metacarpal, y radial, mm.

Landmarks (numbers as in `lesionmeter.model.site`):

- 0 wrist: in the proximal carpal row, in line with the third metacarpal, about 5 mm distal of the radiocarpal joint;
- 1 thumb CMC: middle of the base of the first metacarpal;
- MCP (2, 5, 9, 13, 17): middle of the joint space, at the base of the proximal phalanx (of its epiphysis, if open);
- PIP, DIP, thumb IP (3, 6, 7, ...): middle of the head of the more proximal bone, at its joint surface;
- tips (4, 8, 12, 16, 20): top of the tuft of the distal phalanx.

Sources. Bone lengths: means of Buryanov and Kotiuk 2010, Proportions of hand segments, Int J Morphol 28(3):755-758
(adults, mm). Half widths, end shapes, growth plates, splay and carpus are ranges, wide on purpose; docs/phantom.md sets
them beside published figures and says which are assumed. No measurement rests on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lesionmeter.phantom.shapes import Plate, Shaft, Shape

Random = np.random.Generator

LENGTHS = {  # Buryanov and Kotiuk 2010, mm: metacarpal, proximal, middle, distal phalanx
    1: (46.2, 31.6, 21.7),
    2: (68.1, 39.8, 22.4, 15.8),
    3: (64.6, 44.6, 26.3, 17.4),
    4: (58.0, 41.4, 25.7, 17.3),
    5: (53.7, 32.7, 18.1, 16.0),
}
PARTS = {
    1: ("metacarpal", "proximal phalanx", "distal phalanx"),
    2: ("metacarpal", "proximal phalanx", "middle phalanx", "distal phalanx"),
}
# Assumed half widths, mm: base, middle, head of each bone of the thumb, and of a finger.
THUMB_WIDTHS = ((6.6, 4.2, 6.3), (6.0, 3.7, 5.0), (5.2, 2.6, 2.2))
FINGER_WIDTHS = ((6.6, 3.8, 6.5), (6.4, 3.6, 4.8), (5.4, 3.0, 4.1), (4.4, 2.0, 2.2))
SLENDER = {1: 1.0, 2: 1.0, 3: 1.03, 4: 0.95, 5: 0.85}
METACARPAL_BASE = {2: (1.0, 10.0), 3: (1.0, 0.5), 4: (-1.0, -8.0), 5: (-4.0, -15.5)}
METACARPAL_ANGLE = {2: 9.0, 3: 0.0, 4: -10.5, 5: -21.0}
FINGER_SPLAY = {2: 3.0, 3: 0.0, 4: -4.0, 5: -9.0}
# Assumed half thickness of the soft tissue at each end of the segments, mm.
SOFT = {1: (14.0, 10.2, 9.2, 7.8), 2: (10.0, 9.4, 8.6, 7.0, 6.2), 3: (10.0, 9.6, 8.8, 7.2, 6.4),
        4: (10.0, 9.2, 8.3, 6.8, 6.0), 5: (10.0, 8.2, 7.2, 6.0, 5.3)}  # fmt: skip
# Assumed carpal bones: x, y, half sizes along and across, mm, for a carpus 27 mm long.
CARPALS = (
    (20, 22, 6, 6.5), (21, 13, 5, 5.5), (17, -0.5, 10.5, 6.2), (18, -11.5, 8, 6.5),
    (8.5, 9.5, 9, 5.5), (1, -6, 6, 7), (7.5, -16.5, 5.5, 6), (9, -18.5, 4.2, 4),
)  # fmt: skip


@dataclass(frozen=True)
class Segment:
    """A rigid part of the hand: one bone (or the carpus) with the soft tissue round it.

    Parameters
    ----------
    name
        `2 middle phalanx`, `carpus`, `radius`, ...
    parent
        The segment that it turns on; empty for the carpus.
    origin
        Where its frame's origin lies in the parent's frame, mm.
    angle
        Turn against the parent at rest, degrees; positive towards radial.
    length
        Landmark to landmark, mm.
    shapes
        Its mineral, in its own frame.
    soft
        Half thickness of the soft tissue at its base and its end, mm; zeros where the palm covers it.
    """

    name: str
    parent: str
    origin: tuple[float, float]
    angle: float
    length: float
    shapes: tuple[Shape, ...]
    soft: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Build:
    """What all bones of one person share.

    Parameters
    ----------
    size
        Against an average adult.
    width
        Bone widths against the average.
    child
        Whether growth plates are open.
    cortex, marrow, density
        As in `Shaft`.
    fat
        Soft tissue against the average.
    """

    size: float
    width: float
    child: bool
    cortex: float
    marrow: float
    density: float
    fat: float


@dataclass(frozen=True)
class Skeleton:
    """One person's hand at rest: segments, each after its parent, in mm of an adult's frame (times `build.size`)."""

    build: Build
    segments: tuple[Segment, ...]
    carpus: float
    forearm: float

    def segment(self, name: str) -> Segment:
        """The segment of that name.

        Raises
        ------
        KeyError
            If there is none.
        """
        for segment in self.segments:
            if segment.name == name:
                return segment
        raise KeyError(f"expected one of {[s.name for s in self.segments]}, came {name!r}")


@dataclass(frozen=True)
class Pose:
    """How the joints are turned, against rest.

    Parameters
    ----------
    turns
        Degrees in the plane of the film, by segment; what is not named is at rest.
    stretch
        Length of a segment's picture against its true length (under 1 if it is bent out of the plane), by segment.
    """

    turns: Mapping[str, float]
    stretch: Mapping[str, float]


REST = Pose({}, {})
Frame = NDArray[np.float64]
"""(3, 3): a place in a segment's frame, as (x, y, 1), to the hand's frame, mm."""


def frames(skeleton: Skeleton, pose: Pose = REST) -> dict[str, Frame]:
    """Where each segment's frame lies in the hand's frame, in that pose."""
    placed: dict[str, Frame] = {"": np.diag([skeleton.build.size, skeleton.build.size, 1.0])}
    stretched = {"": 1.0}
    for segment in skeleton.segments:
        stretch = pose.stretch.get(segment.name, 1.0)
        turn = np.deg2rad(segment.angle + pose.turns.get(segment.name, 0.0))
        cos, sin = np.cos(turn), np.sin(turn)
        # The parent's stretch moves the joint but does not squeeze the child.
        at = (segment.origin[0] * stretched[segment.parent], segment.origin[1])
        own = np.array([[cos, -sin, at[0]], [sin, cos, at[1]], [0.0, 0.0, 1.0]])
        placed[segment.name] = placed[segment.parent] @ own
        stretched[segment.name] = stretch
    return {
        name: frame @ np.diag([stretched[name], 1.0, 1.0]) for name, frame in placed.items() if name
    }  # fmt: skip


def landmarks(skeleton: Skeleton, placed: Mapping[str, Frame]) -> NDArray[np.float64]:
    """The 21 landmarks as (21, 2) x, y in the hand's frame, mm."""
    points = [placed["carpus"] @ [0.0, 0.0, 1.0]]
    for ray in range(1, 6):
        names = [f"{ray} {part}" for part in PARTS[min(ray, 2)]]
        chain = names if ray == 1 else names[1:]
        points += [placed[name] @ [0.0, 0.0, 1.0] for name in chain]
        points.append(placed[chain[-1]] @ [skeleton.segment(chain[-1]).length, 0.0, 1.0])
    return np.array(points)[:, :2]


def random_skeleton(rng: Random, child: bool | None = None) -> Skeleton:
    """Draw a person's hand; `child` forces open or closed growth plates."""
    build = _random_build(rng, child)
    carpus = 27.0 * np.exp(rng.normal(0, 0.07))
    forearm = float(rng.uniform(60, 160))
    segments = [_carpus(rng, build, carpus)]
    row = np.exp(rng.normal(0, 0.035, 4))
    splay, tilt = rng.uniform(-0.5, 1.6), rng.normal(0, 1.5)
    spread_x, spread_y = np.exp(rng.normal(0, 0.07, 2))
    for ray in range(1, 6):
        segments += _ray(rng, build, ray, row, (carpus, splay, tilt, spread_x, spread_y))
    segments += _forearm(rng, build, forearm)
    return Skeleton(build, tuple(segments), float(carpus), forearm)


def random_pose(rng: Random, skeleton: Skeleton, degrees: float = 4.0, flexion: float = 0.0) -> Pose:
    """Draw joint turns with that standard deviation, and with `flexion` the share of fingers bent out of the plane."""
    turns, stretch = {}, {}
    for ray in range(1, 6):
        bent = rng.random() < flexion
        for k, part in enumerate(PARTS[min(ray, 2)]):
            name = f"{ray} {part}"
            still = part == "metacarpal" and ray > 1
            turns[name] = float(rng.normal(0, 0.3 if still else degrees))
            stretch[name] = float(1.0 - (rng.uniform(0, 0.4) if bent and k else abs(rng.normal(0, 0.006))))
    turns["radius"] = turns["ulna"] = float(rng.normal(0, degrees))
    return Pose(turns, stretch)


def _random_build(rng: Random, child: bool | None) -> Build:
    young = bool(rng.random() < 0.6) if child is None else child
    return Build(
        size=float(rng.uniform(0.72, 1.05) if young else np.exp(rng.normal(0, 0.07))),
        width=float(np.exp(rng.normal(0.03, 0.11))),
        child=young,
        cortex=float(rng.uniform(0.22, 0.6)),
        marrow=float(rng.uniform(0.22, 0.55)),
        density=float(rng.uniform(0.55, 1.0)),
        fat=float(np.exp(rng.normal(0, 0.13))),
    )


def _ray(
    rng: Random, build: Build, ray: int, row: NDArray[np.float64], layout: tuple[float, float, float, float, float]
) -> list[Segment]:
    carpus, splay, tilt, spread_x, spread_y = layout
    rows = row[[0, 1, 3]] if ray == 1 else row
    lengths = [length * np.exp(rng.normal(0, 0.03)) * r for length, r in zip(LENGTHS[ray], rows, strict=True)]
    if ray == 1:
        origin = (carpus * 0.76 * np.exp(rng.normal(0, 0.08)), 26.0 * np.exp(rng.normal(0, 0.07)))
        angles = [float(np.clip(rng.normal(40, 10), 12, 72)), float(rng.normal(-10, 9)), float(rng.normal(0, 10))]
        if rng.random() < 0.15:
            lengths = [length * rng.uniform(0.75, 1.0) for length in lengths]
    else:
        x, y = METACARPAL_BASE[ray]
        origin = (carpus + x + rng.normal(0, 0.8), y * spread_y + rng.normal(0, 0.6))
        wild = 4.0 if rng.random() < 0.8 else 10.0
        first = METACARPAL_ANGLE[ray] * spread_x + tilt + rng.normal(0, 1.5)
        angles = [first, FINGER_SPLAY[ray] * splay + rng.normal(0, 3.5), rng.normal(0, wild * 0.7), rng.normal(0, wild)]
    segments = []
    parent, at = "carpus", origin
    for k, part in enumerate(PARTS[min(ray, 2)]):
        name = f"{ray} {part}"
        shapes = _bone(rng, build, ray, k, lengths[k])
        soft = (SOFT[ray][k] * build.fat, SOFT[ray][k + 1] * build.fat)
        segments.append(Segment(name, parent, at, float(angles[k]), float(lengths[k]), shapes, soft))
        parent, at = name, (float(lengths[k]), 0.0)
    return segments


def _bone(rng: Random, build: Build, ray: int, order: int, length: float) -> tuple[Shape, ...]:
    table = THUMB_WIDTHS if ray == 1 else FINGER_WIDTHS
    base, middle, head = np.array(table[order]) * SLENDER[ray] * build.width * np.exp(rng.normal(0, 0.05, 3))
    last = order == len(table) - 1
    start, end = _joint_surfaces(rng, order, length, last)
    shapes: list[Shape] = []
    if build.child and rng.random() < 0.95:
        start, end, grown = _growth_plate(rng, build, ray, order, (base, head), (start, end))
        shapes.append(grown)
    density = build.density * float(np.exp(rng.normal(0, 0.08)))
    shapes.append(
        Shaft(
            start, end, base, middle, head,
            flare_base=float(rng.uniform(0.10, 0.2)), flare_head=float(rng.uniform(0.08, 0.16)),
            cup=float(rng.uniform(-0.1, 0.25)),
            dome=float(rng.uniform(*_domes(order, last))),
            cortex=build.cortex * float(np.exp(rng.normal(0, 0.2))), marrow=build.marrow, density=density,
            plate=float(rng.uniform(0.1, 0.9)),
        )
    )  # fmt: skip
    if last:
        shapes.append(_tuft(rng, build, length))
    elif rng.random() < 0.5:
        shapes += [_condyle(rng, density, end, head, side) for side in (-1, 1)]
    if ray == 1 and order == 0 and rng.random() < 0.75:
        shapes += [_sesamoid(rng, density, length) for _ in range(2)]
    return tuple(shapes)


def _joint_surfaces(rng: Random, order: int, length: float, last: bool) -> tuple[float, float]:
    gap = float(rng.uniform(0.2, 1.3))
    # A landmark lies at the base of a proximal phalanx, but at the head of the bone before a middle or distal one.
    if order == 0:
        return 0.8 * gap, length - (gap + float(rng.uniform(0.5, 1.6)))
    return 0.0 if order == 1 else gap, length if last else length - 0.1


def _domes(order: int, last: bool) -> tuple[float, float]:
    """Least and most rounding of a bone's head."""
    if last:
        return 0.4, 1.0
    return (0.3, 0.9) if order == 0 else (-0.05, 0.5)


def _growth_plate(
    rng: Random, build: Build, ray: int, order: int, widths: tuple[float, float], ends: tuple[float, float]
) -> tuple[float, float, Plate]:
    """Cut the shaft short and put an epiphysis there: at the base, but at the head of metacarpals 2 to 5."""
    (base, head), (start, end) = widths, ends
    cleft = float(rng.uniform(0.2, 1.0))
    if order == 0 and ray > 1:
        high = float(rng.uniform(3.0, 6.0))
        return start, end - 2.0 * 0.6 * high - cleft, Plate(
            end - 0.6 * high, 0.0, 0.6 * high, head * rng.uniform(0.85, 1.0), 0.0, rng.uniform(2.0, 3.5),
            rng.uniform(-0.1, 0.15), build.density * head * rng.uniform(0.6, 0.9), rng.uniform(0.1, 0.5),
        )  # fmt: skip
    high = float(rng.uniform(1.2, 3.0)) * (1.2 if order <= 1 else 0.8)
    plate = Plate(
        start + 0.55 * high, 0.0, 0.55 * high, base * rng.uniform(0.75, 1.08), 0.0, rng.uniform(2.0, 4.5),
        rng.uniform(-0.12, 0.2), build.density * base * rng.uniform(0.5, 0.95), rng.uniform(0.1, 0.6),
    )  # fmt: skip
    return start + 1.1 * high + cleft, end, plate


def _tuft(rng: Random, build: Build, length: float) -> Plate:
    across = float(rng.uniform(2.2, 3.4)) * build.width
    return Plate(
        length - 1.7, 0.0, float(rng.uniform(1.5, 2.2)), across, 0.0, 2.0, float(rng.uniform(-0.1, 0.1)),
        build.density * float(rng.uniform(0.6, 1.4)), float(rng.uniform(0.0, 0.4)),
    )  # fmt: skip


def _condyle(rng: Random, density: float, end: float, head: float, side: int) -> Plate:
    return Plate(
        end - 0.5 * head, side * head * float(rng.uniform(0.45, 0.6)), head * float(rng.uniform(0.35, 0.5)),
        head * float(rng.uniform(0.3, 0.45)), 0.0, 2.0, 0.0, density * head * float(rng.uniform(0.1, 0.35)), 0.2,
    )  # fmt: skip


def _sesamoid(rng: Random, density: float, length: float) -> Plate:
    radius = float(rng.uniform(1.2, 2.8))
    return Plate(
        length + rng.normal(-1, 2.0), rng.normal(-3.5, 2.5), radius, radius * float(rng.uniform(0.7, 1.0)),
        float(rng.uniform(0, 180)), 2.2, 0.0, density * radius * float(rng.uniform(0.6, 1.3)),
        float(rng.uniform(0, 0.6)),
    )  # fmt: skip


def _carpus(rng: Random, build: Build, carpus: float) -> Segment:
    spread, shapes = float(np.exp(rng.normal(0, 0.06))), []
    for number, (x, y, along, across) in enumerate(CARPALS):
        if build.child and rng.random() < 0.1:
            continue
        size = float(np.exp(rng.normal(0.1, 0.09))) * (float(rng.uniform(0.72, 1.0)) if build.child else 1.0)
        shapes.append(
            Plate(
                x * carpus / 27.0 + rng.normal(0, 1), y * spread + rng.normal(0, 1), along * size, across * size,
                float(rng.normal(0, 15)) - (35.0 if number == 4 else 0.0), float(rng.uniform(2.0, 3.0)),
                float(rng.uniform(-0.1, 0.1)), build.density * 4.5 * float(rng.uniform(0.6, 1.1)),
                float(rng.uniform(0.1, 0.6)),
            )
        )  # fmt: skip
    return Segment("carpus", "", (0.0, 0.0), 0.0, carpus, tuple(shapes))


def _forearm(rng: Random, build: Build, forearm: float) -> list[Segment]:
    deviation = float(rng.normal(0, 6))
    bones = (
        ("radius", 5.5, 9.0, 14.5, 7.5, rng.uniform(-9, -6)),
        ("ulna", -16.0, -13.0, 8.0, 5.5, rng.uniform(-14, -8)),
    )
    segments = []
    for name, far, near, wide, narrow, top in bones:
        # The frame points proximally from the wrist; a slant from `near` to `far` is the bone's own angle.
        slant = float(np.degrees(np.arctan2(far - near, forearm)))
        shapes: list[Shape] = []
        first = 0.0
        if build.child:
            high = float(rng.uniform(2.5, 4.5))
            shapes.append(
                Plate(
                    0.5 * high, 0.0, 0.5 * high, wide * build.width * float(rng.uniform(0.8, 1.0)), 0.0, 3.0,
                    float(rng.uniform(-0.1, 0.1)), build.density * wide * 0.7, 0.3,
                )
            )  # fmt: skip
            first = high + float(rng.uniform(0.3, 1.0))
        shapes.append(
            Shaft(
                first, forearm, wide * build.width, narrow * build.width, narrow * build.width,
                flare_base=float(rng.uniform(0.1, 0.2)) * 70 / forearm, cup=float(rng.uniform(-0.1, 0.2)), dome=0.0,
                cortex=build.cortex, marrow=build.marrow, density=0.9 * build.density,
                plate=float(rng.uniform(0.1, 0.8)),
            )
        )  # fmt: skip
        segments.append(Segment(name, "carpus", (float(top), near), 180.0 + deviation - slant, forearm, tuple(shapes)))
    return segments
