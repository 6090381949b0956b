"""One patient measured again: what is kept, and what is refused."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile

from lesionmeter import batch
from lesionmeter.batch import measure_patient, one
from lesionmeter.errors import OutputError
from lesionmeter.io import assessment as output
from lesionmeter.model.corrections import Rejection, Signature
from lesionmeter.model.patient import FilmAnatomy
from lesionmeter.model.radiograph import Polarity
from lesionmeter.stages import anatomy

REPOSITORY = Path(__file__).parents[2]
REJECTION = Rejection(Signature("AB", "2026-01-01T00:00:00+00:00"), "a.tif", np.array([5.0, 5.0]))


def ramp(top: int) -> np.ndarray:
    """A film of believable size that shows a wedge."""
    return np.tile(np.linspace(0, top, 500).astype(np.uint8), (600, 1))


@pytest.fixture
def films(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A patient with one grey film that shows no hand."""

    def nothing(film, settings):
        return FilmAnatomy(film.film, Polarity.NORMAL, "found", (), "no hand was found")

    monkeypatch.setattr(anatomy, "find_hands", nothing)
    (tmp_path / "P1").mkdir()
    tifffile.imwrite(tmp_path / "P1" / "a.tif", ramp(90))
    return tmp_path / "P1"


def test_a_run_on_an_existing_output_keeps_the_readers_corrections(films: Path, tmp_path: Path) -> None:
    first = measure_patient(films, tmp_path / "out")
    one.write_output(dataclasses.replace(first, corrections=(REJECTION,)), tmp_path / "out")
    (again,) = measure_patient(films, tmp_path / "out").corrections
    assert (again.signature, again.film) == (REJECTION.signature, REJECTION.film)
    assert len(output.read(tmp_path / "out").corrections) == 1


def test_another_patients_output_is_not_replaced(films: Path, tmp_path: Path) -> None:
    measure_patient(films, tmp_path / "out")
    (tmp_path / "P2").mkdir()
    tifffile.imwrite(tmp_path / "P2" / "a.tif", ramp(80))
    with pytest.raises(OutputError, match="expected an output of patient P2, came one of patient P1"):
        measure_patient(tmp_path / "P2", tmp_path / "out")


def test_a_patient_whose_folder_was_renamed_is_known_by_the_films(films: Path, tmp_path: Path) -> None:
    measure_patient(films, tmp_path / "out")
    assert measure_patient(films.rename(tmp_path / "P9"), tmp_path / "out").patient_id == "P9"


@pytest.mark.parametrize("room", ["tables.write_tables", "transforms.write_transforms", "page.write_page"])
def test_a_run_killed_while_writing_leaves_the_last_complete_output(room: str, tmp_path: Path) -> None:
    script = f"""
import os, signal
from pathlib import Path
from lesionmeter.batch import one
from tests.worlds import patient_world, without_deposits
one.figures.write_figures = lambda *a: None
one.write_output(patient_world(), Path("out"))
def killed(*anything):
    os.kill(os.getpid(), signal.SIGKILL)
one.{room} = killed
one.write_output(without_deposits(patient_world()), Path("out"))
"""
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    ended = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=environment, check=False)
    assert ended.returncode == -9
    assert len(output.read(tmp_path / "out").deposits) == 15
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_measuring_is_offered_by_the_room_itself() -> None:
    assert set(batch.__all__) >= {"measure_patient", "measure_cohort", "write_output"}
