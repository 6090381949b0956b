"""Within-deposit spread against Bland and Altman's repeats."""

import math

import pytest

from lesionmeter.agreement.spread import spread_of_areas, within_sd

# Bland and Altman 1986, table 1: both readings of 17 people with the Wright and the mini Wright meter.
WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
WRIGHT_AGAIN = [490, 397, 512, 401, 470, 611, 415, 431, 638, 429, 420, 633, 275, 492, 165, 372, 421]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]
MINI_AGAIN = [525, 415, 508, 444, 500, 625, 460, 390, 642, 432, 420, 605, 227, 467, 268, 370, 443]


def by_name(statistics):
    return {statistic.name: statistic for statistic in statistics}


def test_within_subject_sd_is_that_published_for_both_peak_flow_meters():
    # Bland and Altman 1999, section 3: 15.3 and 19.9 litres a minute.
    wright = within_sd(list(zip(WRIGHT, WRIGHT_AGAIN, strict=True)))
    mini = within_sd(list(zip(MINI, MINI_AGAIN, strict=True)))
    assert [round(found.sd.value, 1) for found in (wright, mini)] == [15.3, 19.9]


def test_the_interval_of_a_variance_is_that_of_chi_squared():
    # Ten degrees of freedom: 10 / 20.4832 and 10 / 3.2470 of the variance.
    found = within_sd([[-1.0, 1.0]] * 10)
    assert found.sd.value**2 == pytest.approx(2.0)
    assert (found.sd.lo**2 / 2, found.sd.hi**2 / 2) == pytest.approx((0.4882, 3.0798), abs=1e-4)


def test_repeats_ten_percent_apart_give_the_factor_that_two_differ_by():
    pairs = [[1.0, 1.1], [5.0, 5.5], [20.0, 22.0]]
    sd = math.log(1.1) / math.sqrt(2)
    figures = by_name(spread_of_areas(pairs))
    assert figures["repeatability coefficient"].value == pytest.approx(math.exp(1.959964 * math.sqrt(2) * sd))
    assert figures["within-deposit CV"].value == pytest.approx(100 * math.sqrt(math.exp(sd**2) - 1))


def test_the_smallest_detectable_fall_undoes_the_smallest_detectable_rise():
    figures = by_name(spread_of_areas([[1.0, 1.3], [2.0, 2.2], [9.0, 8.0]]))
    rise, fall = figures["smallest detectable rise"].value, figures["smallest detectable fall"].value
    assert (1 + rise / 100) * (1 - fall / 100) == pytest.approx(1.0)


def test_a_deposit_measured_once_says_nothing_of_the_spread():
    assert spread_of_areas([[1.0, 1.1]] * 3) == spread_of_areas([[1.0, 1.1]] * 3 + [[5.0]])


def test_two_degrees_of_freedom_are_refused_with_the_reason():
    refusal = spread_of_areas([[1.0, 1.1], [2.0, 2.1]])[0]
    assert (refusal.estimate, refusal.reason) == (None, "needs 3 degrees of freedom, came 2")
