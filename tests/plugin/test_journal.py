"""The journal: on disk before the next action, checked when it is read, whole after any kill."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from napari_lesionmeter.session.journal import Journal
from napari_lesionmeter.session.lock import Holder, Lock

import lesionmeter


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "session" / "journal.jsonl"
    journal = Journal(path)
    for number in range(3):
        journal.append("paint", "AB", {"runs": [number, 1]})
    return path


def test_what_was_written_is_read_again(written: Path) -> None:
    entries = Journal(written).entries
    assert [(e.number, e.kind, e.reader, e.body["runs"]) for e in entries] == [
        (n + 1, "paint", "AB", [n, 1]) for n in range(3)
    ]


def test_every_line_is_on_the_disk_before_the_next_action(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda handle: flushed.append(os.fstat(handle).st_size))
    journal = Journal(tmp_path / "journal.jsonl")
    for _ in range(2):
        journal.append("paint", "AB")
    assert flushed[-1] == (tmp_path / "journal.jsonl").stat().st_size
    assert len(flushed) == 2


@pytest.mark.parametrize("cut", [1, 20, 60])
def test_a_last_line_that_was_cut_off_is_dropped_with_a_word(written: Path, cut: int) -> None:
    written.write_bytes(written.read_bytes()[:-cut])
    journal = Journal(written)
    assert len(journal.entries) == 2
    assert "cut off" in journal.torn
    journal.append("paint", "AB")
    assert len(Journal(written).entries) == 3


def test_a_changed_line_is_refused_by_its_number(written: Path) -> None:
    lines = written.read_text().splitlines(keepends=True)
    lines[1] = lines[1].replace('"AB"', '"XY"')
    written.write_text("".join(lines))
    with pytest.raises(lesionmeter.LesionmeterError, match="expected line 2 as it was written"):
        Journal(written)


def test_a_line_that_was_taken_out_is_noticed(written: Path) -> None:
    lines = written.read_text().splitlines(keepends=True)
    written.write_text(lines[0] + lines[2] + lines[2])
    with pytest.raises(lesionmeter.LesionmeterError, match="expected line 2 as it was written"):
        Journal(written)


def test_a_second_window_is_told_who_has_the_folder(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "lock.json"), Lock(tmp_path / "lock.json")
    assert first.acquire("AB")
    assert not second.acquire("CD")
    assert second.reason.startswith("AB has it open in another window")
    first.release()
    assert second.acquire("CD")


def test_the_lock_of_a_killed_process_is_taken_over(tmp_path: Path) -> None:
    taking = "from napari_lesionmeter.session.lock import Lock; Lock(pathlib.Path(sys.argv[1])).acquire('AB')"
    script = f"import pathlib, sys; {taking}"
    subprocess.run([sys.executable, "-c", script, tmp_path / "l"], check=True)
    assert Lock(tmp_path / "l").acquire("CD")


def test_the_lock_of_another_machine_is_respected(tmp_path: Path) -> None:
    elsewhere = Holder("AB", "another-machine", 1, 0.0)
    (tmp_path / "l").write_text(json.dumps(vars(elsewhere)))
    assert not Lock(tmp_path / "l").acquire("CD")
