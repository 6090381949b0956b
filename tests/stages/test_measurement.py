"""Areas and their intervals, with numbers derived by hand."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from lesionmeter.errors import UsageError
from lesionmeter.model.deposit import Deposit, Origin
from lesionmeter.model.findings import Estimate, Measurement
from lesionmeter.model.geometry import Spacing, SpacingSource
from lesionmeter.model.radiograph import CalibratedRadiograph, Radiograph, RelativeRadiograph
from lesionmeter.stages.measurement import MeasurementSettings, combine, measure, saturation

FILM = Radiograph("film.tif", np.zeros((4, 4), dtype=np.uint8), 8)
TENTH = Spacing(0.1, 0.1, SpacingSource.FILMS_CSV, 0.01)
EXACT = MeasurementSettings(floor_mm2=0.0, border_mm=0.0, pose_cv=0.0)


def deposit(area_px: float = 400.0, perimeter_px: float = 100.0, border_px: float = 0.0) -> Deposit:
    return Deposit(1, "L", np.zeros(2), (), area_px, perimeter_px, border_px, 0.3, 0.01, 0.0, 0.9)


def test_four_hundred_pixels_of_a_tenth_millimetre_are_four_mm2() -> None:
    measured = measure(CalibratedRadiograph(FILM, TENTH), deposit())
    assert (measured.area.value, measured.unit) == (pytest.approx(4.0), "mm2")


def test_pixels_that_are_not_square_count_by_both_sides() -> None:
    film = CalibratedRadiograph(FILM, Spacing(0.1, 0.2, SpacingSource.FILMS_CSV, 0.01))
    assert measure(film, deposit()).area.value == pytest.approx(8.0)


def test_a_film_of_unknown_scale_gives_no_mm2() -> None:
    assert measure(RelativeRadiograph(FILM, TENTH), deposit()).unit == "relative"


def test_a_border_moved_by_its_uncertainty_changes_the_area_by_perimeter_times_it() -> None:
    measured = measure(CalibratedRadiograph(FILM, TENTH), deposit(border_px=0.5), EXACT)
    assert measured.sd_own == pytest.approx(10.0 * 0.05)


def test_the_films_deposits_share_twice_the_uncertainty_of_length() -> None:
    assert measure(CalibratedRadiograph(FILM, TENTH), deposit(), EXACT).cv_shared == pytest.approx(0.02)


def test_the_interval_is_even_in_the_logarithm() -> None:
    area = measure(CalibratedRadiograph(FILM, TENTH), deposit(), EXACT).area
    assert area.lo is not None
    assert area.hi is not None
    assert math.log(area.hi / area.value) == pytest.approx(1.959964 * 0.02)
    assert area.lo * area.hi == pytest.approx(16.0)


def test_a_finer_border_narrows_the_interval() -> None:
    film = CalibratedRadiograph(FILM, TENTH)
    sharp, blurred = (measure(film, deposit(border_px=b)).area for b in (0.1, 2.0))
    assert sharp.hi is not None
    assert blurred.hi is not None
    assert sharp.hi < blurred.hi


def test_parts_add_their_areas_and_the_squares_of_their_own_errors() -> None:
    parts = [Measurement(Estimate(a, None, None), sd, 0.02, "mm2") for a, sd in ((3.0, 0.3), (5.0, 0.4))]
    both = combine(parts)
    assert (both.area.value, both.sd_own, both.cv_shared) == (8.0, pytest.approx(0.5), 0.02)


def test_what_the_choice_of_an_outline_leaves_open_adds_as_squares() -> None:
    part = dataclasses.replace(deposit(border_px=0.3), choice_px=40.0)  # 10 mm x 0.03 mm, and 40 pixels of 0.01 mm2
    measured = measure(CalibratedRadiograph(FILM, TENTH), part, EXACT)
    assert (measured.sd_border, measured.sd_choice) == (pytest.approx(0.3), pytest.approx(0.4))
    assert measured.sd_own == pytest.approx(0.5)
    assert combine([measured] * 4).sd_choice == pytest.approx(0.8)


def test_mm2_and_relative_areas_are_never_added() -> None:
    part = Measurement(Estimate(3.0, None, None), 0.3, 0.02, "mm2")
    with pytest.raises(UsageError, match="expected measurements in one unit, came \\['mm2', 'relative'\\]"):
        combine([part, dataclasses.replace(part, unit="relative")])


def test_nothing_to_add_is_refused() -> None:
    with pytest.raises(UsageError, match="came none"):
        combine([])


def burnt(share: float, area_px: float = 100.0, origin: Origin = Origin.AUTOMATIC) -> Deposit:
    return dataclasses.replace(deposit(area_px), saturated=share, origin=origin)


def test_a_deposit_more_than_half_saturated_is_not_assessable() -> None:
    assert saturation([burnt(0.6)]) == (False, "60 % of its pixels are saturated: its border is not seen")


def test_some_saturated_pixels_are_said() -> None:
    assert saturation([burnt(0.2)]) == (True, "20 % of its pixels are saturated")
    assert saturation([burnt(0.01)]) == (True, "")


def test_the_parts_of_a_deposit_count_by_their_areas() -> None:
    assert saturation([burnt(1.0, 100.0), burnt(0.0, 300.0)]) == (True, "25 % of its pixels are saturated")


def test_a_readers_outline_is_taken_for_all_that_is_saturated() -> None:
    assert saturation([burnt(0.9, origin=Origin.REVIEWED)]) == (True, "90 % of its pixels are saturated")
