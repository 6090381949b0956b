"""films.csv and hints.csv carried over: names and dates replaced, and nothing that nobody needs."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from pathlib import Path
from typing import Final

from lesionmeter.io.deidentify.shift import moved
from lesionmeter.io.films_csv import COLUMNS, Statement, read_films_csv
from lesionmeter.io.hints_csv import COLUMNS as HINT_COLUMNS
from lesionmeter.io.study import FILMS_CSV, HINTS_CSV
from lesionmeter.model.patient import Patient
from lesionmeter.model.radiograph import Radiograph

IN_FILE: Final = ("acquisition date", "study date")
"""Sources of a date that the de-identified file states itself."""

PLAIN_LABEL: Final = re.compile(r"[LR]?\d{1,3}")
"""A deposit's name that tells nothing but a number; others are numbered anew."""


def carried_tables(
    patient: Patient, folder: Path, names: dict[str, str], sides: dict[str, str], shift_days: int
) -> dict[str, str]:
    """The text of each table that the de-identified folder needs.

    Parameters
    ----------
    patient
        The patient as read.
    folder
        The folder before.
    names
        New name of each film.
    sides
        Side of each film, as known to its file, its name, films.csv or the person who saw its letters.
    shift_days
        Added to each date.
    """
    statements: dict[str, Statement] = {}
    if (folder / FILMS_CSV).is_file():
        films = {film.film for film in patient.films} | {skipped.file for skipped in patient.skipped}
        statements, _ = read_films_csv(folder / FILMS_CSV, films, dt.date.today())
    rows = [
        _film_row(film, names[film.film], statements.get(film.film), sides[film.film], shift_days)
        for film in patient.films
    ]
    tables = {FILMS_CSV: _csv(COLUMNS, rows)}
    if patient.hints:
        tables[HINTS_CSV] = _csv(HINT_COLUMNS, _hint_rows(patient, names))
    return tables


def _film_row(film: Radiograph, name: str, stated: Statement | None, side: str, shift_days: int) -> tuple[str, ...]:
    date = str(moved(film.date, shift_days)) if film.date and film.date_source not in IN_FILE else ""
    spacing = f"{stated.spacing.row_mm!r}" if stated and stated.spacing else ""
    return name, date, side, spacing, str(stated.polarity.value) if stated and stated.polarity else ""


def _hint_rows(patient: Patient, names: dict[str, str]) -> list[tuple[str, ...]]:
    labels: dict[str, str] = {}
    for hint in patient.hints:
        plain = not hint.deposit or PLAIN_LABEL.fullmatch(hint.deposit)
        labels.setdefault(hint.deposit, hint.deposit if plain else f"hint{len(labels) + 1}")
    return [
        (names[hint.film], f"{float(hint.point[1])!r}", f"{float(hint.point[0])!r}", labels[hint.deposit])
        for hint in patient.hints
    ]


def _csv(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
