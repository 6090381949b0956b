"""Areas, detection and calls on simulated patients over size, contrast, habit, overlap, pixel, blur and grain; tables.

    python bench/areas.py                      12 patients of three films, automatic
    python bench/areas.py --clicks             the same with a click inside each deposit
    python bench/areas.py --patients 40 --seed 100
    python bench/areas.py --lumps              patients with four round lumps of 35 to 95 mm2 that stay as they are

Every patient has a pixel pitch, blur and grain drawn evenly from wide ranges, new for each film, and deposits of all
habits whose areas follow named courses. The whole program runs on the written files. *Found* counts deposits of 2 mm2
and more; the error of an area is its logarithm against the truth, in percent, of those found; *covers* is the share of
95 % intervals that hold the truth. Neighbours that the program holds for one on any film count as one, whose truth is
their sum: it sums them as well, and says so. The second table tells what becomes of deposits of their film's limit of
detection and more, which is told by compact ones put in: found, or missed and called absent (else not assessable).
Calls are those of single deposits between any two of the dates; beside them stands a flat rule that calls every change
of 25 % of the earlier area.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import math
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter import Call, Status, assess, read_patient
from lesionmeter.model.deposit import one_label_each
from lesionmeter.model.findings import Assessment, DepositFinding, Estimate
from lesionmeter.phantom import Calcification, FilmSpec, PhantomFilm, PhantomStudy, StudySpec, simulate, write
from lesionmeter.phantom.courses import LEVELS, random_deposits
from lesionmeter.phantom.film import random_look
from lesionmeter.phantom.render import mineral
from lesionmeter.phantom.spec import FORMATS

LEAST_MM2 = 2.0
FLAT_RULE = 0.25
LUMPS_MM2 = (35.0, 50.0, 70.0, 95.0)


@dataclass(frozen=True)
class Seen:
    """One simulated deposit, or family that the program holds for one, on one film, and what was found of it."""

    area: float
    habit: str
    contrast: float
    overlap: float
    pitch: float
    blur: float
    grain: float
    identity: str
    limit: float | None
    absent: bool
    found: float | None
    lo: float | None
    hi: float | None


@dataclass(frozen=True)
class Called:
    """The change of one simulated deposit between two dates, and how it was called."""

    earlier: float
    later: float
    call: Call
    flat: bool
    covered: bool | None


def main() -> None:
    arguments = argparse.ArgumentParser(description="Areas, detection and calls on simulated patients.")
    arguments.add_argument("--patients", type=int, default=12)
    arguments.add_argument("--seed", type=int, default=1, help="of the first patient")
    arguments.add_argument("--clicks", action="store_true", help="give a click inside each deposit")
    arguments.add_argument("--lumps", action="store_true", help="large round deposits in place of usual ones")
    asked = arguments.parse_args()
    seen: list[Seen] = []
    called: list[Called] = []
    false = hands = 0
    for seed in range(asked.seed, asked.seed + asked.patients):
        study = simulate(patient_of(seed, lumps_of if asked.lumps else usual_of), seed)
        result = assessed(study, asked.clicks)
        sightings = list(sightings_of(study, result))
        seen += [s for film in sightings for s in film]
        called += list(calls_of(study, result, sightings))
        false += false_finds(study, result)
        hands += len(result.hands)
        print(f"patient {seed}: {len(result.deposits)} rows", file=sys.stderr, flush=True)
    print(f"{len(seen)} deposits on {hands} hand films; false finds for each hand film: {false / max(hands, 1):.2f}\n")
    print_areas(seen)
    print_limits(seen)
    print_calls(called)


Deposits = Callable[[np.random.Generator], tuple[Calcification, ...]]


def patient_of(seed: int, deposits_of: Deposits) -> StudySpec:
    """Three films of one hand, each with its own pitch, blur and grain."""
    rng = np.random.default_rng([seed, 77])
    films = tuple(film_of(rng, date) for date in ("1983", "1984", "1988"))
    return StudySpec(f"S{seed}", films, {"left": deposits_of(rng)}, child=bool(rng.random() < 0.3))


def usual_of(rng: np.random.Generator) -> tuple[Calcification, ...]:
    """About ten deposits of all habits."""
    return random_deposits(rng, 10)


def lumps_of(rng: np.random.Generator) -> tuple[Calcification, ...]:
    """Round lumps at different sites, unchanged on all films."""
    sites = [(ray, level) for ray in range(1, 6) for level in LEVELS[min(ray, 2)] if level != "tip"]
    chosen = rng.choice(len(sites), size=len(LUMPS_MM2), replace=False)
    return tuple(
        Calcification(
            *sites[k],
            str(rng.choice(["radial", "ulnar"])),
            "globular",
            (area,) * 3,
            float(rng.uniform(1.4, 4.0)),
            int(rng.integers(1 << 30)),
            "stable",
        )
        for k, area in zip(chosen, LUMPS_MM2, strict=True)
    )


def film_of(rng: np.random.Generator, date: str) -> FilmSpec:
    look = dataclasses.replace(
        random_look(rng),
        blur_mm=float(rng.uniform(0.05, 0.2)),
        grain=float(0.002 + 0.02 * rng.uniform() ** 2),
        edge=0.0,
        veil=0.03,
    )
    return FilmSpec(date, spacing_mm=round(float(rng.uniform(0.09, 0.2)), 3), bits=12, look=look)


def assessed(study: PhantomStudy, clicks: bool) -> Assessment:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / study.spec.patient
        write(study, folder)
        if clicks:
            write_clicks(study, folder / "hints.csv")
        return assess(read_patient(folder))


def write_clicks(study: PhantomStudy, path: Path) -> None:
    """One click a deposit and film, where it is thickest."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "x", "y", "deposit"])
        for film in study.films:
            for label in np.unique(film.labels[film.labels > 0]).tolist():
                inside = ndimage.distance_transform_edt(film.labels == label)
                row, column = np.unravel_index(int(inside.argmax()), inside.shape)
                rows.writerow([file_of(film), column, row, f"D{label}"])


def file_of(film: PhantomFilm) -> str:
    return film.name + FORMATS[film.spec.format]


def sightings_of(study: PhantomStudy, result: Assessment) -> Iterator[list[Seen]]:
    """Film by film, one for each family of the study's deposits, in their order."""
    families = families_of(study, result)
    for number, film in enumerate(study.films):
        bones = bone_cover(film)
        yield [seen_as(study, number, family, result, bones) for family in families]


def families_of(study: PhantomStudy, result: Assessment) -> tuple[tuple[int, ...], ...]:
    """The study's deposits, those together that the program holds for one on any film: it sums them on all."""
    everyone = range(1, 1 + len(study.spec.deposits["left"]))
    found: dict[str, list[int]] = {}
    for film in study.films:
        for label in everyone:
            row = row_of(film, film.labels == label, result)
            if row is not None:
                found.setdefault(row.identity, []).append(label)
    first = one_label_each([*((label,) for label in everyone), *map(tuple, found.values())])
    return tuple(tuple(label for label in everyone if first[label] == family) for family in sorted(set(first.values())))


def row_of(film: PhantomFilm, truth: NDArray[np.bool_], result: Assessment) -> DepositFinding | None:
    """The measured row that covers most of a region."""
    rows = {
        label: row
        for row in result.deposits
        if row.film == file_of(film) and row.status is Status.MEASURED
        for label in row.labels
    }
    if not truth.any() or file_of(film) not in result.maps:
        return None
    over = np.bincount(result.maps[file_of(film)].labels[truth], minlength=1)
    over[0] = 0
    return rows.get(int(over.argmax())) if over.any() else None


def seen_as(
    study: PhantomStudy, number: int, family: tuple[int, ...], result: Assessment, bones: NDArray[np.bool_]
) -> Seen:
    film, deposits = study.films[number], study.spec.deposits["left"]
    truth = np.isin(film.labels, family)
    largest = max((deposits[label - 1] for label in family), key=lambda deposit: deposit.areas_mm2[number])
    row = row_of(film, truth, result)
    on_film = [r for r in result.deposits if r.film == file_of(film)]
    area = row.measurement.area if row is not None and row.measurement is not None else None
    look = film.spec.look
    return Seen(
        area=sum(deposits[label - 1].areas_mm2[number] for label in family) if truth.any() else 0.0,
        habit=largest.habit,
        contrast=largest.density / film.range_mm,
        overlap=float(bones[truth].mean()) if truth.any() else 0.0,
        pitch=film.spec.spacing_mm,
        blur=look.blur_mm if look else math.nan,
        grain=look.grain if look else math.nan,
        identity=row.identity if row else "",
        limit=next((r.detection_limit for r in on_film if r.detection_limit), None),
        absent=any(r.status is Status.ABSENT and lies_in(truth, r) for r in on_film),
        found=area.value if area else None,
        lo=area.lo if area else None,
        hi=area.hi if area else None,
    )


def lies_in(truth: NDArray[np.bool_], row: DepositFinding) -> bool:
    """Whether a row's place lies in the true deposit."""
    if row.position is None:
        return False
    at = np.rint(row.position).astype(int)
    return bool(np.all((at >= 0) & (at < truth.shape)) and truth[tuple(at)])


def bone_cover(film: PhantomFilm) -> NDArray[np.bool_]:
    cover = np.zeros(film.labels.shape, dtype=bool)
    for hand in film.hands:
        for at, path in mineral(hand.subject.skeleton, hand.placed, hand.place).values():
            cover[at] |= path > 0.15
    return cover


def false_finds(study: PhantomStudy, result: Assessment) -> int:
    """Measured rows that touch no deposit."""
    labels = {file_of(film): film.labels for film in study.films}
    return sum(
        row.status is Status.MEASURED and not labels[row.film][np.isin(result.maps[row.film].labels, row.labels)].any()
        for row in result.deposits
    )


def calls_of(study: PhantomStudy, result: Assessment, sightings: list[list[Seen]]) -> Iterator[Called]:
    changes = {
        (change.identity, change.film_from, change.film_to): change
        for change in result.changes
        if change.level == "deposit"
    }
    names = [file_of(film) for film in study.films]
    for a, b in combinations(range(len(names)), 2):
        for first, second in zip(sightings[a], sightings[b], strict=True):
            identity = first.identity or second.identity
            change = changes.get((identity, names[a], names[b]))
            if change is not None and max(first.area, second.area) >= LEAST_MM2:
                flat = abs((change.area_to or 0.0) - (change.area_from or 0.0)) >= FLAT_RULE * (change.area_from or 0.0)
                yield Called(first.area, second.area, change.call, flat, covered(change.log_ratio, first, second))


def covered(log_ratio: Estimate | None, first: Seen, second: Seen) -> bool | None:
    """Whether the interval of a change holds the true one; None where one date has no area."""
    if log_ratio is None or log_ratio.lo is None or log_ratio.hi is None or not (first.area and second.area):
        return None
    return log_ratio.lo <= math.log(second.area / first.area) <= log_ratio.hi


# ---------------------------------------------------------------------- tables

Bins = list[tuple[str, Callable[[Seen], bool]]]


def between(of: Callable[[Seen], float], edges: list[float], unit: str) -> Bins:
    return [
        (f"{low:g} to {high:g} {unit}".strip(), lambda s, low=low, high=high: low <= of(s) < high)
        for low, high in pairwise(edges)
    ]


GROUPS: dict[str, Bins] = {
    "size": between(lambda s: s.area, [1, 2, 4, 9, 25, 60, 100], "mm2"),
    "contrast": between(lambda s: s.contrast, [0, 0.25, 0.5, 0.75, 1, 9], ""),
    "habit": [(h, lambda s, h=h: s.habit == h) for h in ("globular", "amorphous", "punctate", "crescent")],
    "over bone": between(lambda s: s.overlap, [0, 0.05, 0.2, 0.5, 1.01], ""),
    "pixel": between(lambda s: s.pitch, [0.09, 0.12, 0.16, 0.21], "mm"),
    "blur": between(lambda s: s.blur, [0.05, 0.1, 0.15, 0.21], "mm"),
    "grain": between(lambda s: s.grain, [0.002, 0.005, 0.01, 0.023], ""),
}


AREA_HEADING = " " * 30 + "    n   found   bias %  |error| median %   p90 %  covers  width %"


def print_areas(seen: list[Seen]) -> None:
    there = [s for s in seen if s.area > 0]
    print(AREA_HEADING)
    print(area_line("all", f"{LEAST_MM2:g} mm2 and over", [s for s in there if s.area >= LEAST_MM2]))
    for name, bins in GROUPS.items():
        for label, holds in bins:
            chosen = [s for s in there if holds(s) and (name == "size" or s.area >= LEAST_MM2)]
            if chosen:
                print(area_line(name, label, chosen))


def area_line(name: str, label: str, chosen: list[Seen]) -> str:
    found = [s for s in chosen if s.found]
    start = f"{name:<12}{label:<18}{len(chosen):>5}{len(found) / len(chosen):>8.2f}"
    if not found:
        return start
    errors = np.array([100 * math.log(s.found / s.area) for s in found if s.found])
    covers = np.mean([s.lo is not None and s.hi is not None and s.lo <= s.area <= s.hi for s in found])
    width = np.median([100 * ((s.hi or math.nan) - (s.lo or 0.0)) / (s.found or math.nan) for s in found])
    size = np.abs(errors)
    spread = f"{np.median(errors):>9.1f}{np.median(size):>18.1f}{np.quantile(size, 0.9):>8.1f}"
    return f"{start}{spread}{covers:>8.2f}{width:>9.0f}"


LIMIT_HEADING = "\n" + " " * 24 + "limit of detection to twice it           twice it and more"
LIMIT_UNITS = f"{'':<24}" + 2 * "    n   found  called absent"


def print_limits(seen: list[Seen]) -> None:
    """What becomes of deposits from their film's limit of detection on."""
    print(LIMIT_HEADING)
    print(LIMIT_UNITS)
    for label, of_habit in [("all", lambda s: True), *GROUPS["habit"]]:
        chosen = [(s, s.area / s.limit) for s in seen if s.limit and of_habit(s)]
        small, large = ([s for s, times in chosen if low <= times < high] for low, high in ((1, 2), (2, math.inf)))
        print(f"{label:<24}{shares(small)}{shares(large)}")


def shares(chosen: list[Seen]) -> str:
    if not chosen:
        return f"{0:>5}{'':>23}"
    found, absent = (np.mean(of) for of in ([bool(s.found) for s in chosen], [s.absent for s in chosen]))
    return f"{len(chosen):>5}{found:>8.2f}{absent:>15.2f}"


CHANGES: list[tuple[str, Callable[[float], bool]]] = [
    ("gone", lambda r: r == 0),
    ("falls by 60 % and more", lambda r: 0 < r <= 0.4),
    ("falls by 40 to 60 %", lambda r: 0.4 < r <= 0.6),
    ("falls by 20 to 40 %", lambda r: 0.6 < r <= 0.8),
    ("falls by under 20 %", lambda r: 0.8 < r < 1),
    ("unchanged", lambda r: r == 1),
    ("rises by under 50 %", lambda r: 1 < r < 1.5),
    ("rises by 50 % and more", lambda r: 1.5 <= r < math.inf),
    ("new", lambda r: r == math.inf),
]
LESS, MORE = (Call.REGRESSION, Call.RESOLVED), (Call.PROGRESSION, Call.NEW)


CALL_HEADING = (
    f"\n{'true change':<26}" + "    n  called less  called more  stable  indeterminate  flat 25 %  interval covers"
)


def print_calls(called: list[Called]) -> None:
    print(CALL_HEADING)
    for name, holds in CHANGES:
        chosen = [c for c in called if holds(c.later / c.earlier if c.earlier else math.inf)]
        if chosen:
            less, more, stable, open_ = (
                sum(c.call in calls for c in chosen) / len(chosen)
                for calls in (LESS, MORE, (Call.STABLE,), (Call.INDETERMINATE,))
            )
            flat = sum(c.flat for c in chosen) / len(chosen)
            held = [c.covered for c in chosen if c.covered is not None]
            share = f"{np.mean(held):>17.2f}" if held else ""
            print(
                f"{name:<26}{len(chosen):>5}{less:>13.2f}{more:>13.2f}{stable:>8.2f}{open_:>15.2f}{flat:>11.2f}{share}"
            )


if __name__ == "__main__":
    main()
