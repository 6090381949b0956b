"""One patient measured again, and many patients: one that fails is a row, and the rest goes on."""

from __future__ import annotations

import csv
import dataclasses
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import tifffile

from lesionmeter import batch
from lesionmeter.batch import BatchSettings, Row, jobs, many, measure_cohort, measure_patient, one
from lesionmeter.batch.table import made_from
from lesionmeter.errors import OutputError, UsageError
from lesionmeter.io import assessment as output
from lesionmeter.model.corrections import Rejection, Signature
from lesionmeter.model.patient import FilmAnatomy
from lesionmeter.model.radiograph import Polarity
from lesionmeter.stages import anatomy

REPOSITORY = Path(__file__).parents[1]
REJECTION = Rejection(Signature("AB", "2026-01-01T00:00:00+00:00"), "a.tif", np.array([5.0, 5.0]))


def ramp(top: int) -> np.ndarray:
    """A film of believable size that shows a wedge."""
    return np.tile(np.linspace(0, top, 500).astype(np.uint8), (600, 1))


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    """Two patients of whom nothing can be read."""
    for name in ("P2", "P1"):
        (tmp_path / "cohort" / name).mkdir(parents=True)
        (tmp_path / "cohort" / name / "letter.txt").write_text("no film")
    return tmp_path / "cohort"


@pytest.fixture
def films(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A patient with one grey film that shows no hand."""

    def nothing(film, settings):
        return FilmAnatomy(film.film, Polarity.NORMAL, "found", (), "no hand was found")

    monkeypatch.setattr(anatomy, "find_hands", nothing)
    (tmp_path / "P1").mkdir()
    tifffile.imwrite(tmp_path / "P1" / "a.tif", ramp(90))
    return tmp_path / "P1"


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stand-in for the processes: writes the mark of an output; the list holds who was measured."""
    seen: list[str] = []

    def run(patients: list[Path], out: Path, settings: BatchSettings) -> Iterator[Row]:
        for folder in reversed(patients):  # rows come in the order in which they end
            seen.append(folder.name)
            (out / folder.name).mkdir(exist_ok=True)
            (out / folder.name / "assessment.json").write_text("{}")
            yield Row(folder.name, "measured", made_from=made_from(folder))

    monkeypatch.setattr(many, "_run", run)
    return seen


def table(out: Path) -> list[dict[str, str]]:
    with (out / "batch.csv").open() as file:
        return list(csv.DictReader(file))


# ---------------------------------------------------------------------- one patient


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


# ---------------------------------------------------------------------- many patients


def test_a_cohort_without_patients_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected a folder of patient folders, came one without any folder"):
        measure_cohort(tmp_path, tmp_path / "out")


def test_an_output_in_the_cohort_is_refused(cohort: Path) -> None:
    with pytest.raises(OutputError, match="expected an output folder outside the cohort's folder"):
        measure_cohort(cohort, cohort / "out")


def test_a_table_that_is_not_ours_is_not_replaced(cohort: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "batch.csv").write_text("beer,malt\n")
    with pytest.raises(OutputError, match="came one with beer, malt; move it away"):
        measure_cohort(cohort, tmp_path / "out")


def test_every_patient_that_fails_is_a_row_with_its_reason(cohort: Path, tmp_path: Path) -> None:
    rows = list(measure_cohort(cohort, tmp_path / "out", BatchSettings(workers=2)))
    assert {row.patient: row.status for row in rows} == {"P1": "failed", "P2": "failed"}
    assert all("expected" in row.reason for row in rows)


def test_the_table_is_in_the_order_of_the_patients_names(cohort: Path, tmp_path: Path, measured: list[str]) -> None:
    assert [row.patient for row in measure_cohort(cohort, tmp_path / "out")] == ["P2", "P1"]
    assert [row["patient"] for row in table(tmp_path / "out")] == ["P1", "P2"]


def test_resuming_measures_only_those_whose_files_changed(cohort: Path, tmp_path: Path, measured: list[str]) -> None:
    list(measure_cohort(cohort, tmp_path / "out"))
    (cohort / "P1" / "films.csv").write_text("file,date\n")
    list(measure_cohort(cohort, tmp_path / "out", BatchSettings(resume=True)))
    assert measured == ["P2", "P1", "P1"]
    assert [row["patient"] for row in table(tmp_path / "out")] == ["P1", "P2"]


def test_resuming_measures_those_whose_output_is_gone(cohort: Path, tmp_path: Path, measured: list[str]) -> None:
    list(measure_cohort(cohort, tmp_path / "out"))
    (tmp_path / "out" / "P2" / "assessment.json").unlink()
    list(measure_cohort(cohort, tmp_path / "out", BatchSettings(resume=True)))
    assert measured == ["P2", "P1", "P2"]


def test_without_resuming_all_are_measured_again(cohort: Path, tmp_path: Path, measured: list[str]) -> None:
    for _ in range(2):
        list(measure_cohort(cohort, tmp_path / "out"))
    assert measured == ["P2", "P1"] * 2


def test_a_patient_over_the_time_limit_is_stopped_and_is_a_row(cohort: Path, tmp_path: Path) -> None:
    rows = list(measure_cohort(cohort, tmp_path / "out", BatchSettings(minutes=0.0001)))
    assert [row.reason for row in rows] == ["not done after 0.0001 minutes; stopped"] * 2


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ("os._exit(3)", "its process ended with code 3"),
        ("os.kill(os.getpid(), 9)", "its process was killed by signal 9; perhaps memory ran out"),
    ],
)
def test_a_process_that_dies_is_a_row_that_says_how(end: str, reason: str, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    answer, mouth = context.Pipe(duplex=False)
    process = context.Process(target=exec, args=(f"import os; {end}",))
    process.start()
    mouth.close()
    process.join()
    row = jobs.Job(tmp_path / "P9", process, answer).ended(1.0)
    assert row is not None
    assert row.reason == reason


def test_a_fault_of_the_program_is_named_by_its_place_and_not_by_its_text() -> None:
    with pytest.raises(ValueError, match="Mrs Smith") as caught:
        raise ValueError("Mrs Smith")
    reason = jobs._fault(caught.value)
    assert reason.startswith("a fault of the program: ValueError in tests/test_batch.py, line ")
    assert "Smith" not in reason


def test_measuring_is_offered_by_the_room_itself() -> None:
    assert set(batch.__all__) >= {"measure_patient", "measure_cohort", "write_output"}
