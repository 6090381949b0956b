"""The columns of the tables of agreement, and of a published case beside the program's calls."""

from __future__ import annotations

from typing import Final

from lesionmeter.report.tables.cohort_columns import STATISTICS
from lesionmeter.report.tables.columns import FILM, HAND, PATIENT, SITE, Column


def _number(name: str, meaning: str, unit: str = "1", digits: int = 4) -> Column:
    return Column(name, "number", meaning, unit, digits)


READINGS: Final = (
    PATIENT,
    Column("film", "free text", "the film that all readers saw; empty for repeats"),
    HAND,
    SITE,
    Column("match", "integer", "number of the deposit in this table: equal numbers are one deposit"),
    Column("column", "free text", "the reader, or the repeat"),
    Column("deposit", "text", "its identity there; empty where that reader or repeat does not have it"),
    _number("area", "its area; 0 if looked for and not there, empty if not assessable", "as in unit", 3),
    Column("unit", "text", "mm2, or relative on films of unknown scale"),
    Column("size_class", "text", "class of its geometric mean area; empty without mm2"),
)

OUTLINES: Final = (
    PATIENT,
    FILM,
    Column("first", "free text", "the first reader"),
    Column("second", "free text", "the second reader"),
    Column("deposit_first", "text", "the deposit's identity with the first reader"),
    Column("deposit_second", "text", "the deposit's identity with the second reader"),
    _number("dice", "Dice coefficient of the two outlines, 0 to 1"),
    _number("distance_mm", "mean distance between the two borders; empty without a scale", "mm", 3),
    _number("distance95_mm", "95th percentile of that distance", "mm", 3),
)

CALLS: Final = (
    PATIENT,
    Column("level", "text", "deposit, site, hand or patient"),
    Column("where", "text", "the hand, with the site or the first reader's deposit"),
    Column("date_from", "text", "earlier date"),
    Column("date_to", "text", "later date"),
    Column("first", "free text", "the first reader"),
    Column("second", "free text", "the second reader"),
    Column("call_first", "text", "the first reader's call"),
    Column("call_second", "text", "the second reader's call"),
)

CASE: Final = (
    HAND,
    SITE,
    Column("aspect", "text", "side of the site: radial, ulnar or midline; empty for the whole site"),
    Column("date_from", "text", "earlier date"),
    Column("date_to", "text", "later date"),
    Column("words", "free text", "what the paper says"),
    _number("area_from_mm2", "area on the earlier sample film", "mm2", 2),
    _number("area_to_mm2", "area on the later sample film", "mm2", 2),
    _number("change_pct", "change as a share of the earlier area", "%", 1),
    Column("call", "text", "the program's call on the sample films; empty if it found no deposit there"),
    Column("agrees", "text", "whether the call is one that agrees with the words: yes or no"),
)

STUDY_TABLES: Final = {
    "agreement": STATISTICS,
    "readings": READINGS,
    "outlines": OUTLINES,
    "calls": CALLS,
    "case_1990": CASE,
}
"""Table to its columns, in order."""
