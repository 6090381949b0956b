"""A border half way between what is surely inside and surely outside near it: over bone, beside another, unseen."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage as ndi

from lesionmeter.stages.segmentation.field import SearchField
from lesionmeter.stages.segmentation.nearby import SHIFT_MM, half_way
from lesionmeter.stages.segmentation.outlines import Outline

PITCH = 0.1
MIDDLE = (60.0, 60.0)
RADIUS_MM = 2.0
AREA_MM2 = math.pi * (RADIUS_MM + SHIFT_MM) ** 2
"""Of a disc whose border is found where it is, moved outwards as all such borders are."""

Film = NDArray[np.float32]


def disc(column: float = MIDDLE[1], radius: float = RADIUS_MM) -> NDArray[np.bool_]:
    rows, columns = np.indices((120, 120))
    return np.asarray(np.hypot(rows - MIDDLE[0], columns - column) * PITCH <= radius)


def exposed(values: NDArray[np.float64]) -> Film:
    return np.asarray(ndi.gaussian_filter(values, 1.5), dtype=np.float32)


def outlined(film: Film, chances: NDArray[np.float64], inside: NDArray[np.bool_]) -> Outline | None:
    field = SearchField(film, PITCH, 0.002, np.ones(film.shape, dtype=bool), 1.0)
    return half_way(film, field, (0, 0), inside, chances)


def area_of(film: Film, chances: NDArray[np.float64], inside: NDArray[np.bool_]) -> float:
    drawn = outlined(film, chances, inside)
    assert drawn is not None
    return drawn.area_mm2


def test_half_of_a_disc_over_a_bones_edge_ends_where_the_other_half_does() -> None:
    """The bone stands higher over flesh than the disc over either; the network sees 0.1 mm too little all round."""
    bone = np.where(np.arange(120) >= MIDDLE[1], 0.7, 0.2)[None, :]
    film = exposed(bone + 0.3 * disc())
    seen = disc(radius=RADIUS_MM - 0.1)
    assert area_of(film, 0.8 * seen + 0.1, seen) == pytest.approx(AREA_MM2, rel=0.04)


def test_what_else_is_seen_is_no_surroundings() -> None:
    """A denser disc 0.5 mm beside it would lift the level of its surroundings."""
    other = disc(MIDDLE[1] + 45)
    film = exposed(0.2 + 0.2 * disc() + 0.6 * other)
    assert area_of(film, np.maximum(disc(), other) * 0.9, disc()) == pytest.approx(AREA_MM2, rel=0.03)


def test_where_the_film_tells_nothing_the_network_has_the_say() -> None:
    chances = np.clip(0.5 - (np.hypot(*(np.indices((120, 120)) - 60)) * PITCH - RADIUS_MM), 0, 1)
    assert area_of(exposed(np.full((120, 120), 0.2)), chances, chances >= 0.35) == pytest.approx(AREA_MM2, rel=0.01)


def test_a_hollow_that_is_darker_than_what_is_near_is_no_deposit() -> None:
    assert outlined(exposed(0.5 - 0.3 * disc()), 0.45 * disc(), disc()) is None
