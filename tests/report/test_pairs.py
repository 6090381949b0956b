"""Two dates of a hand for the eye: registered, grey-matched without touching deposits, and honest about its errors."""

import dataclasses

import numpy as np
import pytest

from lesionmeter.errors import UsageError
from lesionmeter.model.geometry.registration import even_doubt
from lesionmeter.report.pairs import PairFrame, match_pair, pair_pictures, way_between
from tests import worlds

FIRST, SECOND, LAST = worlds.FILMS


@pytest.fixture(scope="module")
def patient():
    return worlds.patient_world()


@pytest.fixture(scope="module")
def whole(patient):
    return pair_pictures(patient, "L", (FIRST, LAST), PairFrame(pitch_mm=0.5))


def at(pictures, identity):
    """(row, column) of a deposit's place in the pictures, from its place on the first film."""
    row, column = pictures.frame.to_picture(np.array([worlds.PLACES[identity]], dtype=float))[0]
    return round(row), round(column)


# ---------------------------------------------------------------------- the pictures


def test_both_films_are_shown_on_one_grid(whole):
    assert whole.earlier.shape == whole.later.shape == whole.error_mm.shape == whole.frame.shape


def test_bones_cancel_in_the_difference(whole):
    middle = at(whole, "L02")[0], at(whole, "L02")[1] - 6  # on the ring finger's bone, beside the deposit
    assert abs(whole.difference[middle[0] + 30, middle[1]]) < 0.15


def test_a_deposit_that_goes_is_dark_in_the_difference_and_a_new_one_is_bright(whole):
    assert whole.difference[at(whole, "L03")] < -0.3
    assert whole.difference[at(whole, "L04")] > 0.3


def test_a_deposit_that_stays_cancels(whole):
    assert abs(whole.difference[at(whole, "L02")]) < 0.2


def test_the_later_films_grid_shows_the_same_anatomy(patient):
    there = pair_pictures(patient, "L", (FIRST, LAST), PairFrame("L02", 20.0, 0.5, on="later"))
    assert there.frame.film == LAST
    assert there.earlier[20, 20] > 0.7  # L02 in the middle of 40 pixels
    assert there.later[20, 20] > 0.7


def test_any_two_dates_can_be_compared_not_only_with_the_baseline(patient):
    pictures = pair_pictures(patient, "L", (SECOND, LAST), PairFrame("L03", 16.0, 0.5))
    assert pictures.difference[16, 16] < -0.3


def test_a_checkerboard_takes_fields_by_turns(whole):
    board = whole.checkerboard(field_mm=5.0)  # fields of 10 pixels
    np.testing.assert_array_equal(board[:10, :10], whole.earlier[:10, :10])
    np.testing.assert_array_equal(board[:10, 10:20], whole.later[:10, 10:20])


def test_a_swipe_shows_the_earlier_film_on_the_left(whole):
    columns = whole.earlier.shape[1]
    swiped = whole.swipe(0.25)
    np.testing.assert_array_equal(swiped[:, : columns // 4], whole.earlier[:, : columns // 4])
    np.testing.assert_array_equal(swiped[:, columns // 4 + 1 :], whole.later[:, columns // 4 + 1 :])


def test_the_pictures_say_that_they_are_for_looking_only(whole):
    assert "looking only" in whole.remarks[0]
    assert len(whole.blink()) == 2


# ---------------------------------------------------------------------- greys


def scene(seed):
    """Stripes of anatomy, 200 pixels square of 0.2 mm, with grain."""
    rows, columns = np.indices((200, 200))
    stripes = 0.5 + 0.3 * np.sin(columns / 9.0) + 0.1 * np.sin(rows / 30.0)
    return (stripes + np.random.default_rng(seed).normal(0, 0.01, stripes.shape)).astype(np.float32)


NOTHING = np.zeros((200, 200), dtype=bool)


def test_a_film_curve_and_an_uneven_exposure_are_removed():
    rows = np.indices((200, 200))[0]
    exposed = 900 * np.clip(scene(2), 0.05, 1) ** 1.8 * (1 + rows / 400) + 55 + 0.4 * rows
    earlier, later = match_pair(scene(1), exposed.astype(np.float32), NOTHING, 0.2)
    assert np.std(later - earlier) < 0.06  # the grain of both, and little else: the stripes' own spread is 0.33


@pytest.mark.parametrize("told", [True, False], ids=["outlined", "overlooked"])
def test_a_deposit_keeps_its_height_whether_it_was_outlined_or_overlooked(told):
    away = np.hypot(*(np.indices((200, 200)) - 100))
    grown = scene(2) + np.where(away < 12, np.float32(0.4), np.float32(0))  # 4.8 mm across
    hidden = (away < 16) if told else NOTHING
    earlier, later = match_pair(scene(1), (300 * grown + 20).astype(np.float32), hidden, 0.2)
    span = np.percentile(scene(1), 99.7) - np.percentile(scene(1), 0.5)
    assert np.median((later - earlier)[away < 8]) == pytest.approx(0.4 / span, rel=0.2)


def test_what_only_one_film_shows_is_not_a_number():
    cut = scene(2)
    cut[:50] = np.nan
    earlier, later = match_pair(scene(1), cut, NOTHING, 0.2)
    assert np.isnan(earlier[:50]).all()
    assert np.isfinite(later[50:]).all()


# ---------------------------------------------------------------------- trust and refusals


def loosely_registered(patient):
    """The patient with a predicted error of 9 mm everywhere."""
    loose = tuple(
        dataclasses.replace(pair, motions=tuple(dataclasses.replace(m, doubt=even_doubt(9.0)) for m in pair.motions))
        for pair in patient.registrations
    )
    return dataclasses.replace(patient, registrations=loose)


def test_a_deposit_smaller_than_the_predicted_error_is_named(patient):
    pictures = pair_pictures(loosely_registered(patient), "L", (FIRST, LAST), PairFrame("L02"))
    assert "L02 is 5.0 mm across and the predicted error is 9.0 mm" in " ".join(pictures.remarks)


def test_it_is_named_on_films_of_unknown_scale_too(patient):
    relative = tuple(
        dataclasses.replace(d, measurement=d.measurement and dataclasses.replace(d.measurement, unit="relative"))
        for d in patient.deposits
    )
    loose = dataclasses.replace(loosely_registered(patient), deposits=relative)
    said = " ".join(pair_pictures(loose, "L", (FIRST, LAST), PairFrame("L02")).remarks)
    assert "L02 is 5.0 nominal mm (scale unknown) across and the predicted error is 9.0 nominal mm" in said


def test_a_well_registered_deposit_is_not_warned_of(patient):
    assert not [word for word in pair_pictures(patient, "L", (FIRST, LAST), PairFrame("L02")).remarks if "L02" in word]


def test_the_way_between_two_later_films_goes_through_the_baseline(patient):
    places = np.array([[100.0, 110.0], [200.0, 150.0]])
    first, last = patient.registrations
    expected = last.carry(first.carry_back(places))
    np.testing.assert_allclose(way_between(patient, "L", (SECOND, LAST)).carry(places), expected)


def test_a_refused_registration_shows_no_pair(patient):
    with pytest.raises(UsageError, match=r"left_1988\.tif: expected an accepted registration .* came: median bone"):
        pair_pictures(worlds.refused_pair(patient), "L", (FIRST, LAST))


def test_an_unknown_film_is_refused(patient):
    with pytest.raises(UsageError, match=r"expected two of the films .* of hand L, came 'other\.tif'"):
        pair_pictures(patient, "L", (FIRST, "other.tif"))


def test_an_unknown_place_is_refused(patient):
    with pytest.raises(UsageError, match=r"expected one of \['2 middle phalanx', .* came 'L99'"):
        pair_pictures(patient, "L", (FIRST, LAST), PairFrame("L99"))


def test_an_assessment_without_its_films_is_refused(patient):
    with pytest.raises(UsageError, match="expected the films at hand, came an assessment of P017 without"):
        pair_pictures(dataclasses.replace(patient, patient=None), "L", (FIRST, LAST))


def test_a_frame_of_no_size_is_refused():
    with pytest.raises(
        UsageError, match=r"expected on='earlier' or 'later' and positive millimetres, came .*side_mm=0"
    ):
        PairFrame("L01", side_mm=0)
