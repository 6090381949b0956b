"""How far the area of an unchanged deposit moves from film to film: the built-in error of an area is fitted here.

    python bench/repeatability.py                    10 simulated hands, three films each; automatic and with clicks
    python bench/repeatability.py --hands 30 --seed 100 --keep readings.csv
    python bench/repeatability.py --refit readings.csv

Each hand has deposits of all habits and of 2 to 40 mm2 that stay as they are, while every film has a new pose,
exposure, blur, grain and pixel pitch. Films are segmented and measured by the stages, with landmarks as far off as
automatic ones; which outline is which deposit is known from the truth, and the scale is exact. The sizes are fitted to
the compact deposits by maximum likelihood (`lesionmeter.agreement`), the two shares then to all habits; they stand in
`lesionmeter/model/repeatability.py` and docs/method.md. Ratios of two repeats: robust spread of one area, half width
of the ratio's 95 % interval, how many it covers, and different outlines (areas further apart than by a factor of 1.5),
which enter no other figure.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import math
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
from areas import film_of
from bones import view_of
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.agreement import fit_repeatability
from lesionmeter.model.agreement import RatedDeposit
from lesionmeter.model.deposit import DepositMap
from lesionmeter.model.patient import HandView, Hint
from lesionmeter.model.repeatability import Z95, Repeatability
from lesionmeter.phantom import Calcification, PhantomFilm, StudySpec, simulate
from lesionmeter.phantom.courses import LEVELS
from lesionmeter.phantom.forms import HABITS
from lesionmeter.stages.measurement import combine, measure
from lesionmeter.stages.segmentation import segment

REPEATS = 3
DEPOSITS = 12
WAYS = ("automatic", "clicks")
CLICK_MM = 0.3
"""How far a click lies off the deposit's innermost pixel, at most."""

COMPACT = "globular"
SIZES = {"s0_mm2": 0, "border_mm": 0, "k_own": 0, "k_shared": 1}
"""The sizes, each with which widening (of a few repeats, by Student's t) is taken off again: there are enough here."""

ROBUST = 1.4826
"""Standard deviation over the median size of a normal deviation."""

OPEN_SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.6)
"""Shares of an open choice of which it is printed what the built-in sizes cover with them: a larger g needs less."""

LITTLE_OPEN = 0.05
"""Under this share of the area, what the choice of outline leaves open is lost in the error of any compact deposit."""

OUTLIER = 1.5
"""Areas further apart than by this factor are different outlines (a part, a neighbour), not repeats of one."""


@dataclass(frozen=True)
class Reading:
    """One deposit on one film."""

    way: str
    hand: int
    film: int
    deposit: int
    habit: str
    true: float
    area: float
    lo: float
    hi: float
    sd_border: float
    sd_choice: float


@dataclass(frozen=True)
class Fitted:
    """The error of one area as one way of outlining shows it, and how many readings it rests on."""

    error: Repeatability
    compact: int
    hands: int


def main() -> None:
    arguments = argparse.ArgumentParser(description="Fit the error of one area to simulated repeats.")
    arguments.add_argument("--hands", type=int, default=10)
    arguments.add_argument("--seed", type=int, default=1, help="of the first hand")
    arguments.add_argument("--keep", type=Path, help="write every reading to this CSV file")
    arguments.add_argument("--refit", type=Path, help="fit to the readings of such a file, in place of simulating")
    asked = arguments.parse_args()
    readings = kept_readings(asked.refit) if asked.refit else simulated(asked.hands, asked.seed, asked.keep)
    report(readings)


def simulated(hands: int, seed: int, keep: Path | None) -> list[Reading]:
    begin, readings = time.process_time(), []
    for number in range(seed, seed + hands):
        readings += list(readings_of(number))
        print(f"hand {number}: {time.process_time() - begin:.0f} s", file=sys.stderr, flush=True)
        if keep:
            write_readings(readings, keep)
    return readings


def readings_of(seed: int) -> Iterator[Reading]:
    """All readings of one simulated hand."""
    study, rng = simulate(hand_of(seed), seed), np.random.default_rng([seed, 78])
    for number, film in enumerate(study.films):
        (hand,) = film.hands
        view = view_of(film, hand, rng)
        hints = tuple(clicks(film, rng))
        for way in WAYS:
            found = segment((view,), hints if way == "clicks" else ())
            for label, deposit in enumerate(study.spec.deposits["left"], start=1):
                yield from reading(found, view, film.labels == label, (way, seed, number, label, deposit.habit))


def hand_of(seed: int) -> StudySpec:
    """One hand on three films between which nothing changes but pose, exposure, blur, grain and pixel pitch."""
    rng = np.random.default_rng([seed, 79])
    films = tuple(film_of(rng, date) for date in ("1983", "1984", "1985"))
    return StudySpec(f"R{seed}", films, {"left": tuple(unchanged(rng))}, child=bool(rng.random() < 0.3))


def unchanged(rng: np.random.Generator) -> Iterator[Calcification]:
    """Deposits at different sites, the habits in turn, sizes even in the logarithm."""
    sites = [(ray, level) for ray in range(1, 6) for level in LEVELS[min(ray, 2)]]
    for number, k in enumerate(rng.choice(len(sites), size=DEPOSITS, replace=False)):
        ray, level = sites[k]
        aspect = "midline" if level == "tip" else str(rng.choice(["radial", "ulnar"]))
        habit = HABITS[number % len(HABITS)]
        area = round(float(np.exp(rng.uniform(np.log(2.0), np.log(15.0 if level == "tip" else 40.0)))), 3)
        density, shape = float(rng.uniform(1.4, 4.0)), int(rng.integers(1 << 30))
        yield Calcification(ray, level, aspect, habit, (area,) * REPEATS, density, shape, "stable")


def clicks(film: PhantomFilm, rng: np.random.Generator) -> Iterator[Hint]:
    """One click inside each deposit, a little off its innermost pixel."""
    for label in np.unique(film.labels[film.labels > 0]).tolist():
        depth = ndimage.distance_transform_edt(film.labels == label)
        middle = np.array(np.unravel_index(int(depth.argmax()), depth.shape), dtype=np.float64)
        far = min(CLICK_MM / film.spec.spacing_mm, 0.6 * float(depth.max())) * math.sqrt(rng.uniform())
        turn = rng.uniform(0, 2 * math.pi)
        yield Hint("film", middle + far * np.array([math.cos(turn), math.sin(turn)]), f"D{label}")


def reading(
    found: DepositMap, view: HandView, truth: NDArray[np.bool_], about: tuple[str, int, int, int, str]
) -> Iterator[Reading]:
    """The area of whatever was outlined over a true deposit, its parts together; nothing if it was missed."""
    labels = np.unique(found.labels[truth])
    over = [found.deposit(int(label)) for label in labels if label and _mostly(found.labels == label, truth)]
    if not truth.any() or not over:
        return
    measured = combine([measure(view.film, part) for part in over])
    true = np.count_nonzero(truth) * view.film.spacing.pixel_area_mm2
    area, (way, hand, film, label, habit) = measured.area, about
    lo, hi = area.lo or 0.0, area.hi or math.inf
    yield Reading(way, hand, film, label, habit, true, area.value, lo, hi, measured.sd_border, measured.sd_choice)


def _mostly(outlined: NDArray[np.bool_], truth: NDArray[np.bool_]) -> bool:
    return bool(np.count_nonzero(outlined & truth) > 0.3 * np.count_nonzero(outlined))


def write_readings(readings: Sequence[Reading], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.DictWriter(file, [f.name for f in dataclasses.fields(Reading)])
        rows.writeheader()
        rows.writerows(dataclasses.asdict(r) for r in readings)


def kept_readings(path: Path) -> list[Reading]:
    kinds = {
        field.name: {"str": str, "int": int, "float": float}[str(field.type)] for field in dataclasses.fields(Reading)
    }
    with path.open(newline="", encoding="utf-8") as file:
        return [Reading(**{name: kinds[name](row[name]) for name in kinds}) for row in csv.DictReader(file)]


# ---------------------------------------------------------------------- the fit


def fitted(readings: Sequence[Reading]) -> Fitted | str:
    """The sizes from compact deposits, then the share of a deposit's own border error that all habits need.

    Compact deposits have clear borders: what they move by is the least that any deposit does. A ragged one moves more,
    and its own border error says so. `border_share` is the least with which 95 in 100 ratios of two repeats lie within
    1.96 of their standard deviations where the choice of outline leaves little open, and then `choice_share` the same
    where it leaves more.
    """
    compact = [r for r in readings if r.habit == COMPACT]
    study = fit_repeatability(list(rated(compact)), "simulated repeats")
    if isinstance(study, str):
        return study
    plain = Repeatability(*(getattr(study.error, name) / study.widened[k] for name, k in SIZES.items()))
    pairs = list(alike(readings))
    clear = [pair for pair in pairs if not is_open(pair)]
    bordered = dataclasses.replace(plain, border_share=least_share(clear, plain, "border_share"))
    left = [pair for pair in pairs if is_open(pair)]
    error = dataclasses.replace(bordered, choice_share=least_share(left, bordered, "choice_share"))
    return Fitted(error, study.n_deposits, study.n_patients)


def is_open(pair: tuple[Reading, Reading]) -> bool:
    """Whether the choice of outline leaves more than a little open on either film."""
    return any(one.sd_choice >= LITTLE_OPEN * one.area for one in pair)


def least_share(pairs: Sequence[tuple[Reading, Reading]], error: Repeatability, name: str) -> float:
    """The least share, in steps of 0.01 up to 2, with which 95 in 100 of these ratios are covered; else infinite."""
    for share in np.arange(0.0, 2.001, 0.01).round(2).tolist():
        if coverage(pairs, dataclasses.replace(error, **{name: share})) >= 0.95:
            return float(share)
    return math.inf


def rated(readings: Sequence[Reading]) -> Iterator[RatedDeposit]:
    """Deposits that every repeat shows, as the same thing on each."""
    groups: dict[tuple[int, int], list[Reading]] = defaultdict(list)
    for one in readings:
        groups[one.hand, one.deposit].append(one)
    for (hand, deposit), group in groups.items():
        areas = tuple(one.area for one in sorted(group, key=lambda one: one.film))
        if len(areas) == REPEATS and max(areas) < OUTLIER * min(areas):
            yield RatedDeposit(f"R{hand}", "L", "", "", (f"D{deposit}",) * REPEATS, areas, "mm2")


def alike(readings: Sequence[Reading]) -> Iterator[tuple[Reading, Reading]]:
    """Every two repeats of a deposit whose outlines are of the same thing."""
    for first, second in pairs_of(readings):
        if max(first.area, second.area) < OUTLIER * min(first.area, second.area):
            yield first, second


def pairs_of(readings: Sequence[Reading]) -> Iterator[tuple[Reading, Reading]]:
    for first, second in combinations(readings, 2):
        if (first.hand, first.deposit) == (second.hand, second.deposit):
            yield first, second


def coverage(pairs: Sequence[tuple[Reading, Reading]], error: Repeatability) -> float:
    """Share of the ratios of two repeats that lie within 1.96 standard deviations."""
    return float(np.mean([abs(math.log(b.area / a.area)) <= Z95 * log_sd(a, b, error) for a, b in pairs]))


def log_sd(first: Reading, second: Reading, error: Repeatability) -> float:
    moved = math.log(second.area / first.area)
    own = (error.variance_own(one.area, one.sd_border, one.sd_choice, moved) / one.area**2 for one in (first, second))
    return math.sqrt(sum(own) + 2 * error.k_shared**2)


# ---------------------------------------------------------------------- tables


def report(readings: Sequence[Reading]) -> None:
    """Print the two tables of docs/method.md: the sizes of each way, and what they come to by habit and size."""
    of_way = {way: [r for r in readings if r.way == way] for way in WAYS}
    found = {way: fitted(mine) for way, mine in of_way.items()}
    print("| | s0 mm2 | s_r mm | k_own % | k_shared % | g | c | compact deposits on every film |")
    print("|---|---|---|---|---|---|---|---|")
    for way, fit in found.items():
        if isinstance(fit, str):
            print(f"| {way} | {fit} |")
            continue
        e = fit.error
        percent = f"{100 * e.k_own:.1f} | {100 * e.k_shared:.1f}"
        shares = f"{e.border_share:.2f} | {e.choice_share:.2f}"
        print(f"| {way} | {e.s0_mm2:.2f} | {e.border_mm:.3f} | {percent} | {shares} | {fit.compact} |")
    print("\n| deposits | pairs | spread of one area % | half width of the interval % | covers | different outlines |")
    print("|---|---|---|---|---|---|")
    for way, fit in found.items():
        for name, chosen in [] if isinstance(fit, str) else groups_of(of_way[way]):
            print(f"| {way}, {name} {line(chosen, fit.error)}")
    print("\nPairs with an open choice that the built-in sizes cover, by the share c of it:")
    for way in WAYS:
        pairs = [pair for pair in alike(of_way[way]) if is_open(pair)]
        covers = (f"{share:g}: {coverage(pairs, Repeatability(choice_share=share)):.3f}" for share in OPEN_SHARES)
        print(f"{way}, {len(pairs)} pairs: {', '.join(covers)}")


def groups_of(readings: Sequence[Reading]) -> Iterator[tuple[str, list[Reading]]]:
    yield "all", list(readings)
    for habit in HABITS:
        yield habit, [r for r in readings if r.habit == habit]
    for low, high in pairwise((2.0, 4.0, 9.0, 25.0, 41.0)):
        yield f"{low:g} to {high:g} mm2", [r for r in readings if low <= r.true < high]


def line(readings: Sequence[Reading], error: Repeatability) -> str:
    every, pairs = list(pairs_of(readings)), list(alike(readings))
    if not pairs:
        return f"| {len(every)} | | | | |"
    ratios = [abs(math.log(b.area / a.area)) for a, b in pairs]
    spread = 100 * ROBUST * float(np.median(ratios)) / math.sqrt(2.0)
    width = 100 * Z95 * float(np.median([log_sd(a, b, error) for a, b in pairs]))
    other = 100 * (1 - len(pairs) / len(every))
    return f"| {len(every)} | {spread:.1f} | {width:.0f} | {coverage(pairs, error):.2f} | {other:.0f} % |"


if __name__ == "__main__":
    main()
