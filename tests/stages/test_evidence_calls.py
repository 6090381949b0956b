"""Calls, their order and their words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lesionmeter.model.deposit import Origin
from lesionmeter.model.findings import Call, DepositFinding
from lesionmeter.stages.evidence import EvidenceSettings
from lesionmeter.stages.evidence.wording import grade
from tests.stages.evidence_worlds import EXACT, absent, change, changes, seen, unknown


def two(start: float, end: float, cv: float, **facts: str) -> tuple[DepositFinding, DepositFinding]:
    """One deposit on two dates, each area with a relative error of its own."""
    return seen("1983-04-18", start, cv * start, **facts), seen("1988-04-18", end, cv * end, **facts)


def test_a_fall_beyond_the_error_a_quarter_and_a_square_millimetre_is_regression() -> None:
    found = change(*two(20.0, 12.0, 0.05))
    assert (found.call, found.wording) == (Call.REGRESSION, "slight decrease")
    assert found.reason.startswith("the interval excludes no change (p ")
    assert found.reason.endswith("the change is at least 25 % and 1 mm2")


def test_a_rise_is_progression() -> None:
    found = change(*two(12.0, 25.0, 0.05))
    assert (found.call, found.wording) == (Call.PROGRESSION, "marked increase")


def test_a_change_under_a_quarter_is_no_regression_however_sure() -> None:
    found = change(*two(20.0, 15.5, 0.01))
    assert (found.call, found.wording) == (Call.INDETERMINATE, "minimal decrease")
    assert found.reason == "more than error, but under 25 %"


def test_the_quarter_counts_from_the_larger_area() -> None:
    assert change(*two(20.0, 15.0, 0.01)).call is Call.REGRESSION
    assert change(*two(15.0, 20.0, 0.01)).call is Call.PROGRESSION
    assert change(*two(15.0, 19.5, 0.01)).call is Call.INDETERMINATE


def test_a_change_under_a_square_millimetre_is_not_called() -> None:
    found = change(*two(1.5, 0.6, 0.05))
    assert (found.call, found.wording) == (Call.INDETERMINATE, "marked decrease, under 1 mm2")


def test_an_interval_between_minus_20_and_plus_25_percent_is_stable() -> None:
    found = change(*two(20.0, 20.0, 0.05))  # 1.96 * 0.05 * sqrt(2) = 0.139 < ln 1.25 = 0.223
    assert (found.call, found.wording) == (Call.STABLE, "unchanged")
    assert found.reason == "the interval lies inside -20 % to +25 %"


def test_a_stable_area_that_moved_beyond_its_error_is_minimal() -> None:
    found = change(*two(20.0, 21.0, 0.01))
    assert (found.call, found.wording) == (Call.STABLE, "minimal increase")


def test_a_wide_interval_round_no_change_is_indeterminate_never_stable() -> None:
    found = change(*two(20.0, 22.0, 0.1))  # 1.96 * 0.1 * sqrt(2) = 0.277 > ln 1.25
    assert (found.call, found.wording) == (Call.INDETERMINATE, "minimal increase, within the error of measurement")
    assert found.reason.startswith("the interval includes no change (p = ")


def test_a_deposit_no_longer_seen_is_resolved() -> None:
    found = change(seen("1983", 5.0), absent("1988", 0.4))
    assert (found.call, found.wording) == (Call.RESOLVED, "complete resolution (not seen down to 0.4 mm2)")
    assert (found.area_to, found.percent, found.log_ratio, found.rate) == (0.0, -100.0, None, None)
    assert found.difference is not None
    assert found.difference.value == -5.0


def test_a_deposit_not_seen_before_is_new() -> None:
    found = change(absent("1983", 0.4), seen("1988", 5.0))
    assert (found.call, found.wording, found.percent) == (Call.NEW, "new deposit", None)


@pytest.mark.parametrize(("area", "limit"), [(1.5, 0.8), (0.9, 0.2), (5.0, None)], ids=["twice", "1 mm2", "no limit"])
def test_a_deposit_too_small_to_be_missed_surely_is_not_called_resolved(area: float, limit: float | None) -> None:
    found = change(seen("1983", area), absent("1988", limit))
    assert (found.call, found.wording) == (Call.INDETERMINATE, "no longer seen, too small on the other date to tell")


def test_resolution_asks_for_the_films_limit_of_quantification() -> None:
    calls = [change(seen("1983", 4.0), absent("1988", 1.0, quantification_limit=q)).call for q in (3.9, 4.1)]
    assert calls == [Call.RESOLVED, Call.INDETERMINATE]


def test_what_is_seen_on_neither_date_is_stable_only_if_nothing_that_counts_could_be_missed() -> None:
    both = changes(absent("1983", 0.8), absent("1984", 0.8), absent("1988", 3.0), seen("1999", 9.0))
    calls = [c.call for c in both if c.area_from == c.area_to == 0.0]
    assert calls == [Call.STABLE, Call.INDETERMINATE, Call.INDETERMINATE]
    assert {c.wording for c in both if c.area_from == c.area_to} == {"not seen on either date"}


def test_not_assessable_comes_first_keeps_its_reason_and_is_never_zero() -> None:
    found = change(seen("1983", 5.0), unknown("1988", "its place lies off the film"))
    assert (found.call, found.wording) == (Call.NOT_ASSESSABLE, "not assessable")
    assert found.reason == "1988: its place lies off the film"
    assert (found.area_from, found.area_to, found.percent, found.n_from, found.n_to) == (5.0, None, None, None, None)
    assert (found.difference, found.log_ratio, found.rate) == (None, None, None)


def test_a_deposit_mostly_over_bone_is_left_in_with_a_warning_unless_the_settings_refuse_it() -> None:
    start, end = two(20.0, 20.0, 0.05)
    end = replace(end, bone_overlap=0.38)
    assert "beware: 38 % over bone on 1988-04-18" in change(start, end).reason
    strict = change(start, end, settings=replace(EXACT, most_over_bone=0.2))
    assert (strict.call, strict.reason) == (Call.NOT_ASSESSABLE, "1988-04-18: 38 % of it lies over bone")


def test_parts_and_remarks_speak_against_trusting_a_change() -> None:
    start, end = two(20.0, 20.0, 0.05)
    found = change(start, replace(end, labels=(1, 2), reason="3 % saturated"))
    assert found.reason.endswith("beware: 2 parts on 1988-04-18 counted as one; 1988-04-18: 3 % saturated")


def test_an_outline_that_is_not_settled_speaks_against_trusting_a_change() -> None:
    start, end = two(20.0, 20.0, 0.05)
    settled, unsettled = (replace(end, measurement=replace(end.measurement, sd_choice=sd)) for sd in (2.0, 4.0))
    assert "outlines" not in change(start, settled).reason
    warning = "beware: how far it goes on 1988-04-18 is open by 20 % of its area: a click or a drawn outline tells"
    assert change(start, unsettled).reason.endswith(warning)
    clicked = replace(unsettled, origin=Origin.HINT)
    assert change(start, clicked).reason.endswith(warning.replace("a click or ", ""))


def test_without_a_scale_there_are_ratios_but_no_difference_and_no_square_millimetre_rule() -> None:
    found = change(*two(0.9, 0.4, 0.05, unit="relative"))
    assert (found.call, found.unit, found.difference) == (Call.REGRESSION, "relative", None)
    assert "a film has no scale: ratios only, the 1 mm2 rule does not apply" in found.reason
    gone = change(seen("1983", 0.9, unit="relative"), absent("1988", 0.2))
    assert (gone.call, gone.wording) == (Call.RESOLVED, "complete resolution")


def test_one_film_without_a_scale_makes_the_comparison_relative() -> None:
    known, unscaled = two(5.0, 5.0, 0.05)[0], seen("1988", 5.0, 0.25, unit="relative")
    assert change(known, unscaled).unit == "relative"
    assert change(unknown("1983", "cropped"), unscaled).unit == "relative"


def test_several_deposits_raise_the_bar_and_the_reason_says_so() -> None:
    moved = two(20.0, 14.0, 0.11)  # |ln 0.7| / (0.11 sqrt 2) = 2.29, p = 0.022
    others = [finding for k in range(2, 6) for finding in two(20.0, 20.0, 0.05, identity=f"L0{k}")]
    alone, among = change(*moved), changes(*moved, *others)[0]
    assert (alone.call, among.call) == (Call.REGRESSION, Call.INDETERMINATE)
    assert among.wording == "slight decrease, within the error of 5 comparisons"
    assert "not when all are compared (p = 0.11 after Holm over 5)" in among.reason
    assert alone.log_ratio == among.log_ratio


@pytest.mark.parametrize(
    ("fall", "words"),
    [
        (0.24, "minimal decrease"),
        (0.25, "slight decrease"),
        (0.49, "slight decrease"),
        (0.5, "marked decrease"),
        (0.89, "marked decrease"),
        (0.9, "almost complete resolution"),
    ],
)
def test_words_follow_the_share_that_is_gone(fall: float, words: str) -> None:
    found = change(*two(100.0, 100.0 * (1 - fall), 0.001))
    assert found.wording == words
    mirror = change(*two(100.0 * (1 - fall), 100.0, 0.001)).wording
    assert mirror == words.replace("decrease", "increase").replace("almost complete resolution", "very marked increase")


def test_no_change_at_all_has_no_direction() -> None:
    assert grade(0.0) == "no difference"
    assert change(*two(20.0, 20.0, 0.2)).wording == "no difference, within the error of measurement"


def test_the_papers_words_come_out_for_such_sites() -> None:
    settings = EvidenceSettings()
    index = changes(seen("1983", 30.0), seen("1984", 34.5), seen("1988", 12.0), settings=settings)
    dip = changes(seen("1983", 40.0), seen("1984", 26.0), seen("1988", 2.0), settings=settings)
    assert [c.wording.split(",")[0] for c in index] == ["minimal increase", "marked decrease", "marked decrease"]
    assert [c.wording for c in dip] == ["slight decrease", "almost complete resolution", "almost complete resolution"]
