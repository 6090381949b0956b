"""The program's calls beside a report's words: which change a finding is about, and what counts as agreement."""

from pathlib import Path

import pytest

from lesionmeter.model.findings import Assessment
from lesionmeter.model.reported import ReportedFinding
from lesionmeter.report.comparison import compare, comparison_page, write_comparison
from tests import worlds

FIRST, LAST = worlds.DATES[0], worlds.DATES[2]


@pytest.fixture(scope="module")
def patient() -> Assessment:
    return worlds.patient_world()


def reported(site: str, aspect: str, *calls: str, no_deposit: bool = False) -> ReportedFinding:
    return ReportedFinding("L", site, aspect, FIRST, LAST, "the words", calls, no_deposit)


def agrees(patient: Assessment, finding: ReportedFinding) -> bool:
    return compare(patient, (finding,))[0].agrees


def test_a_call_agrees_if_the_report_expects_it(patient: Assessment) -> None:
    assert agrees(patient, reported("2 middle phalanx", "radial", "resolved", "regression"))
    assert not agrees(patient, reported("2 middle phalanx", "radial", "progression"))


def test_a_finding_with_an_aspect_is_about_the_largest_deposit_there(patient: Assessment) -> None:
    (row,) = compare(patient, (reported("2 middle phalanx", "radial", "regression"),))
    assert row.identities == ("L01", "L03")
    assert row.change is not None
    assert row.change.identity == "L01"


def test_a_deposit_on_the_other_side_of_a_site_is_another_finding(patient: Assessment) -> None:
    assert not agrees(patient, reported("2 middle phalanx", "ulnar", "regression"))


def test_a_finding_without_a_stated_change_needs_a_deposit(patient: Assessment) -> None:
    assert agrees(patient, reported("4 DIP", "ulnar"))
    assert not agrees(patient, reported("3 DIP", "ulnar"))


def test_what_is_reported_as_no_deposit_must_not_be_found(patient: Assessment) -> None:
    assert agrees(patient, reported("2 tip", "radial", no_deposit=True))
    assert not agrees(patient, reported("4 DIP", "ulnar", no_deposit=True))


def test_the_page_counts_agreement_and_names_what_the_report_does_not(patient: Assessment, tmp_path: Path) -> None:
    findings = reported("4 DIP", "ulnar"), reported("3 DIP", "ulnar")
    write_comparison(patient, findings, tmp_path)
    html = (tmp_path / "findings.html").read_text(encoding="utf-8")
    assert "1 of 2" in html
    assert "not named by the report: L01, L03, L04, L05" in html


def test_words_are_escaped(patient: Assessment) -> None:
    evil = ReportedFinding("L", "4 DIP", "ulnar", FIRST, LAST, "<script>")
    assert "<script" not in comparison_page(patient, (evil,))
