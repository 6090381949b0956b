"""The error of one area that is fitted to repeats is the one that made them."""

import math

import numpy as np
import pytest

from lesionmeter.agreement.error_model import fit_repeatability, helmert
from lesionmeter.model.agreement import RatedDeposit
from lesionmeter.model.repeatability import Repeatability


def deposit(areas, patient="P1", unit="mm2"):
    names = tuple("L01" if area else "" for area in areas)
    return RatedDeposit(patient, "L", "2 PIP", "", names, tuple(areas), unit)


def repeats(truth, *, patients=60, films=3, seed=1):
    """Ten deposits a patient, of 2 to 60 mm2, each film with its own shared error."""
    random = np.random.default_rng(seed)
    for patient in range(patients):
        areas = np.geomspace(2, 60, 10)
        own = np.sqrt([truth.variance_own(area) for area in areas]) / areas
        shared = truth.k_shared * random.standard_normal(films)
        logs = np.log(areas)[:, None] + own[:, None] * random.standard_normal((10, films)) + shared
        yield from (deposit(np.exp(row).tolist(), f"P{patient}") for row in logs)


def test_contrasts_leave_out_what_all_repeats_share():
    assert np.allclose(helmert(4) @ np.ones(4), 0)


def test_many_repeats_give_back_the_error_that_made_them():
    truth = Repeatability(s0_mm2=0.0, border_mm=0.05, k_own=0.04, k_shared=0.03)
    found = fit_repeatability(list(repeats(truth)), "simulated").error
    sizes = [found.sd(area) / truth.sd(area) for area in (3.0, 10.0, 40.0)]
    assert sizes == pytest.approx([1, 1, 1], abs=0.08)
    assert found.k_shared == pytest.approx(0.03, abs=0.006)


def test_few_repeats_widen_the_error_by_students_t():
    found = fit_repeatability([deposit(areas) for areas in ([5.0, 5.5], [6.0, 5.6]) * 4], "few")
    assert found.degrees_of_freedom == (7, 1)
    assert found.widened == pytest.approx((2.3646 / 1.95996, 12.7062 / 1.95996), rel=1e-4)


def test_one_pair_of_films_keeps_the_built_in_shared_error():
    found = fit_repeatability([deposit(areas) for areas in ([5.0, 5.5], [6.0, 5.4]) * 5], "few")
    assert found.error.k_shared >= Repeatability().k_shared


def test_the_source_says_what_the_repeats_were():
    pairs = [deposit([area, area * 1.05]) for area in range(3, 13)]
    assert fit_repeatability(pairs, "2 repeats of 10 deposits").error.source == "2 repeats of 10 deposits"


def test_too_few_repeats_are_refused_with_the_reason():
    refusal = fit_repeatability([deposit([5.0, 5.5])] * 3, "few")
    assert refusal.startswith("needs 6 degrees of freedom of repeated deposits in mm2, came 2")


def test_deposits_without_mm2_or_missing_on_a_film_do_not_enter():
    whole = [deposit([area, 1.05 * area]) for area in range(3, 13)]
    strange = [deposit([1.0, 9.0], unit="relative"), deposit([1.0, 0.0]), deposit([1.0, None])]
    assert fit_repeatability([*whole, *strange], "x") == fit_repeatability(whole, "x")


def test_equal_deposits_give_their_pooled_spread():
    # Ten deposits of 10 mm2, half of them 10 % up and half 10 % down, so that no film is off as a whole.
    pairs = [deposit([10.0, 11.0]), deposit([11.0, 10.0])] * 5
    found = fit_repeatability(pairs, "x")
    sd = math.log(1.1) / math.sqrt(2) * found.widened[0]
    expected = math.sqrt(found.error.variance_own(10.5)) / 10.5
    assert expected == pytest.approx(sd, rel=0.08)
