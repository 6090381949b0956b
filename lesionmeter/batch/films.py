"""A patient's films as DICOM objects: those that are, as they are, and the others as Secondary Captures."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pydicom.dataset import Dataset

from lesionmeter.errors import OutputError
from lesionmeter.io.csv_table import read_csv
from lesionmeter.io.dicom.header import open_header
from lesionmeter.io.findings_csv import FINDINGS_CSV
from lesionmeter.io.kinds import Kind, kind_of
from lesionmeter.io.new_folder import check_new, new_folder
from lesionmeter.io.study import FILMS_CSV, HINTS_CSV, read_patient
from lesionmeter.model.patient import Patient
from lesionmeter.model.radiograph import Radiograph
from lesionmeter.pipeline import Progress, find_landmarks
from lesionmeter.report.dicom import capture_of, owner_of
from lesionmeter.report.dicom.source import stamped, written

NO_CLOCK = dt.datetime(1970, 1, 1)


@dataclass(frozen=True)
class Seen:
    """What was found on a film and its file does not state: polarity, and the hands on it."""

    polarity: str
    hands: str


@dataclass(frozen=True, eq=False)
class DicomFilms:
    """A patient's films as DICOM objects, by the film's name.

    `own` are the files that are DICOM already, without their pixels; `captures` are made from the others.
    """

    own: Mapping[str, Dataset]
    captures: Mapping[str, Dataset]


def films_to_dicom(folder: Path, out: Path, progress: Progress | None = None) -> tuple[str, ...]:
    """Write a patient's folder anew with every film as DICOM: scanned films as Secondary Captures, the others copied.

    Stored values stay as they are. What `films.csv` states of a film goes into its object, and the tables
    beside the films come along with the new names in them.

    Parameters
    ----------
    folder
        The patient's folder.
    out
        A new or empty folder.
    progress
        Called with the share done and a few words.

    Returns
    -------
    tuple of str
        The films that were made Secondary Captures.

    Raises
    ------
    LesionmeterError
        If the folder cannot be read as one patient, a film cannot be held by DICOM, or `out` holds anything.
    """
    check_new(out)
    patient = read_patient(folder)
    tell = progress or (lambda share, words: None)
    seen: dict[str, Seen] = {}
    for number, film in enumerate(patient.films):
        tell(number / len(patient.films), film.film)
        if not _is_dicom(folder, film):
            seen[film.film] = _look(film)
    films = dicom_films(folder, patient, seen)
    with new_folder(out) as stage:
        for name in films.own:
            target = stage / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, target)
        write_captures(films, stage)
        _carry_tables(folder, stage, {film: capture_name(film, films) for film in films.captures})
    return tuple(films.captures)


def _carry_tables(folder: Path, stage: Path, names: Mapping[str, str]) -> None:
    """The tables that lie beside the films, with the captures' names in them."""
    if (folder / FINDINGS_CSV).is_file():
        shutil.copyfile(folder / FINDINGS_CSV, stage / FINDINGS_CSV)
    for path in (folder / FILMS_CSV, folder / HINTS_CSV):
        if path.is_file():
            table = read_csv(path, (), ("file",))
            rows = [row.cells | {"file": _named(row["file"], names)} for row in table.rows]
            with (stage / path.name).open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, table.unknown, delimiter=";" if table.decimal_comma else ",")
                writer.writeheader()
                writer.writerows(rows)


def _named(file: str, names: Mapping[str, str]) -> str:
    plain = file.replace("\\", "/").removeprefix("./")
    return names.get(plain, plain)


def dicom_films(folder: Path, patient: Patient, seen: Mapping[str, Seen]) -> DicomFilms:
    """Every film of a patient as a DICOM object.

    Parameters
    ----------
    folder
        The patient's folder.
    patient
        Its films as read.
    seen
        What was found on each film that is no DICOM, by its name.
    """
    own = {film.film: open_header(folder / film.film, film.film) for film in patient.films if _is_dicom(folder, film)}
    owner = owner_of(patient.patient_id, tuple(own.values()))
    captures = {
        film.film: stamped(
            capture_of(film, owner, seen[film.film].polarity, film.laterality or seen[film.film].hands), NO_CLOCK
        )
        for film in patient.films
        if film.film not in own
    }
    return DicomFilms(own, captures)


def write_captures(films: DicomFilms, folder: Path) -> None:
    """Write the captures into a folder, each named as its film with the ending `.dcm`."""
    for film, dataset in films.captures.items():
        target = folder / capture_name(film, films)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(written(dataset))


def capture_name(film: str, films: DicomFilms) -> str:
    """The name of a film's capture; where two would share it, the film's own ending stays before `.dcm`."""
    plain = PurePosixPath(film).with_suffix(".dcm").as_posix()
    others = {*films.own, *(PurePosixPath(f).with_suffix(".dcm").as_posix() for f in films.captures if f != film)}
    return f"{film}.dcm" if plain in others else plain


def _is_dicom(folder: Path, film: Radiograph) -> bool:
    return kind_of(folder / film.film, film.film) is Kind.DICOM


def _look(film: Radiograph) -> Seen:
    found = find_landmarks(film)
    return Seen(found.polarity.value, "".join(hand.laterality.value for hand in found.hands))


def same_films(patient: Patient, checksums: Mapping[str, str]) -> Patient:
    """The patient, if these are the films that were measured.

    Parameters
    ----------
    patient
        A patient's folder as it is now.
    checksums
        SHA-256 of each film that was measured, by its name.

    Raises
    ------
    OutputError
        If a film is missing or another.
    """
    here = {film.film: film.sha256 for film in patient.films}
    for film, checksum in checksums.items():
        if here.get(film) != checksum:
            came = "no such film" if film not in here else "a film of another content"
            raise OutputError(f"{film}: expected the film that was measured, came {came}; measure the folder again")
    return patient
