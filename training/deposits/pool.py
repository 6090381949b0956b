"""The pool of simulated patches: made shard by shard in a process of its own, each shard from its seed and number."""

from __future__ import annotations

import multiprocessing
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILMS = 5
"""Films in one shard."""

PATCHES = 24
"""Patches cut from each film."""

SIZE = 160
"""Rows and columns of a patch, pixels of 0.15 mm."""


@dataclass(frozen=True, eq=False)
class Patches:
    """Simulated patches with what they show.

    Parameters
    ----------
    pictures
        (patches, SIZE, SIZE) uint8, dense is bright.
    shown
        (patches, 2, SIZE, SIZE) uint8, 1 where a deposit, and where bone, covers the pixel.
    """

    pictures: NDArray[np.uint8]
    shown: NDArray[np.uint8]

    def __len__(self) -> int:
        """How many patches."""
        return len(self.pictures)


def shard_path(folder: Path, seed: int, number: int) -> Path:
    """Where shard `number` of this seed lies."""
    return folder / f"patches_{seed}_{number:04d}.npz"


def make_shard(folder: Path, seed: int, number: int) -> None:
    """Simulate one shard, whole or not at all; the same patches for the same seed and number."""
    from lesionmeter.phantom.patches import deposit_film, deposit_patches

    path = shard_path(folder, seed, number)
    if path.exists():
        return
    rng = np.random.default_rng([seed, number, 3])
    cut = [patch for _ in range(FILMS) for patch in deposit_patches(rng, deposit_film(rng), PATCHES, SIZE)]
    pictures = np.array([_stored(picture) for picture, _ in cut])
    part = path.with_suffix(".part.npz")
    np.savez(part, pictures=pictures, shown=np.array([shown for _, shown in cut], dtype=np.uint8))
    part.rename(path)


def _stored(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    """From -0.1 to 1.3 in 256 steps: films of 8 bits are measured too."""
    return np.rint(255 * np.clip((picture + 0.1) / 1.4, 0, 1)).astype(np.uint8)


def start_pool(folder: Path, seed: int, shards: int) -> multiprocessing.Process:
    """Simulate in a process of its own while this one trains; it ends with this one."""
    folder.mkdir(parents=True, exist_ok=True)
    process = multiprocessing.get_context("spawn").Process(target=_make_all, args=(folder, seed, shards), daemon=True)
    process.start()
    return process


def _make_all(folder: Path, seed: int, shards: int) -> None:
    for number in range(shards):
        make_shard(folder, seed, number)


def load_shards(folder: Path, seed: int, numbers: range) -> Patches:
    """Read these shards, waiting for those that are not made yet: the patches never depend on speed."""
    pictures, shown = [], []
    for number in numbers:
        path = shard_path(folder, seed, number)
        while not path.exists():
            time.sleep(0.2)
        with np.load(path) as stored:
            pictures.append(stored["pictures"])
            shown.append(stored["shown"])
    return Patches(np.concatenate(pictures), np.concatenate(shown))


def joined(first: Patches, second: Patches) -> Patches:
    """Both pools, the first one's patches first."""
    return Patches(np.concatenate([first.pictures, second.pictures]), np.concatenate([first.shown, second.shown]))
