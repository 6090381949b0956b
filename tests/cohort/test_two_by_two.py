"""Two groups, two outcomes, against printed and recomputed figures."""

import pytest

from lesionmeter.cohort.two_by_two import BOSCHLOO, FISHER, MID_P, compare_counts

ACA = ((15, 8), (5, 19))
TELANGIECTASIA = ((21, 2), (15, 8))


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        pytest.param(ACA, 0.0032, id="anticentromere antibodies"),
        pytest.param(((3, 20), (12, 12)), 0.0114, id="anti-Scl70"),
        pytest.param(TELANGIECTASIA, 0.0706, id="telangiectasia"),
        pytest.param(((20, 3), (15, 9)), 0.0933, id="digital necrosis"),
        pytest.param(((21, 1), (17, 7)), 0.0489, id="giant capillaries"),
    ],
)
def test_fishers_two_sided_p_of_the_series_of_1998(table, expected):
    assert round(compare_counts(table).p_values[FISHER], 4) == expected


def test_mid_p_is_half_of_the_tables_as_likely_as_the_one_seen():
    # Lydersen, Fagerland and Laake 2009, Stat Med 28:1159: 7 of 34 against 1 of 34.
    found = compare_counts(((7, 27), (1, 33))).p_values
    assert (round(found[FISHER], 4), round(found[MID_P], 4)) == (0.0544, 0.0297)


def test_boschloo_of_three_against_none_of_three_by_hand():
    # Only one table is as extreme to that side: its chance is p^3 (1-p)^3, at most 1/64; twice that for two sides.
    assert compare_counts(((3, 0), (0, 3))).p_values[BOSCHLOO] == pytest.approx(1 / 32, rel=1e-6)


def test_the_odds_ratio_and_its_exact_interval_are_those_of_fishers_tea():
    # R's fisher.test of (3, 1; 1, 3): 6.408309, interval 0.2117329 to 621.9337505; its search for the ends is coarse.
    found = compare_counts(((3, 1), (1, 3))).odds_ratio
    assert (found.value, found.lo, found.hi) == pytest.approx((6.408309, 0.2117329, 621.9337505), rel=1e-2)


def test_the_interval_of_a_difference_is_newcombes():
    # Newcombe 1998, table II, method 10: 56/70 less 48/80 is 0.2, interval 0.0524 to 0.3339.
    found = compare_counts(((56, 14), (48, 32))).difference
    assert (found.value, found.lo, found.hi) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_an_empty_group_is_refused():
    with pytest.raises(ValueError, match=r"at least one patient each, came \(\(0, 0\), \(3, 4\)\)"):
        compare_counts(((0, 0), (3, 4)))
