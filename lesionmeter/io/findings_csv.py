"""findings.csv: what a paper or a report says of the same films, to compare the program's calls with."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from lesionmeter.io.csv_table import Row, raise_faults, read_csv
from lesionmeter.model.dates import PartialDate
from lesionmeter.model.findings import Call
from lesionmeter.model.reported import ReportedFinding

FINDINGS_CSV: Final = "findings.csv"
COLUMNS: Final = ("hand", "ray", "site", "aspect", "date_from", "date_to", "words", "expected_calls")
NO_DEPOSIT: Final = "none"
CALLS: Final = tuple(str(call) for call in Call if call is not Call.NOT_ASSESSABLE)
ASPECTS: Final = ("", "radial", "ulnar", "midline")


def read_findings(folder: Path) -> tuple[ReportedFinding, ...]:
    """Read the findings.csv of a patient's folder, all its faults in one message; nothing if there is none.

    Parameters
    ----------
    folder
        The patient's folder. `ray` is for people and is not read: the site names it.

    Raises
    ------
    StudyError
        If a hand, aspect, date or call is none, or a column is missing.
    """
    path = folder / FINDINGS_CSV
    if not path.is_file():
        return ()
    faults: list[str] = []
    needed = tuple(column for column in COLUMNS if column not in ("ray", "aspect"))
    findings = [_finding(row, faults) for row in read_csv(path, COLUMNS, needed).rows]
    raise_faults(path.name, faults)
    return tuple(finding for finding in findings if finding)


def _finding(row: Row, faults: list[str]) -> ReportedFinding | None:
    calls = tuple(row["expected_calls"].lower().split())
    faulty = [
        f"line {row.line}: {column}: expected {wanted}, came {came}"
        for column, wanted, came, fine in (
            ("hand", "L or R", row["hand"] or "an empty cell", row["hand"].upper() in ("L", "R")),
            ("site", "a finding site such as 4 DIP", "an empty cell", bool(row["site"])),
            ("aspect", "radial, ulnar, midline or nothing", row["aspect"], row["aspect"].lower() in ASPECTS),
            ("expected_calls", _known_calls(), row["expected_calls"], _are_calls(calls)),
        )
        if not fine
    ]
    try:
        dates = PartialDate.parse(row["date_from"]), PartialDate.parse(row["date_to"])
    except ValueError as error:
        faulty.append(f"line {row.line}: {error}")
    faults += faulty
    if faulty:
        return None
    return ReportedFinding(
        row["hand"].upper(),
        row["site"],
        row["aspect"].lower(),
        *dates,
        row["words"],
        tuple(call for call in calls if call != NO_DEPOSIT),
        NO_DEPOSIT in calls,
    )


def _are_calls(words: tuple[str, ...]) -> bool:
    return words == (NO_DEPOSIT,) or set(words) <= set(CALLS)


def _known_calls() -> str:
    return f"any of {', '.join(CALLS)}, parted by blanks; or {NO_DEPOSIT}; or nothing"
