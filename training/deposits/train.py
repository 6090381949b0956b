"""The training loop: the same weights for the same seed, whatever the machine's speed."""

from __future__ import annotations

import copy
import math
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training.deposits.network import DepositNet
from training.deposits.pool import FILMS, PATCHES, Patches, joined, load_shards
from training.schedule import Schedule, descend

FULL = 0.08
"""Share of a patch, 47 mm2, that deposits may cover before it weighs less in learning lumps: else they outweigh all."""


@dataclass(frozen=True)
class TrainSettings(Schedule):
    """One training; its seed is that of the patches too.

    Parameters
    ----------
    lumps
        Whether one shard in eight shows lumps, and a patch that deposits cover by more than `FULL` weighs less by as
        much.
    zoom
        Largest log zoom: hands differ in size, and films of unknown scale in what a millimetre is.
    """

    lumps: bool = False
    seed: int = 1
    steps: int = 7200
    batch: int = 16
    shards: int = 240
    head_start: float = 0.08
    rate: float = 3e-3
    decay: float = 1e-3
    warm_up: int = 100
    memory: float = 0.995
    zoom: float = 0.25


def train(pool: Path, settings: TrainSettings) -> DepositNet:
    """Train on the patches of `pool`, which another process may still be filling.

    Returns
    -------
    DepositNet
        The running mean of the weights, which is steadier than the last ones.
    """
    torch.manual_seed(settings.seed)
    torch.set_num_threads(1)
    rng = np.random.default_rng([settings.seed, 7])
    network = DepositNet().train().to(memory_format=torch.channels_last)
    mean_network = copy.deepcopy(network).eval()
    optimizer = torch.optim.AdamW(network.parameters(), lr=settings.rate, weight_decay=settings.decay)
    patches = load_shards(pool, settings.seed, range(settings.shards_at(0)), settings.lumps)
    start, losses = time.monotonic(), [0.0]
    for step in range(settings.steps):
        patches = _grown(patches, pool, settings, step)
        pictures, shown = augment(*_drawn(patches, rng, settings.batch), settings.zoom)
        optimizer.param_groups[0]["lr"] = settings.rate_at(step)
        losses.append(_step(network, optimizer, pictures, shown, FULL if settings.lumps else 1.0))
        settings.follow(mean_network, network, step)
        if step % 100 == 99:
            minutes = (time.monotonic() - start) / 60
            told = f"{minutes:5.1f} min  step {step + 1}  patches {len(patches)}  loss {np.mean(losses[-100:]):.3f}"
            print(told, file=sys.stderr, flush=True)
            torch.save(mean_network.state_dict(), pool / f"latest_{'lumps' if settings.lumps else 'usual'}.pt")
    return mean_network


def _grown(patches: Patches, pool: Path, settings: TrainSettings, step: int) -> Patches:
    have, want = len(patches) // (FILMS * PATCHES), settings.shards_at(step)
    if want <= have:
        return patches
    return joined([patches, load_shards(pool, settings.seed, range(have, want), settings.lumps)])


def _drawn(patches: Patches, rng: np.random.Generator, count: int) -> tuple[Tensor, Tensor]:
    chosen = rng.integers(0, len(patches), count)
    pictures = torch.from_numpy(patches.pictures[chosen]).float()[:, None] * (1.4 / 255) - 0.1
    return pictures, torch.from_numpy(patches.shown[chosen]).float()


def augment(pictures: Tensor, shown: Tensor, zoom: float) -> tuple[Tensor, Tensor]:
    """Turn, mirror and zoom patches, and change their grey values (torch's generator)."""
    count = len(pictures)
    angle = torch.rand(count) * 2 * math.pi
    size = torch.exp((torch.rand(count) * 2 - 1) * zoom) * 0.95
    mirror = torch.where(torch.rand(count) < 0.5, -1.0, 1.0)
    cos, sin = torch.cos(angle) * size, torch.sin(angle) * size
    turn = torch.stack([torch.stack([cos, -sin * mirror, 0 * cos], 1), torch.stack([sin, cos * mirror, 0 * cos], 1)], 1)
    grid = functional.affine_grid(turn, list(pictures.shape), align_corners=False)
    pictures = functional.grid_sample(pictures, grid, padding_mode="reflection", align_corners=False)
    shown = functional.grid_sample(shown, grid, padding_mode="reflection", align_corners=False)
    return _regraded(pictures), shown


def _regraded(pictures: Tensor) -> Tensor:
    count = len(pictures)

    def drawn(low: float, high: float) -> Tensor:
        return torch.rand(count, 1, 1, 1) * (high - low) + low

    pictures = (pictures + 0.1).clamp(min=1e-3) ** torch.exp(drawn(-0.5, 0.5)) * drawn(0.5, 1.6)
    return pictures + drawn(0, 0.02) ** 2 * 50 * 0.02 * torch.randn_like(pictures)


def _step(network: DepositNet, optimizer: torch.optim.Optimizer, pictures: Tensor, shown: Tensor, full: float) -> float:
    logits = network(pictures.contiguous(memory_format=torch.channels_last))
    return descend(network, optimizer, map_loss(logits, shown, full))


def map_loss(logits: Tensor, shown: Tensor, full: float = 1.0) -> Tensor:
    """Cross-entropy of both maps, deposits weighing more, and one less the Dice coefficient of deposits.

    A patch that deposits cover by more than the share `full` weighs less by as much.
    """
    deposit, bone = logits[:, 0], logits[:, 1]
    wanted = shown[:, 0]
    weight = (1 + 2 * wanted) / (wanted.mean((1, 2), keepdim=True) / full).clamp(min=1.0)
    entropy = functional.binary_cross_entropy_with_logits(deposit, wanted, weight=weight)
    chance = torch.sigmoid(deposit)
    overlap = (2 * (chance * wanted).sum((1, 2)) + 20) / ((chance**2).sum((1, 2)) + (wanted**2).sum((1, 2)) + 20)
    on_bone = functional.binary_cross_entropy_with_logits(bone, shown[:, 1])
    return 4 * entropy + 0.5 * (1 - overlap).mean() + 0.25 * on_bone
