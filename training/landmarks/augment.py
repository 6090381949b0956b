"""What changes a simulated film each time it is seen: its pose, its grey values, and parts that are cut away.

Points that a film no longer shows are *absent*: the network is taught to say so, which is what lets partial hands and
films without a hand be refused later.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

UNSURE = 2.0
"""Points this near (pixels) to a cut or the film's edge are neither taught as present nor as absent."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Films as the network sees them.

    Parameters
    ----------
    pictures
        (batch, 1, size, size) from 0 to 1.
    points
        (batch, 21, 2) as (row, column) pixels.
    depth
        (batch, 21) how far (pixels) each point lies inside what the film shows; negative where it is not shown.
    """

    pictures: Tensor
    points: Tensor
    depth: Tensor

    @property
    def present(self) -> Tensor:
        """(batch, 21) true where the point is shown."""
        return self.depth > UNSURE

    @property
    def taught(self) -> Tensor:
        """(batch, 21) false where it is unsure whether the point is shown."""
        return self.depth.abs() > UNSURE


@dataclass(frozen=True)
class AugmentSettings:
    """How much the films change.

    Parameters
    ----------
    rotation, scale, stretch, shift
        Standard deviations of the pose: radians, log scale, log aspect, fractions of half a picture.
    close
        Share of films shown so large that parts of the hand leave the picture.
    cut
        Share of films cut along a line.
    pair
        Share of films that show two hands where one is asked for: all points absent.
    empty
        Share of films with no hand: the patches of a film in disorder.
    """

    rotation: float = 0.10
    scale: float = 0.06
    stretch: float = 0.04
    shift: float = 0.02
    close: float = 0.06
    cut: float = 0.16
    pair: float = 0.03
    empty: float = 0.04


def augment(pictures: Tensor, points: Tensor, upright: Tensor, settings: AugmentSettings) -> Batch:
    """Change films at random (torch's generator).

    Parameters
    ----------
    pictures
        (batch, 1, size, size) from 0 to 1, dense tissue bright or not.
    points
        (batch, 21, 2) as (row, column) pixels.
    upright
        (batch,) films that must stay fingers up and unmirrored.
    """
    pictures, points = _turn(pictures, points, ~upright)
    batch = _pose(pictures, points, settings)
    batch = _cut(batch, _chosen(len(pictures), settings.cut))
    batch = _pair(batch, _chosen(len(pictures), settings.pair) & ~upright)
    batch = _empty(batch, _chosen(len(pictures), settings.empty))
    return Batch(_regrade(batch.pictures), batch.points, batch.depth)


def _chosen(count: int, share: float) -> Tensor:
    return torch.rand(count) < share


def _turn(pictures: Tensor, points: Tensor, free: Tensor) -> tuple[Tensor, Tensor]:
    """Quarter turns and mirrors of the films that are `free`."""
    pictures, points, last = pictures.clone(), points.clone(), pictures.shape[-1] - 1
    quarters = torch.randint(0, 4, (len(pictures),)) * free
    mirrored = (torch.rand(len(pictures)) < 0.5) & free
    for number in range(len(pictures)):
        quarter = int(quarters[number])
        pictures[number] = torch.rot90(pictures[number], quarter, (1, 2))
        for _ in range(quarter):
            points[number] = torch.stack([last - points[number, :, 1], points[number, :, 0]], 1)
        if mirrored[number]:
            pictures[number] = pictures[number].flip(2)
            points[number, :, 1] = last - points[number, :, 1]
    return pictures, points


def _pose(pictures: Tensor, points: Tensor, settings: AugmentSettings) -> Batch:
    """A small affine change; a few films come so close that parts leave the picture."""
    count, half = len(pictures), (pictures.shape[-1] - 1) / 2
    angle = settings.rotation * torch.randn(count)
    close = torch.where(_chosen(count, settings.close), 1.2 + torch.rand(count), torch.ones(count))
    zoom = torch.exp(settings.scale * torch.randn(count)) / close
    stretch = torch.exp(settings.stretch * torch.randn(count))
    shift = settings.shift * torch.randn(count, 2) + (close > 1)[:, None] * 0.7 * (torch.rand(count, 2) - 0.5)
    cos, sin = torch.cos(angle) * zoom, torch.sin(angle) * zoom
    to_source = torch.stack([torch.stack([cos * stretch, -sin], 1), torch.stack([sin * stretch, cos], 1)], 1)
    grid = functional.affine_grid(
        torch.cat([to_source, shift[:, :, None]], 2), list(pictures.shape), align_corners=True
    )
    margin = torch.where(torch.rand(count) < 0.8, 0.0, 1.0)[:, None, None, None]
    moved = margin + functional.grid_sample(pictures - margin, grid, align_corners=True)
    across_down = (points.flip(-1) - half) / half - shift[:, None]
    moved_points = (across_down @ torch.inverse(to_source).transpose(1, 2)).flip(-1) * half + half
    depth = torch.minimum(moved_points, 2 * half - moved_points).amin(-1)
    return Batch(moved, moved_points, depth)


def _cut(batch: Batch, chosen: Tensor) -> Batch:
    """Cut films along a line across a random point; what lies beyond is blank."""
    pictures, depth, size = batch.pictures.clone(), batch.depth.clone(), batch.pictures.shape[-1]
    down, across = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
    for number in torch.nonzero(chosen).flatten().tolist():
        points = batch.points[number]
        angle = 2 * torch.pi * torch.rand(1)
        normal = torch.cat([torch.cos(angle), torch.sin(angle)])
        along = points @ normal
        place = along.sort().values[int(torch.randint(13, 21, (1,)))] - 6 * torch.rand(1)
        depth[number] = torch.minimum(depth[number], place - along)
        beyond = down * normal[0] + across * normal[1] > place
        blank = (0.0, float(pictures[number].max()), float(torch.rand(1)))[int(torch.randint(0, 3, (1,)))]
        pictures[number, 0][beyond] = blank
    return Batch(pictures, batch.points, depth)


def _pair(batch: Batch, chosen: Tensor) -> Batch:
    """Two hands side by side in one picture: this is not one hand, so no point is present."""
    pictures, depth, size = batch.pictures.clone(), batch.depth.clone(), batch.pictures.shape[-1]
    for number in torch.nonzero(chosen).flatten().tolist():
        other = int(torch.randint(0, len(pictures), (1,)))
        halves = torch.cat([batch.pictures[number], batch.pictures[other].flip(2)], 2)
        shown = functional.interpolate(halves[None], size=(size // 2, size), mode="area")[0]
        pictures[number] = 0.0
        pictures[number, :, size // 4 : size // 4 + size // 2] = shown
        pictures[number] = torch.rot90(pictures[number], int(torch.randint(0, 4, (1,))), (1, 2))
        depth[number] = -size
    return Batch(pictures, batch.points, depth)


def _empty(batch: Batch, chosen: Tensor) -> Batch:
    """The patches of a film in disorder, magnified: bones and soft tissue, but no hand."""
    pictures, depth, size = batch.pictures.clone(), batch.depth.clone(), batch.pictures.shape[-1]
    for number in torch.nonzero(chosen).flatten().tolist():
        side = int(torch.randint(size // 8, size // 2, (1,)))
        row, column = torch.randint(0, size - side, (2,)).tolist()
        patch = batch.pictures[number, :, row : row + side, column : column + side][None]
        pictures[number] = functional.interpolate(patch, size=(size, size), mode="bilinear")[0]
        depth[number] = -size
    return Batch(pictures, batch.points, depth)


def _regrade(pictures: Tensor) -> Tensor:
    """Gamma, grain, and grey values stretched as inference stretches them."""
    count = len(pictures)
    gamma = torch.exp(0.3 * torch.randn(count))[:, None, None, None]
    pictures = pictures.clamp(1e-3, 1.0) ** gamma
    grain = 0.04 * torch.rand(count, 1, 1, 1) ** 2
    return stretch_grey(pictures + grain * torch.randn_like(pictures))


def stretch_grey(pictures: Tensor) -> Tensor:
    """Each picture from 0 to 1 between its 0.5th and 99.5th percentile (of every third pixel each way)."""
    flat = pictures[:, :, ::3, ::3].flatten(1)
    low, high = (torch.quantile(flat, q, dim=1)[:, None, None, None] for q in (0.005, 0.995))
    return ((pictures - low) / (high - low + 1e-6)).clamp(0.0, 1.0)
