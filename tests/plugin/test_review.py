"""Reviewing in a real viewer, by keys, mouse and buttons."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from napari_lesionmeter.session import in_order

from tests.followup_world import World
from tests.plugin.conftest import settle, write_films
from tests.plugin.hands import drag, press, turn

pytestmark = pytest.mark.filterwarnings("default")  # what napari and Qt warn of is not ours to mend


@pytest.fixture(scope="module")
def opened(screen: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A desk with the measured world on it, for all tests of this file: a viewer takes seconds to start."""
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        World().stand_in(patch)
        import napari
        from napari_lesionmeter.widgets.keys import desk_of
        from napari_lesionmeter.widgets.review import ReviewPanel

        viewer = napari.Viewer(show=True)
        desk = desk_of(viewer)
        desk.panel = ReviewPanel(viewer)
        viewer.window.add_dock_widget(desk.panel, name="Review")
        desk.session.open(write_films(tmp_path_factory.mktemp("world") / "P1"))
        settle(desk.session)
        patch.setattr(desk.session.measuring, "save", lambda: None)  # writing pictures is tested elsewhere
        desk.session.measuring.measure()
        settle(desk.session)
        desk.show_sites()
        yield desk
        desk.close()
        viewer.close()


@pytest.fixture
def desk(opened: Any) -> Any:
    """The desk as it was when the films had been measured, at the first site of the first film."""
    session = opened.session
    while session.record.history.can_undo:
        session.undo()
    session.go("L01", "a.tif")
    opened.tool = "look"
    settle(session)
    turn()
    return opened


def test_a_site_is_shown_on_all_dates_at_equal_scale(desk: Any) -> None:
    assert [tile.film for tile in desk.sites.tiles] == ["a.tif", "b.tif", "c.tif"]
    areas = [abs(np.linalg.det(tile.affine[:2, :2])) for tile in desk.sites.tiles]
    assert areas == pytest.approx([0.04] * 3)


def test_keys_go_from_site_to_site_and_film_to_film(desk: Any) -> None:
    press(desk, "Down")
    order = in_order(desk.session.results)
    assert desk.session.place.identity == order[(order.index("L01") + 1) % 3]
    press(desk, "Right")
    assert desk.session.place.film == "b.tif"
    press(desk, "Up")
    assert desk.session.place.identity == "L01"


def test_accept_and_undo_by_key(desk: Any) -> None:
    press(desk, "A")
    settle(desk.session)
    assert {row.review for row in desk.session.findings()} == {"reader"}
    press(desk, "Control-Z")
    settle(desk.session)
    assert {row.review for row in desk.session.findings()} == {""}


def test_a_stroke_of_the_brush_grows_the_area_and_is_one_action(desk: Any) -> None:
    press(desk, "E")
    before, steps = desk.session.pen.area, desk.session.record.history.at
    tile = desk.sites.tile("a.tif")
    edge = np.array(tile.middle) + np.array([2.0, 0.0])
    drag(desk, [edge, edge + np.array([0.5, 0.0]), edge + np.array([1.0, 0.0])])
    assert desk.session.pen.area > before + 0.3
    assert desk.session.record.history.at == steps + 1
    drag(desk, [edge - np.array([4.0, 0.0]), edge - np.array([4.5, 0.0])])
    assert desk.session.record.history.at == steps + 2
    press(desk, "Enter")
    settle(desk.session)
    assert desk.session.finding().origin == "reviewed"


def test_one_click_outlines_a_deposit(desk: Any) -> None:
    desk.session.go("L02")
    press(desk, "C")
    tile = desk.sites.tile("b.tif")
    drag(desk, [np.array(tile.middle)])
    assert desk.session.pen.drawing is not None
    assert desk.session.pen.drawing.film == "b.tif"
    assert desk.session.pen.area == pytest.approx(9.0, rel=0.15)


def test_not_assessable_takes_the_reason_chosen_in_the_panel(desk: Any) -> None:
    desk.panel.reasons.setCurrentText("blurred by motion")
    press(desk, "N")
    settle(desk.session)
    assert desk.session.finding().reason == "reader: blurred by motion"


def test_every_action_has_a_button_or_a_key_of_its_own(desk: Any) -> None:
    from napari_lesionmeter.widgets.actions import ACTIONS

    assert len({action.key for action in ACTIONS}) == len(ACTIONS)
    assert all(action.key in desk.panel.help.text() for action in ACTIONS)


def test_the_linked_cursor_marks_the_same_place_on_the_other_films(desk: Any) -> None:
    desk.sites.point_at("a.tif", (130.0, 62.0))
    shown = desk.sites._cursor.data
    expected = [np.array(tile.middle) for tile in desk.sites.tiles[1:]]
    assert np.allclose(shown, expected, atol=0.3)


def test_blinking_shows_the_film_before_in_its_place(desk: Any) -> None:
    desk.session.go(film="b.tif")
    before = desk.sites.images["a.tif"].affine.affine_matrix.copy()
    desk.sites.blink(True)
    assert not desk.sites.images["b.tif"].visible
    desk.sites.blink(False)
    assert desk.sites.images["b.tif"].visible
    assert np.allclose(desk.sites.images["a.tif"].affine.affine_matrix, before)
