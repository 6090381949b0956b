"""The trained deposit network: a film in, a map of chances out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from scipy import ndimage as ndi

from lesionmeter.inference import Session, shipped
from lesionmeter.model.geometry import Points
from lesionmeter.stages.segmentation.field import SearchField
from lesionmeter.stages.segmentation.maps import Map, Maps

MARGIN_MM: Final = 6.0
"""Of the film round the hands' tissue that the network sees: what lies beside a deposit counts."""


_SEEN: Final[WeakKeyDictionary[SearchField, dict[DepositNetwork, Maps]]] = WeakKeyDictionary()
"""What was seen on a film: other dates ask for it again. It goes with the film's field."""


@dataclass(frozen=True, eq=False)
class DepositNetwork:
    """A network that tells deposits from bones.

    Parameters
    ----------
    session
        The runtime that holds the weights.
    pitch_mm
        Millimetres a pixel that it was trained for.
    stride
        Rows and columns of its input are multiples of this.
    """

    session: Session
    pitch_mm: float
    stride: int

    def __call__(self, field: SearchField) -> Maps:
        """The map of the part of a film that shows hands."""
        seen = _SEEN.setdefault(field, {})
        if self not in seen:
            seen[self] = self._looked(field)
        return seen[self]

    def _looked(self, field: SearchField) -> Maps:
        step = self.pitch_mm / field.pitch
        low, high = _box(field)
        picture = _resampled(field.values, low, high, step)
        rows, columns = picture.shape
        room = [(0, -side % self.stride) for side in picture.shape]
        padded = np.pad(picture, room, mode="edge")[None, None]
        (maps,) = self.session.run(None, {"pictures": padded})
        return Maps(maps[0, 0, :rows, :columns], low, step)


def _box(field: SearchField) -> tuple[Points, Points]:
    inside = np.argwhere(field.tissue[::8, ::8]) * 8.0
    last = np.array(field.tissue.shape) - 1.0
    if not len(inside):
        return np.zeros(2), last
    margin = MARGIN_MM / field.pitch
    return np.maximum(inside.min(axis=0) - margin, 0.0), np.minimum(inside.max(axis=0) + margin, last)


def _resampled(values: Map, low: Points, high: Points, step: float) -> Map:
    """The box of the film on the network's grid, smoothed first where that is the coarser one."""
    smooth = ndi.gaussian_filter(values, 0.5 * np.sqrt(step**2 - 1)) if step > 1 else values
    shape = tuple(int(side / step) + 1 for side in high - low)
    scale = np.array([step, step])
    return ndi.affine_transform(smooth, scale, low, shape, output=np.float32, order=1, mode="nearest")


@cache
def deposit_network() -> DepositNetwork:
    """The network that tells deposits up to some 45 mm2 from bones: what it sees is looked at and outlined."""
    return _shipped("deposits")


@cache
def lump_network() -> DepositNetwork:
    """Its twin that learned from lumps too, and is less sure of the rest: what it sees is only told."""
    return _shipped("lumps")


def _shipped(name: str) -> DepositNetwork:
    session, card = shipped(__package__, name)
    return DepositNetwork(session, float(card["pitch_mm"]), int(card["stride"]))
