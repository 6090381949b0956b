"""What a hand's own anatomy may have shown: finds that are less sure for where they lie."""

from __future__ import annotations

import dataclasses
from typing import Final

from lesionmeter.model.deposit import Deposit, DepositMap, Origin
from lesionmeter.model.patient import HandView
from lesionmeter.pipeline.overlap import bones_under
from lesionmeter.pipeline.work import Work
from lesionmeter.stages import anatomy, segmentation

SESAMOID: Final = 0.05
"""How sure it is that what looks like the thumb's sesamoid, and lies where that does, is a deposit. Nothing on a film
tells the two apart; nearly every adult has the sesamoid (docs/phantom.md), and few have a deposit just there."""


def doubted(work: Work, found: DepositMap, views: tuple[HandView, ...]) -> DepositMap:
    """The deposits of a film, those less sure that may be a part of a bone or a sesamoid.

    Parameters
    ----------
    work
        Remembers the bones.
    found
        What was found on the film.
    views
        The hands on it.
    """
    landmarks = {view.hand.laterality.value: view.hand.landmarks for view in views}
    in_bone = segmentation.doubted_in_bone(found, bones_under(work, found, views), views[0].film.spacing.mean_mm)

    def is_sesamoid(deposit: Deposit) -> bool:
        place = float(deposit.centre[0]), float(deposit.centre[1])
        return anatomy.is_like_sesamoid(place, deposit.area_px, landmarks[deposit.laterality])

    deposits = (
        dataclasses.replace(deposit, confidence=min(deposit.confidence, SESAMOID))
        if deposit.origin is Origin.AUTOMATIC and is_sesamoid(deposit)
        else deposit
        for deposit in in_bone.deposits
    )
    return dataclasses.replace(in_bone, deposits=tuple(deposits))
