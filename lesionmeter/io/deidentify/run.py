"""A patient's folder, or a cohort of them, without identity: whole or not at all, with the key kept apart."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lesionmeter.errors import LesionmeterError, OutputError, UsageError
from lesionmeter.io.deidentify.key import Key, check_apart, read_key, write_key
from lesionmeter.io.deidentify.patient import LogRow, Task, deidentify_folder
from lesionmeter.io.deidentify.preview import write_preview
from lesionmeter.io.deidentify.regions import FilmRegions, FindHands, check_films, read_regions, search
from lesionmeter.io.deidentify.undo import undo_folder
from lesionmeter.io.study import read_patient

LOG_COLUMNS: Final = ("patient", "film", "attribute", "name", "act")


@dataclass(frozen=True)
class PatientRow:
    """What came of one patient: the new ID (the old folder if it failed), films, regions, and what needs a look."""

    folder: str
    films: int = 0
    regions: int = 0
    no_hand: tuple[str, ...] = ()
    failure: str = ""


def deidentify(
    folder: Path, out: Path, key_file: Path, find_hands: FindHands, regions: Path | None = None
) -> tuple[PatientRow, ...]:
    """De-identify a patient's folder, or each patient of a folder that holds nothing but patients' folders.

    A log of every attribute changed, without values, is written beside the output, as `<out>.changes.csv`.

    Parameters
    ----------
    folder
        The films.
    out
        New or empty folder. A patient's films come into it; a cohort's into a folder a patient, named by the new ID.
    key_file
        Made, or added to, and readable by its owner only.
    find_hands
        Gives a film's hands, which are never blanked.
    regions
        The table that a person confirmed; None to blank what is found, seen by nobody.

    Raises
    ------
    LesionmeterError
        If the key would lie with the films, `out` is in use, or a single patient cannot be read.
    """
    _check(folder, out)
    check_apart(key_file, [out, folder])
    patients = _patients(folder)
    confirmed = _confirmed(regions, patients)
    key, rows, log = read_key(key_file), [], []
    with _whole(out) as stage:
        for prefix, patient in patients.items():
            try:
                key, row, told = _one(patient, stage, key, Task(find_hands, _of(confirmed, prefix)), bool(prefix))
            except LesionmeterError as error:
                if not prefix:
                    raise
                row, told = PatientRow(patient.name, failure=str(error)), []
            rows.append(row)
            log += told
        write_key(key, key_file)
        _write_log(log, out)
    return tuple(rows)


def _one(
    patient: Path, stage: Path, key: Key, task: Task, in_cohort: bool
) -> tuple[Key, PatientRow, list[tuple[str, LogRow]]]:
    place = stage / f".{patient.name}" if in_cohort else stage
    place.mkdir(exist_ok=True)
    try:
        done = deidentify_folder(patient, place, key, task)
    except LesionmeterError:
        shutil.rmtree(place, ignore_errors=in_cohort)
        raise
    if in_cohort:
        place.rename(stage / done.pseudonym)
    row = PatientRow(done.pseudonym, len(done.blanked), sum(done.blanked.values()), done.no_hand)
    return done.key, row, [(done.pseudonym, line) for line in done.log]


def preview(folder: Path, out: Path, find_hands: FindHands) -> int:
    """Show what would be blanked: `index.html`, a picture a film, and `regions.csv` to correct; and count the films.

    Raises
    ------
    LesionmeterError
        If the output folder is in use, or a patient cannot be read.
    """
    _check(folder, out)
    films = {
        f"{prefix}{film.film}": (film, search(film, find_hands))
        for prefix, patient in _patients(folder).items()
        for film in read_patient(patient).films
    }
    with _whole(out) as stage:
        write_preview(films, stage)
    return len(films)


def undo(folder: Path, out: Path, key_file: Path) -> int:
    """Undo `deidentify` with its key, and count the films.

    Raises
    ------
    LesionmeterError
        If there is no such key, it does not know a patient, or the output folder is in use.
    """
    _check(folder, out)
    if not key_file.is_file():
        raise OutputError(f"{key_file}: expected the key file, came nothing")
    key = read_key(key_file)
    with _whole(out) as stage:
        count = 0
        for prefix, patient in _patients(folder).items():
            name = key.patients[patient.name].folder if prefix and patient.name in key.patients else ""
            (stage / name).mkdir(exist_ok=True)
            count += undo_folder(patient, stage / name, key)
    return count


def _patients(folder: Path) -> dict[str, Path]:
    """Each patient's folder by the prefix of its films' names: none for a single patient's."""
    visible = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    folders = [path for path in visible if path.is_dir()]
    if not folders or len(folders) < len(visible):
        return {"": folder}
    return {f"{path.name}/": path for path in folders}


def _confirmed(regions: Path | None, patients: dict[str, Path]) -> dict[str, FilmRegions] | None:
    if regions is None:
        return None
    confirmed = read_regions(regions)
    films = [f"{prefix}{film.film}" for prefix, patient in patients.items() for film in read_patient(patient).films]
    check_films(confirmed, films, regions.name)
    return confirmed


def _of(confirmed: dict[str, FilmRegions] | None, prefix: str) -> dict[str, FilmRegions] | None:
    """One patient's part of the confirmed regions, by the film's own name."""
    if confirmed is None:
        return None
    return {name.removeprefix(prefix): found for name, found in confirmed.items() if name.startswith(prefix)}


def _check(folder: Path, out: Path) -> None:
    if not folder.is_dir():
        raise UsageError(f"{folder}: expected a folder, came {'a file' if folder.exists() else 'nothing'}")
    inner, outer = out.expanduser().resolve(), folder.resolve()
    if inner == outer or outer in inner.parents or inner in outer.parents:
        raise OutputError(f"{out}: expected an output folder apart from {folder}, came one in or around it")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise OutputError(f"{out}: expected a new or empty folder, came one in use; choose another name")


@contextmanager
def _whole(out: Path) -> Iterator[Path]:
    """An empty folder that takes the place of `out` when the block ends, and goes when it raises."""
    stage = out.with_name(f".{out.name}.partial")
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    try:
        yield stage
        if out.exists():
            out.rmdir()
        stage.rename(out)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _write_log(log: list[tuple[str, LogRow]], out: Path) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(LOG_COLUMNS)
    writer.writerows((patient, row.film, row.attribute, row.name, row.act) for patient, row in log)
    out.with_name(f"{out.name}.changes.csv").write_text(text.getvalue(), encoding="utf-8")
