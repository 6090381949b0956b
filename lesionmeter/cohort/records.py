"""One patient of a study, from what was measured and what is known of the patient: times, call, what to beware of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lesionmeter.model.cohort import (
    CATEGORIES,
    Category,
    ClinicalRecord,
    Cohort,
    Event,
    MeasuredPatient,
    PatientCall,
    PatientRecord,
    Treatment,
)
from lesionmeter.model.dates import DAYS_PER_YEAR, Interval, PartialDate
from lesionmeter.model.findings import Call, Change

SMALLER: Final = frozenset({Call.REGRESSION, Call.RESOLVED})
LARGER: Final = frozenset({Call.PROGRESSION, Call.NEW})
NOT_MEASURED: Final = "patients.csv names the patient, who has no output folder"

Span = tuple[float, float]
"""First and last ordinal day."""


def cohort_of(measured: Sequence[MeasuredPatient], clinical: Mapping[str, ClinicalRecord]) -> Cohort:
    """A study's patients: each one measured, and each one whom `patients.csv` names.

    Parameters
    ----------
    measured
        What the output folders hold.
    clinical
        What `patients.csv` says, by patient ID or by the name of the output folder.
    """
    names = {name for patient in measured for name in (patient.patient_id, patient.folder)}
    missing = [MeasuredPatient(patient, reason=NOT_MEASURED) for patient in clinical if patient not in names]
    known = {p.patient_id: clinical.get(p.patient_id) or clinical.get(p.folder) for p in measured}
    records = [
        patient_record(patient, known.get(patient.patient_id) or clinical.get(patient.patient_id) or ClinicalRecord())
        for patient in (*measured, *missing)
    ]
    return Cohort(tuple(sorted(records, key=lambda record: record.patient_id)))


def patient_record(measured: MeasuredPatient, clinical: ClinicalRecord) -> PatientRecord:
    """One patient's record.

    The call is `mixed` where one site at least became smaller and another larger; else it is that of the sum over all
    deposits. Where a deposit may have been operated on between the films, a decrease is not assessable.
    """
    changes = longest(measured.changes)
    verdict = _verdict(measured, changes, clinical)
    dates = measured.dates
    films = (dates[0], dates[-1]) if len(dates) > 1 else None  # one date is no follow-up
    return PatientRecord(
        measured.patient_id,
        verdict.call,
        verdict.wording,
        verdict.reason,
        measured.folder,
        measured.films,
        measured.assessed,
        Interval.between(*films) if films else None,
        treatment_time(clinical.treatments, dates[-1] if dates else None),
        overlap(clinical.treatments, films) if films else None,
        measured.areas,
        changes,
        clinical,
        tuple(_remarks(verdict, clinical, films)),
        measured.changes,
    )


def longest(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Of each thing that is followed, the change over the longest time."""
    found: dict[tuple[object, ...], Change] = {}
    for change in changes:
        about = (change.level, change.laterality, change.site, change.identity)
        if about not in found or change.interval.years > found[about].interval.years:
            found[about] = change
    return tuple(found.values())


def treatment_time(treatments: tuple[Treatment, ...] | None, last_film: PartialDate | None) -> Interval | None:
    """All the time on any drug, courses at the same time counted once; None if it is not known.

    An ongoing course is counted to the last film.

    Examples
    --------
    >>> treatment_time((Treatment(years=6.0),), None).years
    6.0
    >>> treatment_time(None, None) is None
    True
    """
    if treatments is None:
        return None
    if len(treatments) == 1 and treatments[0].years is not None:
        return Interval(*[treatments[0].years] * 3)
    return _interval(treatments, None, last_film)


def overlap(treatments: tuple[Treatment, ...] | None, films: tuple[PartialDate, PartialDate]) -> Interval | None:
    """How much of the time between first and last film was on any drug; None if a course's dates are not known.

    Examples
    --------
    >>> course = Treatment("diltiazem", start=PartialDate(1985, 1, 1), ongoing=True)
    >>> round(overlap((course,), (PartialDate(1983, 1, 1), PartialDate(1988, 1, 1))).years, 1)
    3.0
    """
    return None if treatments is None else _interval(treatments, films, films[1])


@dataclass(frozen=True)
class _Verdict:
    call: PatientCall
    wording: str
    reason: str
    beware: str = ""


def _verdict(measured: MeasuredPatient, changes: tuple[Change, ...], clinical: ClinicalRecord) -> _Verdict:
    net = next((change for change in changes if change.level == "patient"), None)
    if net is None:
        return _Verdict(PatientCall.NOT_ASSESSABLE, "not assessable", measured.reason or _no_change(measured))
    calls = [change.call for change in changes if change.level == "site"]
    smaller, larger = (sum(call in side for call in calls) for side in (SMALLER, LARGER))
    call = PatientCall.MIXED if smaller and larger else PatientCall(net.call)
    wording, reason = net.wording, net.reason
    if call is PatientCall.MIXED:  # by sites; the sum's own words may count deposits
        wording = f"{wording.partition('; mixed')[0]}; mixed (sites: {smaller} smaller, {larger} larger)"
        reason = f"sites went both ways; the sum: {reason}"
    when = _between(clinical.surgery, (net.date_from, net.date_to))
    if when and (smaller or net.call in SMALLER):
        why = f"surgery {when}: what became smaller may have been removed"
        return _Verdict(PatientCall.NOT_ASSESSABLE, "not assessable", why, f"without surgery the call would be {call}")
    return _Verdict(call, wording, reason)


def _no_change(measured: MeasuredPatient) -> str:
    if len(measured.dates) < 2:
        return "one date only" if measured.dates else "no assessed film has a date"
    return "no deposit was found on the films"


def _remarks(
    verdict: _Verdict, clinical: ClinicalRecord, films: tuple[PartialDate, PartialDate] | None
) -> Iterator[str]:
    if verdict.beware:
        yield verdict.beware
    when = _between(clinical.skin_loss, films) if films else ""
    if when and CATEGORIES[verdict.call] in (Category.DECREASE, Category.MIXED):
        yield f"ulcer or extrusion {when}: what became smaller may have left through the skin"


def _between(events: tuple[Event, ...] | None, films: tuple[PartialDate, PartialDate]) -> str:
    """When the first of the events that may lie between two films was; empty if there is none."""
    for event in events or ():
        if event.date is None:
            return "without a date"
        if event.date.latest >= films[0].earliest and event.date.earliest <= films[1].latest:
            return f"between the films ({event.date})"
    return ""


def _interval(
    treatments: tuple[Treatment, ...], films: tuple[PartialDate, PartialDate] | None, last_film: PartialDate | None
) -> Interval | None:
    """The time of the courses, cut to the films if they are given, with the range that the dates' precision leaves."""
    courses = [(course.start, last_film if course.ongoing else course.end) for course in treatments]
    known = [(start, end) for start, end in courses if start and end]
    if len(known) < len(courses):
        return None
    years: list[float] = []
    for first, last in ((_middle, _middle), (_latest, _earliest), (_earliest, _latest)):
        window = (first(films[0]), last(films[1])) if films else None
        years.append(_years([(first(start), last(end)) for start, end in known], window))
    return Interval(*years)


def _middle(date: PartialDate) -> float:
    return date.middle


def _earliest(date: PartialDate) -> float:
    return date.earliest.toordinal()


def _latest(date: PartialDate) -> float:
    return date.latest.toordinal()


def _years(spans: Sequence[Span], window: Span | None) -> float:
    """Years that the spans cover together, those that overlap counted once."""
    low, high = window or (float("-inf"), float("inf"))
    days, reached = 0.0, low
    for start, end in sorted(spans):
        begin, finish = max(start, reached), min(end, high)
        days += max(finish - begin, 0.0)
        reached = max(reached, finish)
    return days / DAYS_PER_YEAR
