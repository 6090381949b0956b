"""A study's patients as rows: of the table of patients, of the long table and of the wide one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from lesionmeter.model.cohort import DatedArea, Event, PatientRecord, Treatment
from lesionmeter.model.dates import Interval, PartialDate
from lesionmeter.model.findings import Call, Change, Status
from lesionmeter.report.tables.frames import Row
from lesionmeter.report.tables.rows import change_row

SMALLER = (Call.REGRESSION, Call.RESOLVED)
LARGER = (Call.PROGRESSION, Call.NEW)

Visit = tuple[PartialDate, str]
"""A date of a hand, and its film: one hand may be on two films of one day."""


def patient_row(patient: PatientRecord) -> Row:
    """The patient's row in the table of patients; columns of patients.csv that are the study's own come last."""
    dates = sorted({area.date for area in patient.areas if area.date}, key=lambda date: date.middle)
    ends: Row = {"first_film": dates[0], "last_film": dates[-1]} if dates else {}
    own: Row = dict(patient.clinical.others)
    return (
        own
        | ends
        | _times(patient)
        | _clinical(patient)
        | _sites(patient)
        | {
            "patient_id": patient.patient_id,
            "folder": patient.folder,
            "films": patient.films,
            "films_assessed": patient.films_assessed,
            "call": patient.call,
            "category": patient.category,
            "wording": patient.wording,
            "reason": patient.reason,
            "remarks": "; ".join(patient.remarks),
        }
    )


def long_rows(patient: PatientRecord) -> Iterator[Row]:
    """One row a deposit on a film, with its change since the earliest date that it is compared with."""
    since: dict[tuple[str | None, str | None, str | None], Change] = {}
    for change in patient.pairs:
        key = (change.laterality, change.identity, change.film_to)
        known = since.get(key)
        if change.level == "deposit" and (known is None or change.date_from.middle < known.date_from.middle):
            since[key] = change
    for area in patient.areas:
        found = since.get((area.laterality, area.identity, area.film))
        compared = change_row(found) | {"baseline": found.date_from} if found else {}
        yield compared | _area_row(patient.patient_id, area)


def wide_rows(patient: PatientRecord) -> Iterator[Row]:
    """One row a finding site of a hand: its summed areas date by date, and what became of it."""
    ends = {(change.laterality, change.site.name): change for change in patient.sites if change.site}
    for hand in sorted({area.laterality for area in patient.areas}):
        mine = [area for area in patient.areas if area.laterality == hand and area.date and area.site]
        visits = sorted({_visit(area) for area in mine}, key=lambda visit: (visit[0].middle, visit[1]))
        for ray, name in sorted({(a.site.ray or 0, a.site.name) for a in mine if a.site}):
            there = [area for area in mine if area.site and area.site.name == name]
            change = ends.get((hand, name))
            row: Row = change_row(change) if change else {}
            yield row | {
                "patient_id": patient.patient_id,
                "hand": hand,
                "ray": ray or None,
                "site": name,
                "deposits": len({area.identity for area in there}),
            } | _visits(there, visits)  # fmt: skip


def visits_of(patients: Iterable[PatientRecord]) -> int:
    """The most dates that a hand of any patient has."""
    counts = Counter(
        (patient.patient_id, hand)
        for patient in patients
        for hand, _ in {(area.laterality, _visit(area)) for area in patient.areas if area.date and area.site}
    )
    return max(counts.values(), default=1)


def _visit(area: DatedArea) -> Visit:
    assert area.date is not None
    return area.date, area.film


def _visits(areas: Sequence[DatedArea], visits: Sequence[Visit]) -> Row:
    row: Row = {}
    for number, visit in enumerate(visits, start=1):
        seen = [area for area in areas if _visit(area) == visit]
        row[f"date_{number}"] = visit[0]
        if seen and all(area.status is not Status.NOT_ASSESSABLE for area in seen):
            row[f"present_{number}"] = sum(area.status is Status.MEASURED for area in seen)
            known = [area.area.value for area in seen if area.area is not None]
            row[f"area_{number}_mm2"] = sum(known) if len(known) == len(seen) else None
    return row


def _area_row(patient: str, area: DatedArea) -> Row:
    site = area.site
    found: Row = {"ray": site.ray, "site": site.name, "aspect": site.aspect} if site else {}
    if area.area is not None:
        found |= {"area_mm2": area.area.value, "area_lo_mm2": area.area.lo, "area_hi_mm2": area.area.hi}
    return found | {
        "patient_id": patient,
        "hand": area.laterality,
        "deposit": area.identity,
        "film": area.film,
        "date": area.date,
        "years": area.years,
        "detection_limit_mm2": area.detection_limit,
        "status": area.status,
        "reason": area.reason,
        "spacing_source": area.spacing_source,
    }


def _times(patient: PatientRecord) -> Row:
    return {
        **_span("film_years", patient.film_time),
        "treatment_years": patient.treatment_years,
        **_span("overlap_years", patient.overlap),
    }


def _span(name: str, time: Interval | None) -> Row:
    return {} if time is None else {name: time.years, f"{name}_lo": time.shortest, f"{name}_hi": time.longest}


def _sites(patient: PatientRecord) -> Row:
    calls = [change.call for change in patient.sites]
    smaller, larger = (sum(call in side for call in calls) for side in (SMALLER, LARGER))
    net = {f"net_{name}": cell for name, cell in change_row(patient.net).items()} if patient.net else {}
    return net | {
        "sites": len(calls),
        "sites_smaller": smaller,
        "sites_larger": larger,
        "sites_stable": calls.count(Call.STABLE),
        "sites_indeterminate": calls.count(Call.INDETERMINATE),
        "sites_not_assessable": calls.count(Call.NOT_ASSESSABLE),
        "net_sites": larger - smaller,
    }


def _clinical(patient: PatientRecord) -> Row:
    clinical = patient.clinical
    courses = clinical.treatments or ()
    return {
        "drug": _joined(course.drug for course in courses) or ("none" if clinical.treatments == () else ""),
        "dose": _joined(course.dose for course in courses),
        "treatment_start": min((c.start for c in courses if c.start), key=lambda date: date.middle, default=None),
        "treatment_end": _end(courses),
        "surgery": _events(clinical.surgery),
        "ulcer_or_extrusion": _events(clinical.skin_loss),
        "berger": _joined(f"{g.date} {g.grade}+" if g.date else f"{g.grade}+" for g in clinical.berger),
        "antibodies": clinical.antibodies,
    }


def _end(courses: Sequence[Treatment]) -> object:
    if any(course.ongoing for course in courses):
        return "ongoing"
    return max((c.end for c in courses if c.end), key=lambda date: date.middle, default=None)


def _events(events: Sequence[Event] | None) -> str:
    if events is None:
        return ""
    return _joined(str(event.date) if event.date else "yes" for event in events) or "no"


def _joined(words: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, words)))
