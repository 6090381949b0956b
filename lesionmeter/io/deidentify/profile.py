"""What PS3.15 asks to be done with each attribute: the Basic Profile, with dates modified and graphics removed.

`profile.csv` holds Table E.1-1 of edition 2026c: each attribute's action in the Basic Profile, and whether the option
Retain Longitudinal Temporal Information With Modified Dates cleans it (as of 2024e; no date has been added since).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

EDITION: Final = "PS3.15 2026c"

OPTIONS: Final = (
    ("113100", "Basic Application Confidentiality Profile"),
    ("113101", "Clean Pixel Data Option"),
    ("113103", "Clean Graphics Option"),
    ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
)
"""Codes of the DCM scheme that say which profile and options a de-identified object was made by."""


@dataclass(frozen=True)
class Rule:
    """One attribute's action (`X`, `Z`, `D`, `U`, or several of them), and whether its date is moved."""

    action: str
    moves: bool


@cache
def rules() -> dict[int, Rule]:
    """The rule of each attribute of the table, by its tag.

    Examples
    --------
    >>> rules()[0x00100010].action, rules()[0x00080020].moves
    ('Z', True)
    """
    text = (files(__package__) / "profile.csv").read_text(encoding="utf-8")
    return {
        int(row["tag"], 16): Rule(row["basic"], bool(row["modified_dates"]))
        for row in csv.DictReader(text.splitlines())
    }
