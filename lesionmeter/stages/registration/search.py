"""Looking for a bone: masked normalised cross-correlation over turns and shifts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from lesionmeter.model.geometry import Affine, Capsule, Points, apply_affine
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
    window = _window(levels[1], capsules, (start, pivot), tried)
    hits = [_best_shift(levels[0], capsules, turned(start, turn, pivot), window) for turn in tried.turns]
    return sorted((hit for hit in hits if hit is not None), key=lambda hit: -hit.correlation)


@dataclass(frozen=True, eq=False)
class _Window:
    # The part of the second picture that is searched: its places (mm), shape, spectra of values and of squares.
    places: Points
    shape: tuple[int, int]
    spectra: tuple[NDArray[np.complex128], NDArray[np.complex128]]
    steps: int
    pitch: float


def _window(level: Level, capsules: tuple[Capsule, ...], start: tuple[Affine, Points], tried: SearchRange) -> _Window:
    ends = np.concatenate([[c.start, c.end] for c in capsules])
    turns = (-tried.turn_deg, 0.0, tried.turn_deg)
    reached = np.concatenate([apply_affine(turned(start[0], turn, start[1]), ends) for turn in turns])
    margin = max(c.radius for c in capsules) + tried.reach_mm
    low = np.floor(level.index_of(reached.min(axis=0) - margin)).astype(int)
    high = np.ceil(level.index_of(reached.max(axis=0) + margin)).astype(int)
    shape = (fft.next_fast_len(int(high[0] - low[0]), True), fft.next_fast_len(int(high[1] - low[1]), True))
    rows, columns = np.meshgrid(low[0] + np.arange(shape[0]), low[1] + np.arange(shape[1]), indexing="ij")
    places = np.stack([rows.ravel(), columns.ravel()], axis=1) * level.pitch + level.origin
    picture = np.nan_to_num(level.sample(places)).reshape(shape)
    spectra = fft.rfft2(picture), fft.rfft2(picture * picture)
    return _Window(places, shape, spectra, int(tried.reach_mm / level.pitch), level.pitch)


def _best_shift(first: Level, capsules: tuple[Capsule, ...], motion: Affine, window: _Window) -> Hit | None:
    undo = np.asarray(np.linalg.inv(motion), dtype=np.float64)
    source = apply_affine(undo, window.places)
    near = np.flatnonzero(np.min([c.distance(source) - c.radius for c in capsules], axis=0) < 0)
    values = first.sample(source[near])
    near, values = near[np.isfinite(values)], values[np.isfinite(values)]
    if len(near) < 30:
        return None
    template, inside = np.zeros(len(source)), np.zeros(len(source))
    template[near], inside[near] = values - values.mean(), 1.0
    surface = _correlations(template.reshape(window.shape), inside.reshape(window.shape), window.spectra)
    steps = window.steps
    shifts = np.roll(surface, (steps, steps), axis=(0, 1))[: 2 * steps + 1, : 2 * steps + 1]
    place = np.unravel_index(int(shifts.argmax()), shifts.shape)
    moved = motion.copy()
    moved[:2, 2] += (np.array(place) - steps) * window.pitch
    return Hit(float(shifts[place]), moved)


def _correlations(template: Points, inside: Points, spectra: tuple[NDArray[np.complex128], ...]) -> Points:
    # Cyclic; the margin of the reach round the template keeps the wrap away from the shifts that are read.
    count, shape, mask = inside.sum(), template.shape, fft.rfft2(inside).conj()
    cross = fft.irfft2(fft.rfft2(template).conj() * spectra[0], shape)
    mean = fft.irfft2(mask * spectra[0], shape) / count
    power = fft.irfft2(mask * spectra[1], shape) - count * mean * mean
    out: Points = cross / np.sqrt(np.maximum(power, 1e-3 * count) * max(float((template**2).sum()), 1e-9))
    return out
