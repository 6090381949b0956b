"""What file names tell of a film: its date and its side."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import PurePosixPath
from typing import Final

from lesionmeter.model.dates import PartialDate

FIRST_RADIOGRAPH: Final = dt.date(1895, 11, 8)
PLACEHOLDER: Final = dt.date(1900, 1, 1)

FULL: Final = re.compile(r"(?<!\d)(\d{4})([-_]?)(\d{2})\2(\d{2})(?!\d)")
MONTH: Final = re.compile(r"(?<![\d-])(\d{4})-(\d{2})(?![\d-])")
YEAR: Final = re.compile(r"(?<![0-9A-Za-z])(?<!img_)(?<!dsc_)(?<!dscn)(?<!dscf)(\d{4})(?![0-9A-Za-z])", re.IGNORECASE)
DICOM_UID: Final = re.compile(r"\d+(\.\d+){3,}")
"""Names such as 1.2.840.10008.1983, whose parts are no years."""

SIDE_WORDS: Final = {"l": "L", "left": "L", "r": "R", "right": "R", "lr": "LR", "rl": "LR", "both": "LR"}


def not_an_exam_date(date: PartialDate, today: dt.date) -> str:
    """Why no film can be of that date, or an empty text.

    A day is allowed for time zones; 1900-01-01 is what programs write for an unknown date.

    Examples
    --------
    >>> not_an_exam_date(PartialDate(2099), dt.date(2026, 1, 1))
    'lies in the future'
    """
    if date.earliest > today + dt.timedelta(days=1):
        return "lies in the future"
    if date.latest < FIRST_RADIOGRAPH:
        return "is older than radiography"
    return "is a placeholder" if date.day and date.earliest == PLACEHOLDER else ""


def dates_in(film: str, today: dt.date) -> tuple[tuple[PartialDate, str], ...]:
    """Dates that a film's file name, else its folder's names, show: with the source of each.

    `YYYY-MM-DD` (or with underscores), `YYYYMMDD`, `YYYY-MM` and `YYYY` standing by itself are dates; parts of longer
    runs of digits and years of no radiograph (a camera's `IMG_2048`) are not. Two different dates of one precision
    cancel each other. A full date that cannot be an exam's is handed on, to be remarked; a lesser number is then just
    a number.

    Examples
    --------
    >>> [str(date) for date, _ in dates_in("hand_L_1983-04-18.tif", dt.date(2026, 1, 1))]
    ['1983-04-18']
    """
    path = PurePosixPath(film)
    places = [(path.stem, "file name"), *((part, "folder name") for part in reversed(path.parts[:-1]))]
    found = ((_date_in(name, today), source) for name, source in places)
    return tuple((date, source) for date, source in found if date)


def _date_in(name: str, today: dt.date) -> PartialDate | None:
    if DICOM_UID.fullmatch(name):
        return None
    for pattern in (FULL, MONTH, YEAR):
        written = {found[0]: _date(found) for found in pattern.finditer(name)}
        shown = {date for date in written.values() if date and (pattern is FULL or not not_an_exam_date(date, today))}
        if shown or any("-" in text for text in written):  # an impossible date is no year; eight digits may be anything
            return shown.pop() if len(shown) == 1 else None
    return None


def _date(found: re.Match[str]) -> PartialDate | None:
    try:
        return PartialDate(*(int(part) for part in found.groups() if part.isdigit()))
    except ValueError:
        return None


def side_in(film: str) -> str:
    """`L`, `R`, `LR` or empty, by the words of a film's file name.

    Examples
    --------
    >>> side_in("dev04_LR_1983-04-20.tif"), side_in("right_hand.png"), side_in("scan01.png")
    ('LR', 'R', '')
    """
    words = re.split(r"[^a-z0-9]+", PurePosixPath(film).stem.lower())
    sides = {SIDE_WORDS[word] for word in words if word in SIDE_WORDS}
    return "LR" if len(sides) > 1 else next(iter(sides), "")
