"""Lumps that only their own network sees: outlined where a border stands, else named; never by the carpus."""

from __future__ import annotations

import numpy as np
import pytest

from lesionmeter.model.deposit import DepositMap, Origin
from lesionmeter.model.patient import HandView, Hint
from lesionmeter.stages.segmentation import lumps, search, segment
from lesionmeter.stages.segmentation.maps import Maps
from tests.stages.deposit_worlds import PITCH, SHAPE, Lentil, view

LUMP: Lentil = (190, 120, 60.0)
"""In the palm, 22 pixels in radius."""

BY_THE_WRIST: Lentil = (258, 120, 30.0)


def disc(row: float, column: float, area: float) -> np.ndarray:
    rows, columns = np.indices(SHAPE)
    return (np.hypot(rows - row, columns - column) * PITCH <= np.sqrt(area / np.pi)).astype(np.float32)


@pytest.fixture(autouse=True)
def networks(monkeypatch: pytest.MonkeyPatch) -> dict[str, np.ndarray]:
    """What the usual network and that of lumps see: nothing and the lump in the palm, unless a test says otherwise."""
    seen = {"usual": np.zeros(SHAPE, dtype=np.float32), "lumps": disc(*LUMP)}
    monkeypatch.setattr(search, "deposit_network", lambda: lambda field: Maps(seen["usual"], np.zeros(2), 1.0))
    monkeypatch.setattr(lumps, "lump_network", lambda: lambda field: Maps(seen["lumps"], np.zeros(2), 1.0))
    return seen


def areas(found: DepositMap) -> list[float]:
    return [deposit.area_px * PITCH**2 for deposit in found.deposits]


@pytest.fixture(scope="module")
def palm() -> HandView:
    return view([LUMP])


def test_a_lump_with_a_border_is_a_sure_deposit_of_its_area(palm: HandView) -> None:
    found = segment((palm,))
    assert areas(found) == pytest.approx([60.0], rel=0.03)
    assert found.deposits[0].confidence >= 0.97
    assert len(found.lumps) == len(found.unclear) == 0


def test_where_the_film_shows_flesh_alone_a_lump_is_not_outlined_but_its_place_is_named() -> None:
    found = segment((view([]),))
    assert not found.deposits
    assert found.lumps == pytest.approx(np.array([[190.0, 120.0, np.sqrt(60 / np.pi) / PITCH]]), abs=0.6)
    assert found.unclear == pytest.approx(found.lumps)


def test_under_25_mm2_nothing_is_believed(networks: dict[str, np.ndarray]) -> None:
    small: Lentil = (190, 120, 24.0)
    networks["lumps"] = disc(*small)
    found = segment((view([small]),))
    assert (len(found.deposits), len(found.lumps)) == (0, 0)


def test_by_the_carpus_nothing_is_found_or_named_but_nothing_is_called_absent(networks: dict[str, np.ndarray]) -> None:
    """Where bones lie over each other, their common part looks like a lump."""
    networks["lumps"] = disc(*BY_THE_WRIST)
    found = segment((view([BY_THE_WRIST]),))
    assert (len(found.deposits), len(found.lumps), len(found.unclear)) == (0, 0, 1)


def test_a_sure_lump_takes_the_place_of_what_was_taken_for_a_deposit_in_it(
    palm: HandView, networks: dict[str, np.ndarray]
) -> None:
    networks["usual"] = disc(190, 120, 12.0)
    assert areas(segment((palm,))) == pytest.approx([60.0], rel=0.03)


def test_what_a_reader_clicked_in_it_stays(palm: HandView) -> None:
    found = segment((palm,), (Hint("film.tif", np.array([190.0, 120.0]), "mine"),))
    assert [(deposit.origin, deposit.hint) for deposit in found.deposits] == [(Origin.HINT, "mine")]


def test_a_lump_that_is_outlined_already_is_left_as_it_is(palm: HandView, networks: dict[str, np.ndarray]) -> None:
    networks["usual"] = disc(*LUMP)
    both = segment((palm,))
    networks["lumps"] = np.zeros(SHAPE, dtype=np.float32)
    alone = segment((palm,))
    assert areas(both) == areas(alone)
