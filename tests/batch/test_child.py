"""The process that measures one patient."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from lesionmeter.batch import child, guard

REPOSITORY = Path(__file__).parents[2]


def test_a_fault_of_the_program_is_named_by_its_place_and_not_by_its_text() -> None:
    with pytest.raises(ValueError, match="Mrs Smith") as caught:
        raise ValueError("Mrs Smith")
    reason = child._fault(caught.value)
    assert reason.startswith("a fault of the program: ValueError in batch/test_child.py, line ")
    assert "Smith" not in reason


def test_a_patient_of_whom_nothing_can_be_read_is_a_row_that_says_what_came(tmp_path: Path) -> None:
    (tmp_path / "P1").mkdir()
    (tmp_path / "P1" / "letter.txt").write_text("no film")
    row = guard.guarded(guard.Job(str(tmp_path / "P1"), str(tmp_path / "out"))).row
    assert (row.patient, row.status) == ("P1", "failed")
    assert "letter.txt: expected a DICOM, TIFF, PNG or JPEG film" in row.reason


def test_it_ends_when_nobody_waits_for_its_answer(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(guard.COMMAND, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment) as process:
        pass  # leaving the block closes its standard input
    assert process.returncode != 0
