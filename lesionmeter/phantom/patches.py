"""Simulated samples for training a segmenter: whole films at one pitch, cut round deposits and their like."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.phantom.film import add_frame, add_marks, add_strip, expose, random_look
from lesionmeter.phantom.forms import HABITS, Form, deposit_form
from lesionmeter.phantom.placement import Drawn, stamp, turned
from lesionmeter.phantom.relief import detailed_bones
from lesionmeter.phantom.render import SKIN_MM, Place, place_hand, raise_skin, soft_tissue
from lesionmeter.phantom.skeleton import Frame, Skeleton, frames, landmarks, random_pose, random_skeleton
from lesionmeter.phantom.texture import smooth_noise

Grid = NDArray[np.float32]
Mask = NDArray[np.uint8]
Points = NDArray[np.float64]
Random = np.random.Generator

PITCH_MM = 0.15
"""Pitch of the films, mm."""

LUMPS_MM2 = (25.0, 180.0)
"""Areas of lumps: from what usual deposits reach, to 15 mm across. Assumed."""

LEAST_PX = 6
"""Smallest deposit of a film, in pixels."""

LUMP_PATCHES = 3
"""How many times as many patches lie round a lump as round another deposit: a film has few lumps."""


@dataclass(frozen=True, eq=False)
class DepositFilm:
    """A simulated film for training.

    Parameters
    ----------
    image
        (rows, columns) float32; dense is bright, about 0 to 1.
    deposits
        (rows, columns) 1 where a deposit covers the pixel.
    bones
        (rows, columns) 1 where bone covers the pixel.
    middles
        (n, 2) row, column of the deposits' middles.
    lures
        (n, 2) row, column of what could be taken for a deposit: bone ends, growth plates, condyles, sesamoids,
        carpal bones, marks.
    """

    image: Grid
    deposits: Mask
    bones: Mask
    middles: Points
    lures: Points


@dataclass(frozen=True, eq=False)
class _Layer:
    """The deposits drawn so far: path through them, the pixels that they cover, and where they lie."""

    path: Grid
    cover: Mask
    middles: list[Points] = field(default_factory=list)

    def add(self, drawn: Drawn | None, at: Points, times: int = 1) -> bool:
        """Draw one more, unless there is none or it would touch another; whether it was drawn."""
        if drawn is None or self.cover[drawn[0]][drawn[2]].any():
            return False
        self.path[drawn[0]] += drawn[1]
        self.cover[drawn[0]] |= drawn[2].astype(np.uint8)
        self.middles.extend([at] * times)
        return True


def deposit_film(rng: Random, pitch: float = PITCH_MM, lumps: bool = False) -> DepositFilm:
    """Draw a film of one hand with deposits, mostly at joints and tufts.

    Parameters
    ----------
    rng
        Source of randomness.
    pitch
        Millimetres a pixel.
    lumps
        Whether up to six lumps of `LUMPS_MM2` lie on it, beside the usual deposits: about 4 to 25 of all habits,
        0.2 to 45 mm2.
    """
    skeleton = random_skeleton(rng)
    placed = frames(skeleton, random_pose(rng, skeleton, 3.0, 0.15 if rng.random() < 0.3 else 0.0))
    marks = landmarks(skeleton, placed)
    place = _place(rng, marks, pitch)
    bone, cover, lures = _bones(rng, skeleton, placed, place)
    soft = _flesh(rng, skeleton, placed, place)
    near, layer = np.vstack([lures, place.project(marks)]), _Layer(np.zeros_like(bone), np.zeros_like(cover))
    usual = float(np.percentile(bone[bone > 0.15], 90))
    if lumps:
        _add_lumps(rng, layer, place, near, soft, usual)
    _add_deposits(rng, layer, place, near, bone, soft, usual)
    picture = expose(rng, bone + layer.path, soft, random_look(rng), pitch)
    free = (soft < (0.5 if rng.random() < 0.85 else np.inf)) & (layer.cover == 0)
    seen = np.vstack([place.project(marks), 3.0 * np.argwhere(layer.cover[::3, ::3])])
    picture, marked = _surround(rng, picture, free, seen)
    middles = np.array(layer.middles).reshape(-1, 2)
    return DepositFilm(picture, layer.cover, cover, middles, np.vstack([lures, marked]))


def deposit_patches(rng: Random, film: DepositFilm, count: int = 24, size: int = 160) -> list[tuple[Grid, Mask]]:
    """Patches of a film: image (size, size), and targets (2, size, size): deposits and bones.

    About half lie round a deposit, a third round a lure, the rest anywhere. Beyond the film's border it is mirrored.
    """
    half = size // 2
    image = np.pad(film.image, half, mode="reflect")
    targets = np.pad(np.stack([film.deposits, film.bones]), ((0, 0), (half, half), (half, half)), mode="reflect")
    patches = []
    for _ in range(count):
        row, column = _patch_middle(rng, film, size)
        box = (slice(row, row + size), slice(column, column + size))
        patches.append((image[box].copy(), targets[(slice(None), *box)].copy()))
    return patches


def _patch_middle(rng: Random, film: DepositFilm, size: int) -> tuple[int, int]:
    chance, shape = rng.random(), np.array(film.image.shape)
    pool = film.middles if chance < 0.55 else film.lures
    if len(pool) and chance < 0.88:
        at = pool[rng.integers(len(pool))] + rng.uniform(-0.35 * size, 0.35 * size, 2)
    else:
        at = rng.uniform(0, shape)
    row, column = np.clip(at, 0, shape - 1).astype(int)
    return int(row), int(column)


def _place(rng: Random, marks: Points, pitch: float) -> Place:
    angle, mirrored = float(rng.normal(0, 10)), bool(rng.random() < 0.5)
    loose = place_hand(marks, (1, 1), pitch, angle, mirrored, (0.0, 0.0))
    laid = loose.project(marks)
    margin = np.array([[rng.uniform(9, 18), rng.uniform(20, 45)], rng.uniform(12, 22, 2)]) / pitch
    low, high = laid.min(axis=0) - margin[:, 0], laid.max(axis=0) + margin[:, 1]
    shape = (int(high[0] - low[0]), int(high[1] - low[1]))
    matrix = loose.matrix.copy()
    matrix[:2, 2] -= low
    return Place(shape, matrix)


def _bones(rng: Random, skeleton: Skeleton, placed: dict[str, Frame], place: Place) -> tuple[Grid, Mask, Points]:
    bone, lures = np.zeros(place.shape, dtype=np.float32), []
    for at, path in detailed_bones(skeleton, placed, place, int(rng.integers(1 << 30))).values():
        bone[at] += path
    bone = ndimage.gaussian_filter(bone, rng.uniform(0.02, 0.3) / place.pitch)
    for segment in skeleton.segments:
        matrix = place.matrix @ placed[segment.name]
        for shape in segment.shapes:
            low, high, bottom, top = shape.box
            middle = (bottom + top) / 2
            lures += [
                (matrix @ [x, y, 1.0])[:2]
                for x, y in ((low, bottom), (low, top), (high, middle), ((low + high) / 2, middle))
            ]
    return bone, (bone > 0.15).astype(np.uint8), np.array(lures)


def _flesh(rng: Random, skeleton: Skeleton, placed: dict[str, Frame], place: Place) -> Grid:
    soft = ndimage.gaussian_filter(soft_tissue(rng, skeleton, placed, place), 0.5 / place.pitch, truncate=2.5)
    uneven = 0.05 * smooth_noise(rng, place.shape, 60) + rng.uniform(0, 0.03) * smooth_noise(rng, place.shape, 14)
    return np.asarray(soft * (1.0 + uneven), dtype=np.float32)


def _add_deposits(rng: Random, layer: _Layer, place: Place, near: Points, bone: Grid, soft: Grid, usual: float) -> None:
    for _ in range(int(rng.integers(10, 50))):
        at = near[rng.integers(len(near))] + rng.normal(0, 3.5, 2) / place.pitch
        if not _fits(rng, at, bone, soft):
            continue
        drawn = _deposit(rng, at, place, usual)
        if drawn is not None and not _crosses_skin(drawn[2], soft[drawn[0]]):
            layer.add(drawn, at)


def _add_lumps(rng: Random, layer: _Layer, place: Place, near: Points, soft: Grid, usual: float) -> None:
    """Lumps wherever there is flesh, beside bones and over them; the skin is raised over what reaches beyond it."""
    for _ in range(int(rng.integers(2, 7))):
        at = near[rng.integers(len(near))] + rng.normal(0, 3.5, 2) / place.pitch
        row, column = np.clip(at, 0, np.array(soft.shape) - 1).astype(int)
        drawn = _lump(rng, at, place, usual) if soft[row, column] >= 1.5 else None
        if drawn is not None and layer.add(drawn, at, LUMP_PATCHES):
            raise_skin(soft[drawn[0]], drawn[2], place.pitch, *SKIN_MM)


def _lump(rng: Random, at: Points, place: Place, usual: float) -> Drawn | None:
    habit = str(rng.choice(["globular", "amorphous"], p=[0.85, 0.15]))
    area = float(np.exp(rng.uniform(*np.log(LUMPS_MM2))))
    form = deposit_form(habit, int(rng.integers(1 << 30)), area)
    density = usual * float(np.exp(rng.uniform(np.log(0.5), np.log(1.3))))
    return _laid(rng, form, area, density, at, place)


def _deposit(rng: Random, at: Points, place: Place, usual: float) -> Drawn | None:
    habit = str(rng.choice(HABITS, p=[0.36, 0.3, 0.14, 0.2]))
    largest = float(np.exp(rng.uniform(np.log(0.5), np.log(45 if habit != "punctate" else 14))))
    area = largest * float(rng.uniform(0.25, 1.0) if rng.random() < 0.5 else 1.0)
    form = deposit_form(habit, int(rng.integers(1 << 30)), largest)
    density = usual * float(np.exp(rng.uniform(np.log(0.12), np.log(1.3))))
    return _laid(rng, form, area, density, at, place)


def _laid(rng: Random, form: Form, area: float, density: float, at: Points, place: Place) -> Drawn | None:
    """A form turned anyhow at a place; None if it is off the film, or too small to be seen."""
    own = turned(float(rng.uniform(0, 360)), (at[0], at[1])) @ np.diag([1 / place.pitch, 1 / place.pitch, 1.0])
    drawn = stamp(form, area, density, own, place.shape)
    return drawn if drawn is not None and drawn[2].sum() >= LEAST_PX else None


def _fits(rng: Random, at: Points, bone: Grid, soft: Grid) -> bool:
    """Whether a place lies in flesh; two of three that lie on bone are refused, or most deposits would."""
    row, column = int(at[0]), int(at[1])
    if not (4 <= row < bone.shape[0] - 4 and 4 <= column < bone.shape[1] - 4):
        return False
    return bool(soft[row, column] >= 1.5 and (bone[row, column] <= 0.15 or rng.random() > 0.65))


def _crosses_skin(inside: NDArray[np.bool_], soft: Grid) -> bool:
    return bool((soft[inside] < 0.5).mean() > 0.02)


def _surround(rng: Random, picture: Grid, free: NDArray[np.bool_], seen: Points) -> tuple[Grid, Points]:
    """Marks where it is free, dust, and a frame that leaves `seen` open; also places of some marks."""
    clean = picture.copy()
    add_marks(rng, picture, free, int(rng.integers(0, 5)))
    _dust(rng, picture)
    changed = 8.0 * np.argwhere(np.abs(picture - clean)[::8, ::8] > 0.1).astype(np.float64)
    marked = changed[rng.permutation(len(changed))[:6]]
    if rng.random() < 0.25:
        picture = add_frame(rng, picture, seen)
    if rng.random() < 0.08:
        add_strip(rng, picture)
    return np.asarray(np.clip(picture, -0.05, 1.0 + rng.uniform(0.0, 0.2)), dtype=np.float32), marked


def _dust(rng: Random, picture: Grid) -> None:
    """Specks under 0.35 mm, bright or dark, in place: dirt on film or screen, no deposits."""
    for _ in range(int(rng.integers(0, 25))):
        row, column = (int(rng.integers(2, side - 3)) for side in picture.shape)
        high, wide = rng.integers(1, 3, 2)
        picture[row : row + high, column : column + wide] += np.float32(rng.uniform(0.1, 0.6) * rng.choice([1, 1, -1]))
