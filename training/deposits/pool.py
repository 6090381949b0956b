"""The pool of simulated patches: each shard from its seed and number."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training import shards

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
    shards.write(path, pictures=pictures, shown=np.array([shown for _, shown in cut], dtype=np.uint8))


def _stored(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    """From -0.1 to 1.3 in 256 steps: films of 8 bits are measured too."""
    return np.rint(255 * np.clip((picture + 0.1) / 1.4, 0, 1)).astype(np.uint8)


def load_shards(folder: Path, seed: int, numbers: range) -> Patches:
    """Read these shards, waiting for those that are not made yet."""
    return joined([Patches(**shards.read(shard_path(folder, seed, number))) for number in numbers])


def joined(parts: list[Patches]) -> Patches:
    """All patches of the parts, in order."""
    return Patches(np.concatenate([p.pictures for p in parts]), np.concatenate([p.shown for p in parts]))
