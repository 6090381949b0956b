"""One shift of all dates of a patient: intervals stay, the calendar goes."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Iterable
from typing import Final

from lesionmeter.model.dates import PartialDate

LEAST_DAYS, MOST_DAYS = 180, 3650
EARLIEST: Final = dt.date(1901, 1, 1)
"""Dates before it may be taken for placeholders, or for older than radiography."""

YEAR_DAYS: Final = 365.25
NEAR_A_YEAR: Final = 30
"""How far from whole years a shift may lie where a date is known to the year only: so much may its interval change."""

DATE: Final = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})(.*)", re.DOTALL)


def draw_shift(dates: Iterable[PartialDate], today: dt.date | None = None) -> int:
    """Draw a patient's shift in days: half a year to ten years, back if there is room, else forth.

    Where a date is known to the year only, it is moved to the year that holds its shifted middle; the shift is then
    drawn near whole years, so that an interval with such a date changes by at most a month.
    """
    known = list(dates)
    first = min((date.earliest for date in known), default=today or dt.date.today())
    forth = first - dt.timedelta(days=LEAST_DAYS) < EARLIEST
    most = MOST_DAYS if forth else min(MOST_DAYS, (first - EARLIEST).days)
    while True:
        days = LEAST_DAYS + secrets.randbelow(most - LEAST_DAYS + 1)
        off = abs(days - YEAR_DAYS * round(days / YEAR_DAYS))
        if all(date.month for date in known) or off <= NEAR_A_YEAR or most < YEAR_DAYS:
            return days if forth else -days


def moved(date: PartialDate, days: int) -> PartialDate:
    """A date moved, its precision kept.

    Examples
    --------
    >>> str(moved(PartialDate(1984, 3, 1), -1)), str(moved(PartialDate(1984), -360))
    ('1984-02-29', '1983')
    """
    if date.day:
        day = date.earliest + dt.timedelta(days=days)
        return PartialDate(day.year, day.month, day.day)
    middle = dt.date.fromordinal(round(date.middle) + days)
    return PartialDate(middle.year, middle.month if date.month else None)


def moved_dicom(value: str, days: int) -> str:
    """A DICOM date, or date and time, moved; empty if it is none.

    Examples
    --------
    >>> moved_dicom("19840301", -1), moved_dicom("1984.03.01", -1), moved_dicom("19840301103000.5+0100", 1)
    ('19840229', '19840229', '19840302103000.5+0100')
    >>> moved_dicom("in spring", 1)
    ''
    """
    found = DATE.fullmatch(value.strip())
    try:
        day = dt.date(*(int(part) for part in found.groups()[:3])) if found else None
        return f"{day + dt.timedelta(days=days):%Y%m%d}{found[4]}" if day and found else ""
    except (ValueError, OverflowError):
        return ""
