"""The series of 1998 and the case of 1990, worked out and written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lesionmeter.batch import measure_patient
from lesionmeter.io import assessment as output
from lesionmeter.io.findings_csv import read_findings
from lesionmeter.io.papers import published_case
from lesionmeter.model.findings import Assessment
from lesionmeter.pipeline import Progress
from lesionmeter.report.comparison import ComparedFinding, compare
from lesionmeter.report.study import write_case
from lesionmeter.report.tables import CohortFindings
from lesionmeter.survey import survey_of_1998

SAMPLE: Final = "sample"


@dataclass(frozen=True)
class Example:
    """The series as a study, and the case's words beside the program's calls on the sample films."""

    series: CohortFindings
    case: tuple[ComparedFinding, ...]


def work_out_example(films: Path, out: Path, measured: Path | None = None, progress: Progress | None = None) -> Example:
    """Work out both papers and write their tables and pages.

    Parameters
    ----------
    films
        The sample patient's films, with the case's words in `findings.csv`.
    out
        The folder to write; the sample patient's own output goes into `sample` in it.
    measured
        An output of the sample films, such as that of `demo`, in place of measuring them again.
    progress
        As for `assess`.
    """
    case: list[ComparedFinding] = []

    def beside(stage: Path) -> None:
        sample = _sample(films, stage, measured, progress)
        case.extend(compare(sample, read_findings(films)))
        write_case(published_case(), tuple(case), stage, "" if measured else f"{SAMPLE}/findings.html")

    series = survey_of_1998(out, beside)
    return Example(series, tuple(case))


def _sample(films: Path, stage: Path, measured: Path | None, progress: Progress | None) -> Assessment:
    if measured is not None:
        return output.read(measured)
    return measure_patient(films, stage / SAMPLE, progress=progress)
