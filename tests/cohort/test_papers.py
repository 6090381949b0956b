"""The two papers: what they print, beside what their own counts give."""

import csv

import pytest

from lesionmeter.cohort import check_series, printed_findings
from lesionmeter.io.papers import published_case, published_series

SERIES = published_series()


@pytest.fixture(scope="module")
def checked():
    return {(row.figure, row.paper): row for row in check_series(SERIES)}


def one(checked, figure):
    (row,) = [row for (name, _), row in checked.items() if name == figure]
    return row


@pytest.mark.parametrize(
    ("figure", "counts", "verdict"),
    [
        ("patients", "12", "agrees"),
        ("regressed slightly", "3", "agrees"),
        ("unchanged", "6", "agrees"),
        ("intensified slightly", "3", "agrees"),
        ("film follow-up, median, years", "5", "not printed"),
        ("film follow-up, range, years", "1-15", "agrees"),
        ("film-years", "78", "not printed"),
        ("treatment-years", "80", "agrees"),
        ("treatment-years, regressed", "23", "agrees"),
        ("treatment-years, unchanged", "22", "not printed"),
        ("treatment-years, intensified", "35", "agrees"),
        ("p, anticentromere", "0.0032", "agrees"),
        ("p, anti scl70", "0.0114", "agrees"),
        ("p, digital necrosis", "0.0933", "agrees"),
        ("p, giant capillaries", "0.0489", "only when cut off"),
        ("p, telangiectasia", "0.0706", "differs"),
        ("p, nailfold capillaries, per mm", "", "cannot be recomputed"),
        ("p, disease duration, years", "", "cannot be recomputed"),
        ("films over a longer time than treatment", "patients 5, 10, 12", "not printed"),
    ],
)
def test_a_figure_of_the_series_of_1998(checked, figure, counts, verdict):
    row = one(checked, figure)
    assert (row.counts, row.verdict) == (counts, verdict)


def test_the_mean_follow_up_of_the_text_agrees_and_that_of_the_abstract_does_not(checked):
    rows = [row for (name, _), row in checked.items() if name == "film follow-up, mean (SD), years"]
    assert [(row.paper, row.counts, row.verdict) for row in rows] == [
        ("6.5 (4) (text)", "6.5 (4.46)", "agrees"),
        ("7.8 (4) (abstract)", "6.5 (4.46)", "differs"),
    ]


def test_the_treatment_time_is_over_eleven_patients_and_one_is_not_known(checked):
    assert one(checked, "treatment-years").note == "sum over 11 known, not known of 1"


def test_the_shares_have_exact_intervals(checked):
    assert "Clopper-Pearson 5.5 to 57.2 %" in one(checked, "regressed slightly").note


def test_telangiectasia_names_the_variants_that_come_near_the_printed_p(checked):
    assert "mid-p 0.0402" in one(checked, "p, telangiectasia").note


def test_seven_of_47_is_one_percentage_by_one_rule():
    seven = [line for line in printed_findings(SERIES.counts) if line.count == 7]
    assert [(line.percent, line.printed) for line in seven] == [("15", "14"), ("15", "15")]


def test_every_site_of_the_case_of_1990_is_a_finding_of_the_sample_patient(repository):
    with (repository / "sample_images/patient/findings.csv").open(encoding="utf-8", newline="") as file:
        sample = {(row["hand"], row["site"], row["aspect"]) for row in csv.DictReader(file)}
    assert {(site.laterality, site.site, site.aspect) for site in published_case().sites} == sample


def test_what_is_no_deposit_in_the_case_of_1990_is_marked():
    assert [site.site for site in published_case().sites if site.no_deposit] == ["2 tip"]
