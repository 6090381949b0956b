"""The training loop: the same weights for the same seed, whatever the machine's speed."""

from __future__ import annotations

import copy
import math
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from training.landmarks.augment import AugmentSettings, Batch, augment
from training.landmarks.network import STRIDE, LandmarkNet, log_probabilities, read_heatmaps
from training.landmarks.pool import SHARD, Films, join, load_shards

BLUR = 1.1
"""Standard deviation (cells) of the target round a point."""


@dataclass(frozen=True)
class TrainSettings:
    """One training run.

    Parameters
    ----------
    seed
        Of the order that films are seen in, and of every change made to them.
    films
        Seed of the films.
    steps, batch
        Steps, and films a step.
    shards
        Files of films in the whole pool.
    head_start
        Share of the pool that must be there at the first step; the rest joins evenly until two thirds of the steps.
    small, small_share
        Rows and columns of the pictures in the first steps, which are cheap, and the share of steps that see them.
    rate, decay
        Largest learning rate (cosine to a fiftieth of it) and weight decay.
    augment
        How much the films change.
    """

    seed: int = 1
    films: int = 1
    steps: int = 1600
    batch: int = 20
    shards: int = 24
    head_start: float = 0.25
    small: int = 128
    small_share: float = 0.5
    rate: float = 2e-3
    decay: float = 1e-3
    augment: AugmentSettings = field(default_factory=AugmentSettings)

    def shards_at(self, step: int) -> int:
        """Shards that step `step` draws from."""
        share = self.head_start + (1 - self.head_start) * step / (self.steps * 2 / 3)
        return max(1, min(self.shards, int(self.shards * share)))

    def rate_at(self, step: int) -> float:
        """Learning rate at step `step`."""
        cosine = 0.5 * (1 + math.cos(math.pi * step / self.steps))
        return self.rate * min(1.0, (step + 1) / 200) * (0.02 + 0.98 * cosine)


FIRST = TrainSettings()
SECOND = TrainSettings(seed=2, shards=36, head_start=1.0, small_share=0.0, rate=1.2e-3)
THIRD = TrainSettings(
    seed=3,
    steps=1200,
    shards=56,
    head_start=0.65,
    small_share=0.0,
    rate=1e-3,
    augment=AugmentSettings(cut=0.22, pair=0.06),
)
RUNS = (FIRST, SECOND, THIRD)
"""The runs of the shipped weights: each goes on from the one before, with more films, the last with more cuts."""


def train(pool: Path, settings: TrainSettings, start_from: LandmarkNet | None = None) -> LandmarkNet:
    """Train on the films of `pool`, which another process may still be filling.

    Parameters
    ----------
    pool
        Folder of simulated films.
    settings
        Seeds, steps, rates.
    start_from
        A trained network to go on from; a new one if None.

    Returns
    -------
    LandmarkNet
        The running mean of the weights, which is steadier than the last ones.
    """
    torch.manual_seed(settings.seed)
    torch.set_num_threads(1)
    rng = np.random.default_rng([settings.seed, 7])
    network = (start_from or LandmarkNet()).train().to(memory_format=torch.channels_last)
    mean_network = copy.deepcopy(network).eval()
    optimizer = torch.optim.AdamW(network.parameters(), lr=settings.rate, weight_decay=settings.decay)
    films = load_shards(pool, settings.films, range(settings.shards_at(0)))
    start = time.monotonic()
    for step in range(settings.steps):
        films = _grown(films, pool, settings, step)
        pictures, points, upright = _drawn(films, rng, settings.batch)
        if step < settings.small_share * settings.steps:
            pictures, points = _smaller(pictures, points, settings.small)
        batch = augment(pictures, points, upright, settings.augment)
        optimizer.param_groups[0]["lr"] = settings.rate_at(step)
        loss, error = _step(network, optimizer, batch)
        _follow(mean_network, network, step)
        if step % 200 == 0:
            minutes = (time.monotonic() - start) / 60
            print(
                f"{minutes:5.1f} min  step {step}  films {len(films.points)}  loss {loss:.3f}  error {error:.2f} px",
                file=sys.stderr,
                flush=True,
            )
        if step % 300 == 299:
            torch.save(mean_network.state_dict(), pool / "latest.pt")
    return mean_network


def _grown(films: Films, pool: Path, settings: TrainSettings, step: int) -> Films:
    have, want = len(films.points) // SHARD, settings.shards_at(step)
    return films if want <= have else join(films, load_shards(pool, settings.films, range(have, want)))


def _drawn(films: Films, rng: np.random.Generator, count: int) -> tuple[Tensor, Tensor, Tensor]:
    chosen = rng.integers(0, len(films.points), count)
    pictures = torch.from_numpy(films.pictures[chosen]).float()[:, None] / 255
    return pictures, torch.from_numpy(films.points[chosen]), torch.from_numpy(films.upright[chosen])


def _smaller(pictures: Tensor, points: Tensor, size: int) -> tuple[Tensor, Tensor]:
    ratio = size / pictures.shape[-1]
    small = nn.functional.interpolate(pictures, size=(size, size), mode="bilinear", antialias=True)
    return small, (points + 0.5) * ratio - 0.5


def _step(network: LandmarkNet, optimizer: torch.optim.Optimizer, batch: Batch) -> tuple[float, float]:
    heat, absent = network(batch.pictures.contiguous(memory_format=torch.channels_last))
    loss = heatmap_loss(heat, absent, batch)
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(network.parameters(), 2.0)
    optimizer.step()
    return float(loss.detach()), _error(heat.detach(), absent.detach(), batch)


def heatmap_loss(heat: Tensor, absent: Tensor, batch: Batch) -> Tensor:
    """Cross-entropy between the heatmaps and a small blur at each point, or *absent*, where either is sure."""
    rows, columns = heat.shape[-2:]
    cells = (batch.points - (STRIDE - 1) / 2) / STRIDE
    down = torch.exp(-((torch.arange(rows) - cells[..., :1]) ** 2) / (2 * BLUR**2))
    across = torch.exp(-((torch.arange(columns) - cells[..., 1:]) ** 2) / (2 * BLUR**2))
    target = (down[..., :, None] * across[..., None, :]).flatten(2)
    target = target / target.sum(-1, keepdim=True).clamp(min=1e-6) * batch.present[..., None]
    target = torch.cat([target, (~batch.present).float()[..., None]], 2)
    entropy = -(target * log_probabilities(heat, absent)).sum(-1)
    return (entropy * batch.taught).sum() / batch.taught.sum()


def _error(heat: Tensor, absent: Tensor, batch: Batch) -> float:
    points, _ = read_heatmaps(heat, absent)
    return float((points - batch.points).norm(dim=-1)[batch.present].median())


def _follow(mean_network: LandmarkNet, network: LandmarkNet, step: int) -> None:
    keep = min(0.997, 1 - 1 / (step + 1))
    with torch.no_grad():
        for mean, new in zip(mean_network.state_dict().values(), network.state_dict().values(), strict=True):
            if mean.dtype.is_floating_point:
                mean.mul_(keep).add_(new, alpha=1 - keep)
            else:
                mean.copy_(new)
