"""One patient's folder without identity."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pydicom

from lesionmeter.io.deidentify.files import header_bytes, read_scan, write_dicom, write_scan
from lesionmeter.io.deidentify.header import Change, Cleaner, identity_words, mark
from lesionmeter.io.deidentify.key import FilmKey, Key, Patch, PatientKey, packed
from lesionmeter.io.deidentify.regions import FilmRegions, FindHands, blanked, search
from lesionmeter.io.deidentify.shift import draw_shift
from lesionmeter.io.deidentify.tables import carried_tables
from lesionmeter.io.deidentify.zones import Mask
from lesionmeter.io.dicom.header import open_header
from lesionmeter.io.kinds import Kind, kind_of
from lesionmeter.io.study import read_patient
from lesionmeter.model.patient import Patient
from lesionmeter.model.radiograph import Radiograph

MARK: Final = ".deidentified"
"""Hidden file with the patient's new ID: what the folder is, for undoing. Readers of films pass it over."""

DICOM_SIDES: Final = {"L": "L", "R": "R", "LR": "B"}


@dataclass(frozen=True)
class LogRow:
    """What was done to one attribute of one film, or to one file; no values."""

    film: str
    attribute: str
    name: str
    act: str


@dataclass(frozen=True)
class Done:
    """A de-identified patient: the key with it, the log, and how many regions were blanked on each new film."""

    key: Key
    pseudonym: str
    log: tuple[LogRow, ...]
    blanked: dict[str, int]
    no_hand: tuple[str, ...]


@dataclass(frozen=True)
class Task:
    """How a patient is de-identified: who finds the hands, and what a person confirmed (None if nobody looked)."""

    find_hands: FindHands
    confirmed: dict[str, FilmRegions] | None = None


@dataclass(frozen=True, eq=False)
class _Film:
    """One film on its way: as read, its new name, what to blank, and what belongs to the hand."""

    film: Radiograph
    path: Path
    name: str
    regions: FilmRegions
    hand: Mask
    seen: bool


def deidentify_folder(folder: Path, stage: Path, key: Key, task: Task) -> Done:
    """Write one patient's films without identity into an empty folder.

    Parameters
    ----------
    folder
        The patient's folder.
    stage
        Where to write.
    key
        The key so far; a patient who stands in it keeps ID, shift and names.
    task
        How to do it.

    Raises
    ------
    StudyError
        If the folder cannot be read as one patient.
    """
    patient = read_patient(folder)
    pseudonym = key.pseudonym(patient.patient_id)
    earlier = key.patients.get(pseudonym)
    shift = earlier.shift_days if earlier else draw_shift(film.date for film in patient.films if film.date)
    names = _names(patient, folder, earlier)
    films = [_prepared(film, folder, names[film.film], task) for film in patient.films]
    cleaner = Cleaner(key, pseudonym, shift, _words(patient, folder, films))
    log: list[LogRow] = [LogRow(skipped, "", "", "left out") for skipped in _numbered_skips(patient)]
    keys = {one.name: _write(one, stage, cleaner, task.confirmed is not None, log) for one in films}
    sides = {one.film.film: one.regions.hand or one.film.laterality for one in films}
    tables = carried_tables(patient, folder, names, sides, shift)
    for name, text in tables.items():
        (stage / name).write_text(text, encoding="utf-8")
    (stage / MARK).write_text(pseudonym + "\n", encoding="utf-8")
    before = {name: (folder / name).read_text("utf-8-sig") for name in tables if (folder / name).is_file()}
    record = PatientKey(patient.patient_id, folder.resolve().name, shift, {**_films(earlier), **keys}, before)
    counts = {one.name: len(one.regions.boxes) for one in films}
    blind = tuple(one.name for one in films if not one.seen)
    return Done(key.with_patient(pseudonym, record), pseudonym, tuple(log), counts, blind)


def _films(earlier: PatientKey | None) -> dict[str, FilmKey]:
    return earlier.films if earlier else {}


def _names(patient: Patient, folder: Path, earlier: PatientKey | None) -> dict[str, str]:
    """New name of each film: a number in order of date, and the ending of its kind; earlier names stay."""
    names = {film.name: new for new, film in _films(earlier).items()}
    taken = len(names)
    for film in patient.films:
        if film.film not in names:
            taken += 1
            ending = "dcm" if _is_dicom(folder / film.film, film.film) else "tif"
            names[film.film] = f"film{taken:02d}.{ending}"
    return names


def _is_dicom(path: Path, film: str) -> bool:
    return kind_of(path, film) is Kind.DICOM


def _prepared(film: Radiograph, folder: Path, name: str, task: Task) -> _Film:
    found = search(film, task.find_hands)
    regions = FilmRegions(found.boxes, film.laterality)
    if task.confirmed is not None:
        regions = task.confirmed[film.film]
        regions = replace(regions, boxes=tuple(box.grown(0, film.shape) for box in regions.boxes))
    return _Film(film, folder / film.film, name, regions, found.zones.hand, found.seen)


def _words(patient: Patient, folder: Path, films: list[_Film]) -> frozenset[str]:
    headers = [open_header(one.path, one.film.film) for one in films if one.name.endswith(".dcm")]
    return identity_words(headers, (patient.patient_id, folder.resolve().name))


def _numbered_skips(patient: Patient) -> list[str]:
    """Files that are left out, without their names."""
    return [f"file {number} of other kinds" for number, _ in enumerate(patient.skipped, 1)]


def _write(one: _Film, stage: Path, cleaner: Cleaner, reviewed: bool, log: list[LogRow]) -> FilmKey:
    log += [LogRow(one.name, "", "region", "blanked")] * len(one.regions.boxes)
    if one.name.endswith(".dcm"):
        return _write_dicom(one, stage, cleaner, reviewed, log)
    log.append(LogRow(one.name, "", "metadata of the scan", "removed, but for resolution and polarity"))
    scan = read_scan(one.path, one.film.film)
    write_scan(stage / one.name, blanked(scan.values, one.regions.boxes, one.hand), scan)
    return FilmKey(one.film.film, patches=tuple(Patch.of(scan.values, box) for box in one.regions.boxes))


def _write_dicom(one: _Film, stage: Path, cleaner: Cleaner, reviewed: bool, log: list[LogRow]) -> FilmKey:
    dataset = open_header(one.path, one.film.film)
    header, changes = cleaner.clean(dataset)
    log += [_log_row(one.name, change) for change in changes]
    mark(header, reviewed)
    if one.regions.hand and "ImageLaterality" not in header:
        header.ImageLaterality = DICOM_SIDES[one.regions.hand]
    pixels = one.film.pixels
    write_dicom(stage / one.name, header, blanked(pixels, one.regions.boxes, one.hand), one.film.bits)
    patches = tuple(Patch.of(pixels, box) for box in one.regions.boxes)
    return FilmKey(one.film.film, _kept_header(dataset), patches)


def _kept_header(dataset: pydicom.Dataset) -> str:
    try:
        return packed(header_bytes(dataset))
    except Exception:  # malformed elements cannot be written again; the film is undone without its header then
        return ""


def _log_row(film: str, change: Change) -> LogRow:
    return LogRow(film, change.path, change.name, change.act)
