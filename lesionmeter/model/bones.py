"""The bones of one hand on one film: outlines, axes, which pixel belongs to which, and the middles of their shafts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.geometry import Points
from lesionmeter.model.site import BONES, METACARPALS

TUBULAR: Final = tuple(
    name
    for ray in "12345"
    for part in ("metacarpal", "proximal phalanx", "middle phalanx", "distal phalanx")
    if (name := f"{ray} {part}") in (BONES.keys() | METACARPALS.keys())
)
"""The 19 bones that have a shaft: metacarpals and phalanges, thumb to little finger, each from the palm to the tip."""

WRIST_BONES: Final = ("carpus", "radius", "ulna")
"""The carpus as one region, and the ends of the forearm's bones as far as the film shows them."""


@dataclass(frozen=True, eq=False)
class Bone:
    """One bone on a film.

    Parameters
    ----------
    name
        Such as `2 middle phalanx`, `3 metacarpal`, `carpus`, `radius`.
    start, end
        (2,) ends of its axis as (row, column) pixels: proximal and distal.
    outline
        (n, 2) closed outline, (row, column) pixels, at sub-pixel places.
    clearness
        How clear its border is, 0 to 1: the share of the outline on which its edge is at least a third of the bone's
        usual one. Elsewhere a joint, a deposit or another bone hides it, and the outline is a bridge.
    """

    name: str
    start: Points
    end: Points
    outline: Points
    clearness: float

    @property
    def length(self) -> float:
        """From end to end, in pixels."""
        return float(np.linalg.norm(self.end - self.start))


@dataclass(frozen=True, eq=False)
class BoneMap:
    """Which pixel of a film belongs to which bone of one hand.

    Where two bones overlap on the film, the pixel belongs to the more distal one.

    Parameters
    ----------
    film, laterality
        The film and the hand.
    labels
        (rows, columns) uint8 on the film's own grid: 0 is no bone, else the number of the bone in `bones`, from 1.
    bones
        All bones that were found.
    """

    film: str
    laterality: str
    labels: NDArray[np.uint8]
    bones: tuple[Bone, ...]

    @property
    def names(self) -> dict[int, str]:
        """Label to the name of its bone."""
        return {number: bone.name for number, bone in enumerate(self.bones, 1)}

    def bone(self, name: str) -> Bone:
        """The bone of that name.

        Raises
        ------
        KeyError
            If it was not found on this film.
        """
        for bone in self.bones:
            if bone.name == name:
                return bone
        raise KeyError(f"{self.film}: expected one of {[bone.name for bone in self.bones]}, came {name!r}")

    def at(self, points: Points) -> tuple[str | None, ...]:
        """The bone under each of (n, 2) pixels; None beside the bones and off the film."""
        cells = np.rint(np.asarray(points, dtype=np.float64)).astype(int)
        inside = np.all((cells >= 0) & (cells < self.labels.shape), axis=1).tolist()
        numbers = [int(self.labels[r, c]) if ok else 0 for (r, c), ok in zip(cells.tolist(), inside, strict=True)]
        return tuple(self.bones[number - 1].name if number else None for number in numbers)

    def share_over_bone(self, region: NDArray[np.bool_]) -> float:
        """The share of a (rows, columns) region of the film that lies over bone, 0 to 1; 0 for an empty region."""
        count = int(np.count_nonzero(region))
        return int(np.count_nonzero(self.labels[region])) / count if count else 0.0


@dataclass(frozen=True)
class MidShaft:
    """The middle of a bone's shaft: a piece of anatomy that does not change, measured as deposits are.

    Parameters
    ----------
    bone
        Its name.
    area
        Area inside the outline between two fixed shares of the axis, in `unit`.
    width_mm
        That area over its length along the axis, in (nominal) mm.
    length_mm
        The bone from end to end, in (nominal) mm.
    unit
        `mm2`, or `relative` on a film of unknown scale.
    clearness
        The clear share of the two borders, 0 to 1.
    """

    bone: str
    area: float
    width_mm: float
    length_mm: float
    unit: str
    clearness: float
