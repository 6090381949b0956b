"""What is a deposit, where its border lies, and which specks are one."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from lesionmeter.errors import UsageError
from lesionmeter.model.deposit import DepositMap, Origin
from lesionmeter.model.patient import HandView, Hint
from lesionmeter.model.radiograph import Laterality
from lesionmeter.stages.segmentation import segment
from lesionmeter.stages.segmentation.candidates import FINE, WIDE, round_outlines, smoothed
from lesionmeter.stages.segmentation.field import prepare
from tests.stages.deposit_worlds import PITCH, seen, view


def areas(found: DepositMap) -> list[float]:
    return [deposit.area_px * PITCH**2 for deposit in found.deposits]


def clicks(*points: tuple[float, float], names: tuple[str, ...] = ("L01", "L02")) -> tuple[Hint, ...]:
    return tuple(Hint("film.tif", np.array(p), name) for p, name in zip(points, names, strict=False))


@pytest.fixture(scope="module")
def two_lentils() -> HandView:
    return view([(200, 110, 12.0), (170, 170, 5.0)])


@pytest.fixture(scope="module")
def found(two_lentils: HandView) -> DepositMap:
    return segment((two_lentils,))


def test_two_lentils_are_two_deposits_of_their_areas(found: DepositMap) -> None:
    assert sorted(areas(found)) == pytest.approx([5.0, 12.0], rel=0.03)


def test_labels_are_uint16_on_the_films_own_grid_and_count_the_same_area(found: DepositMap) -> None:
    counted = np.bincount(found.labels.ravel())[1:]
    assert found.labels.dtype == np.uint16
    assert counted == pytest.approx([d.area_px for d in found.deposits], rel=0.05)


def test_the_centre_of_a_deposit_lies_in_its_own_pixels(found: DepositMap) -> None:
    for deposit in found.deposits:
        row, column = deposit.centre.astype(int)
        assert found.labels[row, column] == deposit.label


def test_an_empty_hand_has_no_deposit() -> None:
    assert segment((view([]),)).deposits == ()


def test_a_negative_gives_the_same_areas(found: DepositMap) -> None:
    negative = segment((view([(200, 110, 12.0), (170, 170, 5.0)], negative=True),))
    assert areas(negative) == pytest.approx(areas(found), rel=1e-3)


def test_the_same_film_gives_the_same_map_again(two_lentils: HandView, found: DepositMap) -> None:
    assert np.array_equal(segment((two_lentils,)).labels, found.labels)


def test_the_film_is_not_changed(two_lentils: HandView) -> None:
    before = two_lentils.film.radiograph.pixels.copy()
    segment((two_lentils,))
    assert np.array_equal(two_lentils.film.radiograph.pixels, before)


def test_a_letter_beside_the_hand_is_no_deposit() -> None:
    assert segment((view([], letters=[(60, 228, 6.0)]),)).deposits == ()


@pytest.mark.parametrize("area", [80.0, 150.0, 300.0])  # radii of 5.0, 6.9 and 9.8 mm
@pytest.mark.parametrize("off_mm", [0.0, 4.0])
def test_a_click_on_a_large_lump_gives_its_area(area: float, off_mm: float) -> None:
    found = segment((view([(180, 120, area)]),), clicks((180, 120 + off_mm / PITCH)))
    (lump,) = (d for d in found.deposits if d.hint == "L01")
    assert lump.area_px * PITCH**2 == pytest.approx(area, rel=0.01)


@pytest.mark.parametrize("radius_mm", [5.8, 6.4])  # within an edge's width of the rays' end at 6 mm, and beyond it
def test_a_border_at_the_end_of_its_rays_is_none(radius_mm: float) -> None:
    field = prepare((view([(180, 120, np.pi * radius_mm**2)]),))
    middle = np.array([[180.0, 120.0]])
    assert round_outlines(field, smoothed(field), middle, (FINE, FINE)) == []
    (lump,) = round_outlines(field, smoothed(field), middle, (WIDE, WIDE))
    assert lump.area_mm2 == pytest.approx(np.pi * radius_mm**2, rel=0.01)


def test_a_click_gives_the_deposit_under_it_with_its_name(two_lentils: HandView) -> None:
    found = segment((two_lentils,), clicks((201, 112)))
    named = next(d for d in found.deposits if d.hint == "L01")
    assert (named.origin, found.labels[201, 112]) == (Origin.HINT, named.label)
    assert named.area_px * PITCH**2 == pytest.approx(12.0, rel=0.03)


def test_a_click_on_a_faint_deposit_is_honoured_whatever_its_confidence() -> None:
    found = segment((view([(200, 110, 6.0)], calcium=60),), clicks((200, 110)))
    assert found.labels[200, 110] > 0


def test_a_click_on_another_film_is_passed_over(two_lentils: HandView) -> None:
    found = segment((two_lentils,), (Hint("other.tif", np.array([60.0, 60.0]), "L09"),))
    assert all(deposit.origin is Origin.AUTOMATIC for deposit in found.deposits)


def test_specks_one_millimetre_apart_are_one_deposit_with_the_sum_of_their_areas() -> None:
    radius = np.sqrt(1.5 / np.pi)
    apart = (2 * radius + 1.0) / PITCH
    found = segment((view([(200, 110, 1.5), (200, 110 + apart, 1.5)]),))
    assert areas(found) == pytest.approx([3.0], rel=0.1)


def test_specks_three_millimetres_apart_are_two_deposits() -> None:
    apart = (2 * np.sqrt(1.5 / np.pi) + 3.0) / PITCH
    assert len(segment((view([(200, 110, 1.5), (200, 110 + apart, 1.5)]),)).deposits) == 2


def test_two_clicks_on_neighbouring_specks_keep_them_apart() -> None:
    apart = (2 * np.sqrt(1.5 / np.pi) + 1.0) / PITCH
    found = segment((view([(200, 110, 1.5), (200, 110 + apart, 1.5)]),), clicks((200, 110), (200, 110 + apart)))
    assert sorted(d.hint for d in found.deposits) == ["L01", "L02"]


def test_a_saturated_deposit_says_so(two_lentils: HandView) -> None:
    burnt = np.minimum(two_lentils.film.radiograph.pixels, 1300)
    found = segment((seen(burnt),))
    assert all(deposit.saturated > 0.5 for deposit in found.deposits)


def test_each_deposit_goes_to_the_nearer_hand(two_lentils: HandView) -> None:
    points = two_lentils.hand.landmarks.points + np.array([0, 400])
    landmarks = dataclasses.replace(two_lentils.hand.landmarks, points=points)
    other = dataclasses.replace(two_lentils.hand, laterality=Laterality.RIGHT, landmarks=landmarks)
    found = segment((dataclasses.replace(two_lentils, hand=other), two_lentils))
    assert {deposit.laterality for deposit in found.deposits} == {"L"}


def test_no_hand_is_refused() -> None:
    with pytest.raises(UsageError, match="expected the hands of one film, came hands of none"):
        segment(())
