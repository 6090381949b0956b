"""The change panel, by clicks and keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from napari_lesionmeter.session import Session, decisions
from napari_lesionmeter.session.blinding import Blinding
from napari_lesionmeter.session.trend import trend

import lesionmeter
from tests.plugin.conftest import settle


@pytest.fixture
def panel(application: Any, shown: Session) -> Iterator[Any]:
    """The panel on the world: B in the palm, A beside the index, C at the ring finger."""
    from napari_lesionmeter.widgets.change import ChangePanel

    made = ChangePanel(shown)
    made.resize(900, 700)
    made.show()
    yield made
    made.deleteLater()


B, A, C, HAND = range(4)
"""Rows, in the order of review."""


def text(panel: Any, row: int, column: int) -> str:
    return str(panel.cells.item(row, column).text())


def test_a_cell_tells_area_change_and_call_with_their_intervals(panel: Any) -> None:
    assert text(panel, A, 0) == "12.0 mm² (10.6 to 13.6)"
    found = panel.session.results.changes
    change = next(c for c in found if (c.identity, c.film_from, c.film_to) == ("L01", "a.tif", "c.tif"))
    interval = lesionmeter.percent_interval(change.log_ratio)
    assert text(panel, A, 2) == f"4.0 mm² (3.4 to 4.8)\n▼ regression −66.7 % ({interval})"
    assert text(panel, C, 2) == "7.1 mm² (6.1 to 8.2)\n✚ new"
    assert text(panel, C, 0) == "absent (seen from 1.0 mm² up)"


def test_the_hands_sum_stands_below(panel: Any) -> None:
    assert panel.cells.verticalHeaderItem(HAND).text().startswith("hand L")
    assert text(panel, HAND, 2).startswith("20.1 mm²\n")
    assert " −4.4 % (" in text(panel, HAND, 2)


def test_changes_since_the_film_before_are_a_choice(panel: Any) -> None:
    panel.since.setCurrentIndex(1)
    assert "since 1984: marked decrease" in panel.cells.item(A, 2).toolTip()


def test_a_click_on_a_cell_goes_to_that_deposit_on_that_film(panel: Any) -> None:
    from qtpy.QtCore import Qt
    from qtpy.QtTest import QTest

    where = panel.cells.visualItemRect(panel.cells.item(B, 2)).center()
    QTest.mouseClick(panel.cells.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert (panel.session.place.identity, panel.session.place.film) == ("L02", "c.tif")
    QTest.keyClick(panel.cells, Qt.Key.Key_Down)
    assert panel.session.place.identity == "L01"


def test_the_table_goes_along_with_the_reader(panel: Any) -> None:
    panel.session.go("L02", "b.tif")
    assert (panel.cells.currentRow(), panel.cells.currentColumn()) == (B, 1)
    assert panel.plot.trend.title == "L02  palm midline"


def test_a_click_on_a_point_of_the_trend_goes_to_its_film(panel: Any) -> None:
    from qtpy.QtCore import QPoint, Qt
    from qtpy.QtTest import QTest

    panel.session.go("L01", "a.tif")
    point = panel.plot.trend.points[2]
    place = panel.plot.place(point.year, point.area.value)
    QTest.mouseClick(panel.plot, Qt.MouseButton.LeftButton, pos=QPoint(round(place.x()), round(place.y())))
    assert panel.session.place.film == "c.tif"


def test_a_trend_draws_absent_as_nothing_with_its_limit_and_not_assessable_as_no_area(panel: Any) -> None:
    panel.session.go("L201", "b.tif")
    decisions.not_assessable(panel.session, "blurred by motion")
    settle(panel.session)
    first, second, third = trend(panel.session).points
    assert (first.area.value, first.limit) == (0.0, 1.0)
    assert second.area is None
    assert third.area.value == pytest.approx(7.07, abs=0.01)


def test_export_writes_the_kinds_that_are_ticked(panel: Any) -> None:
    from qtpy.QtCore import Qt
    from qtpy.QtTest import QTest

    panel.xlsx.setChecked(True)
    QTest.mouseClick(panel.export_button, Qt.MouseButton.LeftButton)
    settle(panel.session)
    out = panel.session.folders.out
    assert len(list(out.glob("*.xlsx"))) == 1
    assert panel.page_button.isEnabled()
    assert panel.words.text() == f"saved in {out}"


def test_a_blinded_reading_shows_no_change_and_no_trend(panel: Any) -> None:
    panel.session.blinding = Blinding("AB", active=True)
    panel.refresh()
    column = panel.films.index("c.tif")
    assert text(panel, A, column) == "4.0 mm² (3.4 to 4.8)"
    assert panel.cells.rowCount() == 3
    assert panel.plot.trend.points == ()
    assert not panel.page_button.isEnabled()
