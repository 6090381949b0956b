"""Calcific deposits of known outline and area, tied to a bone; and tufts that are eroded or sclerosed, which are none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.phantom.render import Place, local_grid, window
from lesionmeter.phantom.skeleton import Frame, Segment, Skeleton

Grid = NDArray[np.float32]
Random = np.random.Generator
Field = Callable[[Grid, Grid], Grid]

HABITS = ("globular", "amorphous", "punctate", "crescent")
"""Kinds of deposit: a rounded lump, a ragged one that thins out, a cluster of specks, an arc round a joint or tuft."""

REACH = 3.0
"""Half width of the square, in units of the square root of the area, in which a deposit's shape is defined."""


@dataclass(frozen=True)
class Calcification:
    """One deposit of a simulated hand.

    Parameters
    ----------
    ray, level, aspect
        Its site: 1 to 5; `MCP`, `proximal`, `PIP`, `middle`, `DIP`, `distal`, `tip`, `IP`; `radial`, `ulnar`, `midline`.
    habit
        One of `HABITS`.
    areas_mm2
        Its area on each date; 0 where it is not there.
    density
        Path through it in its middle, mm of bone.
    seed
        Of its shape and exact place.
    pattern
        A word for its course, for the truth.
    """

    ray: int
    level: str
    aspect: str
    habit: str
    areas_mm2: tuple[float, ...]
    density: float
    seed: int
    pattern: str = ""

    @property
    def site(self) -> str:
        """Site in short words, such as `2 middle radial` or `3 tip`."""
        name = f"{self.ray} {self.level}"
        return name if self.aspect == "midline" else f"{name} {self.aspect}"

    @property
    def bone(self) -> str:
        """The bone that it moves with; at a joint, the distal one."""
        part = {
            "MCP": "proximal", "proximal": "proximal", "PIP": "middle", "middle": "middle",
            "DIP": "distal", "IP": "distal", "distal": "distal", "tip": "distal",
        }[self.level]  # fmt: skip
        return f"{self.ray} {part} phalanx"


def anchor(deposit: Calcification, skeleton: Skeleton) -> tuple[float, float]:
    """Where the deposit's middle lies in its bone's frame (x, y), mm: beside the bone, within the skin."""
    rng = np.random.default_rng([deposit.seed, 1])
    segment = skeleton.segment(deposit.bone)
    radius = float(np.sqrt(max(deposit.areas_mm2) / np.pi)) / skeleton.build.size
    if deposit.level == "tip":
        return segment.length + float(rng.uniform(-0.5, 0.8)), float(rng.normal(0, 0.8))
    share = {"proximal": 0.5, "middle": 0.5, "distal": 0.45}.get(deposit.level, 0.02)
    along = segment.length * (share + float(rng.normal(0, 0.04)))
    if deposit.aspect == "midline":
        return along, float(rng.normal(0, 0.6))
    beside = _half_width(segment, along) + radius * float(rng.uniform(0.2, 0.9))
    skin = max(segment.soft[0] + (segment.soft[1] - segment.soft[0]) * min(max(share, 0.0), 1.0), 5.0)
    return along, (1.0 if deposit.aspect == "radial" else -1.0) * min(beside, skin - 0.5 * radius)


def _half_width(segment: Segment, along: float) -> float:
    widths = [abs(s.box[3]) for s in segment.shapes if s.box[0] - 1.0 <= along <= s.box[1] + 1.0]
    shaft = 0.75 if 0.25 * segment.length < along < 0.8 * segment.length else 1.0
    return shaft * max(widths, default=4.0)


def draw(
    deposit: Calcification, area_mm2: float, skeleton: Skeleton, placed: dict[str, Frame], place: Place
) -> tuple[tuple[slice, slice], Grid, NDArray[np.bool_]] | None:
    """One deposit on a film's grid: the window, its path (mm of bone) and which pixels it covers; None if it is not there.

    The area is that of the deposit as it lies, in the hand's own millimetres: foreshortening shrinks its picture.
    """
    if area_mm2 <= 0:
        return None
    scale = float(np.sqrt(area_mm2)) / skeleton.build.size
    x, y = anchor(deposit, skeleton)
    # The deposit keeps its size when its bone is foreshortened by a bend: only its place follows the bone.
    bone = placed[deposit.bone]
    turned = bone / np.array([np.linalg.norm(bone[:, 0]) / skeleton.build.size, 1.0, 1.0])
    turned[:, 2] = bone @ [x, y, 1.0]
    matrix = place.matrix @ turned
    reach = REACH * scale
    at = window(matrix, (-reach, reach, -reach, reach), place.shape)
    if at is None:
        return None
    u, v = local_grid(matrix, at)
    level = shape_field(deposit.habit, deposit.seed)(u / scale, v / scale)
    profile = np.clip(level, 0.0, 1.0) ** _steepness(deposit)
    return at, np.asarray(deposit.density * profile, dtype=np.float32), level > 0


def _steepness(deposit: Calcification) -> float:
    sharp = {"globular": (0.25, 0.5), "amorphous": (0.4, 0.8), "punctate": (0.2, 0.5), "crescent": (0.15, 0.5)}
    return float(np.random.default_rng([deposit.seed, 2]).uniform(*sharp[deposit.habit]))


@lru_cache(maxsize=256)
def shape_field(habit: str, seed: int) -> Field:
    """A shape as a field over places in units of the square root of its area: above 0 inside, 1 at its thickest.

    The area where it is above 0 is 1 in these units, so that a deposit of A mm2 is the field over places / sqrt(A).

    Raises
    ------
    KeyError
        If there is no such habit.
    """
    makers = {"globular": _globular, "amorphous": _amorphous, "punctate": _punctate, "crescent": _crescent}
    raw = makers[habit](np.random.default_rng([seed, 3]))
    axis = np.linspace(-REACH, REACH, 601, dtype=np.float32)
    inside = raw(*np.meshgrid(axis, axis, indexing="ij")) > 0
    unit = float(np.sqrt(inside.mean())) * 2.0 * REACH
    return lambda u, v: raw(u * unit, v * unit)


def _globular(rng: Random) -> Field:
    waves = [(k, float(rng.normal(0, 0.16 / k)), float(rng.uniform(0, 2 * np.pi))) for k in range(2, 6)]
    stretch = float(np.exp(rng.normal(0, 0.15)))

    def field(u: Grid, v: Grid) -> Grid:
        a, b = u * stretch, v / stretch
        angle = np.arctan2(b, a)
        radius = 0.56 * (1.0 + sum(size * np.cos(k * angle + phase) for k, size, phase in waves))
        return np.asarray(1.0 - (a**2 + b**2) / radius**2, dtype=np.float32)

    return field


def _amorphous(rng: Random) -> Field:
    noise = ndimage.gaussian_filter(rng.standard_normal((160, 160)), 160 * 0.11 / (2 * REACH))
    rough = ndimage.gaussian_filter(rng.standard_normal((160, 160)), 160 * 0.28 / (2 * REACH))
    field_of = (0.55 * noise / noise.std() + 0.75 * rough / rough.std()).astype(np.float32)
    stretch = float(np.exp(rng.normal(0, 0.25)))

    def field(u: Grid, v: Grid) -> Grid:
        at = np.stack([(u + REACH) * 159 / (2 * REACH), (v + REACH) * 159 / (2 * REACH)])
        ragged = ndimage.map_coordinates(field_of, at, order=1, mode="nearest")
        return np.asarray(0.75 - 1.5 * ((u * stretch) ** 2 + (v / stretch) ** 2) + 0.25 * ragged, dtype=np.float32)

    return field


def _punctate(rng: Random) -> Field:
    specks = [np.zeros(2)]
    wanted = int(rng.integers(4, 12))
    while len(specks) < wanted:
        beside = specks[int(rng.integers(len(specks)))]
        turn, far = rng.uniform(0, 2 * np.pi), rng.uniform(0.36, 0.62)
        new = beside + far * np.array([np.cos(turn), np.sin(turn)])
        if min(np.linalg.norm(new - old) for old in specks) > 0.34 and np.abs(new).max() < 1.6:
            specks.append(new)
    places = np.array(specks) - np.mean(specks, axis=0)
    radii = rng.uniform(0.1, 0.2, wanted)

    def field(u: Grid, v: Grid) -> Grid:
        parts = [1.0 - ((u - p[0]) ** 2 + (v - p[1]) ** 2) / r**2 for p, r in zip(places, radii, strict=True)]
        return np.asarray(np.maximum.reduce(parts), dtype=np.float32)

    return field


def _crescent(rng: Random) -> Field:
    radius, span = float(rng.uniform(0.7, 1.3)), float(rng.uniform(1.4, 3.2))
    width = float(rng.uniform(0.28, 0.5)) / span
    turn, taper = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(2, 5))

    def field(u: Grid, v: Grid) -> Grid:
        a, b = u * np.cos(turn) + v * np.sin(turn) + radius, v * np.cos(turn) - u * np.sin(turn)
        off = np.abs(np.arctan2(b, a)) / (span / 2)
        wide = width * np.clip(1.0 - off**taper, 0.0, 1.0)
        inside = 1.0 - np.abs(np.hypot(a, b) - radius) / np.maximum(wide, 1e-3)
        return np.asarray(np.where(off < 1.0, inside, -1.0), dtype=np.float32)

    return field


# ---------------------------------------------------------------------- not deposits


@dataclass(frozen=True)
class TuftChange:
    """A distal phalanx whose tuft is eroded (a notch is missing) or sclerosed (denser); never counted as a deposit.

    Parameters
    ----------
    ray
        1 to 5.
    erosion
        Radius of the notch, mm.
    sclerosis
        Extra density of the tuft, as a share.
    aspect
        Side on which it lies: `radial`, `ulnar` or `midline`.
    """

    ray: int
    erosion: float = 0.0
    sclerosis: float = 0.0
    aspect: str = "midline"

    def apply(self, path: Grid, x: Grid, y: Grid, length: float) -> Grid:
        """The bone's path with the change, at places of its frame."""
        side = {"radial": 1.0, "ulnar": -1.0, "midline": 0.0}[self.aspect]
        dense = 1.0 + self.sclerosis * np.exp(-(((x - length + 2.0) / 1.6) ** 2 + ((y - 1.2 * side) / 1.4) ** 2))
        notch = (x - length - 0.3) ** 2 + (y - 1.5 * side) ** 2 < self.erosion**2
        return np.asarray(np.where(notch, 0.15, dense) * path, dtype=np.float32)
