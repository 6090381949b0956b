"""How likely it is that two outlines on two films are one deposit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lesionmeter.stages.tracking.footprint import Footprint


@dataclass(frozen=True)
class TrackingSettings:
    """How deposits are linked.

    Parameters
    ----------
    gate_mm
        A deposit may lie this far, beyond the predicted error, from where it is carried to. It misleads where
        neighbours are closer than this and one goes while another comes: look at the links' probability.
    place_sd_mm
        Standard deviation of the place of one and the same deposit beyond the registration's error: it may shrink
        from one side, and each film cuts it a little differently.
    size_share
        The same, as a share of the deposit's radius: larger deposits move more when they change.
    area_sd_log
        Standard deviation of the log ratio of the areas of one deposit on two films; 1.5 lets it fall to a fifth.
    stranger
        Density of unrelated deposits in the scale of the likelihood; a perfect match is right with 1 / (1 + stranger).
    inside_share
        Share of a deposit that must lie on another's ground to count as a part of it (split, merged).
    doubtful
        A link of lower probability is said to be doubtful.
    """

    gate_mm: float = 3.0
    place_sd_mm: float = 0.5
    size_share: float = 0.25
    area_sd_log: float = 1.5
    stranger: float = 0.05
    inside_share: float = 0.5
    doubtful: float = 0.5


def mismatch(known: Footprint, candidate: Footprint, settings: TrackingSettings) -> float:
    """Minus log likelihood that both are one deposit (0 is a perfect match); infinite outside the gate.

    Two distances count: from the smaller one's middle to the larger one's ground, and from middle to middle. The first
    is 0 for a deposit that shrank inside its former outline; the second prefers the nearer of two neighbours.
    """
    error = math.hypot(known.error_mm, candidate.error_mm)
    small, large = sorted((known, candidate), key=lambda footprint: footprint.area)
    gap = float(large.distance(small.centre[None])[0])
    if gap > settings.gate_mm + error:
        return math.inf
    place_sd = error / 1.96 + settings.place_sd_mm + settings.size_share * small.radius
    middles = float(np.linalg.norm(known.centre - candidate.centre)) / (place_sd + 0.5 * large.radius)
    sizes = math.log(max(large.area, 1e-6) / max(small.area, 1e-6)) / settings.area_sd_log
    return 0.5 * ((gap / place_sd) ** 2 + middles**2 + sizes**2)


def probability(cost: float, settings: TrackingSettings) -> float:
    """Probability that a link of this `mismatch` is right, against an unrelated deposit that lies there by chance.

    Examples
    --------
    >>> round(probability(0.0, TrackingSettings()), 3)
    0.952
    """
    match = math.exp(-cost)
    return match / (match + settings.stranger)
