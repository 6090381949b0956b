"""Limits of agreement against Bland and Altman's peak flow meters."""

import math

import numpy as np
import pytest

from lesionmeter.agreement.limits import limits_of_agreement, limits_of_areas

# Bland and Altman 1986, table 1: first readings of 17 people with a Wright and a mini Wright meter, litres a minute.
WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]
PEAK_FLOW = np.array(WRIGHT, dtype=float) - np.array(MINI)


def test_bias_and_limits_of_the_peak_flow_meters():
    found = limits_of_agreement(PEAK_FLOW)
    # The paper takes 2 SD for 1.96 SD: its limits are -79.7 and 75.5 with an SD of 38.8.
    assert found.bias.value == pytest.approx(-2.1, abs=0.05)
    assert (found.high.value - found.low.value) / (2 * 1.96) == pytest.approx(38.8, abs=0.05)


def test_interval_of_the_bias_of_the_peak_flow_meters():
    bias = limits_of_agreement(PEAK_FLOW).bias
    assert (bias.lo, bias.hi) == pytest.approx((-22.0, 17.8), abs=0.15)


def test_limits_of_areas_are_those_of_their_logarithms_as_ratios():
    pairs = [(1.0, 2.0), (1.0, 2.0 * math.e), (1.0, 2.0 / math.e)]
    found = limits_of_areas("A", "B", pairs)
    assert found.bias.value == pytest.approx(2.0)
    assert found.high.value == pytest.approx(2.0 * math.exp(1.959964), rel=1e-6)


def test_a_point_is_a_geometric_mean_and_a_ratio():
    assert limits_of_areas("A", "B", [(4.0, 9.0)] * 3).points[0] == pytest.approx((6.0, 2.25))


def test_two_pairs_have_no_limits():
    assert limits_of_areas("A", "B", [(1.0, 2.0)] * 2) is None


def test_two_differences_are_refused():
    with pytest.raises(ValueError, match="expected at least 3 differences, came 2"):
        limits_of_agreement(np.array([1.0, 2.0]))
