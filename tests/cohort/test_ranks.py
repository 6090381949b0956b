"""Mann and Whitney's test against published examples and other programs."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from lesionmeter.cohort.ranks import EXACT, EXACT_TIED, NORMAL, compare_ranks, u_distribution

# Hollander and Wolfe 1973, page 69: permeability of the human chorioamnion at term and at 12 to 26 weeks.
TERM = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
EARLY = [1.15, 0.88, 0.90, 0.74, 1.21]

# Table 2 of the series of 1998: years of films of those whose calcinosis changed, and of those in whom it did not.
CHANGED, UNCHANGED = [3, 8, 15, 6, 11, 12], [3, 1, 4, 9, 2, 4]


def test_exact_test_of_hollander_and_wolfe():
    found = compare_ranks(TERM, EARLY)
    assert (found.u, found.variant) == (35.0, EXACT)
    assert found.p_value == pytest.approx(2 * 0.1272061, abs=1e-6)


def test_the_shift_of_hollander_and_wolfe_is_the_median_difference():
    assert compare_ranks(TERM, EARLY).shift.value == pytest.approx(0.305)


def test_the_interval_of_the_shift_counts_in_from_both_ends():
    # R's wilcox.test with conf.int = TRUE: -0.15 to 0.76.
    shift = compare_ranks(TERM, EARLY).shift
    assert (shift.lo, shift.hi) == pytest.approx((-0.15, 0.76))


def test_small_tied_groups_are_compared_over_all_arrangements():
    found = compare_ranks(CHANGED, UNCHANGED)
    assert (found.u, found.variant) == (30.5, EXACT_TIED)
    assert found.p_value == pytest.approx(40 / 924)


def test_large_tied_groups_take_the_normal_approximation():
    x, y = np.repeat(np.arange(30), 2), np.repeat(np.arange(10, 40), 2)
    found = compare_ranks(x, y)
    assert found.variant == NORMAL
    assert found.p_value == pytest.approx(mannwhitneyu(x, y, method="asymptotic").pvalue)


def test_the_distribution_of_u_gives_the_exact_p():
    chances = u_distribution(10, 5)
    assert chances.sum() == pytest.approx(1)
    assert chances[35:].sum() == pytest.approx(0.1272061, abs=1e-6)


def test_superiority_is_the_share_of_pairs_that_the_first_group_wins():
    assert compare_ranks(CHANGED, UNCHANGED).superiority.value == pytest.approx(30.5 / 36)


def test_groups_that_do_not_overlap_have_no_interval_of_superiority():
    superiority = compare_ranks([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]).superiority
    assert (superiority.value, superiority.lo) == (0.0, None)


def test_three_against_three_have_no_95_percent_interval_of_the_shift():
    shift = compare_ranks([1.0, 2.0, 3.0], [4.0, 5.0, 6.5]).shift
    assert (shift.value, shift.lo, shift.hi) == (-3.0, None, None)


def test_one_value_in_a_group_is_refused():
    with pytest.raises(ValueError, match="at least two values in each group, came 1 and 2"):
        compare_ranks([1.0], [2.0, 3.0])
