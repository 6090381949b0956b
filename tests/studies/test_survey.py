"""A whole study: tables, statistics, figures and page from output folders."""

import csv
import re

import pandas as pd
import pytest

from lesionmeter.errors import OutputError, UsageError
from lesionmeter.report.tables.cohort_columns import COHORT_TABLES, wide_columns
from lesionmeter.survey import survey
from tests.studies.outputs import write_output

CLINICAL = """patient_id,drug,start,end,centre,weight
P1,diltiazem,1984-04-18,ongoing,north,46
P2,none,,,south,51
P3,,,,south,
"""


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("outputs")
    for patient in ("P1", "P2"):
        write_output(folder / patient, patient)
        (folder / patient / "report.html").write_text("the patient's page")
    (folder / "patients.csv").write_text(CLINICAL)
    return folder


@pytest.fixture(scope="module")
def study(outputs):
    out = outputs.parent / f"{outputs.name}-study"
    survey(outputs, out)
    return out


def rows(study, table):
    with (study / f"{table}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_table_has_the_columns_of_its_dictionary(study):
    for table in ("long", "changes", "statistics", "counts"):
        if (study / f"{table}.csv").exists():
            assert list(rows(study, table)[0]) == [column.name for column in COHORT_TABLES[table]]
    assert list(rows(study, "wide")[0]) == [column.name for column in wide_columns(3)]
    explained = {(row["table"], row["column"]) for row in rows(study, "columns")}
    assert {("patients", name) for name in rows(study, "patients")[0]} <= explained


def test_unknown_treatment_stays_unknown_and_none_is_0(study):
    times = {row["patient_id"]: (row["treatment_years"], row["overlap_years"]) for row in rows(study, "patients")}
    assert times["P2"] == ("0.0", "0.0")
    assert times["P3"] == ("", "")
    assert float(times["P1"][1]) == pytest.approx(4.2, abs=0.1)


def test_the_studys_own_columns_are_kept(study):
    assert [row["weight"] for row in rows(study, "patients")] == ["46", "51", ""]


def test_the_wide_table_sums_a_site_only_where_all_its_deposits_are_assessable(study):
    for row in rows(study, "wide"):
        for visit in ("1", "2", "3"):
            areas = [r for r in rows(study, "long") if (r["patient_id"], r["hand"], r["site"], r["date"]) ==
                     (row["patient_id"], row["hand"], row["site"], row[f"date_{visit}"])]  # fmt: skip
            if all(r["area_mm2"] for r in areas):
                total = sum(float(r["area_mm2"]) for r in areas)
                assert float(row[f"area_{visit}_mm2"]) == pytest.approx(total, abs=0.02)
            else:
                assert row[f"area_{visit}_mm2"] == ""


def test_the_long_table_has_each_deposits_change_since_its_baseline(study):
    row = next(r for r in rows(study, "long") if (r["patient_id"], r["deposit"], r["date"]) == ("P1", "L01", "1988"))
    change = next(
        r for r in rows(study, "changes")
        if (r["patient_id"], r["deposit"], r["date_from"], r["date_to"]) == ("P1", "L01", row["baseline"], "1988")
    )  # fmt: skip
    assert (row["change_pct"], row["call"]) == (change["change_pct"], change["call"])
    assert row["baseline"] == "1983-04-18"


def test_csv_parquet_and_workbook_hold_the_same_rows(study):
    sheets = pd.read_excel(study / "tables.xlsx", sheet_name=None)
    for table in ("patients", "long", "wide", "changes"):
        assert len(rows(study, table)) == len(pd.read_parquet(study / f"{table}.parquet")) == len(sheets[table])
    assert "columns" in sheets


def test_the_same_study_gives_the_same_bytes(study, outputs):
    again = outputs.parent / f"{outputs.name}-again"
    survey(outputs, again)
    files = [path.relative_to(study) for path in study.rglob("*") if path.is_file()]
    assert len(files) > 10
    assert all((study / name).read_bytes() == (again / name).read_bytes() for name in files)


def test_the_page_holds_no_address_but_those_of_the_patients(study, outputs):
    page = (study / "cohort.html").read_text(encoding="utf-8")
    links = re.findall(r'href="([^"]+)"', page)
    assert links == [f"../{outputs.name}/{patient}/report.html" for patient in ("P1", "P2")]
    assert not re.search(r"(src|url)\W+https?:", page)


def test_the_page_says_what_is_not_known(study):
    page = (study / "cohort.html").read_text(encoding="utf-8")
    assert "Time on treatment is not known of 1; it is not taken to be 0." in page


def test_groups_are_compared_where_they_are_asked_for(outputs, tmp_path):
    found = survey(outputs, tmp_path / "study", groups=("centre",))
    assert [s.group for s in found.statistics if s.name == "comparison of groups"] == ["centre"]


def test_a_column_that_is_not_there_is_refused_with_those_that_are(outputs, tmp_path):
    with pytest.raises(UsageError, match=r"\(antibodies, centre, dose, drug, weight\), came 'center'"):
        survey(outputs, tmp_path / "study", groups=("center",))


def test_an_output_over_what_is_read_is_refused(outputs):
    with pytest.raises(OutputError, match="expected an output folder apart from what is read"):
        survey(outputs, outputs)


def test_a_folder_that_is_no_study_is_not_replaced(outputs, tmp_path):
    (tmp_path / "novel.txt").write_text("chapter one")
    with pytest.raises(OutputError, match=r"or an output of lesionmeter cohort, came a folder without cohort\.html"):
        survey(outputs, tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UsageError, match="expected a folder of output folders, came nothing"):
        survey(tmp_path / "nowhere", tmp_path / "study")
