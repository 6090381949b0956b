"""Model values as layers and back: what a user sees is what is stored, and what they move comes back."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from napari_lesionmeter.layers import (
    TILE_MM,
    drawing_layer,
    landmarks_layer,
    mask_of_layer,
    moved_landmarks,
    outlines_on,
    pixels_to_canvas,
    tiles,
)

import lesionmeter
from tests.worlds import FILMS, SHAPE, patient_world, refused_pair


@pytest.fixture
def squares() -> tuple:
    frames = lesionmeter.site_frames(patient_world(), "L02")
    return tiles(frames, dict.fromkeys(FILMS, SHAPE), FILMS)


def test_a_place_on_a_tile_is_the_pixel_that_it_shows(squares: tuple) -> None:
    places = np.array([[80.0, 200.0], [70.0, 210.0]])
    for tile in squares:
        np.testing.assert_allclose(tile.on_film(tile.on_canvas(places)), places)


def test_tiles_of_a_turned_hand_show_the_same_place_turned_back(squares: tuple) -> None:
    first, second, third = squares
    world = patient_world()
    along = np.array([[80.0, 213.0], [60.0, 213.0]])
    shown = [first.on_canvas(along) - first.middle]
    for tile, way in zip((second, third), world.registrations, strict=True):
        shown.append(tile.on_canvas(way.carry(along)) - tile.middle)
    np.testing.assert_allclose(shown[1], shown[0], atol=0.3)
    np.testing.assert_allclose(shown[2], shown[0], atol=0.3)


def test_every_tile_has_the_films_own_scale(squares: tuple) -> None:
    assert [abs(np.linalg.det(tile.affine[:2, :2])) for tile in squares] == pytest.approx([0.25] * 3)


def test_tiles_stand_side_by_side(squares: tuple) -> None:
    assert all(b.middle[1] - a.middle[1] > TILE_MM for a, b in itertools.pairwise(squares))


def test_the_outline_of_a_deposit_lies_in_the_middle_of_its_tile(squares: tuple) -> None:
    world = patient_world()
    for tile in squares:
        near = [polygon for _, polygon in outlines_on(tile, world.maps[tile.film])]
        assert min(np.linalg.norm(p.mean(axis=0) - np.array(tile.middle)) for p in near) < 0.5


def test_a_drawing_comes_back_from_its_layer_as_it_was(squares: tuple) -> None:
    mask = np.zeros((8, 6), dtype=bool)
    mask[2:5, 1:4] = True
    data, keywords, kind = drawing_layer(lesionmeter.Drawing(FILMS[0], "L", (70, 200), mask), squares[0])
    assert kind == "labels"
    np.testing.assert_array_equal(mask_of_layer(data), mask)
    np.testing.assert_allclose(keywords["affine"], pixels_to_canvas(squares[0], (70, 200)))


def test_a_moved_landmark_comes_back_with_its_hand_and_number() -> None:
    hands = [hand for hand in patient_world().hands if hand.film == FILMS[0]]
    data, _, _ = landmarks_layer(hands, (0.5, 0.5))
    assert moved_landmarks(data, hands) == []
    moved = np.array(data)
    moved[8] += (3.0, -2.0)
    ((hand, number, point),) = moved_landmarks(moved, hands)
    assert (hand.laterality, number) == ("L", 8)
    assert point == pytest.approx(tuple(np.array(data)[8] + (3.0, -2.0)))


def test_a_film_whose_registration_was_refused_is_shown_by_its_landmarks_with_the_reason() -> None:
    world = patient_world()
    lost = [
        dataclasses.replace(f, position=None) if (f.identity, f.film) == ("L02", FILMS[2]) else f
        for f in world.deposits
    ]
    refused = refused_pair(dataclasses.replace(world, deposits=tuple(lost)))
    right = lesionmeter.site_frames(world, "L02")[2]
    by_landmarks = lesionmeter.site_frames(refused, "L02")[2]
    assert by_landmarks.reason == "median bone correlation 0.41, expected 0.6"
    assert by_landmarks.error_mm is None
    np.testing.assert_allclose(by_landmarks.centre, right.centre, atol=1.0)
    np.testing.assert_allclose(by_landmarks.to_mm[:2, :2], right.to_mm[:2, :2], atol=0.02)
