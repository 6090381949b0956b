"""Agreement from output folders to tables, charts and a page; and its error fed back into the calls."""

import csv
import dataclasses
import json
import sys

import pytest

from lesionmeter import cli
from lesionmeter.errors import OutputError, UsageError
from lesionmeter.io import assessment as output
from lesionmeter.model.dates import PartialDate
from lesionmeter.model.findings import DepositFinding, Estimate, Measurement, Status
from lesionmeter.model.repeatability import Repeatability
from lesionmeter.report.page.trust import limits
from lesionmeter.stages.evidence import EvidenceSettings, compare
from lesionmeter.studies import agree_on
from tests.worlds import patient_world

OWN = Repeatability(0.1, 0.05, 0.04, 0.02, "repeatability.json: 3 repeats")


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """Two readers' outputs of one patient; the second draws a tenth more."""
    folder, world = tmp_path_factory.mktemp("readers"), patient_world()
    output.write(world, folder / "AB")
    output.write(dataclasses.replace(world, deposits=tuple(map(larger, world.deposits))), folder / "CD")
    return [folder / "AB", folder / "CD"]


def larger(finding):
    if finding.measurement is None:
        return finding
    area = dataclasses.replace(finding.measurement.area, value=1.1 * finding.measurement.area.value)
    return dataclasses.replace(finding, measurement=dataclasses.replace(finding.measurement, area=area))


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def finding(film, date, area):
    measured = Measurement(Estimate(area, None, None), 0.0, 0.0, "mm2")
    return DepositFinding(film, PartialDate.parse(date), "L", "L01", None, Status.MEASURED, measurement=measured)


def test_two_readers_are_named_by_their_folders(outputs, tmp_path):
    agree_on(outputs, tmp_path / "out")
    figures = {(row["group"], row["name"]): row["value"] for row in rows(tmp_path / "out/agreement.csv")}
    assert float(figures["all sizes: CD / AB", "mean ratio"]) == pytest.approx(1.1, abs=1e-4)


def test_the_page_carries_its_charts_in_itself_and_they_lie_beside_it_too(outputs, tmp_path):
    agree_on(outputs, tmp_path / "out")
    page = (tmp_path / "out/agreement.html").read_text(encoding="utf-8")
    assert page.count("data:image/svg+xml") == 2
    charts = {path.name for path in (tmp_path / "out/figures").iterdir()}
    assert charts == {f"{name}.{ending}" for name in ("cumulative", "bland_altman_1") for ending in ("svg", "pdf")}


def test_every_deposit_of_every_reader_is_a_row(outputs, tmp_path):
    study = agree_on(outputs, tmp_path / "out")
    assert len(rows(tmp_path / "out/readings.csv")) == 2 * len(study.deposits)


def test_a_folder_of_outputs_is_a_reader_with_many_patients(outputs, tmp_path):
    for name, source in zip(("first", "second"), outputs, strict=True):
        output.write(output.read(source), tmp_path / name / "P1")
    study = agree_on([tmp_path / "first", tmp_path / "second"], tmp_path / "out")
    assert study.columns == ("first", "second")
    assert study.deposits


def test_readers_of_one_folder_name_are_told_apart(outputs, tmp_path):
    for name, source in zip(("x", "y"), outputs, strict=True):
        output.write(output.read(source), tmp_path / name / "P1")
    assert agree_on([tmp_path / "x/P1", tmp_path / "y/P1"], tmp_path / "out").columns == ("x/P1", "y/P1")


def test_readers_give_no_error_of_one_area(outputs, tmp_path):
    agree_on(outputs, tmp_path / "out")
    assert not (tmp_path / "out/repeatability.json").exists()


def test_repeats_give_an_error_of_one_area(outputs, tmp_path):
    agree_on(outputs, tmp_path / "out", repeats=True)
    written = json.loads((tmp_path / "out/repeatability.json").read_text())
    assert written["source"].startswith("3 repeats of")


def test_one_output_alone_is_wrong_use(outputs, tmp_path):
    with pytest.raises(UsageError, match=r"expected two outputs of the same films or more, came one; or --repeats"):
        agree_on(outputs[:1], tmp_path / "out")


def test_a_folder_without_results_is_refused(tmp_path):
    with pytest.raises(OutputError, match=r"expected an output of lesionmeter measure, or a folder of them, came none"):
        agree_on([tmp_path, tmp_path], tmp_path / "out")


def test_a_folder_with_other_files_is_not_replaced(outputs, tmp_path):
    (tmp_path / "letter.txt").write_text("keep me")
    with pytest.raises(OutputError, match=r"expected a new or empty folder, or an output of lesionmeter agree"):
        agree_on(outputs, tmp_path)
    assert (tmp_path / "letter.txt").read_text() == "keep me"


def test_calls_with_a_studys_own_error_say_so():
    films = (finding("a", "2001-01-01", 10.0), finding("b", "2002-01-01", 5.0))
    own = compare(films, EvidenceSettings(repeatability=OWN))[0].reason
    assert "error of an area from repeatability.json: 3 repeats" in own
    assert "error of an area" not in compare(films)[0].reason


def test_a_page_with_a_studys_own_error_says_so():
    world = dataclasses.replace(patient_world(), settings={"evidence": {"repeatability": dataclasses.asdict(OWN)}})
    topics = {limit.topic: limit.lines for limit in limits(world)}
    assert "from repeatability.json: 3 repeats, not with the built-in one" in topics["Error of an area"][0]
    assert "Error of an area" not in {limit.topic for limit in limits(patient_world())}


def test_the_command_prints_the_figures_and_where_they_are(outputs, tmp_path, monkeypatch, capsys):
    words = ["lesionmeter", "agree", *map(str, outputs), "-o", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 0
    shown = capsys.readouterr()
    assert "mean ratio: ×1.10" in shown.out
    assert "remark: several deposits of one patient are not independent" in shown.err


def test_measuring_with_a_file_that_holds_no_error_is_wrong_use(tmp_path, monkeypatch, capsys):
    (tmp_path / "own.json").write_text("{}")
    (tmp_path / "films").mkdir()
    words = ["lesionmeter", "measure", str(tmp_path / "films"), "-o", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", [*words, "--repeatability", str(tmp_path / "own.json")])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 2
    assert "own.json: expected the schema 'lesionmeter repeatability', version 1, came None" in capsys.readouterr().err
