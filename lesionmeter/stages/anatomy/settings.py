"""Settings of the anatomy stage."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AnatomySettings:
    """When a hand is taken as whole.

    Parameters
    ----------
    thumbnail
        Longer side (pixels) that films are made small to; landmarks need no more.
    least_mean_confidence
        Smallest mean confidence of the 21 points.
    least_confidence
        Smallest confidence of a single point.
    most_misfit
        Largest distance of the palm's points from the mean palm, root mean square in hand lengths.
    most_unrest
        Largest median movement of the points between looks in slightly different poses, in hand lengths.
    most_stretch
        Largest length of a bone against the mean hand's, over the median bone's: 1.3 at most on simulated hands,
        more if a finger is taken from another hand.
    most_rolled
        Largest chance, as the network sees it, of an oblique or lateral hand.
    least_margin
        Smallest distance of a knuckle, joint or tip from the film's edge, in hand lengths: less than a finger's flesh.
    site_grid
        Step of the site map's grid, in hand lengths.
    """

    thumbnail: int = 1000
    least_mean_confidence: float = 0.80
    least_confidence: float = 0.30
    most_misfit: float = 0.06
    most_unrest: float = 0.02
    most_stretch: float = 1.6
    most_rolled: float = 0.5
    least_margin: float = 0.02
    site_grid: float = 0.004
