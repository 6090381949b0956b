"""A pool of simulated samples in files: made one after the other in a process of its own, read as they are needed."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Make = Callable[[Path, int, int], None]
"""Makes the file of a folder, a seed and a number, unless it is there."""


def start(make: Make, folder: Path, seed: int, shards: int) -> multiprocessing.Process:
    """Simulate in a process of its own while this one trains; it ends with this one."""
    folder.mkdir(parents=True, exist_ok=True)
    process = multiprocessing.get_context("spawn").Process(
        target=make_all, args=(make, folder, seed, shards), daemon=True
    )
    process.start()
    return process


def make_all(make: Make, folder: Path, seed: int, shards: int) -> None:
    """Make every file in order."""
    for number in range(shards):
        make(folder, seed, number)


def write(path: Path, **arrays: NDArray[np.generic]) -> None:
    """Write one file, whole or not at all."""
    part = path.with_suffix(".part.npz")
    np.savez(part, **arrays)
    part.rename(path)


def read(path: Path) -> dict[str, NDArray[np.generic]]:
    """One file's arrays, waiting until it is made: what is read never depends on speed."""
    while not path.exists():
        time.sleep(0.2)
    with np.load(path) as stored:
        return {name: stored[name] for name in stored.files}
