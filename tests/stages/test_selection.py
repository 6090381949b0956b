"""One outline a thing, and how far those that lost to it by little would have changed its area."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lesionmeter.stages.segmentation.outlines import Outline
from lesionmeter.stages.segmentation.selection import Scored, apart

FILM = (60, 60)


def square(side: int, corner: tuple[int, int] = (10, 10), *, fall: float = 1.0, clicked: bool = False) -> Scored:
    """A square outline on pixels of 1 mm whose border falls evenly."""
    inside = np.ones((side, side), dtype=bool)
    outline = Outline((), inside, corner, float(side**2), 4.0 * side, 1.0, np.full(8, fall), round=False)
    return Scored(outline, 0.9, clicked=clicked)


def doubts(*candidates: Scored) -> list[float]:
    return [one.doubt for one in apart(list(candidates), FILM)]


def test_a_deposit_that_nothing_rivals_is_in_no_doubt() -> None:
    assert doubts(square(5)) == [0.0]


def test_two_outlines_of_like_worth_leave_the_spread_of_their_areas_in_doubt() -> None:
    # Both are over 20 mm2, from where size counts no more, so both are worth the same; 100 of 144 pixels are shared.
    assert doubts(square(10), square(12)) == [pytest.approx(math.log(144 / 100) / 2)]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(square(12, fall=0.45), id="worth under half"),
        pytest.param(square(20), id="100 of 400 pixels shared"),
        pytest.param(square(12, (30, 30)), id="another thing"),
    ],
)
def test_what_is_worth_little_or_hardly_the_same_is_no_rival(other: Scored) -> None:
    assert set(doubts(square(10), other)) == {0.0}


def test_what_a_reader_clicked_is_in_no_doubt() -> None:
    assert doubts(square(10, clicked=True), square(12)) == [0.0]
