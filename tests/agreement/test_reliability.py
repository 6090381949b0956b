"""Intraclass correlations against the published example."""

import numpy as np
import pytest

from lesionmeter.agreement.reliability import intraclass_correlations, mean_squares

# Shrout and Fleiss 1979, table 2: six targets, four judges.
JUDGES = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=float)


def test_mean_squares_are_those_of_shrout_and_fleiss():
    squares = mean_squares(JUDGES)
    came = [squares.targets, squares.within, squares.raters, squares.residual]
    assert [round(value, 2) for value in came] == [11.24, 6.26, 32.49, 1.02]


def test_three_forms_are_those_of_shrout_and_fleiss():
    assert [round(icc.value, 2) for icc in intraclass_correlations(JUDGES)] == [0.17, 0.29, 0.71]


def test_intervals_are_those_that_the_r_package_psych_prints():
    bounds = [(icc.estimate.lo, icc.estimate.hi) for icc in intraclass_correlations(JUDGES)]
    expected = [(-0.133, 0.723), (0.019, 0.761), (0.342, 0.946)]
    assert np.allclose(bounds, expected, atol=5e-4)


def test_a_constant_bias_between_raters_lowers_the_second_form_and_not_the_third():
    fair = np.array([[1.0, 1.1], [2.0, 1.9], [3.0, 3.2], [4.0, 3.9]])
    biased = fair + np.array([0.0, 1.0])
    _, second, third = intraclass_correlations(biased)
    assert third.value == pytest.approx(intraclass_correlations(fair)[2].value)
    assert second.value < intraclass_correlations(fair)[1].value - 0.1


def test_two_deposits_are_refused_with_the_reason():
    icc = intraclass_correlations(JUDGES[:2])[0]
    assert icc.estimate is None
    assert icc.reason == "needs 3 deposits measured by two or more, came 2"


def test_raters_without_any_disagreement_are_refused():
    same = np.repeat(np.arange(4.0)[:, None], 2, axis=1)
    assert "do not differ" in intraclass_correlations(same)[0].reason
