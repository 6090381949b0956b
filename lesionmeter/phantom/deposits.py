"""Calcific deposits, each tied to a bone; and tufts that are eroded or sclerosed, which are none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lesionmeter.phantom.skeleton import Segment, Skeleton

Grid = NDArray[np.float32]


@dataclass(frozen=True)
class Calcification:
    """One deposit of a simulated hand.

    Parameters
    ----------
    ray, level, aspect
        Its site: 1 to 5; `MCP`, `proximal`, `PIP`, `middle`, `DIP`, `distal`, `tip` or `IP`; `radial`, `ulnar` or
        `midline`.
    habit
        One of `forms.HABITS`.
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
        return segment.length + float(rng.uniform(-0.8, 0.5)), float(rng.normal(0, 0.8))
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
        notch = (x - length + 0.3) ** 2 + (y - 1.4 * side) ** 2 < self.erosion**2
        return np.asarray(np.where(notch, 0.15, dense) * path, dtype=np.float32)
