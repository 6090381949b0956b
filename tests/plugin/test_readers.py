"""Two readers side by side, by clicks."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from napari_lesionmeter.session import Session, decisions
from napari_lesionmeter.session.blinding import Blinding

import lesionmeter
from lesionmeter.io import assessment as output
from tests.plugin.conftest import settle


@pytest.fixture
def other(shown: Session, tmp_path: Path) -> Path:
    """Another reader's folder: deposit A is rejected on the last film, the rest is as the program found it."""
    shown.go("L01", "c.tif")
    decisions.reject(shown, only_here=True)
    settle(shown)
    folder = tmp_path / "reader-CD"
    with output.replacing(folder) as stage:
        output.save(shown.results, stage)
    shown.undo()
    settle(shown)
    return folder


@pytest.fixture
def panel(application: Any, shown: Session, other: Path) -> Iterator[Any]:
    """The panel with the other reader's folder open."""
    from napari_lesionmeter.widgets.readers import ReadersPanel

    made = ReadersPanel(shown)
    made.resize(900, 500)
    made.show()
    made.open(other)
    settle(shown)
    yield made
    made.deleteLater()


def row_of(panel: Any, film: str, identity: str) -> list[str]:
    row = next(n for n, pair in enumerate(panel.shown) if (pair.film, pair.identities[0]) == (film, identity))
    panel.pairs.setCurrentCell(row, 0)
    return [panel.pairs.item(row, column).text() for column in range(panel.pairs.columnCount())]


def test_differences_are_marked_and_what_is_alike_too(panel: Any) -> None:
    assert row_of(panel, "c.tif", "L01")[2:8] == ["L01", "4.0 mm²", "–", "none", "", "✗ this reader only"]
    assert row_of(panel, "b.tif", "L02")[2:8] == ["L02", "9.1 mm²", "L02", "9.1 mm²", "Dice 1.00", "✓ alike"]


def test_calls_that_differ_stand_beside_each_other(panel: Any) -> None:
    *_, mark, calls = row_of(panel, "b.tif", "L01")
    assert mark == "✗ calls differ"
    assert "1984 to 1988: regression / resolved" in calls


def test_a_chosen_row_leads_to_the_deposit_and_shows_both_outlines(panel: Any) -> None:
    row_of(panel, "b.tif", "L02")
    assert (panel.session.place.identity, panel.session.place.film) == ("L02", "b.tif")
    assert (len(panel.outlines._mine), len(panel.outlines._other)) == (1, 1)


def test_only_differences_can_be_shown(panel: Any) -> None:
    panel.only_unlike.setChecked(True)
    assert {pair.identities[0] for pair in panel.shown} == {"L01"}


def test_the_other_folder_stays_as_it_is(panel: Any, other: Path) -> None:
    before = {path: path.read_bytes() for path in other.rglob("*") if path.is_file()}
    panel.session.go("L02", "a.tif")
    decisions.not_assessable(panel.session, "blurred by motion")
    settle(panel.session)
    assert {path: path.read_bytes() for path in other.rglob("*") if path.is_file()} == before
    assert row_of(panel, "b.tif", "L02")[7] in ("✓ alike", "✗ calls differ")


def test_a_blinded_reader_sees_no_other_readers_work(panel: Any, other: Path) -> None:
    told: list[str] = []
    panel.session.told.connect(told.append)
    panel.both.close()
    panel.session.blinding = Blinding("AB", active=True)
    panel.open(other)
    assert told == ["other readers' work is hidden until you sign off"]
    assert panel.session.other is None


def test_results_of_other_films_are_refused(shown: Session, other: Path) -> None:
    from napari_lesionmeter.session.side_by_side import SideBySide

    films = tuple(dataclasses.replace(film, sha256=film.sha256[::-1]) for film in shown.results.films)
    shown.show(dataclasses.replace(shown.results, films=films))
    with pytest.raises(lesionmeter.LesionmeterError, match="expected results of the same films"):
        SideBySide(shown).open(other)
