"""The simple solids that a simulated hand is made of, as thickness seen from above.

Each shape lives in the frame of its bone: x along the bone from its base to its head, y towards the radial side, in
mm. Its `thickness` is the path of the ray through mineral, in mm, at any places of that frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Grid = NDArray[np.float32]


@dataclass(frozen=True)
class Shaft:
    """A tubular bone: a cortical tube that flares at both ends, marrow inside, and a plate under each joint surface.

    Parameters
    ----------
    start, end
        Places of the two joint surfaces on the bone's axis, mm.
    base, middle, head
        Half widths, mm.
    flare_base, flare_head
        Share of the length over which the ends taper.
    cup, dome
        How much the base is hollowed and the head rounded, as a share of the half width.
    cortex
        Thickness of the cortex in the middle, as a share of the half width there.
    marrow
        Density of marrow and trabeculae against cortex, 0 to 1.
    density
        Scales the whole bone.
    plate
        Strength of the plates under the joint surfaces.
    """

    start: float
    end: float
    base: float
    middle: float
    head: float
    flare_base: float = 0.14
    flare_head: float = 0.12
    cup: float = 0.1
    dome: float = 0.3
    cortex: float = 0.35
    marrow: float = 0.35
    density: float = 1.0
    plate: float = 0.35

    @property
    def box(self) -> tuple[float, float, float, float]:
        """(x low, x high, y low, y high) that holds the shape, mm."""
        widest = max(self.base, self.middle, self.head)
        return self.start - 0.5 * self.base, self.end + 0.3, -widest, widest

    def thickness(self, x: Grid, y: Grid, edge: float) -> Grid:
        """Mineral path in mm; `edge` is the width over which a border is softened, one pixel."""
        length = self.end - self.start
        along = np.clip((x - self.start) / length, 0.0, 1.0)
        near_base, near_head = np.exp(-along / self.flare_base), np.exp(-(1.0 - along) / self.flare_head)
        width = self.middle + (self.base - self.middle) * near_base + (self.head - self.middle) * near_head
        across = np.clip(np.abs(y) / width, 0.0, 1.0) ** 2
        above = x - self.start + self.cup * self.base * across
        below = self.end - self.dome * self.head * across - x
        inside = np.clip(np.minimum(above, below) / edge + 0.5, 0.0, 1.0) * (np.abs(y) < width)
        chord = width * np.sqrt(1.0 - across)
        wall = self.cortex * self.middle * (0.35 + 0.65 * np.exp(-(((along - 0.5) / 0.28) ** 2)))
        inner = np.maximum(width - wall, 0.05)
        hollow = inner * np.sqrt(np.clip(1.0 - (y / inner) ** 2, 0.0, 1.0))
        solid = chord - hollow * (1.0 - np.minimum(self.marrow * (1.0 + 0.5 * (near_base + near_head)), 1.0))
        plates = np.exp(-((above / (0.1 * self.base + 0.3)) ** 2)) + np.exp(-((below / (0.12 * self.head + 0.3)) ** 2))
        return np.asarray(self.density * inside * (solid + self.plate * chord * plates), dtype=np.float32)


@dataclass(frozen=True)
class Plate:
    """A rounded solid: an epiphysis, a carpal bone, a sesamoid, a tuft, a condyle.

    Parameters
    ----------
    x, y
        Its middle, mm.
    along, across
        Half sizes along and across its own axis, mm.
    angle
        Degrees from the bone's x axis to its own axis.
    power
        2 is an ellipse, more is squarer.
    bend
        Bows the shape: mm of sag at its ends for each mm of half size across.
    depth
        Path in its middle, mm.
    rim
        Extra density of its border (a cortical shell), as a share of the depth.
    flat
        Exponent of the path from border to middle: 0.5 a ball, near 0 a disc.
    """

    x: float
    y: float
    along: float
    across: float
    angle: float = 0.0
    power: float = 2.0
    bend: float = 0.0
    depth: float = 3.0
    rim: float = 0.3
    flat: float = 0.5

    @property
    def box(self) -> tuple[float, float, float, float]:
        """(x low, x high, y low, y high) that holds the shape, mm."""
        reach = float(np.hypot(self.along, self.across)) + abs(self.bend) * self.across
        return self.x - reach, self.x + reach, self.y - reach, self.y + reach

    def thickness(self, x: Grid, y: Grid, edge: float) -> Grid:
        """Mineral path in mm; `edge` is the width over which a border is softened, one pixel."""
        turn = np.deg2rad(self.angle)
        u = (x - self.x) * np.cos(turn) + (y - self.y) * np.sin(turn)
        v = (y - self.y) * np.cos(turn) - (x - self.x) * np.sin(turn)
        u = u - self.bend * self.across * (v / self.across) ** 2
        inside = 1.0 - np.abs(u / self.along) ** self.power - np.abs(v / self.across) ** self.power
        room = np.clip(inside, 0.0, 1.0)
        margin = np.clip(inside * min(self.along, self.across) / (2.0 * edge) + 0.5, 0.0, 1.0)
        shell = self.rim * np.exp(-((room / 0.25) ** 2)) * np.minimum(1.0, 6.0 * room)
        return np.asarray(self.depth * margin * (room**self.flat + shell), dtype=np.float32)


Shape = Shaft | Plate
"""Any solid of a simulated bone."""
