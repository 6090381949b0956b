"""Follow-up and treatment in years: mean (SD), median, range, sum; what is not known is counted and never 0."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lesionmeter.model.cohort import Category, PatientRecord


@dataclass(frozen=True)
class Summary:
    """A quantity over several patients.

    Parameters
    ----------
    n, unknown
        Patients of whom it is known, and of whom it is not.
    total, mean, sd, median, low, high
        Sum, mean, sample standard deviation (None of one patient), median, smallest and largest; None if n is 0 (the
        sum then too: nothing known is not a sum of 0).

    Examples
    --------
    >>> summary = summarise([1.0, 3.0, None])
    >>> summary.n, summary.unknown, summary.total, summary.mean
    (2, 1, 4.0, 2.0)
    """

    n: int
    unknown: int
    total: float | None = None
    mean: float | None = None
    sd: float | None = None
    median: float | None = None
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        if self.mean is None:
            return "not known"
        spread = "" if self.sd is None else f" (SD {short(self.sd)})"
        return f"{short(self.mean)}{spread}, median {short(self.median)}, range {short(self.low)}-{short(self.high)}"


def short(value: float | None) -> str:
    """A number with at most two decimals, and none to no purpose.

    Examples
    --------
    >>> short(6.5), short(4.4619), short(78.0), short(None)
    ('6.5', '4.46', '78', 'not known')
    """
    if value is None:
        return "not known"
    return f"{value:.2f}".rstrip("0").rstrip(".")


def summarise(values: Iterable[float | None]) -> Summary:
    """Summarise a quantity; None is not known."""
    everything = list(values)
    known = [value for value in everything if value is not None]
    unknown = len(everything) - len(known)
    if not known:
        return Summary(0, unknown)
    sd = statistics.stdev(known) if len(known) > 1 else None
    middle = statistics.median(known)
    return Summary(
        len(known), unknown, sum(known), statistics.fmean(known), sd, middle, min(known), max(known)
    )  # fmt: skip


def by_category(patients: Sequence[PatientRecord]) -> dict[Category, list[PatientRecord]]:
    """The patients of each category, in the order of `Category`; categories without any are left out."""
    groups = {category: [p for p in patients if p.category is category] for category in Category}
    return {category: members for category, members in groups.items() if members}
