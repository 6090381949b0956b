"""Both papers worked out and written, with the sample's results at hand."""

import csv

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
    text = example_text(worked[0].figures, worked[0].findings)
    line = next(line for line in text.splitlines() if line.startswith("p, telangiectasia"))
    assert line.split("  ")[0] == "p, telangiectasia"
    assert all(part in line for part in ("0.04 (Fisher's exact test)", "0.0706", "differs"))


def test_the_words_of_the_case_stand_beside_the_calls(worked):
    text = example_text(worked[0].figures, worked[0].findings)
    assert 'L 2 middle phalanx radial, 1983 to 1984: "a minimal increase"' in text


def test_the_tables_and_the_page_are_written(worked):
    written = {path.name for path in worked[1].iterdir()}
    assert {"example.html", "checks.csv", "statistics.csv", "counts.csv", "table2.csv", "case_1990.csv"} <= written


def test_the_table_of_patients_leaves_an_unknown_time_empty(worked):
    with (worked[1] / "table2.csv").open(encoding="utf-8", newline="") as file:
        seventh = list(csv.DictReader(file))[6]
    assert (seventh["patient_id"], seventh["treatment_years"], seventh["film_years"]) == ("7", "", "9.0")


def test_the_page_names_both_papers(worked):
    page = (worked[1] / "example.html").read_text(encoding="utf-8")
    assert all(paper in page for paper in ("Ann Rheum Dis 1998;57:252", "Arthritis Rheum 1990;33:1287"))
