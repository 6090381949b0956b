"""Outlines of deposits have the area that they state, and shrink in place."""

import numpy as np
import pytest

from lesionmeter.phantom.forms import HABITS, deposit_form


def cover(habit: str, area: float, largest: float) -> np.ndarray:
    """Whether each cell, 0.05 mm a side, of a square of 30 mm lies in a deposit."""
    axis = np.arange(-15, 15, 0.05, dtype=np.float32)
    return deposit_form(habit, 4, largest).cut(*np.meshgrid(axis, axis, indexing="ij"), area)[1]


@pytest.mark.parametrize("habit", HABITS)
@pytest.mark.parametrize("area", [3.0, 10.0])
def test_a_form_covers_the_area_asked_for(habit: str, area: float) -> None:
    assert 0.05**2 * cover(habit, area, largest=10.0).sum() == pytest.approx(area, rel=0.02)


@pytest.mark.parametrize("habit", HABITS)
def test_a_deposit_that_shrinks_stays_within_what_it_was(habit: str) -> None:
    assert not (cover(habit, 2.0, largest=8.0) & ~cover(habit, 8.0, largest=8.0)).any()


@pytest.mark.parametrize("habit", HABITS)
def test_a_deposit_has_depth_inside_its_outline_only(habit: str) -> None:
    axis = np.arange(-6, 6, 0.1, dtype=np.float32)
    depth, inside = deposit_form(habit, 4, 5.0).cut(*np.meshgrid(axis, axis, indexing="ij"), 5.0)
    assert (depth[~inside] == 0).all()
    assert depth.max() <= 1.0


def test_the_same_seed_gives_the_same_form() -> None:
    first, again = (deposit_form.__wrapped__("amorphous", 9, 6.0).heights for _ in range(2))
    assert np.array_equal(first, again)


def test_an_unknown_habit_is_refused() -> None:
    with pytest.raises(KeyError, match=r"expected one of .*globular.*, came 'square'"):
        deposit_form("square", 1, 4.0)
