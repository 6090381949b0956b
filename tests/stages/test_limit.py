"""Limits of detection and quantification: deposits put into a film, and the curve fitted to what is found of them."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray

from lesionmeter.model.deposit import SizeLimits
from lesionmeter.model.patient import HandView
from lesionmeter.stages.segmentation import size_limits
from lesionmeter.stages.segmentation.field import prepare
from lesionmeter.stages.segmentation.inserted import CONTRAST, drawn, with_deposits
from lesionmeter.stages.segmentation.limit import limits_of, logistic_fit
from tests.stages.deposit_worlds import seen, view

Areas = NDArray[np.float64]


def tried(count: int = 400) -> Areas:
    return np.asarray(np.exp(np.random.default_rng(2).uniform(0, math.log(14), count)))


def test_the_curve_is_that_of_another_program() -> None:
    x = np.log(tried(80))
    found = x + np.random.default_rng(1).logistic(0, 0.5, 80) > 1.0
    slope, level = logistic_fit(x, found, prior=(0.0, 1e3))
    other = sm.Logit(found.astype(float), np.stack([x, np.ones_like(x)], axis=1)).fit(disp=0).params
    assert (slope, level) == pytest.approx(tuple(other), rel=0.02)


def test_the_limit_of_detection_is_where_95_in_100_are_found() -> None:
    put = tried(4000)
    chance = 1 / (1 + (put / 2.0) ** -4.0)  # 0.95 at 2 * 19 ** 0.25
    found = np.random.default_rng(3).random(len(put)) < chance
    limit = limits_of(put, np.where(found, put, np.nan)).detection
    assert limit == pytest.approx(2 * 19**0.25, rel=0.1)


def test_a_border_that_wanders_sets_the_limit_of_quantification() -> None:
    put = tried(4000)
    moved = np.random.default_rng(4).normal(0, 0.1, len(put))  # mm; 2 sqrt(pi A) 0.1 of area
    got = put * np.exp(moved * np.sqrt(4 * math.pi / put))
    expected = 4 * math.pi * (1.96 * 0.1 / math.log(4 / 3)) ** 2
    assert limits_of(put, got).quantification == pytest.approx(expected, rel=0.1)


def test_a_limit_is_never_under_a_square_millimetre() -> None:
    assert limits_of(tried(), tried()) == SizeLimits(1.0, 1.0, 400)


def test_a_film_on_which_one_in_ten_of_any_size_is_missed_has_no_limit() -> None:
    put = tried()
    got = np.where(np.arange(len(put)) % 10 == 0, np.nan, put)
    assert limits_of(put, got) == SizeLimits(None, None, 400)


def test_fewer_than_sixty_trials_carry_no_limit() -> None:
    assert limits_of(tried(59), tried(59)).detection is None


def test_the_limit_on_a_clear_film_is_low(clear: HandView) -> None:
    limits = size_limits(clear)
    assert limits.tried >= 60
    assert limits.detection is not None
    assert 1.0 <= limits.detection <= 3.0


def test_a_film_full_of_grain_has_a_larger_limit_or_none(clear: HandView) -> None:
    grain = np.random.default_rng(1).normal(0, 150, clear.film.radiograph.shape)
    noisy = np.clip(clear.film.radiograph.pixels + grain, 0, 4095).astype(np.uint16)
    limit, least = size_limits(seen(noisy)).detection, size_limits(clear).detection
    assert least is not None
    assert limit is None or limit > least


@pytest.fixture(scope="module")
def clear() -> HandView:
    return view([])


@pytest.mark.parametrize("stretch", [1.0, 1.3])
def test_a_drawn_deposit_has_its_area_and_height(stretch: float) -> None:
    depth = drawn(6.0, 0.05, 120, stretch)
    assert np.count_nonzero(depth > 0.5) * 0.05**2 == pytest.approx(6.0, rel=0.2)  # its rim is thin
    assert np.median(depth[depth > 0.5]) == pytest.approx(1.0, abs=0.1)


def test_the_film_itself_stays_as_it_is(clear: HandView) -> None:
    field = prepare((clear,))
    before = field.values.copy()
    place, area = np.array([[200.0, 110.0]]), np.array([9.0])
    more = with_deposits(field, place, area, np.random.default_rng(1)).values - field.values
    np.testing.assert_array_equal(field.values, before)
    assert more[200, 110] == pytest.approx(1.2 * CONTRAST, rel=0.25)
