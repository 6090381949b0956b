"""A study's output folders read from their tables."""

import pytest

from lesionmeter.errors import OutputError
from lesionmeter.io.measured import read_outputs
from lesionmeter.model.findings import Status
from tests.studies.outputs import write_output
from tests.worlds import patient_world


def test_tables_come_back_as_the_values_that_were_written(tmp_path):
    write_output(tmp_path / "one", "=P1")  # which CSV keeps from being a formula
    (patient,) = read_outputs(tmp_path)
    world = patient_world()
    assert (patient.patient_id, patient.folder, patient.films) == ("=P1", "one", len(world.films))
    assert [area.status for area in patient.areas] == [finding.status for finding in world.deposits]
    assert [change.call for change in patient.changes] == [change.call for change in world.changes]
    assert [change.interval.years for change in patient.changes] == pytest.approx(
        [change.interval.years for change in world.changes], abs=0.005
    )


def test_what_is_absent_is_0_and_what_is_not_assessable_has_no_area(tmp_path):
    write_output(tmp_path / "one", "P1")
    (patient,) = read_outputs(tmp_path)
    by_status = {status: [a.area for a in patient.areas if a.status is status] for status in Status}
    assert all(area.value == 0 for area in by_status[Status.ABSENT])
    assert by_status[Status.NOT_ASSESSABLE]
    assert set(by_status[Status.NOT_ASSESSABLE]) == {None}


def test_a_patient_whom_the_batch_could_not_measure_comes_with_the_reason(tmp_path):
    write_output(tmp_path / "P1", "P1")  # of an earlier batch, and out of date
    (tmp_path / "batch.csv").write_text("patient,status,reason\nP1,failed,films cannot be read\n")
    (patient,) = read_outputs(tmp_path)
    assert (patient.folder, patient.reason) == ("", "films cannot be read")


def test_a_folder_without_outputs_is_refused(tmp_path):
    with pytest.raises(OutputError, match="expected output folders of lesionmeter batch or measure, came none"):
        read_outputs(tmp_path)


def test_one_patient_in_two_folders_is_refused(tmp_path):
    for folder in ("a", "b"):
        write_output(tmp_path / folder, "P1")
    with pytest.raises(OutputError, match="expected each patient once, came P1 in a, b"):
        read_outputs(tmp_path)


def test_a_damaged_table_is_named(tmp_path):
    write_output(tmp_path / "one", "P1")
    (tmp_path / "one" / "changes.csv").write_text("patient_id,level\nP1,site\n")
    with pytest.raises(OutputError, match="one: expected tables of lesionmeter, came other cells"):
        read_outputs(tmp_path)
