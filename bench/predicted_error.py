"""Whether carried points are as near as the program predicts, on bone and off; prints a table.

    python bench/predicted_error.py                simulated pairs, easy and hard
    python bench/predicted_error.py FILMS          folders of films with a truth.json below FILMS

A predicted error is right if the true one is within it for 95 of 100 places. Places off bone are those of deposits, and
between the metacarpals; in a folder, middles of deposits whose area stays the same within a fifth. Errors in mm. Folds
are places where a grid of 1.5 mm over the hand turns over; *back* is the largest distance from a place of that grid to
where it comes back to.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
    arguments.add_argument("films", type=Path, nargs="?", help="folders with a truth.json; simulated pairs if left out")
    arguments.add_argument("--seeds", type=int, nargs=2, default=(20, 34), metavar=("FIRST", "END"))
    asked = arguments.parse_args()
    pairs = known_pairs(asked.films) if asked.films else simulated_pairs(range(*asked.seeds))
    print(table([each for pair in pairs for each in carried(pair)]))


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


def table(rows: Iterable[Carried]) -> str:
    cells: dict[tuple[str, str], list[Carried]] = {}
    for row in rows:
        for group in (row.group, "all"):
            cells.setdefault((group, row.kind), []).append(row)
    lines = [
        f"{'pairs':<14}{'places':<10}{'n':>6}{'median':>8}{'p95':>7}{'most':>7}{'predicted':>11}{'within':>8}"
        f"{'folds':>7}{'back':>7}"
    ]
    for (group, kind), parts in sorted(cells.items(), key=lambda cell: (cell[0][0] == "all", cell[0])):
        true, predicted = (np.concatenate(each) for each in zip(*((p.true, p.predicted) for p in parts), strict=True))
        if len(true):
            median, p95, most = np.percentile(true, [50, 95, 100])
            lines.append(
                f"{group:<14}{kind:<10}{len(true):>6}{median:>8.3f}{p95:>7.3f}{most:>7.2f}"
                f"{np.median(predicted):>11.3f}{np.mean(true <= predicted):>8.3f}"
                f"{sum(p.folds for p in parts):>7}{max(p.back_mm for p in parts):>7.3f}"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
