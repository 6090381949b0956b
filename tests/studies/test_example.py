"""Both papers worked out and written, with the sample's results at hand."""

import pytest

from lesionmeter.io import assessment as output
from lesionmeter.report.study import example_text
from lesionmeter.studies import work_out_example
from tests.worlds import patient_world


@pytest.fixture(scope="module")
def worked(tmp_path_factory, repository):
    folder = tmp_path_factory.mktemp("example")
    output.write(patient_world(), folder / "measured")
    films = repository / "sample_images/patient"
    return work_out_example(films, folder / "out", folder / "measured"), folder / "out"


def test_the_text_sets_every_printed_figure_beside_the_counted_one(worked):
    text = example_text(worked[0].series.checks, worked[0].case)
    line = next(line for line in text.splitlines() if line.startswith("p, telangiectasia"))
    assert all(part in line for part in ("0.04 (Fisher's exact test)", "0.0706", "differs"))


def test_the_words_of_the_case_stand_beside_the_calls(worked):
    text = example_text(worked[0].series.checks, worked[0].case)
    assert 'L 2 middle phalanx radial, 1983 to 1984: "a minimal increase"' in text


def test_the_tables_and_the_pages_are_written(worked):
    written = {path.name for path in worked[1].iterdir()}
    assert {"cohort.html", "checks.csv", "statistics.csv", "counts.csv", "patients.csv"} <= written
    assert {"case_1990.html", "case_1990.csv"} <= written


def test_the_page_of_the_case_names_the_paper_and_its_words_date_by_date(worked):
    page = (worked[1] / "case_1990.html").read_text(encoding="utf-8")
    assert "Arthritis Rheum 1990;33:1287" in page
    assert "extensive periarticular calcifications surrounding the distal interphalangeal joint" in page
