"""The codes by which findings are named in DICOM objects: the standard's where it has one, else our own, identified.

The writer of objects and their reader know each other through these names only. A value that has no code of the
standard is named in the private scheme 99LESIONMETER; docs/dicom.md lists it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lesionmeter.model.deposit import Origin
from lesionmeter.model.findings import Call, Status
from lesionmeter.model.site import Site

SCHEME: Final = "99LESIONMETER"
SCHEME_UID: Final = "2.25.136252816432353448254003348503105625657"
SCHEME_NAME: Final = "lesionmeter: findings on serial hand radiographs"
PROGRAM: Final = "lesionmeter"


@dataclass(frozen=True)
class Code:
    """A coded concept: value, coding scheme and meaning, as in a Code Sequence item."""

    value: str
    scheme: str
    meaning: str

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from other codes; a meaning may be worded in many ways."""
        return self.value, self.scheme


@dataclass(frozen=True)
class Quantity:
    """A number's concept and its unit."""

    code: Code
    unit: Code


def _own(value: str, meaning: str) -> Code:
    return Code(value, SCHEME, meaning)


ABNORMAL: Final = Code("49755003", "SCT", "Morphologically Abnormal Structure")
CALCIFICATION: Final = Code("18115005", "SCT", "Pathologic calcification")
AREA: Final = Code("42798000", "SCT", "Area")
REGION_AREA: Final = Code("131184002", "SCT", "Area of defined region")
POLYGON_AREA: Final = Code("122501", "DCM", "Area of closed irregular polygon")
DIFFERENCE_IN_SIZE: Final = Code("442714003", "SCT", "Difference in size")
UPPER_UNCERTAINTY: Final = Code("371886008", "SCT", "+, range of upper measurement uncertainty")
LOWER_UNCERTAINTY: Final = Code("371885007", "SCT", "-, range of lower measurement uncertainty")
REPORT: Final = Code("126000", "DCM", "Imaging Measurement Report")
PLAIN_RADIOGRAPHY: Final = Code("168537006", "SCT", "Plain radiography")
BASELINE: Final = Code("121079", "DCM", "Baseline")
FILM: Final = _own("film", "Film of the follow-up")
SIDES: Final = {"R": Code("24028007", "SCT", "Right"), "L": Code("7771000", "SCT", "Left")}

MM: Final = Code("mm", "UCUM", "mm")
MM2: Final = Code("mm2", "UCUM", "mm2")
DAY: Final = Code("d", "UCUM", "d")
YEAR: Final = Code("a", "UCUM", "a")
ONE: Final = Code("1", "UCUM", "no units")
PERCENT: Final = Code("%", "UCUM", "%")
PERCENT_A_YEAR: Final = Code("%/a", "UCUM", "%/a")
PIXELS: Final = Code("{pixels}", "UCUM", "pixels")

CALL: Final = _own("call", "Call of the change")
CALL_SINCE_BASELINE: Final = _own("call-baseline", "Call of the change since baseline")
CALLS: Final[Mapping[str, Code]] = {
    Call.REGRESSION: Code("19776001", "SCT", "Decrease in size"),
    Call.PROGRESSION: Code("15454001", "SCT", "Increase in size"),
    Call.STABLE: Code("129723006", "SCT", "No significant changes in the finding"),
    Call.NEW: Code("129721008", "SCT", "New finding"),
    Call.RESOLVED: _own("resolved", "Resolved"),
    Call.INDETERMINATE: _own("indeterminate", "Indeterminate: neither changed nor stable"),
    Call.NOT_ASSESSABLE: _own("not-assessable", "Not assessable"),
}
STATUS: Final = _own("status", "Status on this film")
STATUSES: Final[Mapping[str, Code]] = {
    Status.MEASURED: Code("52101004", "SCT", "Present"),
    Status.ABSENT: Code("272519000", "SCT", "Absent"),
    Status.NOT_ASSESSABLE: CALLS[Call.NOT_ASSESSABLE],
}
ORIGIN: Final = _own("origin", "Who outlined it")
ORIGINS: Final[Mapping[str, Code]] = {
    Origin.AUTOMATIC: _own("automatic", "Automatic"),
    Origin.HINT: _own("hint", "Program, at a reader's click"),
    Origin.REVIEWED: _own("reviewed", "Reader"),
}
EVENT: Final = _own("event", "Event on this film")
EVENTS: Final[Mapping[str, Code]] = {
    "new": CALLS[Call.NEW],
    "resolved": CALLS[Call.RESOLVED],
    **{word: _own(word, word.capitalize()) for word in ("reappeared", "split", "merged")},
}
LINK: Final = _own("link", "Identity over the dates")
LINKS: Final[Mapping[str, Code]] = {
    "affirmed": _own("affirmed", "Affirmed by a reader"),
    "proposed": _own("proposed", "Proposed by the program"),
}
LEVEL: Final = _own("level", "Level of the change")
LEVELS: Final[Mapping[str, Code]] = {
    level: _own(f"level-{level}", level.capitalize()) for level in ("deposit", "site", "hand", "patient")
}

FILM_TEXTS: Final[Mapping[str, Code]] = {
    "film": _own("film-name", "Film's path in the patient's folder"),
    "sha256": _own("sha256", "SHA-256 of the film's file"),
    "date_source": _own("date-source", "Who states the date"),
    "hands": _own("hands", "Hands found on the film"),
    "polarity": _own("polarity", "Polarity"),
    "polarity_source": _own("polarity-source", "Who states the polarity"),
    "reason": _own("reason", "Reason"),
}
FILM_NUMBERS: Final[Mapping[str, Quantity]] = {
    "rows": Quantity(_own("rows", "Rows"), PIXELS),
    "columns": Quantity(_own("columns", "Columns"), PIXELS),
    "bits": Quantity(_own("bits", "Bits that carry information"), ONE),
    "row_mm": Quantity(_own("row-spacing", "Distance between rows"), MM),
    "column_mm": Quantity(_own("column-spacing", "Distance between columns"), MM),
    "cv": Quantity(_own("spacing-cv", "Relative standard uncertainty of a length"), ONE),
}
SPACING_SOURCE: Final = _own("spacing-source", "Who states the size of a pixel")
REMARK: Final = _own("remark", "Remark")
CORRECTION: Final = _own("correction", "Correction by a reader, as JSON")
DATE: Final = _own("exam-date", "Exam date, as precisely as it is known")

DEPOSIT_TEXTS: Final[Mapping[str, Code]] = {
    "reason": FILM_TEXTS["reason"],
    "review": _own("review", "Reader who affirmed the finding"),
}
DEPOSIT_NUMBERS: Final[Mapping[str, Quantity]] = {
    "x": Quantity(_own("x", "Column of a place inside, 0 at the first pixel's centre"), PIXELS),
    "y": Quantity(_own("y", "Row of a place inside, 0 at the first pixel's centre"), PIXELS),
    "mask_label": Quantity(_own("mask-label", "Label in the film's mask"), ONE),
    "bone_overlap": Quantity(_own("bone-overlap", "Share over bone"), ONE),
    "probability": Quantity(_own("link-probability", "Probability of the identity"), ONE),
    "confidence": Quantity(_own("confidence", "Probability that it is a deposit"), ONE),
}
AREA_PARTS: Final[Mapping[str, Code]] = {
    "sd_own": _own("sd-own", "Standard error of the area, of this deposit alone"),
    "sd_choice": _own("sd-choice", "Standard error of the area, by the choice of outline"),
    "detection_limit": _own("detection-limit", "Area down to which it would have been seen"),
    "quantification_limit": _own("quantific-limit", "Area down to which its size would have been told"),
}
CV_SHARED: Final = Quantity(_own("cv-shared", "Relative standard error that the film's areas share"), ONE)

CHANGE_TEXTS: Final[Mapping[str, Code]] = {
    "identity": _own("deposit", "Deposit"),
    "unit": _own("area-unit", "Unit of the areas"),
    "wording": _own("wording", "Wording"),
    "reason": FILM_TEXTS["reason"],
    "film_from": _own("film-from", "Film of the earlier date"),
    "film_to": _own("film-to", "Film of the later date"),
}
CHANGE_DATES: Final[Mapping[str, Code]] = {
    "date_from": _own("date-from", "Earlier date, as precisely as it is known"),
    "date_to": _own("date-to", "Later date, as precisely as it is known"),
}
INTERVALS: Final[Mapping[str, Quantity]] = {
    "years": Quantity(_own("years", "Time between the dates"), YEAR),
    "shortest": Quantity(_own("years-shortest", "Shortest time that the dates allow"), YEAR),
    "longest": Quantity(_own("years-longest", "Longest time that the dates allow"), YEAR),
}
CHANGE_AREAS: Final[Mapping[str, Code]] = {
    "area_from": _own("area-from", "Area on the earlier date"),
    "area_to": _own("area-to", "Area on the later date"),
}
DIFFERENCE: Final = _own("area-difference", "Later area less earlier area")
CHANGE_NUMBERS: Final[Mapping[str, Quantity]] = {
    "percent": Quantity(_own("change-percent", "Change as a share of the earlier area"), PERCENT),
    "n_from": Quantity(_own("n-from", "Deposits on the earlier date"), ONE),
    "n_to": Quantity(_own("n-to", "Deposits on the later date"), ONE),
}
CHANGE_ESTIMATES: Final[Mapping[str, Quantity]] = {
    "log_ratio": Quantity(_own("log-ratio", "Natural logarithm of later area over earlier area"), ONE),
    "rate": Quantity(_own("rate", "Change a year, compound"), PERCENT_A_YEAR),
}

HAND: Final = Code("85562004", "SCT", "Hand")
WRIST: Final = Code("8205005", "SCT", "Wrist region structure")
FINGERS: Final = {
    1: Code("76505004", "SCT", "Thumb"),
    2: Code("83738005", "SCT", "Index finger"),
    3: Code("65531009", "SCT", "Middle finger"),
    4: Code("82002001", "SCT", "Ring finger"),
    5: Code("12406000", "SCT", "Little finger"),
}
JOINT: Final = Code("125682004", "SCT", "Finger joint")
PARTS: Final = {
    "metacarpal": Code("36455000", "SCT", "Metacarpal"),
    "distal phalanx": Code("C3669027", "UMLS", "Distal phalanx"),
    "tip": Code("C3669027", "UMLS", "Distal phalanx"),
    **dict.fromkeys(("MCP", "PIP", "DIP", "IP"), JOINT),
}
"""Part of a ray to its code, where the standard has one."""

_SHORT: Final = {"metacarpal": "MC", "proximal phalanx": "PP", "middle phalanx": "MP", "distal phalanx": "DP"}
_LONG: Final = {short: part for part, short in _SHORT.items()}


def site_code(site: Site) -> Code:
    """Our own code of a finding site with its aspect, to the last detail.

    Examples
    --------
    >>> site_code(Site(2, "2 middle phalanx", "radial"))
    Code(value='2-MP-radial', scheme='99LESIONMETER', meaning='2 middle phalanx radial')
    """
    part = site.name.removeprefix(f"{site.ray} ")
    return _own(f"{site.ray or 0}-{_SHORT.get(part, part)}-{site.aspect}", str(site).strip())


def site_of(code: Code) -> Site:
    """The finding site of a code by `site_code`.

    Raises
    ------
    ValueError
        If it is no such code.

    Examples
    --------
    >>> site_of(Code("0-palm-", "99LESIONMETER", "palm"))
    Site(ray=None, name='palm', aspect='')
    """
    fields = code.value.split("-")
    if code.scheme != SCHEME or len(fields) != 3 or fields[0] not in "012345":
        raise ValueError(f"expected the code of a finding site, came {code.value!r} of {code.scheme}")
    ray = int(fields[0]) or None
    part = _LONG.get(fields[1], fields[1])
    return Site(ray, f"{ray} {part}" if ray else part, fields[2])


def place_codes(site: Site | None) -> tuple[Code, Code | None]:
    """The standard's codes of a site: the finger (or hand, or wrist), and its part where there is a code."""
    if site is None or site.ray is None:
        return (WRIST if site and site.name == "wrist" else HAND), None
    return FINGERS[site.ray], PARTS.get(site.name.removeprefix(f"{site.ray} "))


def word_of(code: Code, words: Mapping[str, Code]) -> str:
    """The word whose code this is.

    Raises
    ------
    ValueError
        If it is none of them.
    """
    for word, known in words.items():
        if known.key == code.key:
            return word
    raise ValueError(f"expected one of {', '.join(words)}, came {code.value!r} of {code.scheme}")
