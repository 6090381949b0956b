"""Bone lengths of a located hand against the mean hand's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.geometry import Points
from lesionmeter.model.site import BONES

_SHORT = 0.75
"""A distal phalanx shorter than this is remarked; straight fingers of whole hands hardly ever are."""

_WORN = 0.35
"""A distal phalanx may be worn down to this, so no move is taken back that shows it so."""

_VERY_SHORT = 0.55
"""The same for all other bones, which vary less but foreshorten when a finger is bent."""

_SHORT_END = 0.78
"""The last two bones of a finger together: shorter in one finger of 75 of simulated whole hands, bent ones."""

_LONG = 1.35
"""The same the other way: 1.25 at most on 1500 simulated hands."""

_WIDTH = 0.025
"""Half the width of a finger, in hand lengths; fingers that touch lie about twice as far apart."""


def proportions(points: Points, template: Points) -> dict[str, float]:
    """Length of each bone over the mean hand's, relative to the median bone of this hand.

    Parameters
    ----------
    points, template
        (21, 2) landmarks; units and orientation do not matter.

    Examples
    --------
    >>> hand = np.arange(42.0).reshape(21, 2) ** 1.5
    >>> set(proportions(3 * hand, hand).values())
    {1.0}
    """
    start, end = np.array(list(BONES.values())).T
    ratios = np.linalg.norm(points[end] - points[start], axis=1)
    ratios = ratios / np.linalg.norm(template[end] - template[start], axis=1)
    ratios = ratios / max(float(np.median(ratios)), 1e-9)
    return dict(zip(BONES, np.round(ratios, 9).tolist(), strict=True))


def kept_in_proportion(moved: Points, before: Points, template: Points) -> Points:
    """Moved landmarks, without the moves that put a bone out of proportion that was not so before.

    Parameters
    ----------
    moved, before, template
        (21, 2) landmarks; the first two of one picture.
    """
    kept = moved.copy()
    was = proportions(before, template)
    for bone, ratio in proportions(moved, template).items():
        if _out_of_proportion(bone, ratio) and not _out_of_proportion(bone, was[bone]):
            ends = list(BONES[bone])
            kept[ends] = before[ends]
    return kept


def _out_of_proportion(bone: str, ratio: float) -> bool:
    shortest = _WORN if bone.endswith("distal phalanx") else _VERY_SHORT
    return not shortest <= ratio <= _LONG


def doubtful_fingers(points: Points, seen: NDArray[np.float64], template: Points) -> tuple[str, ...]:
    """A remark for each finger that may not be what its points say: too short, too long, or lying over the next one.

    Parameters
    ----------
    points, template
        (21, 2) landmarks; units and orientation do not matter.
    seen
        (5,) share of each distal phalanx up to which the film shows bone.
    """
    short = (*short_tips(points, seen, template), *short_bones(points, template))
    told = {remark[0] for remark in short}
    return (
        *short,
        *(remark for remark in short_ends(points, seen, template) if remark[0] not in told),
        *long_bones(points, template),
        *overlaps(points),
    )


def short_bones(points: Points, template: Points) -> tuple[str, ...]:
    """A remark for each other bone that is much too short for this hand: bent out of the plane, or partly lost."""
    return tuple(
        f"{bone}: {ratio:.1f} of the expected length; bent, or partly missing"
        for bone, ratio in proportions(points, template).items()
        if not bone.endswith("distal phalanx") and ratio < _VERY_SHORT
    )


def long_bones(points: Points, template: Points) -> tuple[str, ...]:
    """A remark for each bone longer than any simulated one: a joint at its end is set wrong, or a finger lost."""
    return tuple(
        f"{bone}: {ratio:.1f} times the expected length; a joint at its end may be set wrong, or a finger be missing"
        for bone, ratio in proportions(points, template).items()
        if ratio > _LONG
    )


def overlaps(points: Points) -> tuple[str, ...]:
    """A remark for fingers 2 to 5 whose joints or tips lie on each other: crossed, fused, or one lost and guessed."""
    near = _WIDTH * float(np.linalg.norm(points[12] - points[0]))
    fingers = points[5:].reshape(4, 4, 2)
    gaps = np.linalg.norm(fingers[1:, None, 1:] - fingers[:-1, 1:, None], axis=-1).min(axis=(1, 2))
    return tuple(
        f"fingers {ray} and {ray + 1} lie on each other: crossed, fused, or one missing"
        for ray, gap in enumerate(gaps, start=2)
        if gap < near
    )


def short_tips(points: Points, seen: NDArray[np.float64], template: Points) -> tuple[str, ...]:
    """A remark for each distal phalanx whose bone is too short for this hand: cut, worn away, lost, or bent."""
    ratios = proportions(points, template)
    shown = {f"{ray} distal phalanx": share for ray, share in enumerate(seen, start=1)}
    return tuple(
        f"{bone}: {share * ratios[bone]:.1f} of the expected length; cut by a collimator, worn away, lost, or bent"
        for bone, share in shown.items()
        if share * ratios[bone] < _SHORT
    )


def short_ends(points: Points, seen: NDArray[np.float64], template: Points) -> tuple[str, ...]:
    """A remark for each finger whose last two bones together are too short: a stump that two joints were guessed on."""
    ratios = proportions(points, template)
    expected = {bone: float(np.linalg.norm(template[end] - template[start])) for bone, (start, end) in BONES.items()}
    remarks = []
    for ray, share in enumerate(seen, start=1):
        pair = (f"{ray} {'middle' if ray > 1 else 'proximal'} phalanx", f"{ray} distal phalanx")
        length = ratios[pair[0]] * expected[pair[0]] + share * ratios[pair[1]] * expected[pair[1]]
        ratio = length / (expected[pair[0]] + expected[pair[1]])
        if ratio < _SHORT_END:
            remarks.append(f"{pair[0]} and distal: {ratio:.1f} of the expected length; partly lost, or bent")
    return tuple(remarks)
