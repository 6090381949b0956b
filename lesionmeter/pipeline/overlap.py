"""How much of each deposit lies over bone, by the bone map."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.bones import BoneMap
from lesionmeter.model.deposit import DepositMap
from lesionmeter.model.patient import HandView
from lesionmeter.pipeline.work import Work, checksum, view_key
from lesionmeter.stages import anatomy


def over_bone(work: Work, found: DepositMap, views: tuple[HandView, ...]) -> DepositMap:
    """The deposits of a film, each with the share of its pixels that lie over a bone of a hand on that film."""
    if not found.deposits:
        return found
    bone = bones_under(work, found, views)
    size = int(found.labels.max()) + 1
    pixels = np.bincount(found.labels.ravel(), minlength=size)
    hidden = np.bincount(found.labels[bone], minlength=size)
    deposits = tuple(
        dataclasses.replace(deposit, bone_overlap=int(hidden[deposit.label]) / max(int(pixels[deposit.label]), 1))
        for deposit in found.deposits
    )
    return dataclasses.replace(found, deposits=deposits)


def bones_under(work: Work, found: DepositMap, views: tuple[HandView, ...]) -> NDArray[np.bool_]:
    """(rows, columns) of a film: true over a bone of any of its hands."""
    return np.asarray(np.any([bones_of(work, view, found).labels > 0 for view in views], axis=0))


def bones_of(work: Work, view: HandView, found: DepositMap) -> BoneMap:
    """The bone map of a hand on a film with these deposits, found once."""
    return work.once(("bones", *bones_key(view, found)), lambda: anatomy.bone_map(view, found.labels > 0))


def bones_key(view: HandView, found: DepositMap) -> tuple[Hashable, ...]:
    """What a bone map depends on."""
    return view_key(view), checksum(np.packbits(found.labels > 0))
