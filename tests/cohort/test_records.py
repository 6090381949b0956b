"""One patient of a study: times on film and on treatment, the call, and what to beware of."""

from dataclasses import replace

import pytest

from lesionmeter.cohort import cohort_of
from lesionmeter.cohort.records import overlap, patient_record, treatment_time
from lesionmeter.model.cohort import ClinicalRecord, Event, MeasuredPatient, PatientCall, Treatment
from lesionmeter.model.dates import Interval, PartialDate
from lesionmeter.model.findings import Call, Change, Estimate
from lesionmeter.model.site import Site

FILMS = (PartialDate(1983, 1, 1), PartialDate(1988, 1, 1))
NOTHING = ClinicalRecord()


def change(level, call, site=""):
    place = Site(2, site, "") if site else None
    ratio = Estimate(-0.5, -0.7, -0.3)
    return Change(level, "L" if site else None, place, None, *FILMS, Interval.between(*FILMS), 10.0, 6.0, None, ratio,
                  -39.3, None, 1, 1, call, "slight decrease", "the rule")  # fmt: skip


def measured(net, **sites):
    changes = (change("patient", net), *(change("site", call, name) for name, call in sites.items()))
    return MeasuredPatient("P1", "P1", 2, 2, FILMS, (), changes)


def course(start, end, **more):
    return Treatment("diltiazem", start=PartialDate.parse(start), end=PartialDate.parse(end) if end else None, **more)


def test_a_patient_whose_sites_went_both_ways_is_mixed():
    record = patient_record(measured(Call.REGRESSION, DIP=Call.RESOLVED, PIP=Call.NEW), NOTHING)
    assert (record.call, record.wording) == (PatientCall.MIXED, "slight decrease; mixed (sites: 1 smaller, 1 larger)")
    assert record.reason.startswith("sites went both ways; the sum: the rule")


def test_without_sites_both_ways_the_call_is_that_of_the_sum():
    record = patient_record(measured(Call.INDETERMINATE, DIP=Call.RESOLVED, PIP=Call.STABLE), NOTHING)
    assert (record.call, record.wording) == (PatientCall.INDETERMINATE, "slight decrease")


def test_one_date_is_no_follow_up_and_no_call():
    record = patient_record(MeasuredPatient("P1", "P1", 1, 1, FILMS[:1]), NOTHING)
    assert (record.call, record.reason, record.film_time) == (PatientCall.NOT_ASSESSABLE, "one date only", None)


@pytest.mark.parametrize("date", [None, PartialDate(1985)])
def test_a_decrease_with_surgery_between_the_films_is_not_assessable(date):
    operated = ClinicalRecord(surgery=(Event(date),))
    record = patient_record(measured(Call.REGRESSION, DIP=Call.REGRESSION), operated)
    assert record.call is PatientCall.NOT_ASSESSABLE
    assert record.remarks == ("without surgery the call would be regression",)


def test_surgery_before_the_films_changes_nothing():
    operated = ClinicalRecord(surgery=(Event(PartialDate(1980)),))
    record = patient_record(measured(Call.REGRESSION, DIP=Call.REGRESSION), operated)
    assert (record.call, record.remarks) == (PatientCall.REGRESSION, ())


def test_a_decrease_after_an_ulcer_is_remarked():
    record = patient_record(measured(Call.REGRESSION), ClinicalRecord(skin_loss=(Event(PartialDate(1985)),)))
    assert record.remarks == (
        "ulcer or extrusion between the films (1985): what became smaller may have left through the skin",
    )


def test_overlap_is_what_films_and_treatment_share():
    both = overlap((course("1980-01-01", "1984-01-01"),), FILMS)
    assert both.years == pytest.approx(1.0, abs=0.01)


def test_courses_at_the_same_time_are_counted_once():
    two = (course("1984-01-01", "1986-01-01"), course("1985-01-01", "1987-01-01"))
    assert overlap(two, FILMS).years == pytest.approx(3.0, abs=0.01)
    assert treatment_time(two, FILMS[1]).years == pytest.approx(3.0, abs=0.01)


def test_dates_known_to_the_year_leave_a_range():
    span = overlap((course("1984", "1986"),), FILMS)
    assert (span.shortest, span.longest) == pytest.approx((1.0, 3.0), abs=0.01)


def test_an_ongoing_course_is_counted_to_the_last_film():
    assert treatment_time((course("1987-01-01", "", ongoing=True),), FILMS[1]).years == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("stated", [None, (Treatment("diltiazem"),), (course("1984", ""),), (Treatment(years=6.0),)])
def test_overlap_stays_unknown_where_dates_are_missing(stated):
    assert overlap(stated, FILMS) is None


def test_stated_years_are_treatment_time_and_no_treatment_is_0():
    assert treatment_time((Treatment(years=6.0),), None).years == 6.0
    assert treatment_time((), None).years == 0.0
    assert treatment_time(None, None) is None


def test_a_patient_who_is_only_in_the_table_is_a_record_with_the_reason():
    cohort = cohort_of([measured(Call.STABLE)], {"P9": NOTHING})
    assert [p.patient_id for p in cohort.patients] == ["P1", "P9"]
    assert cohort.patients[1].reason == "patients.csv names the patient, who has no output folder"


def test_what_is_known_may_be_filed_under_the_folders_name():
    patient = replace(measured(Call.STABLE), patient_id="123-45", folder="P1")
    cohort = cohort_of([patient], {"P1": ClinicalRecord(antibodies="ACA")})
    assert [p.clinical.antibodies for p in cohort.patients] == ["ACA"]
