"""The training loop: the same weights for the same seed, whatever the machine's speed."""

from __future__ import annotations

import copy
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from training.landmarks.augment import AugmentSettings, Batch, Drawn, augment
from training.landmarks.network import STRIDE, LandmarkNet, read_heatmaps
from training.landmarks.pool import SHARD, Films, joined, load_shards
from training.schedule import Schedule, descend

BLUR = 1.1
"""Standard deviation (cells) of the target round a point."""

ROLL_WEIGHT = 0.5
"""Weight of the loss of *oblique or lateral* against the landmarks'."""


@dataclass(frozen=True)
class TrainSettings(Schedule):
    """One training run.

    Parameters
    ----------
    films
        Seed of the films.
    small, small_share
        Rows and columns of the pictures in the first steps, which are cheap, and the share of steps that see them.
    augment
        How much the films change.
    """

    seed: int = 1
    steps: int = 3600
    batch: int = 20
    shards: int = 48
    head_start: float = 0.1
    rate: float = 2e-3
    decay: float = 1e-3
    warm_up: int = 200
    memory: float = 0.997
    films: int = 1
    small: int = 128
    small_share: float = 0.42
    augment: AugmentSettings = field(default_factory=AugmentSettings)


def train(pool: Path, settings: TrainSettings) -> LandmarkNet:
    """Train on the films of `pool`, which another process may still be filling.

    Parameters
    ----------
    pool
        Folder of simulated films.
    settings
        Seeds, steps, rates.

    Returns
    -------
    LandmarkNet
        The running mean of the weights, which is steadier than the last ones.
    """
    torch.manual_seed(settings.seed)
    torch.set_num_threads(1)
    rng = np.random.default_rng([settings.seed, 7])
    network = LandmarkNet().train().to(memory_format=torch.channels_last)
    mean_network = copy.deepcopy(network).eval()
    optimizer = torch.optim.AdamW(network.parameters(), lr=settings.rate, weight_decay=settings.decay)
    films = load_shards(pool, settings.films, range(settings.shards_at(0)))
    start = time.monotonic()
    for step in range(settings.steps):
        films = _grown(films, pool, settings, step)
        drawn = _drawn(films, rng, settings.batch)
        if step < settings.small_share * settings.steps:
            drawn = _smaller(drawn, settings.small)
        batch = augment(drawn, settings.augment)
        optimizer.param_groups[0]["lr"] = settings.rate_at(step)
        loss = _step(network, optimizer, batch)
        settings.follow(mean_network, network, step)
        if step % 100 == 0:
            minutes = (time.monotonic() - start) / 60
            told = (
                f"{minutes:5.1f} min  step {step}  films {len(films)}  loss {loss:.3f}  {_state(mean_network, batch)}"
            )
            print(told, file=sys.stderr, flush=True)
        if step % 300 == 299:
            torch.save(mean_network.state_dict(), pool / "latest.pt")
    return mean_network


def _grown(films: Films, pool: Path, settings: TrainSettings, step: int) -> Films:
    have, want = len(films) // SHARD, settings.shards_at(step)
    return films if want <= have else joined([films, load_shards(pool, settings.films, range(have, want))])


def _drawn(films: Films, rng: np.random.Generator, count: int) -> Drawn:
    chosen = rng.integers(0, len(films), count)
    return Drawn(
        torch.from_numpy(films.pictures[chosen]).float()[:, None] / 255,
        *(torch.from_numpy(values[chosen]) for values in (films.points, films.shown, films.roll, films.upright)),
    )


def _smaller(drawn: Drawn, size: int) -> Drawn:
    ratio = size / drawn.pictures.shape[-1]
    small = nn.functional.interpolate(drawn.pictures, size=(size, size), mode="bilinear", antialias=True)
    return replace(drawn, pictures=small, points=(drawn.points + 0.5) * ratio - 0.5)


def _step(network: LandmarkNet, optimizer: torch.optim.Optimizer, batch: Batch) -> float:
    heat, absent, rolled = network(batch.pictures.contiguous(memory_format=torch.channels_last))
    loss = heatmap_loss(heat, absent, batch) + ROLL_WEIGHT * roll_loss(rolled, batch)
    return descend(network, optimizer, loss)


def heatmap_loss(heat: Tensor, absent: Tensor, batch: Batch) -> Tensor:
    """Cross-entropy between the heatmaps and a small blur at each point, or *absent*, where either is sure."""
    rows, columns = heat.shape[-2:]
    cells = (batch.points - (STRIDE - 1) / 2) / STRIDE
    down, across = _bump(rows, cells[..., 0]), _bump(columns, cells[..., 1])
    # The blur is a product of two bumps, so its mean of the logits needs no target of the heatmaps' size.
    at_point = ((heat @ across[..., None])[..., 0] * down).sum(-1)
    everything = torch.logsumexp(torch.cat([heat.flatten(2), absent[..., None]], 2), -1)
    entropy = everything - torch.where(batch.present, at_point, absent)
    return (entropy * batch.taught).sum() / batch.taught.sum()


def _bump(count: int, middle: Tensor) -> Tensor:
    """(batch, 21, count) weights that fall off round `middle` and sum to 1, or to 0 far outside."""
    weights = torch.exp(-((torch.arange(count) - middle[..., None]) ** 2) / (2 * BLUR**2))
    return weights / weights.sum(-1, keepdim=True).clamp(min=1e-6)


def roll_loss(rolled: Tensor, batch: Batch) -> Tensor:
    """Cross-entropy of *oblique or lateral*, where that is sure."""
    sure = batch.rolled.isfinite()
    entropy = nn.functional.binary_cross_entropy_with_logits(rolled, batch.rolled.nan_to_num(), reduction="none")
    return (entropy * sure).sum() / sure.sum().clamp(min=1)


def _state(network: LandmarkNet, batch: Batch) -> str:
    """How well the mean weights do on one batch."""
    with torch.no_grad():
        heat, absent, rolled = network(batch.pictures)
        points, confidence = read_heatmaps(heat, absent)
    error = float((points - batch.points).norm(dim=-1)[batch.present].median())
    told = ((confidence > 0.5) == batch.present)[batch.taught].float().mean()
    sure = batch.rolled.isfinite()
    rolls = ((rolled > 0) == (batch.rolled > 0.5))[sure].float().mean()
    return f"error {error:.2f} px  presence {float(told):.3f}  roll {float(rolls):.2f}"
