"""How sure it is that a candidate is a deposit: the strength of its weakest border, its shape, and where it lies."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.geometry import Points
from lesionmeter.model.site import BONES, METACARPALS, WRIST, Landmarks
from lesionmeter.stages.segmentation.outlines import Outline

EVEN_ODDS: Final = 0.22
"""Border strength at which a candidate is as likely a deposit as not."""

STEEPNESS: Final = 25.0
"""Growth of the log odds with border strength."""

MOST_BY_BORDER: Final = 4.0
"""Log odds that a border gives at most: on sharp films a bone's edge is stronger than any deposit's."""

TRUST: Final = 2.5
"""Weight of the network's log odds beside those of the border."""

IN_BONE: Final = -1.5
"""Log odds of what lies within a bone, whatever its border: what has one there is more often a part of the bone. A find
is sure there from a mean chance of 0.9. Of 29 false finds on 24 films of real bone 17 go, and of 958 outlines of true
deposits two (simulated); at 0.84 only 11 of them go."""

DOUBT: Final = 0.02
"""The network's mean chance is taken as at least this far from 0 and from 1."""

PLATE: Final = 0.45
"""Share of its strength that a candidate loses if it lies on a bone's axis at its base, where growth plates are."""

CARPUS: Final = 0.55
"""The same for one over the carpus and the bases of the metacarpals, where bones that overlap make closed shapes."""

CARPUS_REACH: Final = 0.4
"""How far that goes from the wrist towards the knuckles, as a share of the way."""

CARPUS_ASIDE: Final = 0.2
"""And how far to either side, as a share of the hand's length."""

ROUND_FIRST: Final = 1.1
"""Advantage of an outline on rays over a region of the same thing."""

SIZE_COUNTS: Final = 0.3
"""Power of the area between outlines of one thing: without it, a sharp part wins; with 0.5, a cloud round a deposit."""

AXIS_SHARE: Final = 0.015
"""Distance from a bone's axis, as a share of the hand's length, within which epiphyses have their middle."""


def strength(outline: Outline) -> float:
    """Fall across the weakest twentieth and tenth of the border, less for ragged and for small shapes.

    A bone corner has a strong edge on one side only; a deposit has it all the way round.
    """
    weakest, weak = np.percentile(outline.falls, [5, 10])
    compact = min(1.0, 4 * np.pi * outline.area_mm2 / max(outline.perimeter_mm, 1e-6) ** 2)
    size = float(np.clip(outline.area_mm2, 1, 20)) ** 0.1
    return float((weakest + weak) * max(compact, 0.0) ** 0.3 * size)


def worth(outline: Outline) -> float:
    """How strong the border is between outlines of one thing: mean fall over its weaker half, rays first.

    A part of the border may lie against bone, where it hardly falls. Where both hold, the border on rays is the sharper
    one: it needs no level of background or deposit.
    """
    falls = np.sort(np.maximum(outline.falls, 0.0))
    weaker = falls[: max(1, len(falls) // 2)]
    return _preference(outline) * float(weaker.mean())


def larger(outline: Outline) -> float:
    """Advantage of a larger outline of the same thing."""
    return float(np.clip(outline.area_mm2, 1, 20) ** SIZE_COUNTS)


def likeness(outline: Outline) -> float:
    """How strong the border is of what is known to be a deposit: the fall that three quarters of it reach, rays first.

    Up to a quarter of its border may lie against bone, where it hardly falls.
    """
    return _preference(outline) * max(float(np.percentile(outline.falls, 25)), 0.0)


def _preference(outline: Outline) -> float:
    return ROUND_FIRST if outline.round else 1.0


def placed(value: float, middle: Points, hands: tuple[Landmarks, ...]) -> float:
    """A candidate's strength, less if it lies where epiphyses lie, or where bones of the wrist overlap."""
    on_plate = max(_on_plate(middle, hand) for hand in hands)
    carpal = max(in_carpus(middle, hand) for hand in hands)
    return value * (1 - PLATE * on_plate) * (1 - CARPUS * carpal)


def confidence(value: float, chance: float = 0.5) -> float:
    """Border strength, and what the network says, as one confidence from 0 to 1.

    Parameters
    ----------
    value
        From `strength` or `placed`.
    chance
        The network's mean chance of a deposit inside the outline; 0.5 says nothing.
    """
    return _confidence(min(STEEPNESS * (value - EVEN_ODDS), MOST_BY_BORDER), chance)


def confidence_in_bone(chance: float) -> float:
    """The confidence, 0 to 1, of what lies within a bone, by the network's mean chance alone."""
    return _confidence(IN_BONE, chance)


def _confidence(odds: float, chance: float) -> float:
    seen = np.log((chance + DOUBT) / (1 - chance + DOUBT))
    return float(1 / (1 + np.exp(-(odds + TRUST * seen))))


def middle_of(inside: NDArray[np.bool_], corner: tuple[int, int]) -> Points:
    """Centre of mass of a mask as (row, column) pixels of the film."""
    return np.asarray(np.argwhere(inside).mean(axis=0) + np.array(corner), dtype=np.float64)


def _on_plate(middle: Points, hand: Landmarks) -> float:
    """How much a point lies on the base of a phalanx: 1 on its axis at the growth plate, 0 far away."""
    most = 0.0
    for proximal, distal in BONES.values():
        axis = hand.points[distal] - hand.points[proximal]
        length = float(np.linalg.norm(axis)) + 1e-6
        along = float((middle - hand.points[proximal]) @ axis) / length**2
        aside = (middle - hand.points[proximal]) - along * axis
        off = float(np.linalg.norm(aside)) / (AXIS_SHARE * hand.hand_length)
        most = max(most, np.exp(-(off**2)) * np.exp(-(((along - 0.08) / 0.12) ** 2)))
    return float(most)


def in_carpus(middle: Points, hand: Landmarks) -> float:
    """How much a point lies over the carpus, the metacarpals' bases or the forearm: 1 there, 0 towards the fingers."""
    wrist, knuckles = hand.points[WRIST], hand.points[list(METACARPALS.values())].mean(axis=0)
    axis = knuckles - wrist
    along = float((middle - wrist) @ axis) / (float(axis @ axis) + 1e-6)
    aside = float(np.linalg.norm(middle - wrist - along * axis)) / hand.hand_length
    return float(aside < CARPUS_ASIDE) / (1 + float(np.exp((along - CARPUS_REACH) / 0.02)))
