"""What the network says of a film, and what is made of it."""

from __future__ import annotations

import numpy as np
import pytest

from lesionmeter.stages.segmentation import candidates
from lesionmeter.stages.segmentation.candidates import smoothed
from lesionmeter.stages.segmentation.field import chances_on, prepare
from lesionmeter.stages.segmentation.maps import Maps
from lesionmeter.stages.segmentation.network import deposit_network
from lesionmeter.stages.segmentation.outlines import Outline
from lesionmeter.stages.segmentation.scoring import confidence
from lesionmeter.stages.segmentation.seeds import Seeds
from lesionmeter.stages.segmentation.sighted import finds, sighted_outlines, unclear_places
from tests.stages.deposit_worlds import view

LENTIL = (128.0, 92.0)


def square_map() -> Maps:
    """Surely a deposit in 10 x 10 cells of two pixels each, from the film's pixel (20, 20) on; nothing elsewhere."""
    deposit = np.zeros((40, 40), dtype=np.float32)
    deposit[10:20, 10:20] = 1
    return Maps(deposit, np.zeros(2), 2.0)


def outline(corner: tuple[int, int], rows: int, columns: int) -> Outline:
    inside = np.ones((rows, columns), dtype=bool)
    return Outline((), inside, corner, 1.0, 4.0, 1.0, np.ones(4), round=False)


def test_an_outline_of_all_that_is_seen_agrees_wholly() -> None:
    assert square_map().agreement(outline((20, 20), 19, 19)) == pytest.approx(1.0)


def test_an_outline_on_a_film_coarser_than_the_map_agrees_wholly_too() -> None:
    """The same square on pixels of four thirds of a cell: its cells have their middles in the pixels 8 to 14."""
    coarse = Maps(square_map().deposit, np.zeros(2), 0.75)
    assert coarse.agreement(outline((8, 8), 7, 7)) == pytest.approx(1.0)


def test_an_outline_of_half_of_it_agrees_by_its_dice_coefficient() -> None:
    assert square_map().agreement(outline((20, 20), 9, 19)) == pytest.approx(2 * 50 / (100 + 50))


def test_an_outline_where_nothing_is_seen_does_not_agree() -> None:
    assert square_map().agreement(outline((60, 60), 9, 9)) == 0.0


def test_the_chance_of_an_outline_is_the_mean_inside_it() -> None:
    assert square_map().chance(outline((20, 20), 19, 19)) == pytest.approx(1.0)
    assert square_map().chance(outline((200, 200), 5, 5)) == 0.0


def test_a_peak_lies_in_the_middle_of_what_is_surely_seen() -> None:
    """11 x 11 cells of two pixels from the pixel (20, 20) on, smoothed by 2.3 cells: 0.97 in the middle."""
    deposit = np.zeros((40, 40), dtype=np.float32)
    deposit[10:21, 10:21] = 1
    seen = Maps(deposit, np.zeros(2), 2.0)
    assert seen.peaks(0.95).tolist() == [[30.0, 30.0]]
    assert len(seen.peaks(0.98)) == 0


def test_what_the_network_surely_sees_is_outlined_though_no_blob_is_a_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    field = prepare((view([(*LENTIL, 8.0)]),))
    nowhere = Seeds(np.zeros((0, 2)), np.zeros(0))
    monkeypatch.setattr(candidates, "find_seeds", lambda field: nowhere)
    found = candidates.seeded_outlines(field, smoothed(field), deposit_network()(field), 1)
    assert any(one.holds(np.array(LENTIL)) for one in found)


def test_the_surest_border_cannot_outweigh_a_network_that_sees_nothing() -> None:
    assert confidence(10.0, chance=0.0) < 0.1
    assert confidence(10.0, chance=0.9) > 0.9


def test_the_network_sees_a_lentil_in_flesh_and_nothing_beside_it() -> None:
    maps = deposit_network()(prepare((view([(*LENTIL, 8.0)]),)))
    assert maps.near(np.array([LENTIL]))[0] > 0.5
    assert maps.near(np.array([[220.0, 150.0]]))[0] < 0.1


def test_what_is_seen_roughly_is_drawn_on_the_films_own_border() -> None:
    field = prepare((view([(*LENTIL, 8.0)]),))
    rows, columns = np.mgrid[:300, :240]
    rough = (np.hypot(rows - LENTIL[0], columns - LENTIL[1]) * field.pitch < 1.2).astype(np.float32)  # 4.5 mm2
    maps = Maps(rough, np.zeros(2), 1.0)
    drawn, _ = sighted_outlines(field, smoothed(field), maps, finds(maps, field.pitch))
    assert drawn.area_mm2 == pytest.approx(8.0, rel=0.05)


def test_a_window_of_the_map_shows_the_chances_at_its_own_pixels() -> None:
    assert chances_on(square_map().at, (19, 30), (3, 2)) == pytest.approx(np.array([[0.5, 0.5], [1, 1], [1, 1]]))


def test_of_a_map_only_large_pieces_are_kept() -> None:
    """Of 100 and of 4 cells."""
    both = square_map().deposit.copy()
    both[30:32, 30:32] = 1
    assert np.array_equal(Maps(both, np.zeros(2), 2.0).pieces_of(100, 0.5).deposit, square_map().deposit)
    assert not Maps(both, np.zeros(2), 2.0).pieces_of(101, 0.5).deposit.any()


def test_what_is_seen_but_not_outlined_is_unclear() -> None:
    maps, left = square_map(), np.ones((80, 80), dtype=bool)
    found = finds(maps, 0.1)  # 20 x 20 pixels, of which the first is (20, 20)
    assert unclear_places(maps, found, left, 400.0) == pytest.approx(np.array([[28.0, 28.0, 20 / np.sqrt(np.pi)]]))
    assert len(unclear_places(maps, found, left, 401.0)) == 0
    left[30, 30] = False
    assert len(unclear_places(maps, found, left, 400.0)) == 0


def test_of_what_is_mostly_free_the_free_part_is_unclear() -> None:
    """Rows 20 to 27 of 20 to 39 are taken: 12 of 20 rows are left, named by a cell's pixel nearest to (33, 29)."""
    left = np.ones((80, 80), dtype=bool)
    left[20:28] = False
    found = finds(square_map(), 0.1)
    free = np.array([[32.0, 28.0, np.sqrt(0.6 * 400 / np.pi)]])
    assert unclear_places(square_map(), found, left, 400.0, 0.6) == pytest.approx(free)
    assert len(unclear_places(square_map(), found, left, 400.0, 0.61)) == 0
