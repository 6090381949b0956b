"""From overlapping outlines to separate deposits: one outline a thing, specks joined."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from lesionmeter.model.deposit import Deposit, Origin
from lesionmeter.model.geometry import Points
from lesionmeter.model.site import Landmarks
from lesionmeter.stages.segmentation.maps import Maps
from lesionmeter.stages.segmentation.outlines import Outline
from lesionmeter.stages.segmentation.scoring import confidence, larger, likeness, middle_of, placed, strength, worth

SHARED: Final = 0.15
"""Outlines that share more than this of the smaller one's area are one thing."""


AGREEMENT_COUNTS: Final = 3
"""Power of the agreement: with 1, a half of a ragged deposit with a sharp border wins over the whole of it."""

AGREEMENT_COUNTS_CLICKED: Final = 2
"""The same under a click, which says that a deposit is there: the network, which may see a part only, has less to say.
With 3, and without the size, arcs were cut off where a bone's edge crosses them."""

RIVAL_OVERLAP: Final = 0.3
"""Share of their union that two outlines have in common, from which the one that lost might have been drawn instead."""

RIVAL_WORTH: Final = 0.6
"""And its worth as a share of the winner's. Both were chosen so that compact deposits get hardly wider intervals."""

LENT_COUNTS: Final = 0.6
"""An outline that is sure only because one within it is may be too large: what it lacks of that confidence counts by
so much, times the logarithm of its area over that of the sure one, as a standard error of the logarithm. Where that
came to 0.18 and more in untouched radiographs, 17 areas were off by 0.65 (root mean square of the logarithm), 308
others by 0.29; on development films 4 by 0.36, 216 others by 0.06."""

LENT_SIZE: Final = 1.0
"""That logarithm counts up to this: specks within a large outline say no more than that it is not sure itself."""

NO_BORDER: Final = 0.07
"""Under this confidence a click has found no border.

On four development films 91 of 100 clicks on bare tissue lie under it, and none of 36 in the middle of deposits. Of 800
on simulated films nine do, and all but one of their outlines are off by 40 % and more.
"""

LEAST_AGREEMENT: Final = 0.3
"""Outlines that agree less than this with the network are told apart by their borders: it may not see a large one.
Under a click less, by as much as the border is unsure: else a bone wins over a rest that the network does not see."""


@dataclass(frozen=True, eq=False)
class Scored:
    """An outline, how sure it is that it is a deposit, and the click that asked for it.

    Parameters
    ----------
    outline
        One candidate's outline.
    confidence
        0 to 1.
    agreement
        0 to 1, of the outline with what the network sees.
    name
        The reader's name for it; empty if none.
    clicked
        A reader clicked it.
    doubt
        Standard error of the logarithm of the area, from how far this outline's rivals differ.
    chance
        The network's mean chance of a deposit inside it; 1 if a reader clicked it.
    """

    outline: Outline
    confidence: float
    agreement: float = 1.0
    name: str = ""
    clicked: bool = False
    doubt: float = 0.0
    chance: float = 1.0

    @property
    def worth(self) -> float:
        """What decides between outlines of one thing, or of what a reader clicked."""
        if self.clicked:
            border, counts, least = likeness(self.outline), AGREEMENT_COUNTS_CLICKED, LEAST_AGREEMENT * self.confidence
        else:
            border, counts, least = worth(self.outline), AGREEMENT_COUNTS, LEAST_AGREEMENT
        return float(border * larger(self.outline) * max(self.agreement, least) ** counts)

    @property
    def told(self) -> bool:
        """Whether anything tells it from what lies beside it; else a click has found no border."""
        return self.confidence >= NO_BORDER


def judged(outline: Outline, maps: Maps, hands: tuple[Landmarks, ...]) -> Scored:
    """An outline with how sure it is that it is a deposit, by its border, its place and what a network sees in it."""
    value = placed(strength(outline), middle_of(outline.inside, outline.corner), hands)
    chance = maps.chance(outline)
    return Scored(outline, confidence(value, chance), maps.agreement(outline), chance=chance)


def under_click(outlines: list[Outline], maps: Maps, *twins: Maps, name: str = "") -> list[Scored]:
    """Outlines of what a reader clicked, and named perhaps: as sure as the border, or a network that agrees, makes one.

    Parameters
    ----------
    outlines
        What may have been meant.
    maps, twins
        What the network sees that decides between them, and what others see.
    name
        What the reader calls it.
    """
    scored = (Scored(o, confidence(strength(o)), maps.agreement(o), name, clicked=True) for o in outlines)
    return [
        replace(one, confidence=max(one.confidence, one.agreement, *(twin.agreement(one.outline) for twin in twins)))
        for one in scored
    ]


def has_border(deposit: Deposit) -> bool:
    """Whether anything tells a deposit from what lies beside it: all but some that a reader only clicked."""
    return deposit.origin is not Origin.HINT or deposit.confidence >= NO_BORDER


def apart(candidates: list[Scored], shape: tuple[int, ...]) -> list[Scored]:
    """One outline for each thing: clicked ones first, then by `worth`; of the rest, those that overlap none kept.

    A kept outline has the highest confidence of all that lie in it: a speck that is surely calcified makes the cluster
    sure, and is doubted for what it lacked itself. It has the doubt of those that lost to it by little, too; what a
    reader clicked brings its own (`likeliest`).
    """
    owner = np.full(shape, -1, dtype=np.int32)
    kept: list[Scored] = []
    rivals: dict[int, list[Scored]] = defaultdict(list)
    within: dict[int, list[Scored]] = defaultdict(list)
    for candidate in sorted(candidates, key=lambda c: (not c.clicked, -c.worth)):
        inside = candidate.outline.inside
        window = candidate.outline.window(owner)
        under = window[inside]
        taken = under[under >= 0]
        if taken.size == 0:
            window[inside] = len(kept)
            kept.append(candidate)
            continue
        host = int(np.bincount(taken).argmax())
        if taken.size > SHARED * under.size:
            if _rival(kept[host], candidate, int(np.count_nonzero(taken == host))):
                rivals[host].append(candidate)
            if taken.size > 0.7 * under.size and not kept[host].clicked:
                within[host].append(candidate)
        elif not any(_mostly_covered(kept[k].outline, int((taken == k).sum())) for k in np.unique(taken)):
            free = inside & (window < 0)
            window[free] = len(kept)
            kept.append(candidate)
    return [_surer(_doubted(one, rivals[k]), within[k]) for k, one in enumerate(kept)]


def likeliest(tried: list[Scored]) -> Scored | None:
    """What a reader clicked, of the outlines that were tried there: with the doubt of those that lost by little.

    If nothing tells any of them from what lies beside it, it is the smallest, which hides least of what else is there.
    """
    told = [one for one in tried if one.told]
    if not told:
        return min(tried, key=lambda one: one.outline.area_mm2, default=None)
    best = max(told, key=lambda one: one.worth)
    close = [one for one in tried if one.worth >= RIVAL_WORTH * best.worth]
    alike = [one for one in close if _alike(best, one, best.outline.shared(one.outline))]
    return replace(best, doubt=_spread(alike))


def _rival(host: Scored, other: Scored, shared: int) -> bool:
    return _alike(host, other, shared) and other.worth >= RIVAL_WORTH * host.worth and not host.clicked


def _alike(one: Scored, other: Scored, shared: int) -> bool:
    union = int(one.outline.inside.sum()) + int(other.outline.inside.sum()) - shared
    return shared >= RIVAL_OVERLAP * union


def _doubted(host: Scored, rivals: list[Scored]) -> Scored:
    """The outline that won, with the doubt of those that lost to it by little besides its own."""
    all_of_them = [host, *rivals]
    return replace(host, doubt=math.hypot(host.doubt, _spread(all_of_them)))


def _spread(outlines: list[Scored]) -> float:
    """Standard deviation of the logarithm of these outlines' areas, each counting by its worth."""
    sizes = np.array([_log_area(one) for one in outlines])
    shares = np.maximum([one.worth for one in outlines], 1e-9)
    return float(np.sqrt(np.average((sizes - np.average(sizes, weights=shares)) ** 2, weights=shares)))


def _surer(host: Scored, within: list[Scored]) -> Scored:
    """The outline with the confidence of the surest that lies in it, and the doubt that this one is the deposit."""
    surest = max([host, *within], key=lambda one: one.confidence)
    lent, size = surest.confidence - host.confidence, abs(_log_area(host) - _log_area(surest))
    doubt = LENT_COUNTS * lent * min(size, LENT_SIZE)
    return replace(host, confidence=surest.confidence, doubt=math.hypot(host.doubt, doubt))


def _log_area(one: Scored) -> float:
    return math.log(max(one.outline.area_mm2, 1e-9))


def _mostly_covered(outline: Outline, shared: int) -> bool:
    return shared > SHARED * max(int(outline.inside.sum()), 1)


def joined(deposits: list[Scored], pitch: float, join_mm: float, speck_mm2: float) -> list[list[Scored]]:
    """Groups of specks that are one deposit.

    Two clicks are two deposits, whatever lies between them.
    """
    groups = [[d] for d in deposits]
    borders = [np.concatenate(d.outline.polygons) * pitch for d in deposits]
    number = list(range(len(deposits)))
    for gap, a, b in sorted(_gaps(borders, join_mm)):
        first, second = number[a], number[b]
        if first == second or gap >= _reach(deposits[a], deposits[b], join_mm, speck_mm2):
            continue
        if not (any(d.clicked for d in groups[first]) and any(d.clicked for d in groups[second])):
            groups[first] += groups[second]
            groups[second] = []
            number = [first if k == second else k for k in number]
    return [g for g in groups if g]


def _reach(one: Scored, other: Scored, join_mm: float, speck_mm2: float) -> float:
    """How far these two may lie apart and be one: two specks fully, a speck beside a larger piece half, else nothing.

    A large deposit that thins out sheds specks close by; a speck farther off is more likely another thing, or dust.
    """
    specks = sum(part.outline.area_mm2 < speck_mm2 for part in (one, other))
    return join_mm * specks / 2


def _gaps(borders: list[Points], farthest: float) -> list[tuple[float, int, int]]:
    """Smallest distances between the borders of every two deposits, in mm, if under `farthest`."""
    found = []
    for a, one in enumerate(borders):
        tree = cKDTree(one)
        for b, other in enumerate(borders[a + 1 :], start=a + 1):
            gap = float(np.min(tree.query(other, distance_upper_bound=farthest)[0]))
            if np.isfinite(gap):
                found.append((gap, a, b))
    return found
