"""A patient's folder -> Patient: every film read or skipped with its reason."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from lesionmeter.errors import FilmError, StudyError
from lesionmeter.io.dicom import DicomFilm, read_dicom
from lesionmeter.io.films_csv import Statement, read_films_csv
from lesionmeter.io.findings_csv import FINDINGS_CSV
from lesionmeter.io.hints_csv import read_hints_csv
from lesionmeter.io.kinds import Kind, NotAFilm, kind_of
from lesionmeter.io.names import dates_in, not_an_exam_date, side_in
from lesionmeter.io.raster import read_raster
from lesionmeter.model.dates import PartialDate
from lesionmeter.model.geometry import Spacing
from lesionmeter.model.patient import Hint, Patient, Skipped
from lesionmeter.model.radiograph import Radiograph

FILMS_CSV: Final = "films.csv"
HINTS_CSV: Final = "hints.csv"
TRUTH: Final = ".truth"
"""Ends the name of a simulated film's mask, before its kind: without deposits it has one value, as no label image."""

OUTPUT_MARK: Final = "assessment.json"
"""A folder with this file is an output of ours; its masks and pictures are not read as films."""


@dataclass(frozen=True)
class ReadSettings:
    """How a folder is read.

    Parameters
    ----------
    today
        Dates after it are not believed; the clock's if None.
    """

    today: dt.date | None = None


def read_patient(
    folder: Path, settings: ReadSettings | None = None, found: Callable[[Radiograph], None] | None = None
) -> Patient:
    """Read every film of a patient's folder and of the folders in it.

    What `films.csv` states wins over the files. Hidden files, label images and files of other kinds are skipped; a
    film that cannot be read is skipped as `refused`, with the reason, and does not keep the others from being measured.

    Parameters
    ----------
    folder
        The folder.
    settings
        How to read it.
    found
        Called with each film as it is read, without what `films.csv` states, so that a window can show it at once.

    Raises
    ------
    StudyError
        If there is no such folder or no readable film in it, the films are of two patients, or a table is faulty.
    """
    today = (settings or ReadSettings()).today or dt.date.today()
    if not folder.is_dir():
        raise StudyError(f"{folder}: expected a patient's folder, came {'a file' if folder.exists() else 'nothing'}")
    files = dict(_walk(folder))
    tables = {name: files.pop(name) for name in (FILMS_CSV, HINTS_CSV, FINDINGS_CSV) if name in files}
    statements: dict[str, Statement] = {}
    remarks: tuple[str, ...] = ()
    if FILMS_CSV in tables:
        statements, remarks = read_films_csv(tables[FILMS_CSV], files, today)
    readings, skipped = _read_all(files, found)
    _check_any(folder, readings, skipped)
    films = _in_order(_stated(reading, statements.get(film), today) for film, reading in readings.items())
    hints: tuple[Hint, ...] = ()
    if HINTS_CSV in tables:
        hints, hint_remarks = read_hints_csv(tables[HINTS_CSV], files, {film.film: film.shape for film in films})
        remarks += hint_remarks
    return Patient(_patient_id(folder, readings), films, hints, skipped, remarks)


def read_film(path: Path, settings: ReadSettings | None = None) -> Radiograph:
    """Read one film by itself, with what its file and its name say of it.

    Raises
    ------
    FilmError
        If the file is not there or is no single grey radiograph.
    """
    today = (settings or ReadSettings()).today or dt.date.today()
    return _sided(_dated(_read(path, path.name), today))


def _walk(folder: Path, inside: str = "", above: frozenset[Path] = frozenset()) -> Iterator[tuple[str, Path]]:
    """Names (with `/`) and paths of all files, in order of name; links that lead back up are not followed."""
    here = folder.resolve()
    if here in above or (inside and (folder / OUTPUT_MARK).exists()):
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "__MACOSX")):
            continue
        if path.is_dir():
            yield from _walk(path, f"{inside}{path.name}/", above | {here})
        else:
            # Names in another encoding than the system's cannot be written into tables as they are.
            yield f"{inside}{path.name}".encode(errors="surrogateescape").decode(errors="replace"), path


@dataclass(frozen=True, eq=False)
class _Reading:
    """One film as its file has it."""

    radiograph: Radiograph
    patient_id: str = ""
    dates: tuple[tuple[PartialDate, str], ...] = field(default=())


def _read_all(
    files: dict[str, Path], found: Callable[[Radiograph], None] | None
) -> tuple[dict[str, _Reading], tuple[Skipped, ...]]:
    readings: dict[str, _Reading] = {}
    skipped: list[Skipped] = []
    seen: dict[str, str] = {}
    for film, path in files.items():
        try:
            reading = _read(path, film)
        except FilmError as error:
            refused = not isinstance(error, NotAFilm) and Path(film).suffixes[-2:-1] != [TRUTH]
            skipped.append(Skipped(film, error.reason, refused=refused))
            continue
        first = seen.setdefault(reading.radiograph.sha256, film)
        if first == film:
            readings[film] = reading
            if found is not None:
                found(reading.radiograph)
        else:
            skipped.append(Skipped(film, f"expected another film, came a copy of {first}"))
    return readings, tuple(skipped)


def _read(path: Path, film: str) -> _Reading:
    if not path.is_file() or not os.access(path, os.R_OK):
        raise FilmError(film, expected="a readable file", came="a broken link, a device or a file that may not be read")
    if kind_of(path, film) is Kind.DICOM:
        dicom: DicomFilm = read_dicom(path, film)
        return _Reading(dicom.radiograph, dicom.patient_id, dicom.dates)
    return _Reading(read_raster(path, film))


def _check_any(folder: Path, readings: dict[str, _Reading], skipped: tuple[Skipped, ...]) -> None:
    if not readings:
        refused = sorted(skipped, key=lambda s: not s.refused)[:3]
        told = "; ".join(f"{s.file}: {s.reason}" for s in refused) or "an empty folder"
        raise StudyError(f"{folder}: expected at least one readable film, came none of {len(skipped)} files ({told})")


def _patient_id(folder: Path, readings: dict[str, _Reading]) -> str:
    """DICOM's patient ID, else the folder's name.

    Raises
    ------
    StudyError
        If the films are of several patients; it names the files, never the patients.
    """
    owners: dict[str, list[str]] = {}
    for film, reading in readings.items():
        if reading.patient_id:
            owners.setdefault(reading.patient_id, []).append(film)
    if len(owners) > 1:
        groups = " | ".join(", ".join(films) for films in owners.values())
        raise StudyError(
            f"{folder}: expected films of one patient, came films with {len(owners)} patient IDs ({groups}); "
            "give each patient a folder"
        )
    return next(iter(owners), folder.resolve().name)


def _stated(reading: _Reading, statement: Statement | None, today: dt.date) -> Radiograph:
    """A film with its date, side, scale and polarity from films.csv, its file, or its name, in this order."""
    film = _sided(_dated(reading, today))
    if statement is None:
        return film
    if statement.date:
        film = replace(film, date=statement.date, date_source=FILMS_CSV)
    if statement.spacing:
        film = replace(film, claims=(_of_its_shape(statement.spacing, film), *film.claims))
    if statement.polarity:
        film = replace(film, polarity=statement.polarity, polarity_source=FILMS_CSV)
    return replace(film, laterality=statement.hand) if statement.hand else film


def _of_its_shape(spacing: Spacing, film: Radiograph) -> Spacing:
    """A spacing stated as one number, for the pixels' shape that the file states: their area is the number squared."""
    claimed = film.claims[0] if film.claims else spacing
    return replace(
        spacing,
        row_mm=spacing.row_mm * claimed.row_mm / claimed.mean_mm,
        column_mm=spacing.column_mm * claimed.column_mm / claimed.mean_mm,
    )


def _dated(reading: _Reading, today: dt.date) -> Radiograph:
    """The first date that can be true, with a remark for each that cannot and for a file name that differs."""
    film = reading.radiograph
    candidates = (*reading.dates, *dates_in(film.film, today))
    wrong = {(date, source): not_an_exam_date(date, today) for date, source in candidates}
    remarks = [f"its {source} {date} {why}: not used" for (date, source), why in wrong.items() if why]
    usable = [candidate for candidate in candidates if not wrong[candidate]]
    date, source = usable[0] if usable else (None, "")
    remarks += [
        f"its {other_source} says {other}"
        for other, other_source in usable[1:]
        if date and other_source == "file name" and not _agree(date, other)
    ]
    return replace(film, date=date, date_source=source, remarks=film.remarks + tuple(remarks))


def _agree(first: PartialDate, second: PartialDate) -> bool:
    return first.earliest <= second.latest and second.earliest <= first.latest


def _sided(film: Radiograph) -> Radiograph:
    named = side_in(film.film)
    if not film.laterality:
        return replace(film, laterality=named)
    if named and named != film.laterality:
        note = f"its file states hand {film.laterality}, its name {named}"
        return replace(film, remarks=(*film.remarks, note))
    return film


def _in_order(films: Iterator[Radiograph]) -> tuple[Radiograph, ...]:
    """Films by date, undated last, those of one date by name, each of these remarked if it may show the same hand."""
    ordered = sorted(films, key=lambda f: (f.date is None, f.date.middle if f.date else 0.0, f.film))
    return tuple(_remark_twins(film, ordered) for film in ordered)


def _remark_twins(film: Radiograph, films: list[Radiograph]) -> Radiograph:
    twins = [
        other.film
        for other in films
        if other is not film and film.date and other.date == film.date and _may_share_a_hand(film, other)
    ]
    note = (f"of the same date as {', '.join(twins)}",) if twins else ()
    return replace(film, remarks=film.remarks + note)


def _may_share_a_hand(first: Radiograph, second: Radiograph) -> bool:
    return not (first.laterality and second.laterality) or bool(set(first.laterality) & set(second.laterality))
