"""What every training here shares: its course from step to step, and the running mean of its weights."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class Schedule:
    """One training's course: the same for the same settings, whatever the machine's speed.

    Parameters
    ----------
    seed
        Of the order in which samples are seen, and of every change made to them.
    steps, batch
        Steps, and samples a step.
    shards
        Files of samples in the whole pool.
    head_start
        Share of the pool that must be there at the first step; the rest joins evenly until two thirds of the steps.
    rate, decay
        Largest learning rate (cosine to a fiftieth of it) and weight decay.
    warm_up
        Steps in which the rate rises.
    memory
        Largest weight of the past in the running mean of the weights.
    """

    seed: int
    steps: int
    batch: int
    shards: int
    head_start: float
    rate: float
    decay: float
    warm_up: int
    memory: float

    def shards_at(self, step: int) -> int:
        """Shards that step `step` draws from."""
        share = self.head_start + (1 - self.head_start) * step / (self.steps * 2 / 3)
        return max(1, min(self.shards, int(self.shards * share)))

    def rate_at(self, step: int) -> float:
        """Learning rate at step `step`."""
        cosine = 0.5 * (1 + math.cos(math.pi * step / self.steps))
        return self.rate * min(1.0, (step + 1) / self.warm_up) * (0.02 + 0.98 * cosine)

    def follow(self, mean_network: nn.Module, network: nn.Module, step: int) -> None:
        """Bring the running mean of the weights up to step `step`."""
        keep = min(self.memory, 1 - 1 / (step + 1))
        with torch.no_grad():
            for mean, new in zip(mean_network.state_dict().values(), network.state_dict().values(), strict=True):
                if mean.dtype.is_floating_point:
                    mean.mul_(keep).add_(new, alpha=1 - keep)
                else:
                    mean.copy_(new)


def descend(network: nn.Module, optimizer: torch.optim.Optimizer, loss: torch.Tensor) -> float:
    """One step down a loss, its gradient clipped; the loss."""
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(network.parameters(), 2.0)
    optimizer.step()
    return float(loss.detach())
