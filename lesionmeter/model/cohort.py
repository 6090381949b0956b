"""A study's patients: what was measured on each one's films, and what is known of each from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lesionmeter.model.dates import Interval, PartialDate
from lesionmeter.model.findings import Change, Estimate, Status
from lesionmeter.model.site import Site


class PatientCall(StrEnum):
    """What became of one patient between first and last film; `mixed` is some sites smaller and some larger."""

    REGRESSION = "regression"
    PROGRESSION = "progression"
    MIXED = "mixed"
    STABLE = "stable"
    INDETERMINATE = "indeterminate"
    RESOLVED = "resolved"
    NEW = "new"
    NOT_ASSESSABLE = "not assessable"


class Category(StrEnum):
    """The calls as a paper's table counts them. `indeterminate` is never `no change`."""

    DECREASE = "decrease"
    NO_CHANGE = "no change"
    INCREASE = "increase"
    MIXED = "mixed"
    INDETERMINATE = "indeterminate"
    NOT_ASSESSABLE = "not assessable"


CATEGORIES: Mapping[PatientCall, Category] = {
    PatientCall.REGRESSION: Category.DECREASE,
    PatientCall.RESOLVED: Category.DECREASE,
    PatientCall.PROGRESSION: Category.INCREASE,
    PatientCall.NEW: Category.INCREASE,
    PatientCall.MIXED: Category.MIXED,
    PatientCall.STABLE: Category.NO_CHANGE,
    PatientCall.INDETERMINATE: Category.INDETERMINATE,
    PatientCall.NOT_ASSESSABLE: Category.NOT_ASSESSABLE,
}
"""Where each call is counted."""


@dataclass(frozen=True)
class DatedArea:
    """One deposit on one film: a row of the cohort's long table.

    Parameters
    ----------
    film, date
        The film, and its exam date.
    years
        Time since the patient's first assessed film; None without a date.
    laterality, site, identity
        `L` or `R`; the finding site, None if it has no name; the deposit's identity over all dates, such as `L07`.
    status, reason
        `absent` is an area of 0, seen from `detection_limit` up; `not assessable` has no area.
    area
        Projected area in mm2 with its 95 % interval; None where it is not assessable or the film's scale is unknown.
    detection_limit
        Area (mm2) down to which it would have been seen; None if unknown.
    spacing_source
        Who states the film's scale; empty if nobody does.
    """

    film: str
    date: PartialDate | None
    years: float | None
    laterality: str
    site: Site | None
    identity: str
    status: Status
    reason: str = ""
    area: Estimate | None = None
    detection_limit: float | None = None
    spacing_source: str = ""


@dataclass(frozen=True)
class Treatment:
    """One course of a drug; what is not known is empty or None.

    Parameters
    ----------
    drug, dose
        In the study's own words, such as `diltiazem` and `180 mg/day`.
    start, end
        First and last day.
    ongoing
        It had not ended when the last film was taken.
    years
        Its length, where a study states that and no dates.
    """

    drug: str = ""
    dose: str = ""
    start: PartialDate | None = None
    end: PartialDate | None = None
    ongoing: bool = False
    years: float | None = None


@dataclass(frozen=True)
class Event:
    """Surgery, an ulcer or an extrusion; `date` is None where only that it happened is known."""

    date: PartialDate | None = None


@dataclass(frozen=True)
class Grade:
    """A Berger grade, 0 (none) to 4, clinical and not measured on a film; `date` is None where it is not known."""

    grade: int
    date: PartialDate | None = None


@dataclass(frozen=True)
class ClinicalRecord:
    """What `patients.csv` says of one patient. None is not stated; an empty tuple is stated to be none.

    Parameters
    ----------
    treatments
        Courses of drugs.
    surgery
        Operations on deposits of the hands.
    skin_loss
        Ulcers over deposits, and extrusions: a deposit that leaves through the skin has not been dissolved.
    berger
        Berger grades by date; empty if none was scored.
    antibodies
        In the study's own words.
    others
        Every other column, as written.
    """

    treatments: tuple[Treatment, ...] | None = None
    surgery: tuple[Event, ...] | None = None
    skin_loss: tuple[Event, ...] | None = None
    berger: tuple[Grade, ...] = ()
    antibodies: str = ""
    others: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MeasuredPatient:
    """What one output folder holds, before anything is concluded from it.

    Parameters
    ----------
    patient_id, folder
        The ID, and the name of the output folder (empty if there is none).
    films
        How many there are.
    dates
        Exam dates of the assessed films that have one, in order.
    assessed
        How many films could be measured.
    areas, changes
        Every deposit on every film; every pair of dates at every level.
    reason
        Why there is nothing; empty if there is something.
    """

    patient_id: str
    folder: str = ""
    films: int = 0
    assessed: int = 0
    dates: tuple[PartialDate, ...] = ()
    areas: tuple[DatedArea, ...] = ()
    changes: tuple[Change, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class PatientRecord:
    """One patient of a study: a row of the cohort's table of patients.

    Parameters
    ----------
    patient_id
        DICOM's patient ID, else the folder's name.
    call, wording
        From first to last assessed film, and the plain phrase for it, as in a paper's table (`slight decrease`).
    reason
        Why the patient could not be assessed, or the rule that decided.
    folder
        Name of the patient's output folder; empty for a patient who has none.
    films, films_assessed
        How many there are, and how many of them could be measured.
    film_time
        From the first to the last assessed film; None if that is not known, or all are of one date.
    treatment_time
        All the time on treatment, before and after the films too; None if that is not known.
    overlap
        How much of the time between first and last film was on treatment; None if that is not known. It cannot be had
        from the two times alone.
    areas
        Every deposit on every film.
    changes
        Of each deposit, site, hand and of the patient, the change over the longest time that it has.
    clinical
        What `patients.csv` says.
    remarks
        What a reader must know before the call is laid to a treatment, such as surgery between the films.
    pairs
        The changes of everything between every two dates.
    """

    patient_id: str
    call: PatientCall
    wording: str = ""
    reason: str = ""
    folder: str = ""
    films: int = 0
    films_assessed: int = 0
    film_time: Interval | None = None
    treatment_time: Interval | None = None
    overlap: Interval | None = None
    areas: tuple[DatedArea, ...] = ()
    changes: tuple[Change, ...] = ()
    clinical: ClinicalRecord = field(default_factory=ClinicalRecord)
    remarks: tuple[str, ...] = ()
    pairs: tuple[Change, ...] = ()

    @property
    def category(self) -> Category:
        """Where the patient is counted in a paper's table."""
        return CATEGORIES[self.call]

    @property
    def film_years(self) -> float | None:
        """Years from the first to the last assessed film."""
        return self.film_time.years if self.film_time else None

    @property
    def treatment_years(self) -> float | None:
        """Years on treatment; None if that is not known, which is not 0."""
        return self.treatment_time.years if self.treatment_time else None

    @property
    def overlap_years(self) -> float | None:
        """Years between first and last film that were on treatment."""
        return self.overlap.years if self.overlap else None

    @property
    def net(self) -> Change | None:
        """The change of the sum over all deposits; None if there is none."""
        return next((change for change in self.changes if change.level == "patient"), None)

    @property
    def sites(self) -> tuple[Change, ...]:
        """The changes of the single sites."""
        return tuple(change for change in self.changes if change.level == "site")


@dataclass(frozen=True)
class Cohort:
    """All patients of a study, in the order of their IDs, and what a reader of its tables should know."""

    patients: tuple[PatientRecord, ...]
    remarks: tuple[str, ...] = ()
