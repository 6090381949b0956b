"""Reviewing in a real viewer, by keys, mouse and buttons."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from napari_lesionmeter.layers import GAP_MM, TILE_MM
from napari_lesionmeter.session import in_order

import lesionmeter
from tests.followup_world import World
from tests.plugin.conftest import settle, write_films
from tests.plugin.hands import drag, press, release, turn

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
    opened.put_down()
    opened.show_sites()
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


def test_a_deposit_is_linked_by_a_key_and_a_click_on_another_date(desk: Any) -> None:
    desk.session.go("L01", "c.tif")
    press(desk, "K")
    settle(desk.session)
    alone = desk.session.identity_at("c.tif", (150.0, 62.0))
    assert alone != "L01"
    desk.session.go(alone, "c.tif")
    turn()
    press(desk, "I")
    drag(desk, [np.array(desk.sites.tile("a.tif").middle)])
    settle(desk.session)
    assert desk.session.identity_at("c.tif", (150.0, 62.0)) == "L01"
    assert desk.tool == "look"


def test_a_dashed_ring_is_round_what_is_unclear_until_a_key_and_a_click_dismiss_it(desk: Any) -> None:
    session = desk.session
    place = lesionmeter.UnclearPlace("a.tif", "L", session.finding().site, np.array([240.0, 100.0]), 20.0, 50.0, "mm2")
    session.results = dataclasses.replace(session.results, unclear=(place,))
    press(desk, "T")
    ring = np.concatenate(desk.viewer.layers["unclear"].data)
    assert np.allclose(np.linalg.norm(ring - place.position, axis=1), 20.0)
    press(desk, "X")
    drag(desk, [place.position * 0.2])
    assert isinstance(session.state.corrections[-1], lesionmeter.Rejection)
    settle(session)
    desk.show_film()
    assert "unclear" not in desk.viewer.layers
    assert desk.tool == "look"


def test_a_landmark_is_dragged_and_registration_and_site_follow_and_undo_brings_them_back(desk: Any) -> None:
    session = desk.session
    before = session.results
    site = str(session.finding().site)
    press(desk, "T")
    press(desk, "V")
    pip, pitch = before.hands[0].landmarks.points[6], 0.2
    drag(desk, [pip * pitch, pip * pitch + np.array([3.0, 0.0]), (pip + np.array([32.0, 0.0])) * pitch])
    settle(session)
    assert np.allclose(session.results.hands[0].landmarks.points[6], pip + np.array([32.0, 0.0]), atol=1.5)
    assert session.results.registrations[0].motions != before.registrations[0].motions
    assert str(session.finding().site) != site
    press(desk, "Control-Z")
    settle(session)
    assert str(session.finding().site) == site
    assert np.array_equal(desk.films.landmarks.data, before.hands[0].landmarks.points)
    desk.put_down()
    desk.show_sites()


def test_results_that_come_while_a_landmark_is_dragged_do_not_take_it_from_the_hand(desk: Any) -> None:
    session = desk.session
    press(desk, "T")
    press(desk, "V")
    pip, pitch = session.results.hands[0].landmarks.points[6], 0.2
    there = pip + np.array([20.0, 0.0])
    drag(desk, [pip * pitch, pip * pitch + np.array([2.0, 0.0]), there * pitch], let_go=False)
    dragged = desk.films.landmarks
    session.show(session.results)
    assert desk.films.landmarks is dragged
    release(desk, there * pitch)
    settle(session)
    assert np.allclose(session.results.hands[0].landmarks.points[6], there, atol=1.5)
    press(desk, "Control-Z")
    settle(session)
    desk.put_down()
    desk.show_sites()


def test_the_keys_are_shown_by_a_question_mark_and_by_f1(desk: Any) -> None:
    from qtpy.QtTest import QTest

    desk.viewer.window._qt_window.activateWindow()
    QTest.qWaitForWindowActive(desk.viewer.window._qt_window)  # shortcuts answer in an active window only
    turn()
    press(desk, "?")
    assert desk.panel.help.isVisible()
    assert "Merge with another outline" in desk.panel.help.text()
    press(desk, "F1")
    assert not desk.panel.help.isVisible()


def test_the_swipe_follows_the_mouse(desk: Any) -> None:
    desk.session.go(film="b.tif")
    while desk.comparison.way != "swipe":
        desk.comparison.next_way()
    tile = desk.sites.tile("b.tif")
    left = np.array(tile.middle) + np.array([TILE_MM + GAP_MM, -TILE_MM / 4])
    assert desk.comparison.tile_share(tuple(left)) == pytest.approx(0.25)
    before = desk.comparison.layer.data.copy()
    desk.comparison.swipe_to(0.25)
    assert not np.array_equal(desk.comparison.layer.data, before)
    desk.comparison.next_way()


def test_a_ghost_is_an_empty_outline_until_it_is_touched(desk: Any) -> None:
    desk.session.go("L201", "b.tif")
    turn()
    press(desk, "P")
    assert desk.brush.layer.contour > 0
    assert "not counted until confirmed" in desk.panel.area.text()
    middle = np.array(desk.sites.tile("b.tif").middle)
    drag(desk, [middle + np.array([2.5, 0.0]), middle + np.array([3.0, 0.0])])
    assert desk.brush.layer.contour == 0


def test_a_click_on_bare_tissue_adds_nothing_and_the_brush_draws_there(desk: Any) -> None:
    words: list[str] = []
    desk.session.told.connect(words.append)
    desk.show_film()
    press(desk, "C")
    drag(desk, [np.array([180.0, 100.0]) * 0.2])
    assert words[-1].startswith("no clear border there: nothing was added")
    assert desk.session.pen.drawing is None
    press(desk, "D")
    assert desk.session.pen.is_new
    assert "New deposit" in desk.panel.title.text()
    middle = np.array(desk.sites.tile("a.tif").middle)
    drag(desk, [middle, middle + np.array([0.5, 0.0]), middle + np.array([1.0, 0.0])])
    press(desk, "Enter")
    settle(desk.session)
    assert desk.session.finding().origin == "reviewed"
    assert desk.session.place.identity not in ("L01", "L02", "L201")


def test_what_is_drawn_is_confirmed_or_discarded_before_the_reader_goes_on(desk: Any) -> None:
    press(desk, "E")
    press(desk, "Down")
    assert desk.session.place.identity == "L01"
    press(desk, "Escape")
    press(desk, "Down")
    assert desk.session.place.identity != "L01"
