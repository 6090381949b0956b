"""A study's patients described: how many of each category, over how many years of films and of treatment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from lesionmeter.cohort.summary import Summary, by_category, summarise
from lesionmeter.cohort.trend import yearly_change
from lesionmeter.model.cohort import Category, PatientRecord
from lesionmeter.model.findings import Estimate
from lesionmeter.model.statistic import Statistic, refused
from lesionmeter.shares import proportion

EVERYBODY: Final = "all patients"


def describe(patients: Sequence[PatientRecord]) -> tuple[Statistic, ...]:
    """Every figure of a study without groups: shares by category, follow-up, patient-years, yearly change.

    A patient whose time is not known is left out of that time's figures and counted; overlap of films and treatment has
    figures of its own, for it does not follow from the two.

    Parameters
    ----------
    patients
        Of the study.

    Notes
    -----
    None of these figures is an effect of a treatment: there are no controls in them.
    """
    return (*_shares(patients), *_years(patients), *yearly_change(patients))


def _shares(patients: Sequence[PatientRecord]) -> Iterator[Statistic]:
    assessed = [patient for patient in patients if patient.category is not Category.NOT_ASSESSABLE]
    for category in Category:
        if category is not Category.NOT_ASSESSABLE:
            count = sum(patient.category is category for patient in assessed)
            yield proportion("patients", count, len(assessed), category.value)
    yield proportion("patients not assessable", len(patients) - len(assessed), len(patients), EVERYBODY)


def _years(patients: Sequence[PatientRecord]) -> Iterator[Statistic]:
    groups = {EVERYBODY: list(patients)} | {str(c): members for c, members in by_category(patients).items()}
    for group, members in groups.items():
        for name, values in (
            ("film follow-up", [patient.film_years for patient in members]),
            ("treatment", [patient.treatment_years for patient in members]),
            ("film follow-up on treatment", [patient.overlap_years for patient in members]),
        ):
            yield from _of_time(name, summarise(values), group)


def _of_time(name: str, summary: Summary, group: str) -> Iterator[Statistic]:
    unknown = f"not known of {summary.unknown}" if summary.unknown else ""
    if summary.total is None or summary.mean is None or summary.median is None:
        yield refused(name, 0, unknown or "no patient", group)
        return
    yield Statistic(f"{name}, sum", Estimate(summary.total, None, None), summary.n, "patient-years", "", unknown, group)
    yield Statistic(f"{name}, mean", Estimate(summary.mean, None, None), summary.n, "years", "", unknown, group)
    if summary.sd is not None:
        sd = Estimate(summary.sd, None, None)
        yield Statistic(f"{name}, SD", sd, summary.n, "years", "sample standard deviation", unknown, group)
    middle = Estimate(summary.median, summary.low, summary.high)
    yield Statistic(f"{name}, median", middle, summary.n, "years", "smallest to largest", unknown, group)
