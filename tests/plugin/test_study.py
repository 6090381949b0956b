"""The study panel, by clicks and keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from napari_lesionmeter.session import Session, decisions

from tests.followup_world import World
from tests.plugin.conftest import settle


@pytest.fixture
def panel(application: Any, shown: Session) -> Iterator[Any]:
    """The panel on the world."""
    from napari_lesionmeter.widgets.study import StudyPanel

    made = StudyPanel(shown)
    made.show()
    yield made
    made.deleteLater()


def texts(panel: Any, column: int) -> list[str]:
    return [panel.films.item(row, column).text() for row in range(panel.films.rowCount())]


def click(button: Any) -> None:
    from qtpy.QtCore import Qt
    from qtpy.QtTest import QTest

    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def enter(field: Any, text: str) -> None:
    from qtpy.QtCore import Qt
    from qtpy.QtTest import QTest

    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_films_are_listed_by_hand_and_date_with_their_states(panel: Any) -> None:
    assert texts(panel, 0) == ["L", "L", "L"]
    assert texts(panel, 1) == ["1983", "1984", "1988"]
    assert texts(panel, 3)[0] == "✓ 0.2000 mm ± 2.1 %, resolution tag"
    assert texts(panel, 4) == ["✓ first film", "✓ L to 1983", "✓ L to 1983"]
    assert texts(panel, 5) == ["… 0 of 3 sites decided"] * 3


def test_a_decision_shows_at_once(panel: Any) -> None:
    panel.session.go("L01", "b.tif")
    decisions.accept(panel.session, only_here=True)
    assert texts(panel, 5)[1] == "… 1 of 3 sites decided"
    assert panel.state.text() == "… Results are behind what you said"
    settle(panel.session)
    assert panel.state.text() == "✓ Results are up to date"


def test_a_typed_date_is_stated_and_the_films_are_put_in_order(panel: Any) -> None:
    panel.films.setCurrentCell(2, 0)
    assert panel.session.place.film == "c.tif"
    enter(panel.statement.date, "1982-06")
    settle(panel.session)
    assert texts(panel, 2) == ["c.tif", "a.tif", "b.tif"]
    assert str(panel.session.film_row("c.tif").date) == "1982-06"


def test_a_date_that_is_none_is_refused_in_words(panel: Any) -> None:
    panel.films.setCurrentCell(0, 0)
    enter(panel.statement.date, "yesterday")
    assert "expected a date as YYYY" in panel.words.text()
    assert panel.session.state.corrections == ()


def test_a_folder_is_opened_measured_and_saved_by_two_clicks(
    application: Any, world: World, patient_folder: Path
) -> None:
    from napari_lesionmeter.widgets.study import StudyPanel

    session = Session("AB")
    panel = StudyPanel(session)
    panel.open(patient_folder)
    settle(session)
    assert texts(panel, 4) == ["… not measured"] * 3
    click(panel.measure_button)
    settle(session)
    assert "saved in" in panel.words.text()
    assert (patient_folder.parent / "P1-measured" / "deposits.csv").is_file()
    session.close()


def test_cancel_stops_measuring_and_the_panel_says_so(application: Any, world: World, patient_folder: Path) -> None:
    from napari_lesionmeter.widgets.study import StudyPanel

    session = Session("AB")
    panel = StudyPanel(session)
    panel.open(patient_folder)
    settle(session)
    click(panel.measure_button)
    click(panel.cancel_button)
    settle(session)
    assert session.results is None
    assert panel.state.text() == "measuring: cancelled"
    session.close()


def test_the_readers_name_stands_on_what_follows(panel: Any) -> None:
    enter(panel.reader, "CD")
    panel.session.go("L01", "a.tif")
    decisions.accept(panel.session, only_here=True)
    assert panel.session.state.corrections[-1].signature.reader == "CD"
    assert panel.session.record.journal.entries[-1].reader == "CD"


def test_a_blinded_reading_shows_no_date_and_no_file_name_until_sign_off(
    application: Any, world: World, patient_folder: Path
) -> None:
    from napari_lesionmeter.widgets.study import StudyPanel

    session = Session("AB")
    panel = StudyPanel(session)
    panel.blinded.setChecked(True)
    panel.open(patient_folder)
    settle(session)
    panel.show()
    assert texts(panel, 1) == ["hidden"] * 3
    assert texts(panel, 2) == ["film A", "film B", "film C"]
    assert not panel.statement.date.isEnabled()
    click(panel.sign_button)
    assert texts(panel, 1) == ["1983", "1984", "1988"]
    assert panel.sign_button.isHidden()
    assert session.record.journal.entries[-1].kind == "signed off"
    session.close()


def test_a_panel_that_is_gone_is_told_nothing(panel: Any) -> None:
    from napari_lesionmeter.widgets.study import StudyPanel
    from qtpy.QtCore import QCoreApplication, QEvent

    other = StudyPanel(panel.session)
    other.deleteLater()
    QCoreApplication.sendPostedEvents(other, QEvent.Type.DeferredDelete)
    panel.session.go("L02", "a.tif")
    assert panel.films.currentRow() == 0
