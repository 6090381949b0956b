"""The landmark network in torch: two-channel preparation, a small U-Net, and the reading of its heatmaps.

Everything between a film's grey values and the 21 points is inside the module, so the exported ONNX file takes a plain
picture and gives points: inference cannot prepare its input otherwise than training did.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.layers import conv

LANDMARKS = 21
STRIDE = 2
"""Input pixels from one heatmap cell to the next."""


def prepare(pictures: Tensor) -> Tensor:
    """Two channels of each picture: standardised, and normalised by its local contrast.

    Parameters
    ----------
    pictures
        (batch, 1, rows, columns) from 0 to 1.
    """
    size = pictures.shape[-2:]

    def blurred(values: Tensor) -> Tensor:
        coarse = functional.avg_pool2d(values, 4)
        padded = functional.pad(coarse, (3, 3, 3, 3), mode="replicate")
        smooth = functional.avg_pool2d(padded, 7, 1)
        return functional.interpolate(smooth, size=size, mode="bilinear", align_corners=False)

    mean = pictures.mean((2, 3), keepdim=True)
    spread = (pictures - mean).square().mean((2, 3), keepdim=True).sqrt()
    local_mean = blurred(pictures)
    local_variance = (blurred(pictures * pictures) - local_mean * local_mean).clamp(min=0.0)
    standardised = (pictures - mean) / (spread + 1e-3)
    return torch.cat([standardised, (pictures - local_mean) / (local_variance.sqrt() + 0.02)], 1)


class LandmarkNet(nn.Module):
    """A U-Net of about a million parameters.

    It gives 21 heatmaps at half resolution, a score for *absent* of each point, and one for an oblique or lateral hand.

    Parameters
    ----------
    widths
        Channels at strides 2, 4, 8, 16 and 32.
    """

    def __init__(self, widths: tuple[int, ...] = (20, 32, 56, 96, 160)) -> None:
        super().__init__()
        self.stem = conv(2, widths[0], stride=2, size=5)
        self.down = nn.ModuleList(
            nn.Sequential(conv(fine, coarse, stride=2), *(conv(coarse, coarse) for _ in range(1 + (level > 1))))
            for level, (fine, coarse) in enumerate(itertools.pairwise(widths))
        )
        self.lift = nn.ModuleList(nn.Conv2d(coarse, fine, 1) for fine, coarse in itertools.pairwise(widths))
        outputs = (24, *widths[1:-1])
        self.merge = nn.ModuleList(conv(inputs, out) for inputs, out in zip(widths[:-1], outputs, strict=True))
        self.heat = nn.Conv2d(outputs[0], LANDMARKS, 1)
        self.absent = nn.Linear(widths[-1], LANDMARKS)
        self.rolled = nn.Linear(widths[-1], 1)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logits: heatmaps (batch, 21, rows / 2, columns / 2), absence (batch, 21), and of a rolled hand (batch,)."""
        levels = [self.stem(prepare(pictures))]
        for block in self.down:
            levels.append(block(levels[-1]))
        pooled = levels[-1].mean((2, 3))
        absent, rolled = self.absent(pooled), self.rolled(pooled)[:, 0]
        flow = levels.pop()
        for lift, merge in zip(reversed(self.lift), reversed(self.merge), strict=True):
            skip = levels.pop()
            raised = functional.interpolate(lift(flow), size=skip.shape[-2:], mode="bilinear", align_corners=False)
            flow = merge(skip + raised)
        return self.heat(flow), absent, rolled


def log_probabilities(heat: Tensor, absent: Tensor) -> Tensor:
    """(batch, 21, cells + 1) log probabilities over all heatmap cells and, last, *absent*."""
    return torch.cat([heat.flatten(2), absent[..., None]], 2).log_softmax(-1)


def read_heatmaps(heat: Tensor, absent: Tensor, reach: int = 4) -> tuple[Tensor, Tensor]:
    """Points and confidence from the network's output.

    A point is the probability's centre of mass within `reach` cells of its peak; its confidence is the mass there.

    Returns
    -------
    points
        (batch, 21, 2) as (row, column) input pixels.
    confidence
        (batch, 21) from 0 to 1.
    """
    rows, columns = heat.shape[-2:]
    mass = log_probabilities(heat, absent).exp()[..., :-1]
    peak = mass.argmax(-1, keepdim=True)
    peak_row = torch.div(peak, columns, rounding_mode="floor")
    down = torch.arange(rows, dtype=mass.dtype)
    across = torch.arange(columns, dtype=mass.dtype)
    near_row = ((down - peak_row).abs() <= reach).to(mass.dtype)
    near_column = ((across - (peak - peak_row * columns)).abs() <= reach).to(mass.dtype)
    local = mass.unflatten(-1, (rows, columns)) * near_row[..., :, None] * near_column[..., None, :]
    confidence = local.sum((2, 3))
    total = confidence.clamp(min=1e-9)
    row = (local.sum(3) * down).sum(-1) / total
    column = (local.sum(2) * across).sum(-1) / total
    return torch.stack([row, column], -1) * STRIDE + (STRIDE - 1) / 2, confidence


class PointReader(nn.Module):
    """What is exported: pictures in; points, confidence and the chance of a rolled hand out."""

    def __init__(self, network: LandmarkNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(batch, 1, 192, 192) from 0 to 1 to (batch, 21, 2) points, (batch, 21) confidence, (batch,) rolled."""
        heat, absent, rolled = self.network(pictures)
        points, confidence = read_heatmaps(heat, absent)
        return points, confidence, rolled.sigmoid()
