"""What is in an output folder, in other formats: XLSX and Parquet tables, and DICOM objects."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from pydicom.dataset import Dataset

from lesionmeter.batch.films import DicomFilms, Seen, dicom_films, same_films, write_captures
from lesionmeter.errors import UsageError
from lesionmeter.io import assessment as output
from lesionmeter.io.assessment.staging import DOCUMENT
from lesionmeter.io.new_folder import check_new, new_folder
from lesionmeter.io.study import read_patient
from lesionmeter.model.findings import Assessment
from lesionmeter.report import tables
from lesionmeter.report.dicom import FindingObjects, finding_objects, source_of
from lesionmeter.report.dicom.source import written

FORMATS = ("xlsx", "parquet", "dicom")


def export_output(
    out: Path, target: Path, formats: tuple[str, ...], films: Path | None = None, at: dt.datetime | None = None
) -> tuple[str, ...]:
    """Write what is in an output folder in other formats.

    Parameters
    ----------
    out
        An output folder.
    target
        A new or empty folder.
    formats
        Any of `xlsx`, `parquet` (both beside the CSV tables) and `dicom`.
    films
        The patient's folder that `out` was measured from; needed for `dicom`, whose objects cite the films.
    at
        When the findings were made, for `dicom`; the time of `assessment.json` if None. The same time gives the same
        objects.

    Returns
    -------
    tuple of str
        The files written, by their paths in `target`.

    Raises
    ------
    LesionmeterError
        If a format is unknown, `films` is missing or not what was measured, or `target` holds anything.
    """
    _check(formats, films)
    check_new(target)
    result = output.read(out)
    with new_folder(target) as stage:
        if {"xlsx", "parquet"} & set(formats):
            tables.write_tables(result, stage, tuple(f for f in formats if f != "dicom"))
        if "dicom" in formats and films is not None:
            made = at or dt.datetime.fromtimestamp((out / DOCUMENT).stat().st_mtime)
            _write_dicom(result, films, stage, made)
        return tuple(path.relative_to(stage).as_posix() for path in sorted(stage.rglob("*")) if path.is_file())


def _check(formats: tuple[str, ...], films: Path | None) -> None:
    if not formats or set(formats) - set(FORMATS):
        came = next(iter(set(formats) - set(FORMATS)), "none")
        raise UsageError(f"export: expected one or more of {', '.join(FORMATS)}, came {came}")
    if "dicom" in formats and films is None:
        raise UsageError("export: expected the folder of the measured films for DICOM (--films), came none")


def _write_dicom(result: Assessment, folder: Path, stage: Path, at: dt.datetime) -> None:
    measured = {film.film: film for film in result.films if film.shape is not None}
    patient = same_films(read_patient(folder), {name: film.sha256 for name, film in measured.items()})
    patient = dataclasses.replace(patient, films=tuple(film for film in patient.films if film.film in measured))
    seen = {name: Seen(film.polarity, film.hands) for name, film in measured.items()}
    films = dicom_films(folder, patient, seen)
    whole: Mapping[str, Dataset] = {**films.own, **films.captures}
    sources = {film: source_of(film, dataset) for film, dataset in whole.items()}
    corrections = tuple(json.dumps(output.correction_to_plain(said), sort_keys=True) for said in result.corrections)
    objects = finding_objects(result, sources, at, corrections)
    write_captures(films, stage / "films")
    _write_objects(objects, films, stage)


def _write_objects(objects: FindingObjects, films: DicomFilms, stage: Path) -> None:
    for kind, made in (("seg", objects.segmentations), ("pr", objects.presentations), ("sr", objects.reports)):
        for name, dataset in made.items():
            target = stage / kind / f"{_stem(name, films)}.dcm"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(written(dataset))


def _stem(name: str, films: DicomFilms) -> str:
    """A film's name without its ending, unless another film differs in that only; a hand's side as it is."""
    names = [*films.own, *films.captures]
    if name not in names:
        return name
    stems = [PurePosixPath(film).with_suffix("").as_posix() for film in names]
    stem = PurePosixPath(name).with_suffix("").as_posix()
    return stem if stems.count(stem) == 1 else name
