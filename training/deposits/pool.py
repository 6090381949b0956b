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

LUMPS_IN = 8
"""One shard in so many has lumps on its films: they cover a hundred times what a usual deposit does."""

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


def shard_path(folder: Path, seed: int, number: int, lumps: bool = False) -> Path:
    """Where shard `number` of this seed lies, with or without lumps."""
    return folder / f"{'lumps' if lumps else 'patches'}_{seed}_{number:04d}.npz"


def make_shards(folder: Path, seed: int, number: int) -> None:
    """Simulate the shards of one number: with usual deposits, and one in `LUMPS_IN` with lumps as well."""
    make_shard(folder, seed, number)
    if has_lumps(number):
        make_shard(folder, seed, number, lumps=True)


def has_lumps(number: int) -> bool:
    """Whether a network that learns lumps has the shard of this number with them."""
    return number % LUMPS_IN == LUMPS_IN - 1


def make_shard(folder: Path, seed: int, number: int, lumps: bool = False) -> None:
    """Simulate one shard, whole or not at all; the same patches for the same seed and number."""
    from lesionmeter.phantom.patches import deposit_film, deposit_patches

    path = shard_path(folder, seed, number, lumps)
    if path.exists():
        return
    rng = np.random.default_rng([seed, number, 3])
    films = (deposit_film(rng, lumps=lumps) for _ in range(FILMS))
    cut = [patch for film in films for patch in deposit_patches(rng, film, PATCHES, SIZE)]
    pictures = np.array([_stored(picture) for picture, _ in cut])
    shards.write(path, pictures=pictures, shown=np.array([shown for _, shown in cut], dtype=np.uint8))


def _stored(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    """From -0.1 to 1.3 in 256 steps: films of 8 bits are measured too."""
    return np.rint(255 * np.clip((picture + 0.1) / 1.4, 0, 1)).astype(np.uint8)


def load_shards(folder: Path, seed: int, numbers: range, lumps: bool = False) -> Patches:
    """Read these shards, one in `LUMPS_IN` with lumps if these are wanted, waiting for those that are not made yet."""
    paths = (shard_path(folder, seed, number, lumps and has_lumps(number)) for number in numbers)
    return joined([Patches(**shards.read(path)) for path in paths])


def joined(parts: list[Patches]) -> Patches:
    """All patches of the parts, in order."""
    return Patches(np.concatenate([p.pictures for p in parts]), np.concatenate([p.shown for p in parts]))
