"""How one hand on one film maps to the same hand on another film."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.geometry.affine import Affine, apply_affine
from lesionmeter.model.geometry.capsule import Capsule, blend_weights
from lesionmeter.model.geometry.polyaffine import PolyAffine
from lesionmeter.model.geometry.spacing import Points, Spacing

RADIUS_95: Final = 1.73
"""A place is within this many root mean square errors 95 times in 100: sqrt(-ln 0.05), two even normal components."""

SOFT_TISSUE: Final = 0.02
"""Root mean square error in mm for each mm off the nearest bone: soft tissue slides on bone. Assumed."""


def even_doubt(error_mm: float) -> Affine:
    """The `BoneMotion.doubt` of a bone whose 95 % error is `error_mm` everywhere.

    Examples
    --------
    >>> round(float(even_doubt(1.73)[2, 2]), 3)
    1.0
    """
    doubt = np.zeros((3, 3))
    doubt[2, 2] = (error_mm / RADIUS_95) ** 2
    return doubt


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
    doubt
        (3, 3) quadratic form: at p = (row, column, 1), mm of the film that is carried from, the motion's expected
        squared error is p doubt p, mm2.
    pose
        In what way the bone lies otherwise than before against the palm, where that is much; else empty.
    """

    bone: str
    capsule: Capsule
    matrix: Affine
    correlation: float
    ok: bool
    reason: str = ""
    doubt: Affine = field(default_factory=lambda: even_doubt(0.15))
    pose: str = ""

    def squared_error(self, points_mm: Points) -> NDArray[np.float64]:
        """Expected squared error of the bone's motion at (n, 2) mm of the film that is carried from, mm2."""
        places = np.concatenate([points_mm, np.ones((len(points_mm), 1))], axis=1)
        square: NDArray[np.float64] = np.einsum("na,ab,nb->n", places, self.doubt, places)
        return np.maximum(square, 0.0)

    @property
    def error_mm(self) -> float:
        """Predicted error (95 %) along the bone's axis, mm."""
        start, end = self.capsule.start, self.capsule.end
        places = np.stack([start, 0.5 * (start + end), end])
        return RADIUS_95 * math.sqrt(float(self.squared_error(places).mean()))

    @property
    def rotation_deg(self) -> float:
        """Turn in the film's plane, degrees; positive is clockwise on the screen."""
        return math.degrees(math.atan2(self.matrix[0, 1] - self.matrix[1, 0], self.matrix[0, 0] + self.matrix[1, 1]))

    @property
    def scale(self) -> float:
        """Square root of the area ratio; 1.02 is 2 % larger on the later film."""
        return math.sqrt(abs(float(np.linalg.det(self.matrix[:2, :2]))))

    @property
    def length_ratio(self) -> float:
        """Length along the bone's axis on the later film over that on the earlier one."""
        axis = self.capsule.end - self.capsule.start
        return float(np.linalg.norm(self.matrix[:2, :2] @ axis) / max(float(np.linalg.norm(axis)), 1e-9))

    @property
    def width_ratio(self) -> float:
        """Width at right angles to the bone's axis on the later film over that on the earlier one."""
        return self.scale**2 / max(self.length_ratio, 1e-9)

    def turn_deg(self, palm: Affine) -> float:
        """Turn in the film's plane against a palm's (3, 3) motion, degrees; positive is clockwise on the screen."""
        own = math.degrees(math.atan2(palm[0, 1] - palm[1, 0], palm[0, 0] + palm[1, 1]))
        return (self.rotation_deg - own + 180.0) % 360.0 - 180.0

    def tilt_deg(self, palm: Affine) -> float:
        """Tilt out of the film's plane that alone would change the length so much against the palm's scale, degrees."""
        ratio = self.length_ratio / math.sqrt(abs(float(np.linalg.det(palm[:2, :2]))))
        return math.degrees(math.acos(min(ratio, 1.0 / ratio)))

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
    palm_correlation
        Correlation of the two palms, moved as one piece: what tells one hand from another; NaN if it was not asked.
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
    palm_correlation: float = math.nan

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

        Each bone claims the point with its share of the blend. The expected squared error is the mean, over these
        claims, of that bone's own error there and of how far its motion alone would put the point from where the blend
        does; and what soft tissue slides on the nearest bone.

        Raises
        ------
        ValueError
            If the registration was refused.
        """
        at = self.spacing_from.to_mm(points)
        carried, capsules = self.field.carry(at), tuple(motion.capsule for motion in self.motions)
        apart = [np.sum((apply_affine(motion.matrix, at) - carried) ** 2, axis=1) for motion in self.motions]
        own = [motion.squared_error(at) for motion in self.motions]
        away = np.min([capsule.outside(at) for capsule in capsules], axis=0)
        square = np.sum(blend_weights(at, capsules).T * (np.array(own) + apart), axis=0) + (SOFT_TISSUE * away) ** 2
        error: NDArray[np.float64] = RADIUS_95 * np.sqrt(square)
        return error

    def bones_at(self, points: Points) -> tuple[BoneMotion, ...]:
        """The bone that has the largest share in carrying each of (n, 2) pixels of `film_from`."""
        shares = blend_weights(self.spacing_from.to_mm(points), tuple(motion.capsule for motion in self.motions))
        return tuple(self.motions[number] for number in shares.argmax(axis=1).tolist())

    def _check(self) -> None:
        if not self.accepted:
            pair = f"{self.film_from} to {self.film_to}, hand {self.laterality}"
            raise ValueError(f"{pair}: expected an accepted registration, came a refused one ({self.reason})")
