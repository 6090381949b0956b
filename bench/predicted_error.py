"""Whether carried points are as near as the program predicts, on bone and off; prints a table.

    python bench/predicted_error.py                simulated pairs, easy and hard, and development films where present
    python bench/predicted_error.py --seeds 60 66  simulated pairs of these seeds
    python bench/predicted_error.py --simulated    simulated pairs only
    python bench/predicted_error.py FILMS          only folders of films with a truth.json below FILMS

Development films lie in ../shared/films or where LESIONMETER_FILMS says. A predicted error is right if the true one is
within it for 95 of 100 places. *se* is the standard error of that share from pair to pair: places of one pair err
together, so that a few pairs say little however many places they have. Places off bone are those of deposits, and
between the metacarpals; in a folder, middles of deposits whose area stays the same within a fifth. Errors in mm. Folds
are places where a grid of 1.5 mm over the hand turns over; *back* is the largest distance from a place of that grid to
where it comes back to.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pairs import KnownPair, known_pairs, simulated_pairs

from lesionmeter.model.geometry import Registration
from lesionmeter.stages.registration import register

STEP_MM = 1.5
"""Grid on which folds and the way back are looked for."""


@dataclass(frozen=True, eq=False)
class Carried:
    """Places of one kind of one pair: true and predicted errors, mm; and the pair's least slope and way back."""

    group: str
    kind: str
    true: NDArray[np.float64]
    predicted: NDArray[np.float64]
    folds: int
    back_mm: float


def main() -> None:
    arguments = argparse.ArgumentParser(description="True errors against predicted ones.")
    arguments.add_argument("films", type=Path, nargs="?", help="folders with a truth.json, and no simulated pairs")
    arguments.add_argument("--seeds", type=int, nargs=2, default=(20, 34), metavar=("FIRST", "END"))
    arguments.add_argument("--simulated", action="store_true", help="no development films")
    print(table([each for pair in chosen_pairs(arguments.parse_args()) for each in carried(pair)]))


def chosen_pairs(asked: argparse.Namespace) -> Iterable[KnownPair]:
    """The pairs that the command line asks for."""
    if asked.films:
        return known_pairs(asked.films)
    simulated = simulated_pairs(range(*asked.seeds))
    folder = Path(os.environ.get("LESIONMETER_FILMS", Path(__file__).parents[2] / "shared" / "films"))
    return simulated if asked.simulated or not folder.is_dir() else chain(simulated, known_pairs(folder))


def carried(pair: KnownPair) -> Iterator[Carried]:
    """True and predicted errors of one pair; none if it was refused."""
    found = register(pair.first, pair.later)
    if not found.accepted:
        print(f"{pair.name}: {found.reason}")
        return
    folds, back_mm = regularity(found, pair)
    for kind, (first, later) in pair.places.items():
        apart = (found.carry(first) - later) * found.spacing_to.step
        yield Carried(pair.group, kind, np.linalg.norm(apart, axis=1), found.error_mm(first), folds, back_mm)


def regularity(found: Registration, pair: KnownPair) -> tuple[int, float]:
    """Folds of the field over the hand, and the largest distance between a place and where it comes back to."""
    marks = found.spacing_from.to_mm(pair.first.hand.landmarks.points)
    low, high = marks.min(axis=0) - 10.0, marks.max(axis=0) + 10.0
    rows, columns = np.meshgrid(*(np.arange(a, b, STEP_MM) for a, b in zip(low, high, strict=True)), indexing="ij")
    grid = np.stack([rows, columns], axis=-1)
    there = found.field.carry(grid.reshape(-1, 2))
    back = found.field.carry_back(there).reshape(grid.shape)
    slopes = np.stack([np.gradient(there.reshape(grid.shape), STEP_MM, axis=axis) for axis in (0, 1)], axis=-1)
    folds = int(np.count_nonzero(np.linalg.det(slopes) <= 0))
    return folds, float(np.linalg.norm(back - grid, axis=-1).max())


def spread_of_share(parts: list[Carried]) -> float:
    """Standard error of the share of places within the predicted error, over pairs: that of a ratio of two sums."""
    within = np.array([float(np.sum(part.true <= part.predicted)) for part in parts])
    places = np.array([float(len(part.true)) for part in parts])
    left = within - within.sum() / places.sum() * places
    count = np.count_nonzero(places)
    return float(np.sqrt(np.sum(left**2) * count / max(count - 1, 1)) / places.sum())


def table(rows: Iterable[Carried]) -> str:
    cells: dict[tuple[str, str], list[Carried]] = {}
    for row in rows:
        for group in (row.group, "all"):
            cells.setdefault((group, row.kind), []).append(row)
    lines = [
        f"{'group':<14}{'places':<10}{'pairs':>6}{'n':>6}{'median':>8}{'p95':>7}{'most':>7}{'predicted':>11}{'within':>8}{'se':>6}"
        f"{'folds':>7}{'back':>7}"
    ]
    for (group, kind), parts in sorted(cells.items(), key=lambda cell: (cell[0][0] == "all", cell[0])):
        true, predicted = (np.concatenate(each) for each in zip(*((p.true, p.predicted) for p in parts), strict=True))
        if len(true):
            median, p95, most = np.percentile(true, [50, 95, 100])
            lines.append(
                f"{group:<14}{kind:<10}{len(parts):>6}{len(true):>6}{median:>8.3f}{p95:>7.3f}{most:>7.2f}"
                f"{np.median(predicted):>11.3f}{np.mean(true <= predicted):>8.3f}{spread_of_share(parts):>6.3f}"
                f"{sum(p.folds for p in parts):>7}{max(p.back_mm for p in parts):>7.3f}"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
