"""patients.csv: what a study knows of its patients beside their films."""

import pytest

from lesionmeter.errors import StudyError
from lesionmeter.io.patients_csv import read_patients_csv
from lesionmeter.model.cohort import Event, Grade, Treatment
from lesionmeter.model.dates import PartialDate


def read(tmp_path, *lines):
    path = tmp_path / "patients.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_patients_csv(path)


def test_every_clinical_column_is_read(tmp_path):
    record = read(
        tmp_path,
        "patient_id,drug,dose,start,end,surgery,ulcer_or_extrusion,berger,antibodies,centre",
        "P1,diltiazem,180 mg,1983-04,ongoing,1985-02-01; 1987,yes,1983 2+; 1988-06 1+,ACA,north",
    )["P1"]
    assert record.treatments == (Treatment("diltiazem", "180 mg", PartialDate(1983, 4), None, True),)
    assert record.surgery == (Event(PartialDate(1985, 2, 1)), Event(PartialDate(1987)))
    assert record.skin_loss == (Event(),)
    assert record.berger == (Grade(2, PartialDate(1983)), Grade(1, PartialDate(1988, 6)))
    assert (record.antibodies, record.others) == ("ACA", {"centre": "north"})


def test_an_empty_cell_is_unknown_and_no_is_none_of_it(tmp_path):
    records = read(tmp_path, "patient_id,drug,surgery", "P1,,", "P2,none,no")
    assert (records["P1"].treatments, records["P1"].surgery) == (None, None)
    assert (records["P2"].treatments, records["P2"].surgery) == ((), ())


def test_each_course_of_a_drug_has_a_line(tmp_path):
    record = read(tmp_path, "patient_id,drug,antibodies", "P1,diltiazem,ACA", "P1,warfarin,")["P1"]
    assert [course.drug for course in record.treatments] == ["diltiazem", "warfarin"]
    assert record.antibodies == "ACA"


@pytest.mark.parametrize(
    ("header", "line", "fault"),
    [
        ("patient_id,surgery", "P1,perhaps", "line 2: surgery: expected yes, no, or dates"),
        ("patient_id,berger", "P1,5+", r"line 2: berger: expected such as .*, came '5\+'"),
        ("patient_id,start", "P1,spring", "line 2: start: expected a date as YYYY"),
        ("patient_id,start,end", "P1,1990,1985", "line 2: end: expected a date not before 1990, came 1985"),
        ("patient_id,treatment_years", "P1,long", "line 2: treatment_years: expected a number, came 'long'"),
        ("patient_id,centre", ",north", "line 2: patient_id: expected one, came an empty cell"),
        ("patient,centre", "P1,north", "expected the columns patient_id, came patient, centre"),
    ],
)
def test_a_cell_that_is_not_what_it_should_be_is_named(tmp_path, header, line, fault):
    with pytest.raises(StudyError, match=fault):
        read(tmp_path, header, line)


def test_lines_of_one_patient_that_contradict_each_other_are_refused(tmp_path):
    with pytest.raises(StudyError, match="line 3: antibodies: expected what line 2 says, came another"):
        read(tmp_path, "patient_id,antibodies", "P1,ACA", "P1,Scl-70")
