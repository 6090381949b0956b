"""The controller: what a reader says is kept, undone and measured; no window is needed."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from napari_lesionmeter.session import Session, decision, decisions, undecided
from napari_lesionmeter.session.blinding import Blinding

import lesionmeter
from tests.plugin.conftest import settle

A, NEW = "L01", "L201"


def tables(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.glob("*.csv"))}


def area(session: Session, identity: str, film: str) -> float:
    finding = session.finding(identity, film)
    assert finding is not None
    assert finding.measurement is not None
    return finding.measurement.area.value


def reopened(session: Session) -> Session:
    """The folder opened again after the first window was killed: nothing of its memory is left."""
    again = Session("AB")
    assert session.record is not None
    session.record.lock.release()
    again.open(session.folders.out)
    settle(again)
    return again


def test_a_folder_of_films_is_measured_film_by_film_and_saved(world: object, patient_folder: Path) -> None:
    session, sizes = Session("AB"), list[int]()
    session.results_changed.connect(lambda results: sizes.append(len(results.films)))
    session.open(patient_folder)
    settle(session)
    session.measuring.measure()
    settle(session)
    assert sizes == [1, 2, 3]
    assert (patient_folder.parent / "P1-measured" / "deposits.csv").is_file()
    session.close()


def test_a_drawn_outline_is_measured_as_its_area_was_shown(measured: Session) -> None:
    measured.go(A, "a.tif")
    measured.pen.redraw()
    mask = measured.pen.drawing.mask.copy()
    rows, columns = np.nonzero(mask)
    mask[rows.min() - 3 : rows.min(), columns.mean().astype(int)] = True
    shown = measured.pen.stroke(mask)
    measured.pen.confirm()
    settle(measured)
    assert area(measured, A, "a.tif") == pytest.approx(shown, rel=1e-12)


def test_a_stroke_changes_the_area_by_its_pixels(measured: Session) -> None:
    measured.go(A, "a.tif")
    measured.pen.redraw()
    mask = measured.pen.drawing.mask
    first = measured.pen.stroke(mask ^ np.pad([[True]], [(0, mask.shape[0] - 1), (0, mask.shape[1] - 1)]))
    more = measured.pen.drawing.mask.copy()
    more[0, 1:5] = True
    assert measured.pen.stroke(more) == pytest.approx(first + 4 * 0.04)


def test_undo_goes_back_step_by_step_and_redo_forth(measured: Session) -> None:
    measured.go(A, "a.tif")
    decisions.not_assessable(measured, "overlaps bone")
    settle(measured)
    assert measured.finding(A, "a.tif").status == "not assessable"
    measured.undo()
    settle(measured)
    assert area(measured, A, "a.tif") == pytest.approx(12.0, rel=0.03)
    measured.redo()
    settle(measured)
    assert measured.finding(A, "a.tif").reason == "reader: overlaps bone"


def test_a_killed_session_opens_where_it_was_with_its_strokes_and_its_undo(measured: Session) -> None:
    measured.go(A, "b.tif")
    measured.pen.redraw()
    before = measured.pen.area
    mask = measured.pen.drawing.mask.copy()
    mask[:2, :2] = True
    measured.pen.stroke(mask)
    again = reopened(measured)
    assert (again.place.identity, again.place.film) == (A, "b.tif")
    assert np.array_equal(again.pen.drawing.mask, mask)
    again.undo()
    assert again.pen.area == pytest.approx(before, rel=1e-12)
    again.close()


def test_measuring_the_saved_folder_again_gives_the_same_bytes(measured: Session, patient_folder: Path) -> None:
    measured.go(A, "a.tif")
    measured.pen.redraw()
    mask = measured.pen.drawing.mask.copy()
    mask[3:9, 3:9] = True
    measured.pen.stroke(mask)
    measured.pen.confirm()
    decisions.accept(measured)
    measured.go("L02", "b.tif")
    decisions.not_assessable(measured, "overlaps bone")
    decisions.state_film(measured, "c.tif", date="1988-06")
    settle(measured)
    measured.measuring.save()
    settle(measured)
    saved = tables(measured.folders.out)
    lesionmeter.measure_patient(patient_folder, measured.folders.out)
    assert tables(measured.folders.out) == saved


def test_an_accepted_site_is_decided_and_the_next_one_is_not(measured: Session) -> None:
    measured.go(A, "a.tif")
    decisions.accept(measured)
    settle(measured)
    assert {decision(row, ()) for row in measured.findings(A)} == {"accepted"}
    measured.next_site(only_undecided=True)
    assert measured.place.identity in undecided(measured.results, measured.state.corrections)


def test_a_rejected_deposit_is_gone_on_every_film(measured: Session) -> None:
    measured.go("L02")
    decisions.reject(measured)
    settle(measured)
    assert {row.identity for row in measured.results.deposits} == {A, NEW}


def test_deposits_are_unlinked_and_linked_again(measured: Session) -> None:
    measured.go(A, "c.tif")
    decisions.unlink_here(measured)
    settle(measured)
    names = {row.identity for row in measured.results.deposits} - {A, "L02", NEW}
    assert len(names) == 1
    measured.go(A, "a.tif")
    decisions.link_with(measured, names.pop(), same=True)
    settle(measured)
    assert {row.identity for row in measured.results.deposits} == {A, "L02", NEW}


def test_one_click_makes_an_outline(measured: Session) -> None:
    assert measured.pen.click("a.tif", (210.0, 120.0))
    assert measured.pen.area == pytest.approx(9.0, rel=0.15)
    assert measured.state.replaces == "L02"


def test_a_second_window_reads_only_and_says_why(measured: Session, patient_folder: Path) -> None:
    second, words = Session("CD"), list[str]()
    second.told.connect(words.append)
    second.open(patient_folder)
    assert words[0].startswith("open for reading only: AB has it open in another window")
    with pytest.raises(lesionmeter.LesionmeterError, match="open for reading only"):
        decisions.state_film(second, "a.tif", date="1980")
    second.close()


def test_cancel_keeps_what_was_there(measured: Session) -> None:
    before = measured.results
    measured.measuring.measure()
    measured.measuring.cancel()
    settle(measured)
    assert measured.results is before


def test_a_stated_scale_changes_the_area_by_its_square(measured: Session) -> None:
    decisions.state_scale(measured, "b.tif", 0.4)
    settle(measured)
    assert area(measured, "L02", "b.tif") == pytest.approx(36.0, rel=0.03)


def test_a_blinded_reader_sees_letters_until_sign_off(world: object, patient_folder: Path) -> None:
    session = Session("AB")
    session.open(patient_folder, blinded=True)
    settle(session)
    assert session.folders.out.name == "P1-measured-AB"
    assert {session.film_name(film) for film in ("a.tif", "b.tif", "c.tif")} == {"film A", "film B", "film C"}
    decisions.sign_off(session)
    session.measuring.measure()
    settle(session)
    assert session.film_name("a.tif") == "1983"
    session.close()


def test_a_blinded_order_is_not_the_order_of_time() -> None:
    films = [f"{year}.tif" for year in range(1980, 1990)]
    order = Blinding("AB", active=True).order(films)
    assert sorted(order) == films
    assert list(order) != films


def test_a_ghost_of_another_date_is_drawn_and_measured_only_when_confirmed(measured: Session) -> None:
    measured.go(NEW, "b.tif")
    measured.pen.propose()
    assert measured.pen.area == pytest.approx(7.0, rel=0.1)
    assert measured.finding().status == "absent"
    measured.pen.confirm()
    settle(measured)
    outlined = [row for row in measured.results.deposits if row.film == "b.tif" and row.origin == "reviewed"]
    assert [row.measurement.area.value for row in outlined] == [pytest.approx(7.0, rel=0.1)]


def test_a_blinded_films_letter_stays_the_same_while_the_films_are_measured(
    world: object, patient_folder: Path
) -> None:
    session, names = Session("AB"), list[tuple[str, ...]]()
    session.results_changed.connect(
        lambda results: names.append(tuple(session.film_name(row.film) for row in results.films))
    )
    session.open(patient_folder, blinded=True)
    settle(session)
    session.measuring.measure()
    settle(session)
    letters = tuple(session.film_name(film) for film in ("a.tif", "b.tif", "c.tif"))
    assert names[:3] == [letters[:1], letters[:2], letters]
    session.close()


def test_what_is_said_after_reopening_waits_for_the_films_to_be_measured_once(measured: Session) -> None:
    again = Session("AB")
    measured.record.lock.release()
    again.open(measured.folders.out)
    while again.background.names != ("bringing up to date",):
        again.poll()
    begun = again.background._number
    again.go(A, "a.tif")
    decisions.not_assessable(again, "overlaps bone")
    assert again.background._number == begun
    settle(again)
    assert again.is_current
    assert again.finding(A, "a.tif").reason == "reader: overlaps bone"
    again.close()


def test_outlines_are_linked_and_merged_where_they_are_clicked(measured: Session) -> None:
    measured.go(A, "c.tif")
    decisions.unlink_here(measured)
    settle(measured)
    alone = measured.identity_at("c.tif", (150.0, 62.0))
    measured.go(alone, "c.tif")
    assert decisions.link_at(measured, "b.tif", (140.0, 62.0))
    settle(measured)
    assert measured.identity_at("c.tif", (150.0, 62.0)) == A
    measured.go(A, "a.tif")
    assert decisions.merge_at(measured, "a.tif", (210.0, 120.0))
    settle(measured)
    assert len(measured.finding(A, "a.tif").labels) == 2
    assert not decisions.link_at(measured, "b.tif", (5.0, 5.0))


def test_what_a_ring_holds_is_dismissed_by_a_click_in_it(measured: Session) -> None:
    site = measured.results.deposits[0].site
    ring = lesionmeter.UnclearPlace("a.tif", "L", site, np.array([300.0, 60.0]), 20.0, 50.0, "mm2")
    measured.results = dataclasses.replace(measured.results, unclear=(ring,))
    assert not decisions.dismiss_at(measured, "a.tif", (321.0, 60.0))
    assert not decisions.dismiss_at(measured, "b.tif", (300.0, 60.0))
    assert decisions.dismiss_at(measured, "a.tif", (319.0, 60.0))
    said = measured.state.corrections[-1]
    assert (type(said), said.film, tuple(said.point)) == (lesionmeter.Rejection, "a.tif", (300.0, 60.0))


def test_a_path_that_is_no_folder_is_refused_and_nothing_is_made_beside_it(tmp_path: Path) -> None:
    with pytest.raises(lesionmeter.LesionmeterError, match="expected a patient's folder or an output folder"):
        Session("AB").open(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_files_that_were_not_read_are_named(world: object, patient_folder: Path) -> None:
    (patient_folder / "torn.tif").write_bytes(b"II*\0rubbish")
    session, words = Session("AB"), list[str]()
    session.told.connect(words.append)
    session.open(patient_folder)
    settle(session)
    assert words[-1].startswith("files in the folder that were not read: 1: torn.tif (expected")
    session.close()
