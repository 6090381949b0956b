"""Errors, intervals, rates and adjusted p-values, against numbers worked out elsewhere."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from lesionmeter.model.dates import PartialDate
from lesionmeter.model.findings import Call, DepositFinding, Estimate
from lesionmeter.stages.evidence import EvidenceSettings, Repeatability, compare, smallest_detectable_change
from lesionmeter.stages.evidence.holm import holm
from lesionmeter.stages.evidence.rates import days_open, yearly_rate
from tests.stages.evidence_worlds import EXACT, absent, change, seen

COARSE = Repeatability(s0_mm2=0.0, border_mm=0.1, k_own=0.05, k_shared=0.0)
OPPOSITE = {
    Call.REGRESSION: Call.PROGRESSION,
    Call.PROGRESSION: Call.REGRESSION,
    Call.RESOLVED: Call.NEW,
    Call.NEW: Call.RESOLVED,
}


@pytest.mark.parametrize(("area", "percent"), [(4, 51), (9, 36), (25, 24), (100, 17)])
def test_the_smallest_detectable_change_falls_with_the_area(area: float, percent: int) -> None:
    assert round(100 * smallest_detectable_change(area, COARSE)) == percent


def test_a_flat_rule_of_25_percent_would_call_a_third_of_stable_small_deposits_changed() -> None:
    sd = smallest_detectable_change(4.0, COARSE) / 1.96
    assert math.erfc(0.25 / sd / math.sqrt(2)) == pytest.approx(0.34, abs=0.005)


def test_no_smallest_detectable_change_of_nothing() -> None:
    with pytest.raises(ValueError, match="expected an area over 0 mm2, came 0"):
        smallest_detectable_change(0, COARSE)


def test_a_deposits_own_border_error_counts_where_it_is_larger() -> None:
    model = Repeatability(s0_mm2=0.3, border_mm=0.0, k_own=0.0, k_shared=0.0, border_share=1.0)
    assert model.variance_own(5.0, sd_border=0.2) == pytest.approx(0.09)
    assert model.variance_own(5.0, sd_border=0.5) == pytest.approx(0.25)


def test_only_the_share_of_a_border_error_that_differs_between_films_enters_a_ratio() -> None:
    model = Repeatability(s0_mm2=0.0, border_mm=0.0, k_own=0.0, k_shared=0.0, border_share=0.5)
    assert model.variance_own(9.0, sd_border=0.6) == pytest.approx(0.3**2)


def test_of_the_choice_of_an_outline_only_its_share_enters_a_ratio_beside_the_border() -> None:
    model = Repeatability(0.0, 0.0, k_own=0.0, k_shared=0.0, border_share=0.5, choice_share=0.25)
    assert model.variance_own(9.0, sd_border=0.6, sd_choice=1.6) == pytest.approx(0.3**2 + 0.4**2)


def test_a_choice_that_is_open_widens_the_change_by_its_share() -> None:
    settings = replace(EXACT, repeatability=replace(EXACT.repeatability, choice_share=0.5))
    film = seen("1983", 10.0, 0.6)  # all of its error is the choice: 0.6 mm2, half of which is 0.3
    open_choice = replace(film, measurement=replace(film.measurement, sd_choice=0.6))
    found = change(open_choice, seen("1988", 10.0, 0.0), settings=settings)
    assert found.difference == Estimate(0.0, pytest.approx(-1.96 * 0.3, abs=1e-3), pytest.approx(1.96 * 0.3, abs=1e-3))


def test_the_less_alike_two_areas_are_the_more_of_an_open_choice_enters_their_ratio() -> None:
    model = Repeatability(0.0, 0.0, k_own=0.0, k_shared=0.0, choice_share=0.25)
    halved = 0.25 + 0.5 * math.log(2)
    assert model.variance_own(9.0, sd_choice=1.0, log_ratio=-math.log(2)) == pytest.approx(halved**2)
    assert model.variance_own(9.0, sd_choice=1.0, log_ratio=math.inf) == 1.0
    settings = replace(EXACT, repeatability=model)
    film = seen("1983", 10.0, 1.0)
    open_choice = replace(film, measurement=replace(film.measurement, sd_choice=1.0))
    found = change(open_choice, seen("1988", 5.0, 0.0), settings=settings)
    assert found.log_ratio.hi - found.log_ratio.value == pytest.approx(1.96 * halved * 0.1, rel=1e-4)


def test_errors_of_a_deposit_add_as_squares_and_the_scale_comes_on_top() -> None:
    found = change(seen("1983", 10.0, 0.3, cv=0.04), seen("1988", 10.0, 0.0))  # sqrt(0.3^2 + 0.4^2) = 0.5
    assert found.difference == Estimate(0.0, pytest.approx(-0.98, abs=1e-3), pytest.approx(0.98, abs=1e-3))
    assert found.log_ratio == Estimate(0.0, pytest.approx(-0.098, abs=1e-4), pytest.approx(0.098, abs=1e-4))


def test_specks_have_ratios_that_mean_little() -> None:
    found = change(seen("1983", 0.1), seen("1988", 0.3), settings=EvidenceSettings())
    assert found.call is Call.INDETERMINATE
    assert found.log_ratio is not None
    assert found.log_ratio.hi > 2.0  # from three times to ten times as large, or not at all


def test_an_absent_deposit_may_have_any_area_up_to_the_limit_of_detection() -> None:
    found = change(seen("1983", 10.0), absent("1988", 0.8))
    assert found.difference == Estimate(-10.0, pytest.approx(-10.8), pytest.approx(-9.2))


def test_halving_over_two_years_is_29_percent_a_year() -> None:
    start, end = PartialDate(1984, 3, 1), PartialDate(1986, 3, 1)
    rate = yearly_rate(Estimate(math.log(0.5), math.log(0.25), 0.0), start, end, 0.5)
    assert rate is not None
    assert (round(rate.value, 1), round(rate.lo), round(rate.hi)) == (-29.3, -50, 0)


def test_vague_dates_widen_the_rate_but_not_the_change() -> None:
    exact = change(seen("1983-07-01", 20.0, 1.0), seen("1985-07-01", 10.0, 0.5))
    vague = change(seen("1983", 20.0, 1.0), seen("1985", 10.0, 0.5))
    assert exact.log_ratio == vague.log_ratio
    assert exact.rate is not None
    assert vague.rate is not None
    assert vague.rate.value == pytest.approx(exact.rate.value, abs=0.1)
    assert vague.rate.lo < exact.rate.lo
    assert vague.rate.hi > exact.rate.hi


def test_the_time_between_two_vague_dates_is_open_by_the_95_percent_range_of_its_trapezoid() -> None:
    rng = np.random.default_rng(1)
    draws = rng.uniform(-180, 180, 200_000) + rng.uniform(-15, 15, 200_000)
    assert days_open(180.0, 15.0) == pytest.approx(np.quantile(np.abs(draws), 0.95), abs=0.5)
    assert days_open(0.0, 0.0) == 0.0


@pytest.mark.parametrize(("start", "end"), [("2001-05-01", "2001-05-02"), ("1984", "1984-11")])
def test_no_rate_for_a_day_nor_where_the_order_of_the_dates_is_open(start: str, end: str) -> None:
    assert change(seen(start, 10.0, 0.5), seen(end, 11.0, 0.5)).rate is None


def test_dates_that_overlap_are_flagged() -> None:
    assert "the order of the dates is not certain" in change(seen("1984", 9.0), seen("1984-11", 9.0)).reason


def test_bounds_of_a_rate_that_nothing_was_learnt_about_are_left_out() -> None:
    rate = yearly_rate(Estimate(0.0, -30.0, 30.0), PartialDate(1983), PartialDate(1984), 0.5)
    assert rate is not None
    assert (rate.value, rate.lo, rate.hi) == (0.0, pytest.approx(-100.0), None)


def test_holm_adjusts_as_r_does() -> None:
    # R: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm")
    assert holm([0.01, 0.02, 0.03, 0.04, 0.05]) == pytest.approx((0.05, 0.08, 0.09, 0.09, 0.09))
    assert holm([0.6, 0.7]) == (1.0, 1.0)
    assert holm([]) == ()


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12))
def test_holm_adjusts_as_statsmodels_does(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(tuple(multipletests(p_values, method="holm")[1]))


def test_ten_stable_sites_make_a_false_call_40_times_in_100_unless_adjusted() -> None:
    draws = np.random.default_rng(0).uniform(size=(4000, 10))
    assert np.mean(draws.min(axis=1) < 0.05) == pytest.approx(1 - 0.95**10, abs=0.02)
    assert np.mean([min(holm(row.tolist())) < 0.05 for row in draws]) == pytest.approx(0.05, abs=0.01)


areas = st.floats(0.05, 500.0)
cvs = st.floats(0.001, 0.3)


@st.composite
def findings(draw: st.DrawFn) -> tuple[tuple[DepositFinding, DepositFinding], ...]:
    """One to four deposits, each measured or absent on two dates."""
    count = draw(st.integers(1, 4))
    measured = st.tuples(areas, cvs)
    either = st.one_of(measured, st.floats(0.1, 3.0))
    rows = []
    for number in range(count):
        sides = [
            absent(date, side, identity=f"L0{number}")
            if isinstance(side := draw(either), float)
            else seen(date, side[0], side[0] * side[1], identity=f"L0{number}")
            for date in ("1983", "1988")
        ]
        rows.append((sides[0], sides[1]))
    return tuple(rows)


def swapped(pair: tuple[DepositFinding, DepositFinding]) -> tuple[DepositFinding, DepositFinding]:
    start, end = pair
    return replace(end, date=start.date, film=start.film), replace(start, date=end.date, film=end.film)


@given(findings())
def test_swapping_the_dates_turns_every_change_round(pairs: tuple[tuple[DepositFinding, DepositFinding], ...]) -> None:
    there = compare(tuple(finding for pair in pairs for finding in pair))
    back = compare(tuple(finding for pair in pairs for finding in swapped(pair)))
    for one, other in zip(there, back, strict=True):
        assert other.call is OPPOSITE.get(one.call, one.call)
        assert (one.log_ratio is None) is (other.log_ratio is None)
        if one.log_ratio and other.log_ratio:
            assert other.log_ratio.value == pytest.approx(-one.log_ratio.value)
            assert other.log_ratio.lo == pytest.approx(-one.log_ratio.hi)


@given(findings())
def test_a_call_of_change_and_its_interval_agree(pairs: tuple[tuple[DepositFinding, DepositFinding], ...]) -> None:
    for one in compare(tuple(finding for pair in pairs for finding in pair)):
        if one.call is Call.REGRESSION:
            assert one.log_ratio.hi < 0
        if one.call is Call.PROGRESSION:
            assert one.log_ratio.lo > 0
