"""The pool of simulated films: made shard by shard in a process of its own, each shard from its seed and number."""

from __future__ import annotations

import multiprocessing
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

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
    upright
        (films,) true where the hand stands fingers up with its thumb as on a left hand.
    """

    pictures: NDArray[np.uint8]
    points: NDArray[np.float32]
    upright: NDArray[np.bool_]


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
    pictures, points, upright = zip(*samples, strict=True)
    part = path.with_suffix(".part.npz")
    np.savez(
        part,
        pictures=np.rint(255 * np.clip(np.array(pictures), 0, 1)).astype(np.uint8),
        points=np.array(points, np.float32),
        upright=np.array(upright, bool),
    )
    part.rename(path)


def make_pool(folder: Path, seed: int, shards: range) -> None:
    """Simulate all of `shards` in order."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in shards:
        make_shard(folder, seed, number)


def start_pool(folder: Path, seed: int, shards: int) -> multiprocessing.Process:
    """Simulate in a process of its own while this one trains; it ends with this one."""
    folder.mkdir(parents=True, exist_ok=True)
    process = multiprocessing.get_context("spawn").Process(
        target=make_pool, args=(folder, seed, range(shards)), daemon=True
    )
    process.start()
    return process


def load_shards(folder: Path, seed: int, numbers: range) -> Films:
    """Read these shards, waiting for those that are not made yet: the films never depend on speed."""
    parts = []
    for number in numbers:
        path = shard_path(folder, seed, number)
        while not path.exists():
            time.sleep(0.2)
        with np.load(path) as stored:
            parts.append((stored["pictures"], stored["points"], stored["upright"]))
    pictures, points, upright = zip(*parts, strict=True)
    return Films(np.concatenate(pictures), np.concatenate(points), np.concatenate(upright))


def join(first: Films, second: Films) -> Films:
    """Both pools, the first one's films first."""
    return Films(
        np.concatenate([first.pictures, second.pictures]),
        np.concatenate([first.points, second.points]),
        np.concatenate([first.upright, second.upright]),
    )
