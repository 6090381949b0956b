"""Output folders of a study, written without films: the patient of `tests.worlds` under other names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lesionmeter.io import assessment as output
from lesionmeter.report import tables
from tests.worlds import patient_world


def write_output(folder: Path, patient: str) -> None:
    """What `lesionmeter measure` leaves of the world's patient, but for pictures and page."""
    result = replace(patient_world(), patient_id=patient)
    with output.replacing(folder) as stage:
        output.save(result, stage)
        tables.write_tables(result, stage)
