"""A cohort whose patients do what is written in their folders, each in the process that would measure it."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lesionmeter.batch import guard

CHILD = """
import json, os, sys, time
asked = json.loads(sys.stdin.readline())
folder, target = asked["folder"], asked["target"]
row = {"patient": os.path.basename(folder), "status": "measured", "films": 1, "made_from": asked["made_from"]}
exec(open(folder + "/fate.py").read())
os.makedirs(target, exist_ok=True)
for name, text in (("assessment.json", "{}"), ("batch.json", json.dumps(row))):
    open(target + "/" + name, "w").write(text)
open(folder + "/../../measured.txt", "a").write(row["patient"] + " ")
print(json.dumps(row))
"""
"""Stands in for `child.main`: runs the patient's fate, and leaves the marks of a complete output."""


@pytest.fixture
def cohort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Makes a cohort of the patients that are named, each with its fate: lines of Python for its process."""
    monkeypatch.setattr(guard, "COMMAND", (sys.executable, "-c", CHILD))

    def made(**fates: str) -> Path:
        for patient, fate in fates.items():
            folder = tmp_path / "cohort" / patient
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "fate.py").write_text(fate)
        return tmp_path / "cohort"

    return made


def table(out: Path) -> list[dict[str, str]]:
    """The rows of batch.csv."""
    with (out / "batch.csv").open() as file:
        return list(csv.DictReader(file))
