"""Random patients: deposits at random sites whose areas follow a named course over three dates."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lesionmeter.phantom.deposits import Calcification
from lesionmeter.phantom.forms import HABITS
from lesionmeter.phantom.spec import FilmSpec, StudySpec
from lesionmeter.phantom.study import simulate
from lesionmeter.phantom.truth import write

Random = np.random.Generator

COURSES = {
    "stable": (1.0, 1.0, 1.0),
    "slight_decrease": (1.0, 0.85, 0.65),
    "marked_decrease": (1.0, 0.7, 0.4),
    "almost_resolved": (1.0, 0.5, 0.08),
    "resolved": (1.0, 0.4, 0.0),
    "bump": (0.9, 1.0, 0.4),
    "increase": (0.62, 0.8, 1.0),
    "marked_increase": (0.35, 0.6, 1.0),
    "new": (0.0, 0.0, 1.0),
}
"""Area on each date against the largest."""

LEVELS = {1: ("MCP", "proximal", "IP", "distal"), 2: ("MCP", "proximal", "PIP", "middle", "DIP", "distal", "tip")}
"""Where a deposit of the thumb, and of a finger, can lie."""


def write_random(folder: Path, seed: int) -> None:
    """Simulate a random patient and write the films with their truth; the folder's name is the patient's ID."""
    write(simulate(random_spec(folder.name, seed), seed), folder)


def random_spec(patient: str, seed: int) -> StudySpec:
    """Draw a patient: one hand or both, on three dates, with 6 to 12 deposits a hand, in mixed file formats."""
    rng = np.random.default_rng([seed, 9])
    hands = str(rng.choice(["L", "R", "LR"]))
    first = int(rng.integers(1983, 2010))
    years = (first, first + int(rng.integers(1, 4)), first + int(rng.integers(5, 12)))
    films = tuple(_film(rng, f"{year}-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}", hands) for year in years)
    sides = {"L": ("left",), "R": ("right",), "LR": ("left", "right")}[hands]
    deposits = {side: random_deposits(rng, int(rng.integers(6, 13))) for side in sides}
    return StudySpec(patient, films, deposits, child=bool(rng.random() < 0.5))


def random_deposits(rng: Random, count: int) -> tuple[Calcification, ...]:
    """Draw deposits of one hand, each at a site of its own, on the courses in turn."""
    sites = [
        (ray, level, aspect)
        for ray in range(1, 6)
        for level in LEVELS[min(ray, 2)]
        for aspect in (("midline",) if level == "tip" else ("radial", "ulnar"))
    ]
    chosen = rng.choice(len(sites), size=min(count, len(sites)), replace=False)
    names, turn = list(COURSES), int(rng.integers(len(COURSES)))
    return tuple(_deposit(rng, sites[k], names[(turn + number) % len(names)]) for number, k in enumerate(chosen))


def _deposit(rng: Random, site: tuple[int, str, str], course: str) -> Calcification:
    habit = str(rng.choice(HABITS, p=[0.55, 0.2, 0.1, 0.15]))
    largest = float(np.exp(rng.uniform(np.log(2.5), np.log(12.0 if habit == "punctate" or site[1] == "tip" else 28.0))))
    areas = tuple(round(largest * share, 3) for share in COURSES[course])
    return Calcification(*site, habit, areas, float(rng.uniform(1.4, 4.0)), int(rng.integers(1 << 30)), course)


def _film(rng: Random, date: str, hands: str) -> FilmSpec:
    kind = str(rng.choice(["tiff", "tiff", "png", "cr", "dx"]))
    spacing, negative = round(float(rng.uniform(0.11, 0.17)), 3), bool(rng.random() < 0.15)
    if kind == "png":
        return FilmSpec(date, hands, kind, spacing, 8, "none", True, negative)
    if kind == "tiff":
        return FilmSpec(date, hands, kind, spacing, int(rng.choice([8, 12, 16])), str(rng.choice(["inch", "cm"])))
    stated = "imager" if kind == "dx" else "pixel"
    return FilmSpec(date, hands, kind, spacing, int(rng.choice([10, 12, 14])), stated, negative=negative)
