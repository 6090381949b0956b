"""Registration beside general programs on the same pairs, in one run; prints two tables.

    pip install itk-elastix                      the comparator; left out of the tables where it is not installed
    python bench/registration.py                 simulated pairs, and the development films where they are present
    python bench/registration.py --pairs dev01 phantom

Development films lie in ../shared/films or where LESIONMETER_FILMS says.

Each pair is registered by each way in a process of its own, since a crash of one must not end the run. Points are the
true bone points of both films. *Inverse* is the distance from a point to where it comes back to: by the inverse where a
way has one (ours), else by registering the other way round, which the second table leaves out. A fold is a place, of a
grid of 1 mm over the hand, where the carried grid turns over. Seconds are those of one registration from films in
memory, by the clock and of processor (all threads); for ours they contain finding the landmarks on both films in the
first table, and in the second, where every way is given them, they do not. On a machine that does other work as well,
compare processor seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from registrars import OURS, WAYS, Carry, Plate, available

from lesionmeter import calibrate, find_landmarks, read_patient
from lesionmeter.model.patient import HandView
from lesionmeter.model.radiograph import Polarity
from lesionmeter.phantom import FilmSpec, StudySpec, simulate, write
from lesionmeter.stages.registration import register

Points = NDArray[np.float64]

FILMS = Path(os.environ.get("LESIONMETER_FILMS", Path(__file__).resolve().parents[2] / "shared" / "films"))
PHANTOMS = {"phantom": 3.0, "phantom, bent": 6.0}
"""Simulated pairs: standard deviation of the joints' turns between the films, degrees."""
SETS = ("dev01", "dev02", "dev05_repeats", "dev06", "dev07_hard", "dev08_habits")
"""Development films whose files state their scale: a pair is the first and the last film."""
TIME_LIMIT = 1800
"""Seconds after which a way has failed."""


@dataclass(frozen=True)
class Trial:
    """One way on one pair."""

    way: str
    pair: str
    folder: Path
    with_landmarks: bool


def main() -> None:
    arguments = argparse.ArgumentParser(description="Registration beside general programs.")
    arguments.add_argument("--pairs", nargs="*", help="names of pairs; all if left out")
    arguments.add_argument("--trial", nargs=3, metavar=("WAY", "FOLDER", "LANDMARKS"), help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.trial:
        way, folder, given = asked.trial
        print(json.dumps(one_trial(way, Path(folder), given == "yes")))
        return
    with tempfile.TemporaryDirectory() as scratch:
        pairs = all_pairs(Path(scratch))
        pairs = {name: folder for name, folder in pairs.items() if name in (asked.pairs or pairs)}
        for with_landmarks in (False, True):
            title = "every way is given the landmarks" if with_landmarks else "films alone"
            print(f"\n{title}\n{HEADING}", flush=True)
            for name, folder in pairs.items():
                for way in available():
                    print(row(Trial(way, name, folder, with_landmarks)), flush=True)


def all_pairs(scratch: Path) -> dict[str, Path]:
    """Folders with the films and the truth of each pair."""
    places = {}
    for number, (name, degrees) in enumerate(PHANTOMS.items()):
        films = (FilmSpec("1983", spacing_mm=0.1), FilmSpec("1988", spacing_mm=0.11))
        write(simulate(StudySpec("bench", films, pose_degrees=degrees), seed=40 + number), scratch / str(number))
        places[name] = scratch / str(number)
    return places | {name: FILMS / name for name in SETS if (FILMS / name).is_dir()}


COLUMNS = {"median mm": 10, "p95 mm": 8, "max mm": 8, "folds": 7, "inverse": 9, "seconds": 9, "cpu s": 8, "peak MB": 9}
HEADING = f"{'pair':<15}{'way':<29}" + "".join(name.rjust(width) for name, width in COLUMNS.items())


def row(trial: Trial) -> str:
    """One line of the table, or why there are no figures."""
    command = [sys.executable, __file__, "--trial", trial.way, str(trial.folder)]
    try:
        done = subprocess.run(
            [*command, "yes" if trial.with_landmarks else "no"],
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"{trial.pair:<15}{trial.way:<29}  stopped after {TIME_LIMIT} s"
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        return f"{trial.pair:<15}{trial.way:<29}  failed (exit {done.returncode}): {last[:90]}"
    told = json.loads(done.stdout.splitlines()[-1])
    inverse = "-" if told["inverse"] is None else f"{told['inverse']:.4f}"
    return (
        f"{trial.pair:<15}{trial.way:<29}{told['median']:>10.3f}{told['p95']:>8.3f}{told['max']:>8.2f}"
        f"{told['folds']:>7d}{inverse:>9}{told['seconds']:>9.1f}{told['cpu']:>8.1f}{told['peak']:>9.0f}"
    )


def one_trial(way: str, folder: Path, with_landmarks: bool) -> dict[str, Any]:
    """Register the first film to the last; the figures of one line."""
    films, truth = films_and_truth(folder)
    start = clocks()
    plates = [plate_of(film) for film in films]
    found = clocks() - start
    base, start = memory_mb(), clocks()
    carry = WAYS[way](plates[0], plates[1], with_landmarks)
    spent = clocks() - start + (found if way == OURS and not with_landmarks else 0.0)
    peak = memory_mb()
    errors = np.linalg.norm(carry(truth[0] * plates[0].pitch) - truth[1] * plates[1].pitch, axis=1)
    return {
        "median": float(np.median(errors)),
        "p95": float(np.quantile(errors, 0.95)),
        "max": float(errors.max()),
        "folds": folds(carry, plates[0]),
        "inverse": inverse_error(way, carry, plates, truth[0] * plates[0].pitch, with_landmarks),
        "seconds": float(spent[0]),
        "cpu": float(spent[1]),
        "peak": max(peak, base),
    }


def clocks() -> NDArray[np.float64]:
    """Seconds by the clock, and of processor in all threads of this process."""
    return np.array([time.perf_counter(), time.process_time()])


def films_and_truth(folder: Path) -> tuple[list[Any], list[Points]]:
    """First and last film that share a hand, and that hand's bone points on both, as (row, column) pixels."""
    truth = json.loads((folder / "truth.json").read_text())
    patient = read_patient(folder)
    names = [truth["films"][k]["file"] for k in (0, -1)]
    films = [next(film for film in patient.films if Path(film.film).stem == name) for name in names]
    side = next(iter(truth["films"][0]["hands"]))
    points = [np.array(truth["films"][k]["hands"][side]["bone_points_xy"])[:, ::-1] for k in (0, -1)]
    return films, points


def plate_of(film: Any) -> Plate:
    found = find_landmarks(film)
    calibrated = calibrate(film)
    if calibrated is None or not found.hands:
        raise RuntimeError(f"{film.film}: expected a film with a scale and a hand")
    low, high = np.percentile(film.pixels[::4, ::4], [0.1, 99.9])
    picture = np.clip((film.pixels.astype(np.float32) - low) / (high - low), 0, 1).astype(np.float32)
    if found.polarity is Polarity.INVERTED:
        picture = np.float32(1) - picture
    return Plate(HandView(calibrated, found.hands[0], found.polarity), picture, calibrated.spacing.mean_mm)


def folds(carry: Carry, plate: Plate) -> int:
    """Cells of a 1 mm grid over the hand that turn over when carried."""
    marks = plate.landmarks_mm
    (top, left), (bottom, right) = marks.min(axis=0) - 8, marks.max(axis=0) + 8
    rows, columns = np.mgrid[max(top, 0) : bottom : 1.0, max(left, 0) : right : 1.0]
    carried = carry(np.column_stack([rows.ravel(), columns.ravel()])).reshape(*rows.shape, 2)
    down, across = np.diff(carried, axis=0)[:, :-1], np.diff(carried, axis=1)[:-1]
    turned: NDArray[np.bool_] = down[..., 0] * across[..., 1] - down[..., 1] * across[..., 0] <= 0
    return int(turned.sum())


def inverse_error(way: str, carry: Carry, plates: list[Plate], points: Points, with_landmarks: bool) -> float | None:
    """95th percentile of how far points lie from where they come back to, mm; None where it is not looked for."""
    if way == OURS:
        registration = register(plates[0].view, plates[1].view)
        back = registration.carry_back(registration.carry(points / plates[0].pitch)) * plates[0].pitch
    elif with_landmarks:
        return None
    else:
        back = WAYS[way](plates[1], plates[0], with_landmarks)(carry(points))
    return float(np.quantile(np.linalg.norm(back - points, axis=1), 0.95))


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
