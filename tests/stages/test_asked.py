"""Deposits that a film alone did not show: asked for where borders of another date lead, never drawn from them."""

from __future__ import annotations

import numpy as np
import pytest

from lesionmeter.model.deposit import DepositMap
from lesionmeter.model.geometry import Points
from lesionmeter.stages.segmentation import asked, lumps, with_asked
from lesionmeter.stages.segmentation.maps import Maps
from tests.stages.deposit_worlds import PITCH, SHAPE, Lentil, view

THERE: Lentil = (190, 120, 12.0)
"""In the palm, 10 pixels in radius."""


def circle(row: float, column: float, area: float) -> Points:
    angles, radius = np.linspace(0, 2 * np.pi, 60, endpoint=False), np.sqrt(area / np.pi) / PITCH
    return np.stack([row + radius * np.sin(angles), column + radius * np.cos(angles)], axis=1)


@pytest.fixture(autouse=True)
def networks(monkeypatch: pytest.MonkeyPatch) -> dict[str, Lentil]:
    """What each network sees."""
    seen = {"usual": THERE}

    def maps(which: str) -> Maps:
        chance = np.zeros(SHAPE, dtype=np.float32)
        if which in seen:
            row, column, area = seen[which]
            away = np.hypot(*(np.indices(SHAPE) - np.array([row, column])[:, None, None])) * PITCH
            chance[away <= np.sqrt(area / np.pi)] = 0.9
        return Maps(chance, np.zeros(2), 1.0)

    monkeypatch.setattr(asked, "deposit_network", lambda: lambda field: maps("usual"))
    monkeypatch.setattr(lumps, "lump_network", lambda: lambda field: maps("lumps"))
    return seen


def found_at(lentils: list[Lentil], *borders: Lentil) -> list[float]:
    """The areas that are found when a film of these lentils is asked at those borders."""
    found = with_asked((view(lentils),), nothing(), [(circle(*border),) for border in borders])
    return [deposit.area_px * PITCH**2 for deposit in found.deposits]


def nothing() -> DepositMap:
    return DepositMap("film.tif", np.zeros(SHAPE, dtype=np.uint16), ())


@pytest.mark.parametrize("border", [THERE, (190, 120, 6.0), (190, 120, 24.0), (194, 122, 12.0)])
def test_the_area_is_that_of_the_film_whatever_the_border_that_leads_to_it(border: Lentil) -> None:
    """As large on the other date, half, twice; and carried 0.9 mm beside it."""
    assert found_at([THERE], border) == pytest.approx([12.0], rel=0.05)


def test_a_lump_that_only_its_own_network_sees_is_found_as_well(networks: dict[str, Lentil]) -> None:
    networks.clear()
    networks["lumps"] = large = (190.0, 120.0, 60.0)
    assert found_at([large], large) == pytest.approx([60.0], rel=0.05)


def test_where_no_network_sees_one_nothing_is_drawn(networks: dict[str, Lentil]) -> None:
    networks.clear()
    assert found_at([THERE], THERE) == []


def test_where_the_film_shows_flesh_alone_nothing_is_drawn() -> None:
    assert found_at([], THERE) == []


def test_elsewhere_nothing_is_looked_for() -> None:
    """Five millimetres from border to border."""
    assert found_at([THERE], (190, 165, 12.0)) == []


def test_what_is_over_three_times_as_large_as_the_border_is_not_taken_for_the_same() -> None:
    assert found_at([THERE], (190, 120, 4.2)) == pytest.approx([12.0], rel=0.05)
    assert found_at([THERE], (190, 120, 3.6)) == []


def test_what_is_under_a_third_of_a_lump_is_not_taken_for_its_rest() -> None:
    assert found_at([THERE], (190, 120, 24.0)) == pytest.approx([12.0], rel=0.05)
    assert found_at([THERE], (190, 120, 35.0)) == pytest.approx([12.0], rel=0.05)
    assert found_at([THERE], (190, 120, 40.0)) == []


@pytest.mark.parametrize(("area", "taken"), [(0.8, True), (0.35, False)])
def test_what_another_date_shows_is_found_down_to_half_the_least_area(
    area: float, taken: bool, networks: dict[str, Lentil]
) -> None:
    networks["usual"] = small = (190.0, 120.0, area)
    assert bool(found_at([small], (190, 120, 2.0))) is taken


def test_two_borders_that_lead_to_one_thing_find_it_once() -> None:
    assert len(found_at([THERE], THERE, (192, 121, 12.0))) == 1


def test_what_is_found_keeps_its_label_and_the_new_one_comes_after_it_as_a_possible_one() -> None:
    other: Lentil = (190.0, 160.0, 8.0)
    first = with_asked((view([THERE, other]),), nothing(), [(circle(*THERE),)])
    again = with_asked((view([THERE, other]),), first, [(circle(*THERE),)])
    assert again is first
    (deposit,) = first.deposits
    assert (deposit.label, int(first.labels[190, 120]), deposit.laterality) == (1, 1, "L")
    assert deposit.confidence >= 0.2
