"""Kappa against published tables."""

import numpy as np
import pytest

from lesionmeter.agreement.kappa import kappa_of_table, kappas
from lesionmeter.model.findings import Call

# Landis and Koch 1977: two neurologists on 149 patients of Winnipeg, certain to doubtful multiple sclerosis.
NEUROLOGISTS = np.array([[38, 5, 0, 1], [33, 11, 3, 0], [10, 14, 5, 6], [3, 7, 3, 10]])

FALL, RISE, STABLE, OPEN = Call.REGRESSION, Call.PROGRESSION, Call.STABLE, Call.INDETERMINATE


def test_kappa_and_weighted_kappa_of_two_neurologists_are_those_that_the_r_package_vcd_prints():
    plain, weighted = (kappa_of_table(NEUROLOGISTS, weighted=w) for w in (False, True))
    assert (round(plain.value, 4), round(weighted.value, 4)) == (0.2079, 0.3797)
    assert (plain.hi - plain.value) / 1.959964 == pytest.approx(0.0505, abs=5e-5)
    assert (weighted.hi - weighted.value) / 1.959964 == pytest.approx(0.0517, abs=5e-5)


def test_indeterminate_has_no_place_on_the_ordered_scale():
    calls = [(FALL, FALL), (RISE, RISE), (STABLE, STABLE), (FALL, STABLE), (RISE, RISE)]
    without, with_open = kappas(calls), kappas([*calls, (OPEN, STABLE)])
    assert with_open[2] == without[2]
    assert with_open[1].n == 6


def test_one_call_throughout_has_no_kappa():
    _, plain, _ = kappas([(STABLE, STABLE)] * 6)
    assert (plain.estimate, plain.reason) == (None, "both used one and the same call throughout")


def test_equal_calls_are_counted_over_all_pairs():
    share = kappas([(OPEN, OPEN)] * 3 + [(OPEN, FALL)])[0]
    assert (share.value, share.n) == (75.0, 4)
