"""The sample patient: simulated films whose sites and changes follow a published case, with the paper's words beside.

The case: Farah et al. 1990, The effect of diltiazem on calcinosis in a patient with the CREST syndrome. Films of 1983,
1984 and 1988; the paper names sites and changes in words and measured no area. Every area, outline and pixel here is
simulated.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from lesionmeter.phantom.deposits import Calcification, TuftChange
from lesionmeter.phantom.film import Look
from lesionmeter.phantom.shapes import Shaft, Shape
from lesionmeter.phantom.skeleton import Skeleton, random_skeleton
from lesionmeter.phantom.spec import FilmSpec, StudySpec
from lesionmeter.phantom.study import PhantomStudy, simulate
from lesionmeter.phantom.truth import write

SEED = 1990
PLATE_STRENGTH = 0.0
SMALL_SOLID_MM, SMALL_SOLID_DEPTH = 4.5, 0.35
CARPAL_SIZE, CARPAL_DEPTH = 0.88, 0.6
"""Paths add up where solids overlap: tufts, condyles and the pisiform lie on other bone, carpal bones side by side."""

FIRST, SECOND, LAST = "1983", "1984", "1988"

FILMS = (
    FilmSpec(FIRST, "LR", "tiff", 0.16, 12, "inch", look=Look("power", 0.4, 0.5, 0.3, 0.10, 0.008, 0.8, 0.0, 0.02)),
    FilmSpec(
        SECOND, "LR", "tiff", 0.17, 8, "none", listed=True, look=Look("toe", 0.2, 0.5, 0.26, 0.12, 0.01, 0.7, 0.0, 0.03)
    ),
    FilmSpec(
        LAST,
        "LR",
        "cr",
        0.15,
        12,
        "pixel",
        negative=True,
        look=Look("linear", 0.5, 0.5, 0.3, 0.08, 0.008, 0.8, 0.0, 0.01),
    ),
)
LEFT = (
    Calcification(1, "IP", "ulnar", "amorphous", (30.0, 28.5, 14.0), 4.0, 11, "marked_decrease"),
    Calcification(3, "PIP", "radial", "globular", (22.0, 21.0, 9.5), 3.5, 12, "marked_decrease"),
    Calcification(2, "middle", "radial", "globular", (16.0, 18.0, 5.0), 4.0, 13, "bump"),
    Calcification(4, "distal", "ulnar", "amorphous", (9.0, 6.0, 0.6), 3.5, 14, "almost_resolved"),
    Calcification(5, "distal", "ulnar", "globular", (6.5, 4.5, 0.45), 3.0, 15, "almost_resolved"),
)
RIGHT = (
    Calcification(4, "PIP", "ulnar", "globular", (20.0, 17.5, 8.0), 3.5, 21, "marked_decrease"),
    Calcification(4, "DIP", "radial", "amorphous", (13.0, 8.0, 0.9), 4.0, 22, "almost_resolved"),
    Calcification(4, "DIP", "ulnar", "amorphous", (11.0, 7.0, 0.8), 4.0, 23, "almost_resolved"),
    Calcification(4, "distal", "radial", "amorphous", (3.4, 3.4, 3.4), 3.0, 24, "stable"),
    Calcification(4, "tip", "midline", "punctate", (2.2, 2.2, 2.2), 3.0, 28, "stable"),
)
TUFTS = {
    "left": (TuftChange(2, erosion=0.7, sclerosis=0.5, aspect="radial"),),
    "right": (TuftChange(4, erosion=1.0),),
}

FINDINGS = (
    (
        "L",
        1,
        "1 IP",
        "ulnar",
        FIRST,
        LAST,
        "a decrease in the extensive soft tissue calcification (thumb)",
        "regression",
    ),
    ("L", 3, "3 PIP", "radial", FIRST, LAST, "decrease", "regression"),
    ("L", 2, "2 middle phalanx", "radial", FIRST, SECOND, "a minimal increase", "stable indeterminate progression"),
    ("L", 2, "2 middle phalanx", "radial", SECOND, LAST, "a marked decrease", "regression"),
    ("L", 2, "2 middle phalanx", "radial", FIRST, LAST, "a marked decrease", "regression"),
    ("L", 4, "4 distal phalanx", "ulnar", FIRST, LAST, "almost complete resolution", "regression resolved"),
    ("L", 5, "5 distal phalanx", "ulnar", FIRST, LAST, "almost complete resolution", "regression resolved"),
    ("R", 4, "4 PIP", "ulnar", FIRST, LAST, "decreased significantly", "regression"),
    ("R", 4, "4 DIP", "", FIRST, SECOND, "had decreased", "regression indeterminate"),
    ("R", 4, "4 DIP", "", SECOND, LAST, "almost complete resolution", "regression resolved"),
    ("R", 4, "4 DIP", "", FIRST, LAST, "almost complete resolution", "regression resolved"),
    ("R", 4, "4 distal phalanx", "radial", FIRST, LAST, "small amorphous calcifications (change not stated)", ""),
    ("R", 4, "4 tip", "midline", FIRST, LAST, "a small erosion with punctate calcification (change not stated)", ""),
    ("L", 2, "2 tip", "radial", FIRST, LAST, "sclerosis and erosion of the tuft persisted (no deposit)", "none"),
)
"""Hand, ray, site, aspect, dates, the paper's words, and the calls that agree with them (`none`: no deposit there)."""


def sample_study() -> PhantomStudy:
    """The sample patient's films: both hands on each, in 1983, 1984 and 1988."""
    deposits = {"left": LEFT, "right": RIGHT}
    spec = StudySpec("sample", FILMS, deposits, TUFTS, child=False, pose_degrees=2.5, skeleton=sample_skeleton())
    return simulate(spec, SEED)


def sample_skeleton() -> Skeleton:
    """The bones of a grown-up of average build, without the extremes that random bones have for training's sake."""
    drawn = random_skeleton(np.random.default_rng([SEED, 1]), child=False)
    segments = tuple(replace(s, shapes=tuple(_plain(shape) for shape in s.shapes)) for s in drawn.segments)
    return replace(drawn, segments=segments)


def _plain(shape: Shape) -> Shape:
    """Thin plates below the joints, and the ends of bones no denser than their shafts."""
    if isinstance(shape, Shaft):
        return replace(shape, plate=min(shape.plate, PLATE_STRENGTH))
    if shape.across < SMALL_SOLID_MM:
        return replace(shape, depth=SMALL_SOLID_DEPTH * shape.depth, rim=0.0)
    along, across = CARPAL_SIZE * shape.along, CARPAL_SIZE * shape.across
    return replace(shape, along=along, across=across, depth=CARPAL_DEPTH * shape.depth, rim=0.0)


def write_sample(folder: Path) -> None:
    """Write the sample patient: films, films.csv, the truth, and findings.csv with the paper's words."""
    write(sample_study(), folder)
    with (folder / "findings.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["hand", "ray", "site", "aspect", "date_from", "date_to", "words", "expected_calls"])
        rows.writerows(FINDINGS)


def catalogue(folder: Path) -> str:
    """A Markdown table of the files in a folder: name, bytes, SHA-256."""
    lines = ["| file | bytes | SHA-256 |", "|---|---|---|"]
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        lines.append(f"| {path.name} | {len(content)} | `{hashlib.sha256(content).hexdigest()}` |")
    return "\n".join(lines) + "\n"
