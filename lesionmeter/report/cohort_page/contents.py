"""What the page of a study shows, ready for its template."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lesionmeter.model.cohort import Category, PatientRecord
from lesionmeter.model.findings import Call, Change
from lesionmeter.model.statistic import Statistic
from lesionmeter.report.figures import CALL_COLOURS

SMALLER: Final = (Call.REGRESSION, Call.RESOLVED)
LARGER: Final = (Call.PROGRESSION, Call.NEW)
SHARE: Final = "patients"
EVERYBODY: Final = "all patients"
TIMES: Final = ("film follow-up", "treatment", "film follow-up on treatment")

COLOURS: Final = {
    Category.DECREASE.value: CALL_COLOURS[Call.REGRESSION],
    Category.INCREASE.value: CALL_COLOURS[Call.PROGRESSION],
    Category.NO_CHANGE.value: CALL_COLOURS[Call.STABLE],
    Category.INDETERMINATE.value: "#646464",
    Category.NOT_ASSESSABLE.value: "#646464",
    Category.MIXED.value: "#8f5a86",
}


@dataclass(frozen=True)
class Line:
    """One patient: the record, the address of the page (or nothing), the sum's change, and sites by what they did."""

    patient: PatientRecord
    link: str
    net: Change | None
    smaller: int
    larger: int
    others: int


@dataclass(frozen=True)
class Times:
    """Years of one kind in one group of patients; cells that are not known are empty."""

    group: str
    kind: str
    n: int
    mean: str
    median: str
    total: str
    reason: str


def line(patient: PatientRecord, links: Mapping[str, str]) -> Line:
    """One patient's line."""
    calls = [change.call for change in patient.sites]
    smaller, larger = (sum(call in side for call in calls) for side in (SMALLER, LARGER))
    link = links.get(patient.patient_id, "")
    return Line(patient, link, patient.net, smaller, larger, len(calls) - smaller - larger)


def assessed(patients: Sequence[PatientRecord]) -> int:
    """Patients who have a call."""
    return sum(patient.category is not Category.NOT_ASSESSABLE for patient in patients)


def categories(statistics: Sequence[Statistic]) -> tuple[Statistic, ...]:
    """The shares of the categories."""
    return tuple(s for s in statistics if s.name == SHARE)


def times(statistics: Sequence[Statistic]) -> tuple[Times, ...]:
    """Years of films, of treatment and of both, for all patients and by category."""
    groups = dict.fromkeys((s.group, kind) for s in statistics for kind in TIMES if _is_about(s, kind))
    rows = (_times(group, kind, statistics) for group, kind in groups)
    return tuple(row for row in rows if row.n or row.group == EVERYBODY)


def others(statistics: Sequence[Statistic]) -> tuple[Statistic, ...]:
    """What is neither a share of patients nor a time."""
    known = {id(s) for s in statistics for kind in TIMES if _is_about(s, kind)}
    return tuple(s for s in statistics if s.name != SHARE and id(s) not in known)


def limits(patients: Sequence[PatientRecord]) -> tuple[str, ...]:
    """What a reader has to know before the figures, in sentences."""
    missed = len(patients) - assessed(patients)
    untimed = sum(patient.treatment_time is None for patient in patients)
    remarked = sum(bool(patient.remarks) for patient in patients)
    unscaled = sum(any(not area.spacing_source for area in patient.areas) for patient in patients)
    said = {
        f"{missed} of {len(patients)} patients could not be assessed; they are in no figure below but listed.": missed,
        f"Time on treatment is not known of {untimed}; it is not taken to be 0.": untimed,
        f"{unscaled} have films of unknown scale: ratios only, no mm².": unscaled,
        f"What became smaller may not have been dissolved in {remarked}; see their remarks.": remarked,
        "Without controls, no figure on this page is an effect of a treatment.": True,
        "The cut-offs behind the calls are conventions and are not validated.": True,
    }
    return tuple(sentence for sentence, holds in said.items() if holds)


def _is_about(statistic: Statistic, kind: str) -> bool:
    if statistic.group not in (EVERYBODY, *Category):
        return False  # groups against each other
    return statistic.name == kind or statistic.name.startswith(f"{kind}, ")


def _times(group: str, kind: str, statistics: Sequence[Statistic]) -> Times:
    mine = {s.name.removeprefix(f"{kind}, "): s for s in statistics if s.group == group and _is_about(s, kind)}
    first = next(iter(mine.values()))
    mean, sd, median = (mine.get(name) for name in ("mean", "SD", "median"))
    spread = f" ({_plain(sd)})" if sd else ""
    return Times(
        group,
        kind,
        first.n,
        f"{_plain(mean)}{spread}" if mean else "",
        f"{_plain(median)}{_range(median)}" if median else "",
        _plain(mine["sum"]) if "sum" in mine else "",
        first.reason,
    )


def _range(median: Statistic) -> str:
    ends = median.estimate
    if ends is None or ends.lo is None or ends.hi is None:
        return ""
    return f" ({round(ends.lo, 2):g} to {round(ends.hi, 2):g})"


def _plain(statistic: Statistic | None) -> str:
    value = statistic.value if statistic else None
    return "" if value is None or not math.isfinite(value) else f"{round(value, 2):g}"
