"""From absorption to a picture: film curve, scatter, blur, grain, and what lies round a hand on a real film."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from lesionmeter.phantom.texture import smooth_noise

Grid = NDArray[np.float32]
Random = np.random.Generator

CURVES = ("toe", "power", "shoulder", "linear")
"""Families of film curve: saturating, gamma, S-shaped (screen-film), straight (digital)."""


@dataclass(frozen=True)
class Look:
    """How one exposure turned out.

    Parameters
    ----------
    curve
        One of `CURVES`.
    gain
        Steepness of the curve.
    middle
        Where the S-shaped curve turns, as a share of the bone's absorption.
    flesh
        Absorption of soft tissue against bone, for each mm of path.
    blur_mm
        Standard deviation of the system's blur.
    grain
        Standard deviation of the grain at the darkest part, as a share of the film's range.
    grain_px
        Its width, in pixels.
    edge
        Strength of edge enhancement (digital films), 0 for none.
    veil
        Slow unevenness of the background, as a share of the range.
    """

    curve: str
    gain: float
    middle: float
    flesh: float
    blur_mm: float
    grain: float
    grain_px: float
    edge: float
    veil: float


def random_look(rng: Random) -> Look:
    """Draw an exposure."""
    return Look(
        curve=str(rng.choice(CURVES)),
        gain=float(rng.uniform(0.0, 1.0)),
        middle=float(rng.uniform(0.3, 0.85)),
        flesh=float(rng.uniform(0.17, 0.5)),
        blur_mm=float(rng.uniform(0.06, 0.17)),
        grain=float(0.003 + 0.03 * rng.uniform() ** 2),
        grain_px=float(rng.uniform(0.3, 1.1)),
        edge=float(rng.uniform(0.2, 0.9) if rng.random() < 0.3 else 0.0),
        veil=float(rng.uniform(0.0, 0.12)),
    )


def expose(rng: Random, bone: Grid, soft: Grid, look: Look, pitch: float) -> Grid:
    """The picture of these paths (mm), dense bright, bone near 1 and air near 0.

    Parameters
    ----------
    rng
        For the veil and the grain.
    bone, soft
        (rows, columns) paths through mineral (deposits included) and soft tissue, mm.
    look
        The exposure.
    pitch
        Millimetres a pixel.
    """
    absorbed = bone + look.flesh * soft
    densest = max(float(np.percentile(absorbed[::4, ::4], 98)), 1e-3)
    picture = _curve(np.asarray(absorbed / densest, dtype=np.float32), look)
    low, high = np.percentile(picture[::4, ::4], [0.5, 99.5])
    picture = (picture - low) / (high - low + 1e-6)
    if look.edge:
        picture = picture + look.edge * (picture - ndimage.gaussian_filter(picture, 0.9 / pitch))
    picture = picture + _veil(rng, (picture.shape[0], picture.shape[1]), look.veil)
    if look.blur_mm / pitch > 0.3:
        picture = ndimage.gaussian_filter(picture, look.blur_mm / pitch)
    return np.asarray(picture + _grain(rng, picture, look), dtype=np.float32)


def _curve(absorbed: Grid, look: Look) -> Grid:
    if look.curve == "toe":
        return np.asarray(1.0 - np.exp(-absorbed * (0.8 + 1.8 * look.gain)), dtype=np.float32)
    if look.curve == "power":
        return np.asarray(np.maximum(absorbed, 0.0) ** (0.5 + 0.5 * look.gain), dtype=np.float32)
    if look.curve == "shoulder":
        return np.asarray(1.0 / (1.0 + np.exp(-(absorbed - look.middle) * (2.5 + 4.0 * look.gain))), dtype=np.float32)
    return absorbed


def _veil(rng: Random, shape: tuple[int, int], strength: float) -> Grid:
    turn = rng.uniform(0, 2 * np.pi)
    rows, columns = np.linspace(-1, 1, shape[0], dtype=np.float32), np.linspace(-1, 1, shape[1], dtype=np.float32)
    slope = rows[:, None] * np.sin(turn) + columns[None, :] * np.cos(turn)
    uneven = smooth_noise(rng, shape, max(shape) / 6)
    return np.asarray(strength * (slope + 0.3 * uneven), dtype=np.float32)


def _grain(rng: Random, picture: Grid, look: Look) -> Grid:
    grain = rng.standard_normal(picture.shape, dtype=np.float32)
    if look.grain_px > 0.4:
        grain = ndimage.gaussian_filter(grain, look.grain_px)
        grain /= grain.std() + 1e-6
    return np.asarray(look.grain * grain * (1.3 - 0.6 * np.clip(picture, 0.0, 1.0)), dtype=np.float32)


# ---------------------------------------------------------------------- what lies round the hand


def add_marks(rng: Random, picture: Grid, free: NDArray[np.bool_], count: int) -> None:
    """Put side letters, plates, step wedges and wires where `free` allows, in place."""
    for _ in range(count):
        rows, columns = picture.shape
        high = int(rows * rng.uniform(0.04, 0.13))
        wide = int(columns * rng.uniform(0.05, 0.18))
        if high < 4 or wide < 4 or high >= rows or wide >= columns:
            continue
        top, left = int(rng.integers(0, rows - high)), int(rng.integers(0, columns - wide))
        box = (slice(top, top + high), slice(left, left + wide))
        if free[box].all():
            _mark(rng, picture[box])


def _mark(rng: Random, patch: Grid) -> None:
    kind, bright = rng.integers(0, 6), float(rng.uniform(0.7, 1.3))
    if kind < 3:
        if rng.random() < 0.5:
            patch += np.float32(rng.uniform(-0.1, 0.3))
        words = "".join(rng.choice(list("LRLRABEGMSKD0123456789"), int(rng.integers(1, 4))))
        patch[letters(words, (patch.shape[0], patch.shape[1])) > 0.5] = bright
    elif kind == 3:
        patch += np.float32(rng.uniform(-0.2, 0.6))
    elif kind == 4:
        patch[:] = np.linspace(0, bright, patch.shape[0], dtype=np.float32)[:, None]
    else:
        rows, columns = np.ogrid[-1 : 1 : patch.shape[0] * 1j, -1 : 1 : patch.shape[1] * 1j]
        ring = np.hypot(rows, columns)
        patch[(ring < 0.9) & (ring > rng.uniform(0.0, 0.75))] = bright


def letters(words: str, shape: tuple[int, int]) -> Grid:
    """Words as coverage 0 to 1, as large as fits into (rows, columns)."""
    page = Image.new("L", (shape[1], shape[0]))
    size = max(6, int(min(0.9 * shape[0], 1.5 * shape[1] / max(len(words), 1))))
    font = ImageFont.load_default(size)
    ImageDraw.Draw(page).text((shape[1] / 2, shape[0] / 2), words, fill=255, font=font, anchor="mm")
    return np.asarray(page, dtype=np.float32) / 255.0


def add_frame(rng: Random, picture: Grid, keep: NDArray[np.float64]) -> Grid:
    """Collimate to a rectangle (straight or turned) that holds the points `keep` ((n, 2) row, column)."""
    rows, columns = picture.shape
    margin = 0.02 * max(rows, columns) + np.abs(rng.normal(0, 0.07 * max(rows, columns), 4))
    low, high = keep.min(axis=0) - margin[:2], keep.max(axis=0) + margin[2:]
    turn = np.deg2rad(rng.normal(0, 8)) if rng.random() < 0.3 else 0.0
    middle, half = (low + high) / 2, (high - low) / 2 * (1.05 if turn else 1.0)
    y = np.arange(rows, dtype=np.float32)[:, None] - middle[0]
    x = np.arange(columns, dtype=np.float32)[None, :] - middle[1]
    u, v = np.abs(y * np.cos(turn) + x * np.sin(turn)) - half[0], np.abs(x * np.cos(turn) - y * np.sin(turn)) - half[1]
    beyond = np.maximum(u, v)
    light = np.clip(0.5 - beyond, 0.0, 1.0)
    outside = float(rng.choice([0.0, -0.1, 1.1, float(rng.uniform(0, 1))], p=[0.45, 0.25, 0.15, 0.15]))
    framed = picture * light + outside * (1.0 - light)
    if rng.random() < 0.2:
        framed += np.float32(rng.uniform(0.2, 1.0)) * (np.abs(beyond) < 0.006 * max(rows, columns))
    return np.asarray(framed, dtype=np.float32)


def add_strip(rng: Random, picture: Grid) -> None:
    """Lay a bright or dark strip along one border, in place: a film's edge, or a scanner's."""
    side = int(rng.integers(0, 4))
    wide = int(picture.shape[side % 2] * rng.uniform(0.01, 0.07))
    value = 1.0 if rng.random() < 0.6 else -0.05
    view = picture if side % 2 == 0 else picture.T
    view[slice(None, wide) if side < 2 else slice(view.shape[0] - wide, None)] = value
