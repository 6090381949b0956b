"""Pairs of films: the negative control, what makes films unlike, and how both speak against a change."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from lesionmeter.model.bones import MidShaft
from lesionmeter.model.dates import PartialDate
from lesionmeter.model.film_pair import Control, FilmPair, HandLook
from lesionmeter.model.findings import Call, Change
from lesionmeter.model.radiograph import Technique
from lesionmeter.stages.evidence import Shown, compare, negative_control, unlikeness
from lesionmeter.stages.evidence.control import median_interval
from tests.stages.evidence_worlds import EXACT, seen

HOLDS = Control(0.01, 0.0, 0.02, spread=0.01, bones=19, allowed=0.08)
OFF = Control(0.2, 0.18, 0.22, spread=0.01, bones=19, allowed=0.08)


def shafts(*areas: float, clearness: float = 1.0) -> list[MidShaft]:
    return [MidShaft(f"bone {n}", area, 8.0, 40.0, "mm2", clearness) for n, area in enumerate(areas)]


def pair(control: Control | None = HOLDS, flags: tuple[str, ...] = ()) -> FilmPair:
    dates = (PartialDate(1983), PartialDate(1988))
    return FilmPair("L_1983.tif", "L_1988.tif", "L", *dates, control, flags=flags)


def reason(later: float, what: FilmPair, level: str = "deposit") -> str:
    changes = compare((seen("1983", 20.0, 0.2), seen("1988", later, 0.2)), EXACT, (what,))
    return next(change.reason for change in changes if change.level == level)


def test_the_median_of_twenty_has_the_published_ranks() -> None:
    assert median_interval(range(1, 21)) == (10.5, 6, 15)  # Campbell and Gardner 1988: ranks 6 and 15


def test_fewer_than_six_values_have_no_interval() -> None:
    with pytest.raises(ValueError, match="expected at least 6 values, came 5"):
        median_interval(range(5))


def test_shafts_that_all_measure_a_fifth_more_are_off() -> None:
    found = negative_control(shafts(*[100.0] * 9), shafts(*[120.0] * 9), shared_sd=0.04)
    assert found is not None
    assert found.log_ratio == pytest.approx(math.log(1.2))
    assert found.off


def test_a_drift_within_the_films_shared_error_holds() -> None:
    found = negative_control(shafts(*[100.0] * 9), shafts(*[105.0] * 9), shared_sd=0.04)
    assert found is not None
    assert not found.off


def test_one_wrong_bone_moves_neither_the_control_nor_its_spread() -> None:
    found = negative_control(shafts(*[100.0] * 9), shafts(*[100.0] * 8, 300.0), shared_sd=0.04)
    assert found is not None
    assert (found.log_ratio, found.spread) == (0.0, 0.0)


def test_shafts_without_a_clear_border_make_no_control() -> None:
    assert negative_control(shafts(*[100.0] * 9, clearness=0.3), shafts(*[100.0] * 9), shared_sd=0.04) is None


def test_a_control_that_is_off_speaks_against_every_level() -> None:
    for level in ("deposit", "site", "hand", "patient"):
        assert "beware: the negative control is off: shafts of bones" in reason(10.0, pair(OFF), level)


def test_a_control_that_holds_says_nothing() -> None:
    assert "control" not in reason(10.0, pair())


def two_films(control: Control | None, **facts: float) -> list[Change]:
    """A deposit that halves, on films whose scales claim an error of 5 % of an area each."""
    findings = (seen("1983", 20.0, cv=0.05, **facts), seen("1988", 10.0, cv=0.05, **facts))
    return [change for change in compare(findings, EXACT, (pair(control),)) if change.level == "deposit"]


def test_a_control_never_moves_an_area_or_a_ratio() -> None:
    (with_control,), (without,) = two_films(OFF), two_films(None)
    assert (with_control.area_to, with_control.percent) == (without.area_to, without.percent) == (10.0, -50.0)


def test_the_error_that_films_share_is_the_controls_drift_and_its_standard_error() -> None:
    (found,) = two_films(Control(0.03, 0.03 - 1.96 * 0.04, 0.03 + 1.96 * 0.04, 0.1, bones=19, allowed=0.1))
    assert found.log_ratio is not None
    assert found.log_ratio.hi is not None
    assert found.log_ratio.hi - found.log_ratio.value == pytest.approx(1.96 * 0.05, rel=1e-3)  # 3, 4 and 5


def test_without_a_control_the_scales_claims_are_shared() -> None:
    (found,) = two_films(None)
    assert found.log_ratio is not None
    assert found.log_ratio.hi is not None
    assert found.log_ratio.hi - found.log_ratio.value == pytest.approx(1.96 * 0.05 * math.sqrt(2), rel=1e-3)


def test_a_difference_in_mm2_keeps_the_error_of_the_scale_that_both_films_have() -> None:
    (found,) = two_films(Control(0.0, 0.0, 0.0, spread=0.0, bones=19, allowed=0.1))
    assert found.difference is not None
    assert found.difference.hi == pytest.approx(-10.0 + 1.96 * 0.05 * 10.0, rel=1e-3)


def test_the_sum_over_a_hand_carries_what_its_deposits_share() -> None:
    control = Control(0.05, 0.05, 0.05, spread=0.0, bones=19, allowed=0.1)
    findings = [
        seen(date, area, identity=name)
        for name in ("L01", "L02", "L03")
        for date, area in (("1983", 9.0), ("1988", 9.0))
    ]
    found = next(c for c in compare(tuple(findings), EXACT, (pair(control),)) if c.level == "hand")
    assert found.log_ratio is not None
    assert found.log_ratio.hi == pytest.approx(1.96 * 0.05, rel=1e-3)  # as for one of them: not 0.05 / sqrt(3)


def test_a_change_called_within_the_pairs_error_floor_is_doubted() -> None:
    noisy = replace(HOLDS, spread=0.5)  # floor: 0.01 + 1.96 * 0.5, over ln 2
    (found,) = (c for c in compare((seen("1983", 20.0), seen("1988", 10.0)), EXACT, (pair(noisy),)) if c.identity)
    assert found.call is Call.REGRESSION
    assert "within what unchanged shafts differ by on these films (up to 169 %)" in found.reason


def test_flags_of_the_two_films_stand_in_the_reason() -> None:
    assert reason(10.0, pair(flags=("blur: a against b",))).endswith("beware: blur: a against b")


def test_what_holds_for_both_hands_is_said_once_of_the_patient() -> None:
    left = pair(flags=("blur: a against b",))
    right = replace(left, film_from="R_1983.tif", film_to="R_1988.tif", laterality="R")
    found = [seen(date, 20.0, 0.2, identity=name) for date in ("1983", "1988") for name in ("L01", "R01")]
    (patient,) = (change for change in compare(tuple(found), EXACT, (left, right)) if change.level == "patient")
    assert patient.reason.count("blur") == 1


def test_another_hands_pair_says_nothing() -> None:
    assert "beware" not in reason(10.0, replace(pair(OFF), laterality="R"))


def shown(kind: str = "", pitch: float = 0.1, look: HandLook | None = None, **technique: str) -> Shown:
    return Shown("a.tif", Technique(kind, **technique), pitch, look)


def test_film_against_digital_and_another_processing_are_flagged() -> None:
    film = shown("digitised film", device="A", processing="1")
    digital = shown("digital radiograph", device="B", processing="2")
    assert unlikeness(film, digital) == (
        "digitised film against digital radiograph",
        "device: A against B",
        "processing: 1 against 2",
    )


def test_what_a_file_does_not_state_is_not_flagged() -> None:
    assert unlikeness(shown("picture file", device="A"), shown("picture file")) == ()


def test_exposure_blur_and_pixels_are_flagged_from_a_half_more() -> None:
    one = shown(pitch=0.10, look=HandLook(0.40, 0.80))
    assert unlikeness(one, shown(pitch=0.14, look=HandLook(0.28, 1.1))) == ()
    assert unlikeness(one, shown(pitch=0.16, look=HandLook(0.20, 1.3))) == (
        "pixels of 0.10 mm against 0.16 mm",
        "exposure: bone stands over soft tissue by 40 against 20 % of its height over air",
        "blur: bone borders are 0.80 against 1.30 mm wide",
    )
