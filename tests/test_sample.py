"""The whole way on the sample patient: the calls agree with the paper's words, site by site."""

from pathlib import Path

from lesionmeter.io.findings_csv import read_findings
from lesionmeter.model.findings import Assessment
from lesionmeter.report.comparison import compare

MEASURED = tuple[Assessment, Path]


def test_every_call_agrees_with_the_paper_s_words(measured_sample: MEASURED, repository: Path) -> None:
    rows = compare(measured_sample[0], read_findings(repository / "sample_images" / "patient"))
    assert len(rows) == 14
    assert not [f"{row.reported.where}: {row.change and row.change.call}" for row in rows if not row.agrees]


def test_the_words_and_calls_stand_on_a_page_of_their_own(measured_sample: MEASURED) -> None:
    html = (measured_sample[1] / "findings.html").read_text(encoding="utf-8")
    assert "14 of 14" in html
    assert "sclerosis and erosion of the tuft persisted" in html


def test_findings_csv_is_no_skipped_film(measured_sample: MEASURED) -> None:
    assert "findings.csv" not in {file.file for file in measured_sample[0].skipped}
