"""The named places of a hand: 21 landmarks, bones between them, finding sites, and the map of sites on a film."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.geometry import Points

RAYS: Final = {1: "thumb", 2: "index", 3: "middle", 4: "ring", 5: "little"}
"""Ray number to finger."""

LANDMARK_NAMES: Final = (
    "wrist",
    "1 CMC", "1 MCP", "1 IP", "1 tip",
    *(f"{ray} {joint}" for ray in (2, 3, 4, 5) for joint in ("MCP", "PIP", "DIP", "tip")),
)  # fmt: skip
"""Names of landmarks 0 to 20; see docs/conventions.md for where exactly each lies."""

WRIST: Final = 0
MIDDLE_TIP: Final = 12

BONES: Final = {
    "1 metacarpal": (1, 2),
    "1 proximal phalanx": (2, 3),
    "1 distal phalanx": (3, 4),
    **{
        f"{ray} {part}": (4 * ray - 3 + k, 4 * ray - 2 + k)
        for ray in (2, 3, 4, 5)
        for k, part in enumerate(("proximal phalanx", "middle phalanx", "distal phalanx"))
    },
}
"""Bones between two landmarks: name to (proximal, distal) landmark. Metacarpals 2 to 5 have none at their base."""

METACARPALS: Final = {f"{ray} metacarpal": 4 * ray - 3 for ray in (2, 3, 4, 5)}
"""Metacarpals 2 to 5: name to the landmark at their head."""


@dataclass(frozen=True, eq=False)
class Landmarks:
    """The 21 points of one hand on one film.

    Parameters
    ----------
    points
        (21, 2) as (row, column) pixels of the film.
    confidence
        (21,) from 0 to 1.
    origin
        `automatic` or `reviewed`.
    """

    points: Points
    confidence: NDArray[np.float64]
    origin: str = "automatic"

    def __post_init__(self) -> None:
        if self.points.shape != (21, 2) or self.confidence.shape != (21,):
            raise ValueError(
                f"expected 21 points and confidences, came {self.points.shape} and {self.confidence.shape}"
            )

    @property
    def hand_length(self) -> float:
        """Distance from the wrist to the middle finger's tip, in pixels."""
        return float(np.linalg.norm(self.points[MIDDLE_TIP] - self.points[WRIST]))


@dataclass(frozen=True, order=True)
class Site:
    """A finding site of the hand.

    Parameters
    ----------
    ray
        1 (thumb) to 5 (little finger); None off the rays.
    name
        Such as `2 middle phalanx`, `4 DIP`, `3 tip`, `palm`, `wrist`.
    aspect
        `radial`, `ulnar` or `midline`.

    Examples
    --------
    >>> str(Site(2, "2 middle phalanx", "radial"))
    '2 middle phalanx radial'
    """

    ray: int | None
    name: str
    aspect: str

    def __str__(self) -> str:
        return f"{self.name} {self.aspect}"


@dataclass(frozen=True, eq=False)
class SiteMap:
    """Which part of a film belongs to which finding site of one hand.

    Parameters
    ----------
    film, laterality
        The film and the hand.
    sites
        All sites in the map.
    index
        (rows, columns) numbers into `sites` on a grid coarser than the film; -1 where there is no hand.
    step
        Pixels of the film from one grid point to the next; grid point (0, 0) is the film's first pixel.
    """

    film: str
    laterality: str
    sites: tuple[Site, ...]
    index: NDArray[np.int16]
    step: int

    def at(self, points: Points) -> tuple[Site | None, ...]:
        """The site of each of (n, 2) pixels; None off the hand or off the film."""
        cells = np.rint(np.asarray(points, dtype=np.float64) / self.step).astype(int)
        inside = np.all((cells >= 0) & (cells < self.index.shape), axis=1).tolist()
        numbers = [int(self.index[r, c]) if ok else -1 for (r, c), ok in zip(cells, inside, strict=True)]
        return tuple(self.sites[n] if n >= 0 else None for n in numbers)
