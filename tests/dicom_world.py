"""The patient told in `worlds`, as DICOM objects; and other programs that check or read them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

import pydicom
import pytest
from pydicom.dataset import Dataset

from lesionmeter.model.findings import Assessment
from lesionmeter.model.radiograph import Radiograph
from lesionmeter.report.dicom import FindingObjects, capture_of, finding_objects, owner_of, source_of
from lesionmeter.report.dicom.source import stamped, written
from tests.worlds import patient_world

AT: Final = dt.datetime(2024, 5, 2, 10, 30)
OWNER: Final = owner_of("P017", ())
OUR_SCHEME: Final = "99LESIONMETER"


@cache
def films(sides: str = "L") -> dict[str, Dataset]:
    """Each film as a Secondary Capture."""
    return {film.film: capture(film, sides=sides) for film in _patient_films()}


def _patient_films() -> tuple[Radiograph, ...]:
    patient = patient_world().patient
    assert patient is not None
    checksums = {film.film: film.sha256 for film in patient_world().films}
    return tuple(dataclasses.replace(film, sha256=checksums[film.film]) for film in patient.films)


def capture(film: Radiograph, polarity: str = "normal", sides: str = "L") -> Dataset:
    return stamped(capture_of(film, OWNER, polarity, sides), AT)


@cache
def objects() -> FindingObjects:
    return objects_of(patient_world())


def objects_of(assessment: Assessment, corrections: tuple[str, ...] = (), sides: str = "L") -> FindingObjects:
    sources = {film: source_of(film, dataset) for film, dataset in films(sides).items()}
    return finding_objects(assessment, sources, AT, corrections)


def everything(made: FindingObjects) -> list[Dataset]:
    return [*made.segmentations.values(), *made.presentations.values(), *made.reports.values()]


def write_findings(folder: Path, made: FindingObjects, *, with_films: bool = False) -> Path:
    """SEG and SR of every film, and the films too if asked."""
    for dataset in [*made.segmentations.values(), *made.reports.values(), *(films().values() if with_films else ())]:
        save(dataset, folder / f"{dataset.SOPInstanceUID}.dcm")
    return folder


def save(dataset: Dataset, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written(dataset))
    return path


def faults_by_dciodvfy(dataset: Dataset, folder: Path) -> list[str]:
    """What David Clunie's dciodvfy calls an error in an object."""
    done = _run("dciodvfy", "-new", save(dataset, folder / "checked.dcm"))
    return [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("Error")]


def dumped_by_dcmtk(dataset: Dataset, folder: Path) -> str:
    """A report as dcmtk's dsrdump reads it."""
    done = _run("dsrdump", save(dataset, folder / "report.dcm"))
    assert done.returncode == 0, done.stderr
    return done.stdout


def _run(program: str, *words: object) -> subprocess.CompletedProcess[str]:
    if shutil.which(program) is None:
        pytest.skip(f"NO {program.upper()}: install dicom3tools and dcmtk to check the DICOM objects by other programs")
    return subprocess.run([program, *map(str, words)], capture_output=True, text=True, check=False)


def reread(dataset: Dataset, folder: Path) -> Dataset:
    return pydicom.dcmread(save(dataset, folder / "again.dcm"))
