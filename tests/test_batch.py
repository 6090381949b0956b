"""Many patients: one that fails is a row, and the rest goes on."""

import csv
import multiprocessing
import os

import pytest

from lesionmeter import batch
from lesionmeter.batch import BatchSettings, measure_cohort
from lesionmeter.errors import UsageError


@pytest.fixture
def cohort(tmp_path):
    for name in ("P2", "P1"):
        (tmp_path / "cohort" / name).mkdir(parents=True)
        (tmp_path / "cohort" / name / "letter.txt").write_text("no film")
    return tmp_path / "cohort"


def test_a_cohort_without_patients_is_refused(tmp_path):
    with pytest.raises(UsageError, match="expected a folder of patient folders, came one without any folder"):
        measure_cohort(tmp_path, tmp_path / "out")


def test_every_patient_that_fails_is_a_row_with_its_reason(cohort, tmp_path):
    rows = list(measure_cohort(cohort, tmp_path / "out"))
    assert {row.patient: row.status for row in rows} == {"P1": "failed", "P2": "failed"}
    assert all("expected" in row.reason for row in rows)


def test_the_table_is_in_the_order_of_the_patients_names(cohort, tmp_path):
    list(measure_cohort(cohort, tmp_path / "out", BatchSettings(workers=2)))
    with (tmp_path / "out" / "batch.csv").open() as file:
        assert [row["patient"] for row in csv.DictReader(file)] == ["P1", "P2"]


def test_a_patient_over_the_time_limit_is_stopped_and_is_a_row(cohort, tmp_path):
    rows = list(measure_cohort(cohort, tmp_path / "out", BatchSettings(minutes=0.0001)))
    assert [row.reason for row in rows] == ["not done after 0.0001 minutes; stopped"] * 2


def test_a_process_that_dies_is_a_row_with_its_exit_code(tmp_path):
    context = multiprocessing.get_context("spawn")
    answer, mouth = context.Pipe(duplex=False)
    process = context.Process(target=os._exit, args=(3,))
    process.start()
    mouth.close()
    process.join()
    assert batch._ended(batch._Job(tmp_path / "P9", process, answer), 1.0).reason == "its process ended with code 3"
