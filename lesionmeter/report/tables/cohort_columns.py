"""The columns of a study's tables; see `columns` for how they are described."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from lesionmeter.report.tables.columns import CHANGES, DEPOSIT, DEPOSITS, FILM, HAND, PATIENT, RAY, SITE, Column


def _years(name: str, meaning: str) -> Column:
    return Column(name, "number", meaning, "years", 2)


def _of(columns: tuple[Column, ...], *names: str) -> tuple[Column, ...]:
    """Some columns of another table, in that order."""
    known = {column.name: column for column in columns}
    return tuple(known[name] for name in names)


def _told(since: str, *names: str) -> tuple[Column, ...]:
    """Columns of changes.csv that are about certain dates only."""
    return tuple(replace(column, meaning=f"{since}: {column.meaning}") for column in _of(CHANGES, *names))


_AREAS: Final = ("area_from_mm2", "area_to_mm2")
_RATIOS: Final = ("log_ratio", "log_ratio_lo", "log_ratio_hi")

CLINICAL: Final = (
    Column("drug", "free text", "drugs as patients.csv says, one after the other"),
    Column("dose", "free text", "their doses"),
    Column("treatment_start", "text", "first day of the first course; empty if not known"),
    Column("treatment_end", "text", "last day of the last course, or ongoing; empty if not known"),
)

NET: Final = tuple(
    replace(column, name=f"net_{column.name}", meaning=f"sum over all deposits: {column.meaning}")
    for column in _of(CHANGES, *_AREAS, "change_pct", *_RATIOS, "call")
)

PATIENTS: Final = (
    PATIENT,
    Column("folder", "free text", "the patient's output folder; empty if there is none"),
    Column("films", "integer", "films of the patient"),
    Column("films_assessed", "integer", "films that could be measured"),
    Column("first_film", "text", "date of the first assessed film"),
    Column("last_film", "text", "date of the last assessed film"),
    _years("film_years", "from the first to the last assessed film; empty if not known, or of one date only"),
    _years("film_years_lo", "shortest that the dates' precision allows"),
    _years("film_years_hi", "longest that the dates' precision allows"),
    *CLINICAL,
    _years("treatment_years", "all time on treatment, outside the films too; empty if not known, 0 if stated as none"),
    _years("overlap_years", "time between first and last film that was on treatment; empty if the dates are not known"),
    _years("overlap_years_lo", "shortest that the dates' precision allows"),
    _years("overlap_years_hi", "longest that the dates' precision allows"),
    Column("sites", "integer", "finding sites with a change from first to last film"),
    Column("sites_smaller", "integer", "sites called regression or resolved"),
    Column("sites_larger", "integer", "sites called progression or new"),
    Column("sites_stable", "integer", "sites called stable"),
    Column("sites_indeterminate", "integer", "sites called indeterminate, which is not stable"),
    Column("sites_not_assessable", "integer", "sites of which nothing can be said"),
    Column("net_sites", "integer", "net progression: sites larger less sites smaller"),
    *NET,
    Column("call", "text", "the patient's call: mixed if sites went both ways, else that of the sum"),
    Column("category", "text", "decrease, no change, increase, mixed, indeterminate or not assessable"),
    Column("wording", "text", "plain phrase, as in a paper's table"),
    Column("reason", "free text", "the rule that decided, or why the patient was not assessable"),
    Column("remarks", "free text", "what to know before a change is laid to a treatment"),
    Column("surgery", "text", "yes, no or dates; empty if not known"),
    Column("ulcer_or_extrusion", "text", "yes, no or dates; empty if not known"),
    Column("berger", "text", "Berger grades with their dates"),
    Column("antibodies", "free text", "as patients.csv says"),
)

LONG: Final = (
    PATIENT,
    HAND,
    RAY,
    SITE,
    *_of(DEPOSITS, "aspect"),
    DEPOSIT,
    FILM,
    *_of(DEPOSITS, "date"),
    _years("years", "time since the patient's first assessed film"),
    *_of(DEPOSITS, "area_mm2", "area_lo_mm2", "area_hi_mm2", "detection_limit_mm2"),
    *_of(DEPOSITS, "status", "reason", "spacing_source"),
    Column("baseline", "text", "earliest date that this deposit is compared with; empty on that date itself"),
    *_told("since the baseline", "change_mm2", "change_lo_mm2", "change_hi_mm2", "change_pct", *_RATIOS, "call"),
    *_told("since the baseline", "wording"),
)

SITES: Final = (
    PATIENT,
    HAND,
    RAY,
    SITE,
    Column("deposits", "integer", "deposits that were followed at this site"),
)
WIDE_END: Final = _told("first to last film", "years", "change_pct", *_RATIOS, "call", "wording")


def visit_columns(number: int | str) -> tuple[Column, ...]:
    """The columns of one exam date of a hand in the wide table."""
    return (
        Column(f"date_{number}", "text", f"exam date number {number} of this hand"),
        Column(
            f"area_{number}_mm2", "number",
            "summed area; empty if a deposit of the site is not assessable there or the scale is unknown", "mm2", 2,
        ),
        Column(f"present_{number}", "integer", "deposits that are there; empty if one is not assessable"),
    )  # fmt: skip


def wide_columns(visits: int) -> tuple[Column, ...]:
    """The columns of the wide table with so many exam dates."""
    dates = tuple(column for number in range(1, visits + 1) for column in visit_columns(number))
    return (*SITES, *dates, *WIDE_END)


STATISTICS: Final = (
    Column("group", "free text", "what the figure is about: all patients, a category, two groups"),
    Column("name", "free text", "what the figure is"),
    Column("value", "number", "its value; empty if it is refused", "see unit", 4),
    Column("lo", "number", "lower end of the 95 % interval, or the smallest", "see unit", 4),
    Column("hi", "number", "upper end of the 95 % interval, or the largest", "see unit", 4),
    Column("unit", "text", "unit of the value; empty for a pure number"),
    Column("n", "integer", "patients, sites or deposits that it rests on"),
    Column("method", "free text", "how it was made, with the variant named"),
    Column("reason", "free text", "why it is refused, or what limits trust in it"),
)

COUNTS: Final = (
    Column("item", "free text", "a yes-or-no column of patients.csv"),
    Column("count", "integer", "patients with yes"),
    Column("n", "integer", "patients in whom it is known"),
    Column("percent", "text", "count of n in whole percent, halves up", "%"),
    Column("share_lo", "number", "lower end of the share's 95 % interval (Clopper-Pearson)", "1", 4),
    Column("share_hi", "number", "upper end of the share's 95 % interval", "1", 4),
    Column("printed", "text", "percent as a paper prints it; empty if no paper does", "%"),
)

CHECKS: Final = (
    Column("figure", "free text", "a figure of a paper"),
    Column("paper", "free text", "as the paper prints it, with where"),
    Column("counts", "free text", "what the paper's own counts give"),
    Column("verdict", "text", "agrees, only when cut off, differs, cannot be recomputed, or not printed"),
    Column("note", "free text", "how it was made"),
)

COHORT_TABLES: Final = {
    "patients": PATIENTS,
    "long": LONG,
    "wide": (*SITES, *visit_columns("k"), *WIDE_END),
    "changes": CHANGES,
    "statistics": STATISTICS,
    "counts": COUNTS,
    "checks": CHECKS,
}
"""Table of a study to its columns, in order; the wide table has the columns with k once for each exam date."""
