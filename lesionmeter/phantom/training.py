"""Simulated samples for training: small films with their landmarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.phantom.film import add_frame, add_marks, add_strip, expose, random_look
from lesionmeter.phantom.render import Place, mineral, place_hand, soft_tissue
from lesionmeter.phantom.skeleton import frames, landmarks, random_pose, random_skeleton
from lesionmeter.phantom.texture import enlarge
from lesionmeter.phantom.unusual import (
    HIDDEN,
    SHOWN,
    UNSURE,
    DrawnHand,
    amputated,
    foot,
    forearm_marks,
    rolled,
    worn,
)

Grid = NDArray[np.float32]
Random = np.random.Generator

LANDMARKS = 21
OVERSAMPLING = 2
"""Films are drawn at twice the resolution and averaged, so that fine bone edges are not aliased."""


@dataclass(frozen=True, eq=False)
class LandmarkSample:
    """A small film with what is to be learned from it.

    Parameters
    ----------
    picture
        (size, size) from 0 to 1; dense is bright, or dark in a negative.
    points
        (21, 2) landmarks as (row, column); where `shown` says so they are not there to be found.
    shown
        (21,) 1 where the landmark can be seen, -1 where it is missing, 0 where either may be said.
    roll
        Degrees that the hand is rolled about its long axis: 0 lies flat, 90 is lateral.
    upright
        Whether the hand stands upright with its thumb right and fills the film, as in the second pass of a search.
    negative
        Whether dense is dark.
    """

    picture: Grid
    points: NDArray[np.float64]
    shown: NDArray[np.int8]
    roll: float
    upright: bool
    negative: bool


KINDS: Final = ("whole", "rolled", "amputated", "worn", "foot", "forearm")
"""What a film may show. Worn tips are whole hands whose distal phalanges are too short."""

_SHARES: Final = (0.72, 0.11, 0.07, 0.04, 0.03, 0.03)
_SURELY_FLAT, _SURELY_ROLLED = 18.0, 32.0  # degrees; what lies between may be taken or refused


def landmark_sample(rng: Random, size: int = 192, kind: str | None = None) -> LandmarkSample:
    """A small film of one hand, or of what is none, with its landmarks.

    Parameters
    ----------
    rng
        Draws everything.
    size
        Rows and columns.
    kind
        One of `KINDS`; drawn if None.
    """
    kind = kind or str(rng.choice(KINDS, p=_SHARES))
    upright = bool(rng.random() < 0.5) and kind not in ("foot", "forearm")
    roll = float(rng.uniform(5.0, 90.0)) if kind == "rolled" else 0.0
    hand = _hand(rng, kind, roll)
    marks = landmarks(hand.skeleton, hand.placed)
    middle = forearm_marks(hand.placed, hand.skeleton) if kind == "forearm" else marks
    place = _place(rng, middle, size * OVERSAMPLING, upright)
    picture = _picture(rng, hand, marks, place)
    points = (place.project(marks) + 0.5) / OVERSAMPLING - 0.5
    picture = _surround(rng, picture, points, place.project(marks) / OVERSAMPLING)
    low, high = np.percentile(picture, [0.5, 99.5])
    picture = np.clip((picture - low) / (high - low + 1e-6), 0.0, 1.0)
    negative = bool(rng.random() < (0.1 if upright else 0.25))
    picture = (1.0 - picture if negative else picture).astype(np.float32)
    return LandmarkSample(picture, points, _shown(hand, roll), roll, upright, negative)


def _hand(rng: Random, kind: str, roll: float) -> DrawnHand:
    if kind == "foot":
        return foot(rng)
    skeleton = random_skeleton(rng)
    if kind == "worn":
        skeleton = worn(rng, skeleton)
    placed = frames(skeleton, random_pose(rng, skeleton, 3.0, 0.12 if rng.random() < 0.3 else 0.0))
    if kind == "rolled":
        return rolled(rng, skeleton, placed, roll)
    if kind == "amputated":
        return amputated(rng, skeleton, placed)
    return DrawnHand(skeleton, placed, np.full(21, SHOWN, np.int8))


def _shown(hand: DrawnHand, roll: float) -> NDArray[np.int8]:
    """A hand rolled too far shows no landmark that may be taken."""
    if roll <= _SURELY_FLAT:
        return hand.shown
    return np.full(21, HIDDEN if roll >= _SURELY_ROLLED else UNSURE, np.int8)


def _place(rng: Random, marks: NDArray[np.float64], size: int, canonical: bool) -> Place:
    length = float(np.ptp(marks, axis=0).max())
    if len(marks) == LANDMARKS:
        length = float(np.linalg.norm(marks[12] - marks[0]))
    share, angle, mirrored, shift = rng.uniform(0.72, 0.90), rng.normal(0, 7), False, 0.03
    if not canonical:
        share, angle = rng.uniform(0.42, 0.92), rng.uniform(-180, 180)
        mirrored, shift = bool(rng.random() < 0.5), 0.08
    middle = size / 2 + rng.normal(0, shift * size, 2)
    return place_hand(marks, (size, size), length / (share * size), float(angle), mirrored, (middle[0], middle[1]))


def _picture(rng: Random, hand: DrawnHand, marks: NDArray[np.float64], place: Place) -> Grid:
    bone = np.zeros(place.shape, dtype=np.float32)
    for at, path in mineral(hand.skeleton, hand.placed, place).values():
        bone[at] += path
    soft = soft_tissue(rng, hand.skeleton, hand.placed, place, hand.breadth)
    bone *= 1.0 + _noise(rng, place.shape, 3.0, rng.uniform(0.02, 0.1)) + _noise(rng, place.shape, 40.0, 0.06)
    soft *= 1.0 + _noise(rng, place.shape, 60.0, 0.05) + _noise(rng, place.shape, 15.0, 0.02)
    if rng.random() < 0.4:
        _calcify(rng, bone, soft, marks, place)
    return expose(rng, _shrink(bone), _shrink(soft), random_look(rng), place.pitch * OVERSAMPLING)


def _shrink(field: Grid) -> Grid:
    rows, columns = field.shape[0] // OVERSAMPLING, field.shape[1] // OVERSAMPLING
    return np.asarray(field.reshape(rows, OVERSAMPLING, columns, OVERSAMPLING).mean(axis=(1, 3)), dtype=np.float32)


def _noise(rng: Random, shape: tuple[int, int], pixels: float, strength: float) -> Grid:
    small = (int(shape[0] / pixels) + 2, int(shape[1] / pixels) + 2)
    return enlarge(rng.standard_normal(small, dtype=np.float32) * np.float32(strength), shape)


def _calcify(rng: Random, bone: Grid, soft: Grid, marks: NDArray[np.float64], place: Place) -> None:
    """Scatter clusters of dense blobs round the joints, in place: landmarks must be found beside them."""
    for _ in range(int(rng.integers(1, 10))):
        centre = place.project(marks[[int(rng.integers(1, 21))]] + rng.normal(0, 5, (1, 2)))[0]
        density = float(rng.uniform(2.0, 9.0))
        for _ in range(int(rng.integers(1, 6))):
            at, radius = centre + rng.normal(0, 2.2, 2) / place.pitch, np.exp(rng.normal(0.2, 0.6, 2)) / place.pitch
            low = np.maximum(np.floor(at - radius.max()).astype(int), 0)
            high = np.minimum(np.ceil(at + radius.max()).astype(int) + 1, bone.shape)
            if (high <= low).any():
                continue
            y, x = np.ogrid[low[0] : high[0], low[1] : high[1]]
            room = 1.0 - ((y - at[0]) / radius[0]) ** 2 - ((x - at[1]) / radius[1]) ** 2
            window = (slice(low[0], high[0]), slice(low[1], high[1]))
            bone[window] += density * np.sqrt(np.clip(room, 0.0, 1.0)) * (soft[window] > 1.0)


def _surround(rng: Random, picture: Grid, points: NDArray[np.float64], keep: NDArray[np.float64]) -> Grid:
    rows, columns = np.ogrid[: picture.shape[0], : picture.shape[1]]
    free = np.ones(picture.shape, dtype=bool)
    for row, column in points:
        free &= (rows - row) ** 2 + (columns - column) ** 2 > (0.08 * picture.shape[0]) ** 2
    add_marks(rng, picture, free, int(rng.integers(0, 4)))
    if rng.random() < 0.6:
        wrist = keep[0] + (keep[0] - keep[9]) * rng.uniform(0.05, 0.5)
        picture = add_frame(rng, picture, np.vstack([keep, wrist]))
    if rng.random() < 0.12:
        add_strip(rng, picture)
    soft = rng.uniform(0.0, 1.0)
    return ndimage.gaussian_filter(picture, 0.8 * soft) if soft > 0.35 else picture
