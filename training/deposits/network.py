"""The deposit network in torch: local normalisation, a small U-Net, and two maps: deposit and bone.

Everything between grey values and maps is inside the module, so that inference cannot prepare its input otherwise than
training did; and it is local, so that a whole film gives what its patches give.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.layers import conv

STRIDE = 16
"""Rows and columns of a picture must be multiples of this many pixels."""

WINDOWS = (20, 5)
"""Half sides of the windows of local normalisation, in cells of 4 pixels: 12 mm in all, and 3 mm."""


def prepare(pictures: Tensor) -> Tensor:
    """One channel a window: the picture less its local mean, over its local spread.

    Parameters
    ----------
    pictures
        (batch, 1, rows, columns), dense is bright, about 0 to 1.
    """
    return torch.cat([_normalised(pictures, half) for half in WINDOWS], 1)


def _normalised(pictures: Tensor, half: int) -> Tensor:
    size = pictures.shape[-2:]

    def local(values: Tensor) -> Tensor:
        coarse = functional.avg_pool2d(values, 4)
        for axis in ((half, half, 0, 0), (0, 0, half, half)):
            window = (1, 2 * half + 1) if axis[0] else (2 * half + 1, 1)
            coarse = functional.avg_pool2d(functional.pad(coarse, axis, mode="replicate"), window, 1)
        return functional.interpolate(coarse, size=size, mode="bilinear", align_corners=False)

    mean = local(pictures)
    variance = (local(pictures * pictures) - mean * mean).clamp(min=0.0)
    return (pictures - mean) / (variance.sqrt() + 0.02)


class DepositNet(nn.Module):
    """A U-Net of about 0.8 million parameters, its finest level at half resolution, its maps at full.

    Parameters
    ----------
    widths
        Channels at strides 2, 4, 8 and 16.
    """

    def __init__(self, widths: tuple[int, ...] = (24, 48, 80, 128)) -> None:
        super().__init__()
        self.stem = conv(len(WINDOWS), widths[0], stride=2, size=5)
        self.down = nn.ModuleList(
            nn.Sequential(conv(fine, coarse, stride=2), conv(coarse, coarse), conv(coarse, coarse))
            for fine, coarse in itertools.pairwise(widths)
        )
        self.lift = nn.ModuleList(nn.Conv2d(coarse, fine, 1) for fine, coarse in itertools.pairwise(widths))
        self.merge = nn.ModuleList(conv(fine, fine) for fine in widths[:-1])
        self.maps = nn.Sequential(nn.Conv2d(widths[0], 8, 1), nn.PixelShuffle(2))

    def forward(self, pictures: Tensor) -> Tensor:
        """(batch, 2, rows, columns) logits of deposit and of bone."""
        levels = [self.stem(prepare(pictures))]
        for block in self.down:
            levels.append(block(levels[-1]))
        flow = levels.pop()
        for lift, merge in zip(reversed(self.lift), reversed(self.merge), strict=True):
            skip = levels.pop()
            raised = functional.interpolate(lift(flow), size=skip.shape[-2:], mode="bilinear", align_corners=False)
            flow = merge(skip + raised)
        maps: Tensor = self.maps(flow)
        return maps


class MapReader(nn.Module):
    """What is exported: a picture in, the two maps as probabilities out."""

    def __init__(self, network: DepositNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor) -> Tensor:
        """(batch, 1, rows, columns) to (batch, 2, rows, columns) from 0 to 1; rows and columns multiples of STRIDE."""
        return torch.sigmoid(self.network(pictures))
