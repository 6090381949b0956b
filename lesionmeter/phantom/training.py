"""Simulated samples for training: small films with their landmarks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.phantom.film import add_frame, add_marks, add_strip, expose, random_look
from lesionmeter.phantom.render import Place, mineral, place_hand, soft_tissue
from lesionmeter.phantom.skeleton import Skeleton, frames, landmarks, random_pose, random_skeleton
from lesionmeter.phantom.texture import enlarge

Grid = NDArray[np.float32]
Random = np.random.Generator

OVERSAMPLING = 2
"""Films are drawn at twice the resolution and averaged, so that fine bone edges are not aliased."""


def landmark_sample(rng: Random, size: int = 192) -> tuple[Grid, NDArray[np.float64], bool]:
    """A small film of one hand, with its landmarks.

    Parameters
    ----------
    rng
        Draws everything.
    size
        Rows and columns.

    Returns
    -------
    image
        (size, size) from 0 to 1; dense is bright, or dark in a negative.
    points
        (21, 2) landmarks as (row, column).
    canonical
        Whether the hand stands upright with its thumb right and fills the film, as in the second pass of a search.
    """
    canonical = bool(rng.random() < 0.5)
    skeleton = random_skeleton(rng)
    placed = frames(skeleton, random_pose(rng, skeleton, 3.0, 0.12 if rng.random() < 0.3 else 0.0))
    marks = landmarks(skeleton, placed)
    place = _place(rng, marks, size * OVERSAMPLING, canonical)
    picture = _picture(rng, skeleton, placed, marks, place)
    points = (place.project(marks) + 0.5) / OVERSAMPLING - 0.5
    picture = _surround(rng, picture, points, place.project(marks) / OVERSAMPLING)
    low, high = np.percentile(picture, [0.5, 99.5])
    picture = np.clip((picture - low) / (high - low + 1e-6), 0.0, 1.0)
    if rng.random() < (0.1 if canonical else 0.25):
        picture = 1.0 - picture
    return picture.astype(np.float32), points, canonical


def _place(rng: Random, marks: NDArray[np.float64], size: int, canonical: bool) -> Place:
    length = float(np.linalg.norm(marks[12] - marks[0]))
    share, angle, mirrored, shift = rng.uniform(0.72, 0.90), rng.normal(0, 7), False, 0.03
    if not canonical:
        share, angle = rng.uniform(0.42, 0.92), rng.uniform(-180, 180)
        mirrored, shift = bool(rng.random() < 0.5), 0.08
    middle = size / 2 + rng.normal(0, shift * size, 2)
    return place_hand(marks, (size, size), length / (share * size), float(angle), mirrored, (middle[0], middle[1]))


def _picture(
    rng: Random, skeleton: Skeleton, placed: dict[str, NDArray[np.float64]], marks: NDArray[np.float64], place: Place
) -> Grid:
    bone = np.zeros(place.shape, dtype=np.float32)
    for at, path in mineral(skeleton, placed, place).values():
        bone[at] += path
    soft = soft_tissue(rng, skeleton, placed, place)
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
