"""What changes a simulated film each time it is seen: its pose, its grey values, and parts that are cut away.

Points that a film no longer shows are *absent*: the network is taught to say so, which is what lets partial hands and
films without a hand be refused later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional

UNSURE = 2.0
"""Points this near (pixels) to a cut or the film's edge are neither taught as present nor as absent."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """Films as they were simulated.

    Parameters
    ----------
    pictures
        (batch, 1, size, size) from 0 to 1, dense tissue bright or not.
    points
        (batch, 21, 2) as (row, column) pixels.
    shown
        (batch, 21) 1 where a landmark can be seen, -1 where it is missing, 0 where either may be said.
    roll
        (batch,) degrees that the hand is rolled about its long axis.
    upright
        (batch,) films that must stay fingers up and unmirrored.
    """

    pictures: Tensor
    points: Tensor
    shown: Tensor
    roll: Tensor
    upright: Tensor


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
    rolled
        (batch,) 1 for an oblique or lateral hand, 0 for a flat one or none, not a number where either may be said.
    """

    pictures: Tensor
    points: Tensor
    depth: Tensor
    rolled: Tensor

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
        Share of films cut along a line through any point.
    trim
        Share of films whose collimator hides less than a distal phalanx of the finger that reaches farthest.
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
    cut: float = 0.14
    trim: float = 0.18
    pair: float = 0.05
    empty: float = 0.05


FLAT, ROLLED = 18.0, 32.0
"""A hand rolled less than the first (degrees) is taught as flat, more than the second as oblique or lateral."""


def augment(drawn: Drawn, settings: AugmentSettings) -> Batch:
    """Change films at random (torch's generator)."""
    count, free = len(drawn.pictures), ~drawn.upright
    pictures, points = _turn(drawn.pictures, drawn.points, free)
    batch = _pose(pictures, points, settings)
    batch = _marked(batch, drawn)
    batch = _cut(batch, _chosen(count, settings.cut))
    batch = _trim(batch, _chosen(count, settings.trim))
    batch = _pair(batch, _chosen(count, settings.pair) & free)
    batch = _empty(batch, _chosen(count, settings.empty))
    return replace(batch, pictures=_regrade(batch.pictures))


def _marked(batch: Batch, drawn: Drawn) -> Batch:
    """What the hand itself does not show, whatever the film shows."""
    size = batch.pictures.shape[-1]
    depth = torch.where(drawn.shown < 0, -float(size), torch.where(drawn.shown == 0, 0.0, batch.depth))
    rolled = torch.where(drawn.roll < FLAT, 0.0, torch.where(drawn.roll > ROLLED, 1.0, torch.nan))
    return replace(batch, depth=torch.minimum(depth, batch.depth), rolled=rolled)


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
    return Batch(moved, moved_points, depth, torch.full((count,), torch.nan))


def _cut(batch: Batch, chosen: Tensor) -> Batch:
    """Cut films along a line across a random point; what lies beyond is blank."""
    batch = _copied(batch)
    for number in torch.nonzero(chosen).flatten().tolist():
        angle = 2 * torch.pi * torch.rand(1)
        normal = torch.cat([torch.cos(angle), torch.sin(angle)])
        along = (batch.points[number] @ normal).sort().values
        place = along[int(torch.randint(13, 21, (1,)))] - 6 * torch.rand(1)
        _blank_beyond(batch, number, normal, place)
    return batch


def _trim(batch: Batch, chosen: Tensor) -> Batch:
    """Hide the end of a finger: a straight edge, hardly tilted, across its distal phalanx; blank beyond."""
    batch = _copied(batch)
    for number in torch.nonzero(chosen).flatten().tolist():
        points = batch.points[number]
        finger = int(torch.randint(2, 6, (1,)))
        forward = points[4 * finger] - points[0]
        tilt = 0.2 * torch.randn(1)
        turn = torch.cat([torch.cos(tilt), -torch.sin(tilt), torch.sin(tilt), torch.cos(tilt)]).reshape(2, 2)
        normal = turn @ forward / forward.norm().clamp(min=1e-6)
        tip, joint = points[4 * finger] @ normal, points[4 * finger - 1] @ normal
        _blank_beyond(batch, number, normal, tip - (tip - joint) * (0.05 + 0.95 * torch.rand(1)))
    return batch


def _copied(batch: Batch) -> Batch:
    return replace(batch, pictures=batch.pictures.clone(), depth=batch.depth.clone())


def _blank_beyond(batch: Batch, number: int, normal: Tensor, place: Tensor) -> None:
    """Blank one film of the batch, in place, where a pixel's way along `normal` is more than `place`."""
    picture, size = batch.pictures[number, 0], batch.pictures.shape[-1]
    down, across = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
    batch.depth[number] = torch.minimum(batch.depth[number], place - batch.points[number] @ normal)
    tones = (0.0, float(picture.min()), float(picture.median()), float(picture.max()), float(torch.rand(1)))
    beyond = ((down * normal[0] + across * normal[1] - place) / float(1 + 2 * torch.rand(1)) + 0.5).clamp(0.0, 1.0)
    picture.lerp_(torch.full_like(picture, tones[int(torch.randint(0, 5, (1,)))]), beyond)


def _pair(batch: Batch, chosen: Tensor) -> Batch:
    """Two hands side by side in one picture: this is not one hand, so no point is present."""
    changed, rolled, size = _copied(batch), batch.rolled.clone(), batch.pictures.shape[-1]
    for number in torch.nonzero(chosen).flatten().tolist():
        other = int(torch.randint(0, len(batch.pictures), (1,)))
        halves = torch.cat([batch.pictures[number], batch.pictures[other].flip(2)], 2)
        shown = functional.interpolate(halves[None], size=(size // 2, size), mode="area")[0]
        both = torch.zeros_like(batch.pictures[number])
        both[:, size // 4 : size // 4 + size // 2] = shown
        changed.pictures[number] = torch.rot90(both, int(torch.randint(0, 4, (1,))), (1, 2))
        changed.depth[number] = -size
        rolled[number] = torch.nan
    return replace(changed, rolled=rolled)


def _empty(batch: Batch, chosen: Tensor) -> Batch:
    """The patches of a film in disorder, magnified: bones and soft tissue, but no hand."""
    changed, rolled, size = _copied(batch), batch.rolled.clone(), batch.pictures.shape[-1]
    for number in torch.nonzero(chosen).flatten().tolist():
        side = int(torch.randint(size // 8, size // 2, (1,)))
        row, column = torch.randint(0, size - side, (2,)).tolist()
        patch = batch.pictures[number, :, row : row + side, column : column + side][None]
        changed.pictures[number] = functional.interpolate(patch, size=(size, size), mode="bilinear")[0]
        changed.depth[number] = -size
        rolled[number] = 0.0
    return replace(changed, rolled=rolled)


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
