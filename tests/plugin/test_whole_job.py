"""A radiologist's whole job in a real viewer, by keys and mouse; and a program that is killed in the middle of it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from napari_lesionmeter.session import Session, in_order

import lesionmeter
from tests.plugin.conftest import settle
from tests.plugin.hands import drag, press, turn

pytestmark = pytest.mark.filterwarnings("default")  # what napari and Qt warn of is not ours to mend


def test_a_killed_program_loses_no_more_than_the_stroke_that_was_being_drawn(
    screen: None, measured: Session, repository: Path
) -> None:
    out = measured.folders.out
    measured.close()
    command = [sys.executable, "-W", "ignore", "-m", "tests.plugin.killed_reader", str(out)]
    killed = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    again = Session("AB")
    again.open(out)
    settle(again)
    assert again.read_only == ""
    assert again.pen.area == pytest.approx(float(killed.stdout.split()[-1]), rel=1e-12)
    again.undo()
    assert again.pen.area == pytest.approx(12.0, rel=0.03)
    again.close()


@pytest.fixture(params=["sample", pytest.param("dev01", marks=pytest.mark.films)])
def films_folder(request: pytest.FixtureRequest, tmp_path: Path, sample_folder: Path) -> Path:
    """A copy of the sample's films, or of real films with deposits put in, where they are present."""
    source = sample_folder if request.param == "sample" else request.getfixturevalue("films") / request.param
    hidden = shutil.ignore_patterns("truth.json", "*.truth.tif")
    return Path(shutil.copytree(source, tmp_path / "patient", ignore=hidden))


def test_a_radiologist_measures_corrects_and_exports(viewer: Any, films_folder: Path) -> None:
    viewer.open(str(films_folder), plugin="lesionmeter")
    from napari_lesionmeter.widgets.keys import desk_of

    desk = desk_of(viewer)
    session = desk.session
    settle(session)
    press(desk, "Control-M")
    settle(session, 600)
    press(desk, "T")
    _correct_one(desk)
    _add_one_by_click(desk)
    _mark_one_not_assessable(desk)
    _unlink_and_link_again(desk)
    settle(session, 600)
    press(desk, "Control-S")
    settle(session, 600)
    assert {type(said).__name__ for said in session.results.corrections} == {
        "OutlineCorrection", "Rejection", "NotAssessable", "LinkCorrection",
    }  # fmt: skip
    out = session.folders.out
    desk.close()
    _measured_again_is_the_same(films_folder, out)


def _correct_one(desk: Any) -> None:
    """Widen the first outline by a stroke of the brush that ends beyond its border."""
    identity = next(i for i in in_order(desk.session.results) if all(f.labels for f in desk.session.findings(i)))
    desk.session.go(identity, desk.session.films_in_order[0])
    turn()
    press(desk, "E")
    before = desk.session.pen.area
    middle = np.array(desk.sites.tile(desk.session.place.film).middle)
    drag(desk, [middle + np.array([down, 0.0]) for down in (0.0, 4.0, 8.0)])
    assert desk.session.pen.area > before
    press(desk, "Enter")


def _add_one_by_click(desk: Any) -> None:
    """Reject a deposit on its last film, and outline it again by one click."""
    session = desk.session
    others = (i for i in in_order(session.results) if i != session.place.identity)
    identity = next(i for i in others if all(f.labels for f in session.findings(i)))
    session.go(identity, session.films_in_order[-1])
    turn()
    there = session.finding()
    press(desk, "Shift-R")
    settle(session, 600)
    assert session.place.identity == identity
    press(desk, "C")
    tile = desk.sites.tile(there.film)
    drag(desk, [tile.on_canvas(np.array([there.position]))[0]])
    assert session.pen.area == pytest.approx(there.measurement.area.value, rel=0.4)
    press(desk, "Enter")


def _mark_one_not_assessable(desk: Any) -> None:
    desk.session.next_site(1)
    turn()
    press(desk, "N")


def _unlink_and_link_again(desk: Any) -> None:
    """Take the outline of the last film from the others, and link it again by a click on that of the first film."""
    session = desk.session
    settle(session, 600)
    followed = (i for i in in_order(session.results) if all(len(f.labels) == 1 for f in session.findings(i)))
    identity, last = next(followed), session.films_in_order[-1]
    session.go(identity, last)
    there = session.finding()
    press(desk, "K")
    settle(session, 600)
    alone = session.identity_at(last, there.position)
    assert alone not in ("", identity)
    session.go(alone, last)
    turn()
    press(desk, "I")
    first = session.finding(identity, session.films_in_order[0])
    drag(desk, [desk.sites.tile(first.film).on_canvas(np.array([first.position]))[0]])
    settle(session, 600)
    assert session.identity_at(last, there.position) == identity


def _measured_again_is_the_same(films: Path, out: Path) -> None:
    saved = {path.name: path.read_bytes() for path in sorted(out.glob("*.csv"))}
    lesionmeter.measure_patient(films, out)
    assert {path.name: path.read_bytes() for path in sorted(out.glob("*.csv"))} == saved
