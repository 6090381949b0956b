"""findings.csv: a report's words and the calls that agree with them; every fault named by its line."""

from pathlib import Path

import pytest

from lesionmeter.errors import StudyError
from lesionmeter.io.findings_csv import read_findings
from lesionmeter.model.dates import PartialDate
from lesionmeter.model.reported import ReportedFinding

HEADER = "hand,ray,site,aspect,date_from,date_to,words,expected_calls\n"


def written(folder: Path, *lines: str) -> Path:
    (folder / "findings.csv").write_text(HEADER + "\n".join(lines), encoding="utf-8")
    return folder


def test_a_folder_without_findings_has_none(tmp_path: Path) -> None:
    assert read_findings(tmp_path) == ()


def test_several_calls_may_agree_with_the_same_words(tmp_path: Path) -> None:
    folder = written(tmp_path, 'R,4,4 DIP,,1983,1988-05,"almost, complete",regression resolved')
    dates = PartialDate(1983), PartialDate(1988, 5)
    assert read_findings(folder) == (
        ReportedFinding("R", "4 DIP", "", *dates, "almost, complete", ("regression", "resolved")),
    )


def test_none_says_that_there_is_no_deposit(tmp_path: Path) -> None:
    (finding,) = read_findings(written(tmp_path, "l,2,2 tip,Radial,1983,1988,sclerosis,none"))
    assert (finding.where, finding.no_deposit, finding.calls) == ("L 2 tip radial", True, ())


def test_every_fault_is_told_with_its_line(tmp_path: Path) -> None:
    folder = written(tmp_path, "LR,4,4 DIP,,1983,1988,less,smaller", "L,4,4 DIP,inner,1983,88,less,")
    faults = "line 2: hand: expected L or R, came LR; line 2: expected_calls: .*came smaller; line 3: aspect: .*inner"
    with pytest.raises(StudyError, match=faults):
        read_findings(folder)


def test_a_call_cannot_stand_beside_no_deposit(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="came none stable"):
        read_findings(written(tmp_path, "L,2,2 tip,,1983,1988,sclerosis,none stable"))
