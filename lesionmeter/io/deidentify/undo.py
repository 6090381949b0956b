"""Undo a de-identification with its key."""

from __future__ import annotations

from pathlib import Path

import pydicom

from lesionmeter.errors import StudyError
from lesionmeter.io.deidentify.files import header_from, read_scan, write_dicom, write_scan
from lesionmeter.io.deidentify.key import FilmKey, Key, PatientKey, unpacked
from lesionmeter.io.deidentify.patient import MARK
from lesionmeter.io.dicom import read_dicom


def undo_folder(folder: Path, stage: Path, key: Key) -> int:
    """Write a de-identified patient's films as they were into an empty folder, and count them.

    Names, headers, dates and the pixels under blanked regions come back, and films.csv and hints.csv as they were.
    DICOM films come back uncompressed, scans as TIFF with their resolution.

    Raises
    ------
    StudyError
        If the key does not know the folder's patient.
    """
    record = _record(folder, key)
    found = [(folder / name, film) for name, film in record.films.items() if (folder / name).is_file()]
    tables = dict(record.tables)
    for path, film in found:
        target = stage / _restored_name(film)
        target.parent.mkdir(parents=True, exist_ok=True)
        _restore(path, target, film)
        tables = {name: text.replace(film.name, _restored_name(film)) for name, text in tables.items()}
    for name, text in tables.items():
        (stage / name).write_text(text, encoding="utf-8")
    return len(found)


def _record(folder: Path, key: Key) -> PatientKey:
    marked = folder / MARK
    pseudonym = marked.read_text(encoding="utf-8").strip() if marked.is_file() else folder.resolve().name
    if pseudonym not in key.patients:
        raise StudyError(f"{folder}: expected a patient that the key knows, came another; is it the right key?")
    return key.patients[pseudonym]


def _restored_name(film: FilmKey) -> str:
    """The name before; a scan's with the ending of what it is now."""
    is_dicom, is_tiff = bool(film.header), film.name.lower().endswith((".tif", ".tiff"))
    return film.name if is_dicom or is_tiff else str(Path(film.name).with_suffix(".tif").as_posix())


def _restore(path: Path, target: Path, film: FilmKey) -> None:
    if path.suffix == ".dcm":
        read = read_dicom(path, path.name).radiograph
        pixels = read.pixels.copy()
        for patch in film.patches:
            patch.put_back(pixels)
        header = header_from(unpacked(film.header)) if film.header else pydicom.dcmread(path, stop_before_pixels=True)
        write_dicom(target, header, pixels, read.bits)
        return
    scan = read_scan(path, path.name)
    pixels = scan.values.copy()
    for patch in film.patches:
        patch.put_back(pixels)
    write_scan(target, pixels, scan)
