"""Looking for a bone: masked normalised cross-correlation over turns and shifts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from lesionmeter.model.geometry import Affine, Capsule, Points
from lesionmeter.stages.registration.pictures import Level


@dataclass(frozen=True, eq=False)
class Hit:
    """A place where a bone may lie: its motion (mm to mm) and the correlation there."""

    correlation: float
    motion: Affine


@dataclass(frozen=True)
class SearchRange:
    """Turns (degrees, either side, in steps) and shifts (mm, either side) that are tried."""

    turn_deg: float
    turn_step_deg: float
    reach_mm: float

    @property
    def turns(self) -> NDArray[np.float64]:
        """All turns, degrees."""
        count = round(self.turn_deg / self.turn_step_deg)
        return np.arange(-count, count + 1, dtype=np.float64) * self.turn_step_deg


def turned(motion: Affine, degrees: float, pivot: Points) -> Affine:
    """`motion` followed by a turn about where `pivot` (mm of the first film) comes to lie."""
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = motion[:2, :2] @ pivot + motion[:2, 2]
    out = motion.copy()
    out[:2, :2], out[:2, 2] = turn @ motion[:2, :2], turn @ (motion[:2, 2] - centre) + centre
    return out


def find_bone(
    levels: tuple[Level, Level], capsules: tuple[Capsule, ...], start: Affine, tried: SearchRange, pivot: Points
) -> list[Hit]:
    """The best shift for each turn, best correlation first.

    Parameters
    ----------
    levels
        The picture of the first and of the second film.
    capsules
        Where the bone lies on the first film.
    start
        Motion to search around.
    tried
        Turns and shifts.
    pivot
        Point of the first film, mm, that the turns are about.
    """
    hits = [_best_shift(levels, capsules, turned(start, turn, pivot), tried.reach_mm) for turn in tried.turns]
    return sorted((hit for hit in hits if hit is not None), key=lambda hit: -hit.correlation)


def _best_shift(levels: tuple[Level, Level], capsules: tuple[Capsule, ...], motion: Affine, reach: float) -> Hit | None:
    first, second = levels
    grid, shape = _grid(capsules, motion, second, reach)
    undo = np.linalg.inv(motion)
    source = grid @ undo[:2, :2].T + undo[:2, 2]
    near = np.min([c.distance(source) - c.radius for c in capsules], axis=0) < 0
    values = first.sample(source)
    inside = near & np.isfinite(values)
    if inside.sum() < 30:
        return None
    template = np.where(inside, values - values[inside].mean(), 0.0).reshape(shape)
    surface = _correlations(template, inside.reshape(shape), np.nan_to_num(second.sample(grid)).reshape(shape))
    steps = int(reach / second.pitch)
    window = np.roll(surface, (steps, steps), axis=(0, 1))[: 2 * steps + 1, : 2 * steps + 1]
    place = np.unravel_index(int(window.argmax()), window.shape)
    shift = (np.array(place) - steps) * second.pitch
    moved = motion.copy()
    moved[:2, 2] += shift
    return Hit(float(window[place]), moved)


def _grid(capsules: tuple[Capsule, ...], motion: Affine, level: Level, reach: float) -> tuple[Points, tuple[int, int]]:
    ends = np.concatenate([[c.start, c.end] for c in capsules]) @ motion[:2, :2].T + motion[:2, 2]
    margin = max(c.radius for c in capsules) + reach
    low = np.floor(level.index_of(ends.min(axis=0) - margin)).astype(int)
    high = np.ceil(level.index_of(ends.max(axis=0) + margin)).astype(int)
    shape = (fft.next_fast_len(int(high[0] - low[0]), True), fft.next_fast_len(int(high[1] - low[1]), True))
    rows, columns = np.meshgrid(low[0] + np.arange(shape[0]), low[1] + np.arange(shape[1]), indexing="ij")
    return np.stack([rows.ravel(), columns.ravel()], axis=1) * level.pitch + level.origin, shape


def _correlations(template: Points, inside: NDArray[np.bool_], picture: Points) -> Points:
    # Cyclic; the margin of `reach` round the template keeps the wrap away from the shifts that are read.
    mask_f, picture_f = fft.rfft2(inside.astype(float)).conj(), fft.rfft2(picture)
    count, shape = inside.sum(), picture.shape
    cross = fft.irfft2(fft.rfft2(template).conj() * picture_f, shape)
    mean = fft.irfft2(mask_f * picture_f, shape) / count
    power = fft.irfft2(mask_f * fft.rfft2(picture * picture), shape) - count * mean * mean
    out: Points = cross / np.sqrt(np.maximum(power, 1e-3 * count) * max(float((template**2).sum()), 1e-9))
    return out
