"""What papers about calcinosis print: patients, counts, tests and words, as data."""

from __future__ import annotations

from dataclasses import dataclass

from lesionmeter.model.cohort import PatientRecord
from lesionmeter.model.findings import Estimate

Counts = tuple[tuple[int, int], tuple[int, int]]
"""Rows are the groups, columns the outcome (with, without)."""


@dataclass(frozen=True)
class PrintedFigure:
    """One figure as a paper prints it, and where (text, abstract, a table)."""

    figure: str
    where: str
    printed: str


@dataclass(frozen=True)
class PrintedCount:
    """One line of a table of findings: `count` of `n` patients, and the percentage as printed."""

    item: str
    count: int
    n: int
    printed: str


@dataclass(frozen=True)
class PrintedTest:
    """A p-value with the two by two table behind it.

    `provenance` says whether the counts are printed or worked out from printed percentages.
    """

    item: str
    printed: str
    test: str
    groups: tuple[str, str]
    outcomes: tuple[str, str]
    table: Counts
    provenance: str


@dataclass(frozen=True)
class PrintedRanks:
    """A p-value of ranks, of which only each group's mean and standard deviation are printed."""

    item: str
    printed: str
    test: str
    groups: tuple[str, str]
    mean_sd: tuple[tuple[float, float], tuple[float, float]]
    n: tuple[int, int]


@dataclass(frozen=True)
class PublishedSeries:
    """A paper on several patients.

    Parameters
    ----------
    citation, short
        In full, and in two words.
    patients
        Its patients, as far as a table gives each of them.
    statements, counts, tests, ranks
        What it prints.
    remarks
        What does not fit together in it, and what must be known before it is used.
    """

    citation: str
    short: str
    patients: tuple[PatientRecord, ...]
    statements: tuple[PrintedFigure, ...]
    counts: tuple[PrintedCount, ...]
    tests: tuple[PrintedTest, ...]
    ranks: tuple[PrintedRanks, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class PublishedSite:
    """What a case report says of one finding site, date by date.

    Parameters
    ----------
    laterality, site, aspect
        Where, in lesionmeter's names; the aspect is empty where the report names none.
    location, figure
        Where, in the report's words, and in which of its figures.
    words
        (date, words) for each date of which it says anything.
    no_deposit
        What is seen there is no deposit, and must not be measured.
    """

    laterality: str
    site: str
    aspect: str
    location: str
    figure: str
    words: tuple[tuple[str, str], ...]
    no_deposit: bool = False

    def said(self, date: str) -> str:
        """What the report says of a date; empty if nothing."""
        return dict(self.words).get(date, "")


@dataclass(frozen=True)
class PublishedCase:
    """A paper on one patient."""

    citation: str
    short: str
    film_dates: tuple[str, ...]
    sites: tuple[PublishedSite, ...]
    statements: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class CheckedFigure:
    """A printed figure beside what the counts give.

    Parameters
    ----------
    figure
        What it is.
    paper
        As printed, with where; empty if the paper does not print it.
    counts
        What the paper's own counts give.
    verdict
        `agrees`, `only when cut off`, `differs`, `cannot be recomputed` or `not printed`.
    note
        How it was made, and what else gives the printed figure.
    """

    figure: str
    paper: str
    counts: str
    verdict: str
    note: str = ""


@dataclass(frozen=True)
class CountedItem:
    """One line of a table of findings: `count` of `n` in whom it is known.

    `percent` is by one rule (whole percent, halves up); `share` has the exact interval; `printed` is the percentage as
    a paper prints it, empty if no paper does.
    """

    item: str
    count: int
    n: int
    percent: str
    share: Estimate
    printed: str = ""


@dataclass(frozen=True)
class FollowedPatient:
    """One line of a table of patients; a time that is not known is None and never 0."""

    patient_id: str
    treatment_years: float | None
    film_years: float | None
    overlap_years: float | None
    category: str
    wording: str
