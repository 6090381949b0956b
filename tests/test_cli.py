"""The command line's promises: exit codes, one-line errors, help with an example."""

import json
import subprocess
import sys
from importlib.metadata import version

import pytest
import tifffile

from lesionmeter import cli
from lesionmeter.io.repeatability import write_repeatability
from lesionmeter.model.agreement import StudyRepeatability
from lesionmeter.model.repeatability import Repeatability
from lesionmeter.phantom import FilmSpec, StudySpec, simulate

COMMANDS = [
    "agree",
    "cohort",
    *("demo", "measure", "batch", "carry", "landmarks", "phantom", "report"),
    *("fetch", "send", "deidentify", "to-dicom", "export", "import"),
]


def run(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["lesionmeter", *map(str, words)])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    return stop.value.code


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_ends_with_an_example(command, monkeypatch, capsys):
    assert run(monkeypatch, command, "-h") == 0
    assert f"Example: lesionmeter {command}" in " ".join(capsys.readouterr().out.split())


def test_the_version_is_said_by_the_script_and_by_python_m(monkeypatch, capsys):
    assert run(monkeypatch, "--version") == 0
    said = capsys.readouterr().out
    assert said == f"lesionmeter {version('lesionmeter')}\n"
    by_python = subprocess.run([sys.executable, "-m", "lesionmeter", "--version"], capture_output=True, check=True)
    assert by_python.stdout.decode().split() == said.split()


def test_a_folder_that_is_not_there_is_wrong_use(tmp_path, monkeypatch, capsys):
    assert run(monkeypatch, "measure", tmp_path / "nobody", "-o", tmp_path / "out") == 2
    assert capsys.readouterr().err.strip().endswith("expected a folder of films, came nothing")


def test_a_missing_option_is_wrong_use_in_one_line(tmp_path, monkeypatch, capsys):
    assert run(monkeypatch, "measure", tmp_path) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_an_output_folder_without_results_cannot_be_reported(tmp_path, monkeypatch, capsys):
    assert run(monkeypatch, "report", tmp_path) == 2
    assert "expected" in capsys.readouterr().err


def test_points_without_a_place_are_named_by_their_line(tmp_path, monkeypatch, capsys):
    (tmp_path / "points.csv").write_text("film,point,x,y\na.tif,p1,1,2\na.tif,p2,,3\n")
    assert run(monkeypatch, "carry", tmp_path / "points.csv", tmp_path, "-o", tmp_path / "c.csv") == 2
    assert "line 3: x='', y='3'" in capsys.readouterr().err


def test_progress_is_silent_where_standard_error_is_no_terminal():
    shown = subprocess.run([sys.executable, "-m", "lesionmeter.cli", "-h"], capture_output=True, text=True, check=True)
    assert shown.stderr == ""


def test_no_words_at_all_show_the_commands(monkeypatch, capsys):
    assert run(monkeypatch) == 0
    shown = capsys.readouterr().out
    assert all(f"  {command} " in shown for command in COMMANDS)


def test_a_carried_table_cannot_be_a_folder(tmp_path, monkeypatch, capsys):
    assert run(monkeypatch, "carry", tmp_path / "points.csv", tmp_path, "-o", tmp_path) == 2
    assert "expected the name of a CSV to write, came a folder" in capsys.readouterr().err


def test_landmarks_of_nothing_readable_are_unreadable_input(tmp_path, monkeypatch, capsys):
    (tmp_path / "film.dcm").write_text("no film")
    assert run(monkeypatch, "landmarks", tmp_path / "film.dcm", "-o", tmp_path / "l.csv") == 2
    assert "came none of 1 files" in capsys.readouterr().err


def test_a_place_that_cannot_be_read_is_one_line(tmp_path, monkeypatch, capsys):
    def broken(*anything):
        raise PermissionError(13, "Permission denied", "films")

    monkeypatch.setattr(cli, "_measure", broken)
    assert run(monkeypatch, "measure", tmp_path, "-o", tmp_path / "out") == 2
    expected = "lesionmeter: films: expected to be able to read or write here, came Permission denied"
    assert capsys.readouterr().err.strip() == expected


def test_a_batch_makes_its_calls_with_a_studys_own_error(tmp_path, monkeypatch, capsys):
    film = simulate(StudySpec("P1", (FilmSpec("1983", spacing_mm=0.7),)), seed=1).films[0]
    (tmp_path / "films" / "P1").mkdir(parents=True)
    tifffile.imwrite(
        tmp_path / "films" / "P1" / "1983_L.tif", film.pixels, resolution=(10 / 0.7,) * 2, resolutionunit=3
    )
    study = StudyRepeatability(Repeatability(k_own=0.04, source="3 repeats"), 13, 1, (24, 2), (1.05, 2.2), ())
    write_repeatability(study, tmp_path / "ours.json")
    words = ("batch", tmp_path / "films", "-o", tmp_path / "out", "--repeatability", tmp_path / "ours.json")
    assert run(monkeypatch, *words) == 0
    kept = json.loads((tmp_path / "out" / "P1" / "assessment.json").read_text())
    assert kept["settings"]["evidence"]["repeatability"]["source"] == "ours.json: 3 repeats"
