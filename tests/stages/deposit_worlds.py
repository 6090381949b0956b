"""A flat hand of soft tissue, 60 x 48 mm at 0.2 mm, with calcified lentils of known area on it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from lesionmeter.model.geometry import Spacing, SpacingSource
from lesionmeter.model.patient import Hand, HandView
from lesionmeter.model.radiograph import CalibratedRadiograph, Laterality, Polarity, Radiograph
from lesionmeter.model.site import Landmarks

PITCH: Final = 0.2
SHAPE: Final = (300, 240)
AIR, TISSUE, CALCIUM = 100, 1000, 500

# Wrist; then base, two joints and tip of each ray, thumb first.
HAND: Final = np.array(
    [
        *[(285, 120)],
        *[(250, 80), (215, 60), (190, 50), (170, 42)],
        *[(150, 80), (110, 76), (85, 74), (62, 72)],
        *[(145, 110), (102, 108), (75, 108), (50, 108)],
        *[(148, 140), (107, 140), (82, 141), (58, 142)],
        *[(155, 168), (122, 174), (100, 178), (80, 180)],
    ],
    dtype=float,
)

Lentil = tuple[float, float, float]
"""(row, column, area in mm2)."""


def view(
    lentils: list[Lentil], letters: list[Lentil] | None = None, *, negative: bool = False, calcium: float = CALCIUM
) -> HandView:
    """The hand with lentils in its tissue, and lead letters as dense as they are on the air beside it."""
    values = np.full(SHAPE, float(AIR))
    values[25:, 25:215] = TISSUE
    values = ndi.gaussian_filter(values, 2.0)
    for lentil in lentils + (letters or []):
        values += calcium * thickness(*lentil)
    values = ndi.gaussian_filter(values, 0.15 / PITCH) + np.random.default_rng(0).normal(0, 5, SHAPE)
    pixels = np.rint(values).astype(np.uint16)
    return seen(4095 - pixels if negative else pixels, Polarity.INVERTED if negative else Polarity.NORMAL)


def seen(pixels: NDArray[np.uint16], polarity: Polarity = Polarity.NORMAL) -> HandView:
    """That film, with its scale and its hand."""
    film = CalibratedRadiograph(
        Radiograph("film.tif", pixels, 12), Spacing(PITCH, PITCH, SpacingSource.FILMS_CSV, 0.005)
    )
    return HandView(film, Hand("film.tif", Laterality.LEFT, Landmarks(HAND, np.ones(21))), polarity)


def thickness(row: float, column: float, area: float) -> NDArray[np.float64]:
    """Of a lentil with a rounded edge, 0 to 1, averaged over nine places in each pixel."""
    rows, columns = ((np.arange(3 * n) + 0.5) / 3 - 0.5 for n in SHAPE)
    away = np.hypot(rows[:, None] - row, columns[None] - column) * PITCH
    full = np.clip(1 - away**2 * np.pi / area, 0, None) ** 0.15
    return np.asarray(full.reshape(SHAPE[0], 3, SHAPE[1], 3).mean(axis=(1, 3)))
