"""Deposits of several readers are the same where their outlines overlap on one film."""

import numpy as np
import pytest

from lesionmeter.agreement.matching import Outlined, dice_table, match_readers
from lesionmeter.agreement.outlines import overlap
from lesionmeter.model.geometry import Spacing, SpacingSource

MM = Spacing(0.5, 0.5, SpacingSource.FILMS_CSV, 0.01)


def reader(**bars):
    """Deposits on a film of one row: name to (first, last) column."""
    owners = np.zeros((1, 30), np.int32)
    for number, (first, last) in enumerate(bars.values(), 1):
        owners[0, first : last + 1] = number
    return Outlined(owners, tuple(bars))


def bar(first, last):
    region = np.zeros((3, 30), bool)
    region[:, first : last + 1] = True
    return region


def test_dice_is_twice_the_shared_part_over_the_sum():
    table = dice_table(reader(a=(0, 3)).owners, reader(b=(2, 5), c=(10, 12)).owners, (1, 2))
    assert table.tolist() == [[0.5, 0.0]]


def test_deposits_that_overlap_are_one_row_and_the_others_stand_alone():
    first, second = reader(L01=(0, 4), L02=(10, 14)), reader(L05=(11, 15), L06=(20, 24))
    assert match_readers([first, second]) == (("L01", ""), ("L02", "L05"), ("", "L06"))


def test_of_two_candidates_the_one_that_overlaps_more_is_the_same():
    assert match_readers([reader(a=(0, 9)), reader(b=(0, 2), c=(3, 9))]) == (("a", "c"), ("", "b"))


def test_a_third_reader_meets_what_only_the_second_had():
    readers = [reader(a=(0, 4)), reader(b=(20, 24)), reader(c=(20, 23))]
    assert match_readers(readers) == (("a", "", ""), ("", "b", "c"))


def test_a_reader_who_did_not_assess_the_film_has_an_empty_column():
    assert match_readers([reader(a=(0, 4)), None, reader(c=(0, 4))]) == (("a", "", "c"),)


def test_touching_by_a_sliver_is_no_match():
    assert match_readers([reader(a=(0, 14)), reader(b=(14, 28))]) == (("a", ""), ("", "b"))


def test_borders_that_are_moved_by_two_pixels_at_both_ends():
    lie = overlap(bar(5, 14), bar(7, 16), None)
    assert (lie.dice, lie.distance_mm) == (pytest.approx(0.8), None)


def test_the_distance_between_borders_is_in_mm():
    # Three-row bars are all border but their middle row's inside; each end column is 2 pixels = 1 mm off.
    lie = overlap(bar(5, 14), bar(7, 16), MM)
    assert lie.distance95_mm == pytest.approx(1.0)
    assert 0 < lie.distance_mm < 1.0


def test_equal_outlines_are_no_distance_apart():
    lie = overlap(bar(5, 14), bar(5, 14), MM)
    assert (lie.dice, lie.distance_mm, lie.distance95_mm) == (1.0, 0.0, 0.0)


def test_an_empty_outline_is_refused():
    with pytest.raises(ValueError, match="at least one pixel each, came an empty one"):
        overlap(bar(5, 14), np.zeros((3, 30), bool), MM)
