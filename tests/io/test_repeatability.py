"""repeatability.json: written by agree, read by measure."""

import json

import pytest

from lesionmeter.errors import StudyError
from lesionmeter.io.repeatability import read_repeatability, write_repeatability
from lesionmeter.model.agreement import StudyRepeatability
from lesionmeter.model.repeatability import Repeatability

FOUND = StudyRepeatability(Repeatability(0.1, 0.05, 0.04, 0.02, "3 repeats"), 13, 1, (24, 2), (1.05, 2.2), ("a note",))


@pytest.fixture
def file(tmp_path):
    write_repeatability(FOUND, tmp_path / "repeatability.json")
    return tmp_path / "repeatability.json"


def with_values(file, **values):
    file.write_text(json.dumps(json.loads(file.read_text()) | values))
    return file


def test_what_is_written_is_read_and_names_its_file(file):
    expected = Repeatability(0.1, 0.05, 0.04, 0.02, "repeatability.json: 3 repeats")
    assert read_repeatability(file) == expected


def test_the_file_says_what_the_error_rests_on(file):
    written = json.loads(file.read_text())
    assert (written["n_deposits"], written["degrees_of_freedom"], written["notes"]) == (13, [24, 2], ["a note"])


@pytest.mark.parametrize("size", [-0.1, None, "much", True, float("nan")])
def test_a_size_that_is_none_is_refused(file, size):
    with pytest.raises(StudyError, match=r"k_own: expected a number of 0 or more, came"):
        read_repeatability(with_values(file, k_own=size))


def test_shares_are_read_and_a_file_without_them_has_the_built_in_ones(file):
    assert read_repeatability(with_values(file, border_share=0.5, choice_share=0.25)).choice_share == 0.25
    by_hand = {name: value for name, value in json.loads(file.read_text()).items() if not name.endswith("_share")}
    file.write_text(json.dumps(by_hand))
    assert read_repeatability(file).choice_share == Repeatability().choice_share


def test_a_share_that_is_none_is_refused(file):
    with pytest.raises(StudyError, match=r"choice_share: expected a number of 0 or more, came -1"):
        read_repeatability(with_values(file, choice_share=-1))


def test_no_error_at_all_is_refused(file):
    with pytest.raises(StudyError, match="expected an error of one area, came none"):
        read_repeatability(with_values(file, s0_mm2=0, border_mm=0, k_own=0, k_shared=0))


def test_another_schema_is_refused(file):
    with pytest.raises(StudyError, match=r"expected the schema 'lesionmeter repeatability', version 1, came 'x', 1"):
        read_repeatability(with_values(file, schema="x"))


def test_a_file_that_is_no_json_is_refused(tmp_path):
    (tmp_path / "r.json").write_text("s0_mm2,0.1")
    with pytest.raises(StudyError, match="expected JSON written by lesionmeter agree"):
        read_repeatability(tmp_path / "r.json")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(StudyError, match="expected a file written by lesionmeter agree, came No such file"):
        read_repeatability(tmp_path / "r.json")
