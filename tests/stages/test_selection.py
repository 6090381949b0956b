"""One outline a thing, and how far those that lost to it by little, or what it leaves out, would change its area."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from lesionmeter.model.deposit import Deposit, Origin
from lesionmeter.stages.segmentation.maps import Maps
from lesionmeter.stages.segmentation.outlines import Outline
from lesionmeter.stages.segmentation.parts import COUNTS, USUAL, with_parts_doubted
from lesionmeter.stages.segmentation.selection import (
    LENT_COUNTS,
    NO_BORDER,
    Scored,
    apart,
    has_border,
    likeliest,
    under_click,
)

FILM = (60, 60)
NO_LUMPS = Maps(np.zeros(FILM, dtype=np.float32), np.zeros(2), 1.0)


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


def test_an_outline_that_is_sure_only_by_one_within_it_is_doubted_by_what_it_lacked() -> None:
    """The inner one has 4 of its 100 mm2, more than a factor of e less: all of what is lent counts."""
    host = dataclasses.replace(square(10), confidence=0.2)
    (kept,) = apart([host, square(2, (12, 12))], FILM)
    assert (kept.outline.area_mm2, kept.confidence) == (100.0, 0.9)
    assert kept.doubt == pytest.approx(LENT_COUNTS * 0.7)


def test_an_outline_that_is_sure_by_itself_is_not_doubted_for_one_within_it() -> None:
    assert doubts(square(10), square(2, (12, 12))) == [0.0]


def test_what_lies_beside_a_click_is_no_rival_of_what_was_clicked() -> None:
    assert doubts(square(10, clicked=True), square(12)) == [0.0]


def test_under_a_click_outlines_of_like_worth_leave_the_spread_of_their_areas_in_doubt() -> None:
    """Both borders fall alike; the click says that a deposit is there, and not which of them it is."""
    best = likeliest([square(10, clicked=True), square(12, clicked=True)])
    assert best is not None
    assert best.doubt == pytest.approx(math.log(144 / 100) / 2)
    assert doubts(best) == [pytest.approx(best.doubt)]


@pytest.mark.parametrize("other", [square(12, fall=0.55), square(20), square(12, (30, 30))])
def test_under_a_click_what_is_unlike_is_no_rival(other: Scored) -> None:
    best = likeliest([square(10, fall=1.1), other])
    assert best is not None
    assert (best.outline.area_mm2, best.doubt) == (100.0, 0.0)


def test_under_a_click_what_anything_tells_from_what_lies_beside_it_wins_over_the_steepest_border() -> None:
    bone = dataclasses.replace(square(20, fall=9.0), confidence=NO_BORDER - 0.01)
    best = likeliest([bone, square(10)])
    assert best is not None
    assert best.outline.area_mm2 == 100.0


def test_under_a_click_the_smallest_is_kept_where_nothing_tells_any_from_what_lies_beside_it() -> None:
    best = likeliest([dataclasses.replace(square(side), confidence=NO_BORDER / 2) for side in (20, 5, 10)])
    assert best is not None
    assert (best.outline.area_mm2, best.told) == (25.0, False)


def test_a_clicked_outline_is_as_sure_as_the_network_that_agrees_with_it_most() -> None:
    flat = square(10, fall=0.0).outline
    seen = np.zeros(FILM, np.float32)
    flat.window(seen)[flat.inside] = 1.0
    agrees = Maps(seen, np.zeros(2), 1.0)
    told = [under_click([flat], *maps)[0].told for maps in ((NO_LUMPS, NO_LUMPS), (NO_LUMPS, agrees), (agrees,))]
    assert told == [False, True, True]


@pytest.mark.parametrize(("origin", "has"), [("hint", False), ("automatic", True), ("reviewed", True)])
def test_only_what_a_reader_clicked_may_have_no_border(origin: str, has: bool) -> None:
    unsure = Deposit(1, "L", np.zeros(2), (), 9.0, 12.0, 0.5, 0.2, 0.01, 0.0, NO_BORDER - 0.01, Origin(origin))
    assert has_border(unsure) is has
    assert has_border(dataclasses.replace(unsure, confidence=NO_BORDER))


def test_where_nothing_was_tried_nothing_is_likeliest() -> None:
    assert likeliest([]) is None


def part_doubts(*groups: list[Scored]) -> list[list[float]]:
    """Doubts where the network surely sees a deposit in rows 10 to 19, columns 10 to 29 of a film of its own cells."""
    deposit = np.zeros(FILM, dtype=np.float32)
    deposit[10:20, 10:30] = 1
    found = with_parts_doubted(list(groups), Maps(deposit, np.zeros(2), 1.0), NO_LUMPS)
    return [[part.doubt for part in group] for group in found]


def test_an_outline_of_half_of_what_is_seen_in_one_piece_is_in_doubt() -> None:
    assert part_doubts([square(10)]) == [[pytest.approx(COUNTS * (math.log(2) - USUAL))]]


def test_the_doubt_of_a_part_comes_on_top_of_that_of_its_rivals() -> None:
    (found,) = part_doubts([dataclasses.replace(square(10), doubt=0.3)])
    assert found == [pytest.approx(math.hypot(0.3, COUNTS * (math.log(2) - USUAL)))]


def test_what_another_outline_takes_of_a_piece_is_not_missing() -> None:
    assert part_doubts([square(10)], [square(10, (10, 20))]) == [[0.0], [0.0]]
    assert part_doubts([square(10), square(10, (10, 20))]) == [[0.0, 0.0]]


def test_an_outline_that_a_reader_clicked_is_not_doubted_for_what_the_network_sees() -> None:
    assert part_doubts([square(10, clicked=True)]) == [[0.0]]


def test_an_outline_where_the_network_sees_nothing_is_no_part_of_anything() -> None:
    assert part_doubts([square(10, (40, 40))]) == [[0.0]]


@pytest.mark.parametrize("clicked", [False, True])
def test_a_part_of_a_lump_is_in_doubt_whoever_asked_for_it(clicked: bool) -> None:
    """The network sees the outline's own 100 cells, its twin 400 in one piece with them."""
    usual, lump = np.zeros(FILM, dtype=np.float32), np.zeros(FILM, dtype=np.float32)
    usual[10:20, 10:20] = lump[10:30, 10:30] = 1
    seen = (Maps(each, np.zeros(2), 1.0) for each in (usual, lump))
    ((found,),) = with_parts_doubted([[square(10, clicked=clicked)]], *seen)
    assert found.doubt == pytest.approx(COUNTS * (math.log(4) - USUAL))
