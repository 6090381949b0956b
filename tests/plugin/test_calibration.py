"""The calibration panel, by clicks and keys."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from napari_lesionmeter.session import Session

from tests.plugin.conftest import settle


@pytest.fixture
def panel(application: Any, shown: Session) -> Iterator[Any]:
    """The panel on the world, whose films are 0.2 mm a pixel by their resolution tags; the last film is chosen."""
    from napari_lesionmeter.widgets.calibration import CalibrationPanel

    made = CalibrationPanel(shown)
    made.show()
    shown.go(film="c.tif")
    yield made
    made.deleteLater()


def click(button: Any) -> None:
    from qtpy.QtCore import Qt
    from qtpy.QtTest import QTest

    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_source_and_uncertainty_of_each_scale_are_in_view(panel: Any) -> None:
    words = [panel.films.item(row, 1).text() for row in range(3)]
    assert words == ["✓ 0.2000 mm ± 2.1 %, resolution tag"] * 3


def test_a_ruler_of_known_length_states_the_scale_and_the_areas_follow(panel: Any) -> None:
    before = panel.session.finding("L02", "c.tif").measurement.area.value
    panel.beside.setChecked(True)
    panel.set_ruler("c.tif", (10.0, 20.0), (110.0, 20.0))
    panel.millimetres.setValue(10.0)
    click(panel.ruler_button)
    settle(panel.session)
    said = panel.session.state.corrections[-1]
    assert (said.film, said.spacing_mm) == ("c.tif", pytest.approx(0.1))
    assert said.cv == pytest.approx((0.005**2 + 2 * (0.7 / 100) ** 2) ** 0.5)
    assert panel.session.finding("L02", "c.tif").measurement.area.value == pytest.approx(before / 4, rel=0.01)
    assert panel.films.item(2, 1).text().endswith("0.1000 mm ± 1.1 %, reader")


def test_a_ruler_on_the_detector_adds_the_hands_magnification(panel: Any) -> None:
    panel.set_ruler("c.tif", (0.0, 0.0), (0.0, 200.0))
    click(panel.ruler_button)
    said = panel.session.state.corrections[-1]
    assert said.cv == pytest.approx((0.005**2 + 2 * (0.7 / 200) ** 2 + 0.019**2) ** 0.5)


def test_dpi_states_the_scale_and_undo_takes_it_back(panel: Any) -> None:
    panel.dpi.setValue(254.0)
    click(panel.dpi_button)
    assert panel.session.state.corrections[-1].spacing_mm == pytest.approx(0.1)
    click(panel.undo_button)
    assert panel.session.state.corrections == ()


def test_a_film_takes_the_scale_of_another_with_its_uncertainty(panel: Any) -> None:
    assert [panel.other.itemData(number) for number in range(panel.other.count())] == ["a.tif", "b.tif"]
    panel.other.setCurrentIndex(1)
    click(panel.other_button)
    said = panel.session.state.corrections[-1]
    assert (said.film, said.spacing_mm, said.cv) == ("c.tif", pytest.approx(0.2), pytest.approx(0.0215, abs=1e-4))


def test_bones_of_other_lengths_are_warned_of(panel: Any) -> None:
    results = panel.session.results
    check = dataclasses.replace(results.scale_checks[1], ratio=0.95, flagged=True)
    panel.session.show(dataclasses.replace(results, scale_checks=(results.scale_checks[0], check)))
    assert panel.drift.text().startswith("! Bones of hand L are 5.3 % longer on 1983 than on 1988")
    assert panel.films.item(2, 1).text().startswith("! bones differ by −5.0 %")


def test_a_ruler_of_no_length_is_refused_in_words(panel: Any) -> None:
    panel.set_ruler("c.tif", (5.0, 5.0), (5.0, 5.5))
    click(panel.ruler_button)
    assert "expected a line of 2 pixels or more" in panel.words.text()


def test_the_canvas_is_asked_for_a_ruler_on_the_film_that_is_chosen(panel: Any) -> None:
    asked: list[str] = []
    panel.ruler_wanted.connect(asked.append)
    click(panel.draw)
    assert asked == ["c.tif"]
