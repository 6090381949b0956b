"""Exam dates that may lack the day or the month."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class PartialDate:
    """A date known to the year, the month or the day.

    Parameters
    ----------
    year, month, day
        `month` and `day` are None where unknown; a day needs a month.

    Raises
    ------
    ValueError
        If there is no such date.

    Examples
    --------
    >>> str(PartialDate.parse("1984-05"))
    '1984-05'
    >>> PartialDate.parse("1984").days_uncertain
    183.0
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.month is None and self.day is not None:
            raise ValueError(f"expected a month with day {self.day} of {self.year}, came none")
        _ = self.earliest, self.latest

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.

        Raises
        ------
        ValueError
            If the text is none of these, or no such date exists.
        """
        found = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text.strip())
        if not found:
            raise ValueError(f"expected a date as YYYY, YYYY-MM or YYYY-MM-DD, came {text!r}")
        year, month, day = (int(part) if part else None for part in found.groups())
        return cls(int(year or 0), month, day)

    @property
    def earliest(self) -> dt.date:
        """First day that it may be."""
        return dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> dt.date:
        """Last day that it may be."""
        month = self.month or 12
        return dt.date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def days_uncertain(self) -> float:
        """Half the span of days that it may be, rounded up to half days; 0 for a full date."""
        return ((self.latest - self.earliest).days + (0 if self.day else 1)) / 2

    @property
    def middle(self) -> float:
        """Its middle as an ordinal day."""
        return (self.earliest.toordinal() + self.latest.toordinal()) / 2

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"] + [f"{p:02d}" for p in (self.month, self.day) if p is not None]
        return "-".join(parts)


@dataclass(frozen=True)
class Interval:
    """Time from one date to a later one, in years of 365.25 days, with the range that the dates' precision leaves.

    Examples
    --------
    >>> round(Interval.between(PartialDate(1983, 4, 18), PartialDate(1988, 4, 18)).years, 3)
    5.002
    """

    years: float
    shortest: float
    longest: float

    @classmethod
    def between(cls, start: PartialDate, end: PartialDate) -> Interval:
        """The interval from `start` to `end`; negative if `end` is earlier."""
        return cls(
            (end.middle - start.middle) / DAYS_PER_YEAR,
            (end.earliest - start.latest).days / DAYS_PER_YEAR,
            (end.latest - start.earliest).days / DAYS_PER_YEAR,
        )
