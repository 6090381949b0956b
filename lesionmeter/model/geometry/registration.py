"""How one hand on one film maps to the same hand on another film."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.geometry.polyaffine import Affine, Capsule, PolyAffine, blend_weights
from lesionmeter.model.geometry.spacing import Points, Spacing


@dataclass(frozen=True, eq=False)
class BoneMotion:
    """One bone's motion from the earlier film to the later one.

    Parameters
    ----------
    bone
        Name of the bone, such as `2 middle phalanx`, `3 metacarpal`, `carpus`, `radius`.
    capsule
        Where the bone lies on the film that is carried from, in mm.
    matrix
        (3, 3) affine motion, (row, column) mm to mm.
    correlation
        Correlation of the contrast-normalised films inside the capsule after the fit, -1 to 1.
    ok
        Whether the bone was matched by its own pixels; if not, it follows its neighbours.
    reason
        Why it was not.
    error_mm
        Predicted error (95 %) on the bone, mm.
    """

    bone: str
    capsule: Capsule
    matrix: Affine
    correlation: float
    ok: bool
    reason: str = ""
    error_mm: float = 0.15

    @property
    def rotation_deg(self) -> float:
        """Turn in the film's plane, degrees; positive is clockwise on the screen."""
        return math.degrees(math.atan2(self.matrix[0, 1] - self.matrix[1, 0], self.matrix[0, 0] + self.matrix[1, 1]))

    @property
    def scale(self) -> float:
        """Square root of the area ratio; 1.02 is 2 % longer on the later film."""
        return math.sqrt(abs(float(np.linalg.det(self.matrix[:2, :2]))))

    @property
    def shift_mm(self) -> float:
        """How far the bone's middle moved, mm."""
        middle = 0.5 * (self.capsule.start + self.capsule.end)
        return float(np.linalg.norm(self.matrix[:2, :2] @ middle + self.matrix[:2, 2] - middle))


@dataclass(frozen=True, eq=False)
class Registration:
    """A hand on `film_from` carried to the same hand on `film_to`; points are (row, column) pixels of each film.

    A refused registration (`accepted` false, with its `reason`) carries nothing: `carry` raises. Registration carries
    identity and proposals only; areas are never counted on a carried film.

    Parameters
    ----------
    film_from, film_to
        Names of the two films.
    laterality
        `L` or `R`.
    spacing_from, spacing_to
        Size of the pixels of the two films (for films of unknown scale, the nominal one).
    motions
        One a bone.
    common
        (3, 3) motion of the whole hand, mm to mm.
    accepted
        Whether the pair is the same hand, well enough matched to be used.
    reason
        Why it was refused, or what to beware of.
    """

    film_from: str
    film_to: str
    laterality: str
    spacing_from: Spacing
    spacing_to: Spacing
    motions: tuple[BoneMotion, ...]
    common: Affine
    accepted: bool
    reason: str = ""

    @cached_property
    def field(self) -> PolyAffine:
        """The blended motion in mm."""
        self._check()
        return PolyAffine.from_motions(
            tuple(m.capsule for m in self.motions), tuple(m.matrix for m in self.motions), self.common
        )

    def carry(self, points: Points) -> Points:
        """(n, 2) pixels of `film_from` to pixels of `film_to`.

        Raises
        ------
        ValueError
            If the registration was refused.
        """
        return self.spacing_to.to_pixels(self.field.carry(self.spacing_from.to_mm(points)))

    def carry_back(self, points: Points) -> Points:
        """(n, 2) pixels of `film_to` to pixels of `film_from`; the inverse of `carry`.

        Raises
        ------
        ValueError
            If the registration was refused.
        """
        return self.spacing_from.to_pixels(self.field.carry_back(self.spacing_to.to_mm(points)))

    def error_mm(self, points: Points) -> NDArray[np.float64]:
        """Predicted error (95 %) of `carry` at (n, 2) pixels of `film_from`, in mm.

        That of the bones near the point, blended like their motions, and 0.05 mm more for each mm off the nearest one.

        Raises
        ------
        ValueError
            If the registration was refused.
        """
        self._check()
        at = self.spacing_from.to_mm(points)
        shares = blend_weights(at, tuple(m.capsule for m in self.motions))
        away = np.min([m.capsule.distance(at) - m.capsule.radius for m in self.motions], axis=0)
        error: NDArray[np.float64] = shares @ np.array([m.error_mm for m in self.motions]) + 0.05 * np.maximum(
            away, 0.0
        )
        return error

    def _check(self) -> None:
        if not self.accepted:
            pair = f"{self.film_from} to {self.film_to}, hand {self.laterality}"
            raise ValueError(f"{pair}: expected an accepted registration, came a refused one ({self.reason})")
