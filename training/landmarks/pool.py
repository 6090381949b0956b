"""The pool of simulated films: each shard from its seed and number."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training import shards

SHARD = 250
"""Films in one file of the pool."""


@dataclass(frozen=True, eq=False)
class Films:
    """Simulated films with their landmarks.

    Parameters
    ----------
    pictures
        (films, size, size) uint8.
    points
        (films, 21, 2) as (row, column) pixels.
    shown
        (films, 21) 1 where a landmark can be seen, -1 where it is missing, 0 where either may be said.
    roll
        (films,) degrees that the hand is rolled about its long axis.
    upright
        (films,) true where the hand stands fingers up with its thumb as on a left hand.
    """

    pictures: NDArray[np.uint8]
    points: NDArray[np.float32]
    shown: NDArray[np.int8]
    roll: NDArray[np.float32]
    upright: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.points)


_NAMES = tuple(field.name for field in fields(Films))


def shard_path(folder: Path, seed: int, number: int) -> Path:
    """Where shard `number` of this seed lies."""
    return folder / f"films_{seed}_{number:04d}.npz"


def make_shard(folder: Path, seed: int, number: int) -> None:
    """Simulate one shard, whole or not at all; the same films for the same seed and number."""
    from lesionmeter.phantom.training import landmark_sample

    path = shard_path(folder, seed, number)
    if path.exists():
        return
    rng = np.random.default_rng([seed, number])
    samples = [landmark_sample(rng) for _ in range(SHARD)]
    shards.write(
        path,
        pictures=np.rint(255 * np.array([s.picture for s in samples])).astype(np.uint8),
        points=np.array([s.points for s in samples], np.float32),
        shown=np.array([s.shown for s in samples], np.int8),
        roll=np.array([s.roll for s in samples], np.float32),
        upright=np.array([s.upright for s in samples], bool),
    )


def load_shards(folder: Path, seed: int, numbers: range) -> Films:
    """Read these shards, waiting for those that are not made yet."""
    return joined([Films(**shards.read(shard_path(folder, seed, number))) for number in numbers])


def joined(parts: list[Films]) -> Films:
    """All films of the parts, in order."""
    return Films(*(np.concatenate([getattr(part, name) for part in parts]) for name in _NAMES))
