"""Many patients: one that fails is a row, and the rest goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import psutil
import pytest

from lesionmeter.batch import BatchSettings, measure_cohort
from lesionmeter.errors import OutputError, UsageError
from tests.batch.conftest import table

Cohort = Callable[..., Path]


def reasons(cohort: Path, out: Path, **run: object) -> dict[str, str]:
    """Patient to the reason of its row."""
    return {o.row.patient: o.row.reason for o in measure_cohort(cohort, out, BatchSettings(**run))}


def measured(tmp_path: Path) -> list[str]:
    """Who was measured, in order."""
    return (tmp_path / "measured.txt").read_text().split()


def test_a_cohort_without_patients_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected a folder of patient folders, came one without any folder"):
        measure_cohort(tmp_path, tmp_path / "out")


def test_an_output_in_the_cohort_is_refused(cohort: Cohort) -> None:
    films = cohort(P1="")
    with pytest.raises(OutputError, match="expected an output folder outside the cohort's folder"):
        measure_cohort(films, films / "out")


def test_a_table_that_is_not_ours_is_not_replaced(cohort: Cohort, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "batch.csv").write_text("beer,malt\n")
    with pytest.raises(OutputError, match="came one with beer, malt; move it away"):
        measure_cohort(cohort(P1=""), tmp_path / "out")


@pytest.mark.parametrize(
    ("fate", "minutes", "reason"),
    [
        ("os._exit(3)", 1, "its process ended with code 3"),
        (
            "import signal; os.kill(os.getpid(), signal.SIGSEGV)",
            1,
            "its process was killed by signal 11; perhaps memory",
        ),
        ("time.sleep(60)", 0.1, "not done after 0.1 minutes; stopped"),
        ("kept = bytearray(400_000_000)\ntime.sleep(60)", 1, "needed more than 0.3 GB of memory; stopped"),
    ],
)
def test_whatever_happens_to_a_patient_is_a_row_and_the_rest_goes_on(
    fate: str, minutes: float, reason: str, cohort: Cohort, tmp_path: Path
) -> None:
    found = reasons(cohort(P1=fate, P2=""), tmp_path / "out", minutes=minutes, memory_gb=0.3)
    assert found["P1"].startswith(reason)
    assert [row["status"] for row in table(tmp_path / "out")] == ["failed", "measured"]


def test_a_process_that_is_killed_from_outside_is_tried_once_more(cohort: Cohort, tmp_path: Path) -> None:
    once = (
        "import pathlib\nif not (p := pathlib.Path(folder, '../../seen')).exists(): p.touch(); os.kill(os.getpid(), 9)"
    )
    assert reasons(cohort(P1=once), tmp_path / "out") == {"P1": ""}


def test_the_table_is_the_same_bytes_whoever_measures_and_in_whatever_order(cohort: Cohort, tmp_path: Path) -> None:
    films = cohort(P1="time.sleep(0.6)", P2="os._exit(3)", P3="")
    for workers in (1, 3):
        reasons(films, tmp_path / f"out{workers}", workers=workers)
    one, three = ((tmp_path / f"out{workers}" / "batch.csv").read_bytes() for workers in (1, 3))
    assert one == three


def test_resuming_measures_only_those_whose_files_changed(cohort: Cohort, tmp_path: Path) -> None:
    reasons(cohort(P1="", P2=""), tmp_path / "out")
    films = cohort(P1="pass")
    kept = {o.row.patient: o.kept for o in measure_cohort(films, tmp_path / "out", BatchSettings(resume=True))}
    assert kept == {"P1": False, "P2": True}
    assert [row["status"] for row in table(tmp_path / "out")] == ["measured", "measured"]


def test_resuming_needs_nothing_of_a_batch_that_was_killed_but_the_outputs(cohort: Cohort, tmp_path: Path) -> None:
    films = cohort(P1="", P2="")
    reasons(films, tmp_path / "out")
    whole = (tmp_path / "out" / "batch.csv").read_bytes()
    (tmp_path / "out" / "batch.csv").unlink()
    reasons(films, tmp_path / "out", resume=True)
    assert (tmp_path / "out" / "batch.csv").read_bytes() == whole
    assert measured(tmp_path) == ["P1", "P2"]


def test_resuming_measures_those_whose_output_is_gone_or_that_failed(cohort: Cohort, tmp_path: Path) -> None:
    reasons(cohort(P1="", P2="", P3="os._exit(3)"), tmp_path / "out")
    (tmp_path / "out" / "P2" / "assessment.json").unlink()
    kept = [o.row.patient for o in measure_cohort(cohort(), tmp_path / "out", BatchSettings(resume=True)) if o.kept]
    assert kept == ["P1"]


def test_without_resuming_all_are_measured_again(cohort: Cohort, tmp_path: Path) -> None:
    films = cohort(P1="", P2="")
    for _ in range(2):
        reasons(films, tmp_path / "out")
    assert measured(tmp_path) == ["P1", "P2"] * 2


def test_a_batch_that_is_stopped_leaves_no_process_and_the_rows_so_far(cohort: Cohort, tmp_path: Path) -> None:
    films = cohort(P1="", P2="time.sleep(60)", P3="time.sleep(60)")
    batch = measure_cohort(films, tmp_path / "out")
    assert [outcome.row.patient for outcome in islice(batch, 1)] == ["P1"]
    time.sleep(0.5)
    batch.close()
    assert not [child for child in psutil.Process().children() if "fate.py" in " ".join(child.cmdline())]
    assert [row["patient"] for row in table(tmp_path / "out")] == ["P1"]


def test_a_batch_on_this_machine_opens_no_port(cohort: Cohort, tmp_path: Path) -> None:
    for _ in measure_cohort(cohort(P1=""), tmp_path / "out"):
        assert not [link for link in psutil.Process().net_connections() if link.status == psutil.CONN_LISTEN]
