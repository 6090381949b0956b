"""The series of 1998 and the case of 1990, worked out and written."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from lesionmeter.batch import measure_patient
from lesionmeter.cohort import check_series, describe, follow_up_table, printed_findings
from lesionmeter.io import assessment as output
from lesionmeter.io.findings_csv import read_findings
from lesionmeter.io.papers import published_case, published_series
from lesionmeter.io.study_output import replacing_study
from lesionmeter.model.findings import Assessment
from lesionmeter.pipeline import Progress
from lesionmeter.report.comparison import compare
from lesionmeter.report.study import Example, write_example

SAMPLE: Final = "sample"
PAGE: Final = "example.html"


def work_out_example(films: Path, out: Path, measured: Path | None = None, progress: Progress | None = None) -> Example:
    """Work out both papers and write the tables and the page.

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
    with replacing_study(out, PAGE) as stage:
        sample = _sample(films, stage, measured, progress)
        series = published_series()
        example = Example(
            series,
            check_series(series),
            describe(series.patients),
            printed_findings(series.counts),
            follow_up_table(series.patients),
            published_case(),
            compare(sample, read_findings(films)),
        )
        write_example(example, stage, "" if measured else f"{SAMPLE}/findings.html")
    return example


def _sample(films: Path, stage: Path, measured: Path | None, progress: Progress | None) -> Assessment:
    if measured is not None:
        return output.read(measured)
    return measure_patient(films, stage / SAMPLE, progress=progress)
