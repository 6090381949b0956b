"""The columns of every table as data: name, unit, digits and meaning; the data dictionary is made from them.

The order and the names are the promise to users' scripts; new columns go to the end of a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["text", "free text", "integer", "number"]


@dataclass(frozen=True)
class Column:
    """One column of one table.

    Parameters
    ----------
    name
        As in the file's first line; ends in its unit where it has one.
    kind
        `free text` may hold what users or files wrote, and is made safe for spreadsheets; `text` holds our own words.
    meaning
        One sentence for the data dictionary.
    unit
        Unit of the values, or empty.
    digits
        Decimals that a number keeps: those that it means, and at most one to spare.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    digits: int = 0


def _area(name: str, meaning: str) -> Column:
    return Column(name, "number", meaning, "mm2", 2)


PATIENT: Final = Column("patient_id", "free text", "DICOM's patient ID, else the name of the patient's folder")
FILM: Final = Column("film", "free text", "the film's path in the patient's folder")
HAND: Final = Column("hand", "text", "side of the hand: L or R")
RAY: Final = Column("ray", "integer", "ray of the hand, 1 (thumb) to 5 (little finger); empty off the rays")
SITE: Final = Column("site", "text", "finding site, such as 2 middle phalanx, 4 DIP, 3 tip, palm or wrist")
DEPOSIT: Final = Column("deposit", "text", "identity of the deposit over all dates of a hand, such as L07")
ASPECT: Final = Column("aspect", "text", "side of the site: radial, ulnar or midline")
SPACING_SOURCE: Final = Column("spacing_source", "text", "who states the size of a pixel; empty if nobody does")

FILMS: Final = (
    PATIENT,
    FILM,
    Column("sha256", "text", "checksum of the film's file"),
    Column("date", "text", "exam date as YYYY, YYYY-MM or YYYY-MM-DD"),
    Column("date_source", "text", "who states the date"),
    Column("hands", "text", "hands that were found on the film: L, R or LR"),
    Column("rows", "integer", "height of the film", "pixels"),
    Column("columns", "integer", "width of the film", "pixels"),
    Column("bits", "integer", "bits of a pixel that carry information"),
    Column("polarity", "text", "normal (dense is bright) or inverted"),
    Column("spacing_mm", "number", "size of a pixel, by which areas are measured; empty if unknown", "mm", 6),
    SPACING_SOURCE,
    Column("spacing_cv", "number", "relative standard uncertainty of a length; an area's is twice that", "1", 4),
    Column("status", "text", "measured or not assessable"),
    Column("reason", "free text", "why the film was not assessable"),
    Column("polarity_source", "text", "who states the polarity, or found"),
    Column("spacing_row_mm", "number", "distance from one row of pixels to the next", "mm", 6),
    Column("spacing_column_mm", "number", "distance from one column of pixels to the next", "mm", 6),
    Column("remarks", "free text", "what limits trust in the film without preventing its measurement"),
)

LANDMARKS: Final = (
    FILM,
    HAND,
    Column("landmark", "integer", "0 wrist; 1-4 thumb CMC, MCP, IP, tip; then MCP, PIP, DIP, tip of each finger"),
    Column("name", "text", "name of the landmark"),
    Column("x", "number", "column of the landmark on the film", "pixels", 1),
    Column("y", "number", "row of the landmark on the film", "pixels", 1),
    Column("confidence", "number", "how sure it is, 0 to 1", "1", 3),
    Column("origin", "text", "automatic or reviewed"),
)

REGISTRATION: Final = (
    Column("film_from", "free text", "baseline film"),
    Column("film_to", "free text", "film that the bone is found on again"),
    HAND,
    Column("bone", "text", "name of the bone"),
    Column("correlation", "number", "correlation of the matched films over the bone, -1 to 1", "1", 3),
    Column("rotation_deg", "number", "turn of the bone, clockwise on the screen", "degrees", 2),
    Column("scale", "number", "size on the later film over size on the baseline: root of the areas' ratio", "1", 4),
    Column("shift_mm", "number", "how far the bone's middle moved", "mm", 2),
    Column("status", "text", "matched, not matched (its points are not to be trusted), or refused (the whole pair)"),
    Column("reason", "free text", "why the bone, or the whole pair, was not matched"),
    Column("length_ratio", "number", "length along the bone on the later film over that on the baseline", "1", 4),
    Column("width_ratio", "number", "width across the bone on the later film over that on the baseline", "1", 4),
    Column("turn_deg", "number", "turn of the bone against the palm, clockwise on the screen", "degrees", 2),
    Column("pose", "text", "turn or tilt of over 15 degrees against the palm; empty if less, or not matched"),
    Column("error_mm", "number", "predicted error of a point on the bone, 95 %", "mm", 3),
)

DEPOSITS: Final = (
    PATIENT,
    FILM,
    Column("date", "text", "exam date as YYYY, YYYY-MM or YYYY-MM-DD"),
    HAND,
    RAY,
    SITE,
    ASPECT,
    DEPOSIT,
    Column("mask_label", "integer", "the deposit's label in the film's mask; empty if none is outlined"),
    Column("x", "number", "column of a pixel inside the deposit, or where it would be if it is absent", "pixels", 1),
    Column("y", "number", "row of a pixel inside the deposit, or where it would be if it is absent", "pixels", 1),
    _area("area_mm2", "projected area; 0 if absent, empty if not assessable or if the film's scale is unknown"),
    _area("area_lo_mm2", "lower end of the area's 95 % interval"),
    _area("area_hi_mm2", "upper end of the area's 95 % interval"),
    Column("bone_overlap", "number", "share of the deposit that lies over bone, 0 to 1", "1", 2),
    Column("status", "text", "measured, absent or not assessable"),
    Column("reason", "free text", "why it was not assessable, or what limits trust in the area"),
    Column("origin", "text", "who outlined it: automatic, hint or reviewed"),
    SPACING_SOURCE,
    _area("detection_limit_mm2", "area down to which the deposit would have been seen on this film"),
    Column("event", "text", "new, resolved, reappeared, split or merged on this film"),
    Column("affirmed_by", "free text", "reader who affirmed this row; empty if nobody did"),
    _area("quantification_limit_mm2", "area down to which the deposit's size would have been told on this film"),
)

CHANGES: Final = (
    PATIENT,
    Column("level", "text", "deposit, site, hand or patient"),
    HAND,
    RAY,
    SITE,
    DEPOSIT,
    Column("date_from", "text", "earlier date"),
    Column("date_to", "text", "later date"),
    Column("years", "number", "time between the dates, years of 365.25 days", "years", 2),
    _area("area_from_mm2", "area on the earlier date; a sum above the deposit level"),
    _area("area_to_mm2", "area on the later date; a sum above the deposit level"),
    _area("change_mm2", "later area less earlier area"),
    _area("change_lo_mm2", "lower end of the change's 95 % interval"),
    _area("change_hi_mm2", "upper end of the change's 95 % interval"),
    Column("change_pct", "number", "change as a share of the earlier area", "%", 1),
    Column("log_ratio", "number", "natural logarithm of later area over earlier area", "1", 4),
    Column("log_ratio_lo", "number", "lower end of the log ratio's 95 % interval", "1", 4),
    Column("log_ratio_hi", "number", "upper end of the log ratio's 95 % interval", "1", 4),
    Column("rate_pct_per_year", "number", "constant yearly change that would give the log ratio", "% per year", 1),
    Column("n_from", "integer", "deposits that were there on the earlier date"),
    Column("n_to", "integer", "deposits that were there on the later date"),
    Column("call", "text", "regression, progression, stable, indeterminate, resolved, new or not assessable"),
    Column("wording", "text", "plain phrase for a report"),
    Column("reason", "free text", "the rule that decided, and what speaks against trusting it"),
    ASPECT,
    Column("years_lo", "number", "shortest time that the dates' precision allows", "years", 2),
    Column("years_hi", "number", "longest time that the dates' precision allows", "years", 2),
    Column("rate_lo_pct_per_year", "number", "lower end of the rate's 95 % interval", "% per year", 1),
    Column("rate_hi_pct_per_year", "number", "upper end of the rate's 95 % interval", "% per year", 1),
    Column("film_from", "free text", "film of the earlier date; empty above the hand level"),
    Column("film_to", "free text", "film of the later date; empty above the hand level"),
)

PAIRS: Final = (
    PATIENT,
    Column("film_from", "free text", "film of the earlier date"),
    Column("film_to", "free text", "film of the later date"),
    HAND,
    Column("date_from", "text", "earlier date"),
    Column("date_to", "text", "later date"),
    Column("control", "text", "negative control: holds, off (speaks against trusting changes), or not measured"),
    Column("control_bones", "integer", "bones whose mid-shaft area, which does not change in adults, both films show"),
    Column("control_log_ratio", "number", "median over these bones of ln(later / earlier mid-shaft area)", "1", 4),
    Column("control_log_ratio_lo", "number", "lower end of its 95 % interval", "1", 4),
    Column("control_log_ratio_hi", "number", "upper end of its 95 % interval", "1", 4),
    Column("control_sd", "number", "robust standard deviation of one bone's log ratio", "1", 4),
    Column("control_allowed", "number", "log ratio that the films' shared error explains 95 times in 100", "1", 4),
    Column("error_floor_pct", "number", "95 in 100 shafts that did not change differ by less on this pair", "%", 1),
    Column("contrast_from", "number", "bone over soft tissue as a share of bone over air, earlier film", "1", 2),
    Column("contrast_to", "number", "the same on the later film", "1", 2),
    Column("edge_from_mm", "number", "width of the fall at the shafts' borders, earlier film", "mm", 2),
    Column("edge_to_mm", "number", "the same on the later film", "mm", 2),
    Column("reason", "free text", "why there is no control, and what makes the two films hard to compare"),
)

TABLES: Final = {
    "films": FILMS,
    "landmarks": LANDMARKS,
    "registration": REGISTRATION,
    "deposits": DEPOSITS,
    "changes": CHANGES,
    "pairs": PAIRS,
}
"""Table to its columns, in order."""
