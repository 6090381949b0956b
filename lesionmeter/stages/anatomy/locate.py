"""One hand in one picture: a first look in eight turns, then a closer look at the hand stood upright."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.geometry import Points
from lesionmeter.model.radiograph import Polarity
from lesionmeter.stages.anatomy.network import LandmarkNetwork
from lesionmeter.stages.anatomy.picture import Picture, warp
from lesionmeter.stages.anatomy.polarity import bones_are_bright
from lesionmeter.stages.anatomy.pose import Similarity, fit_similarity, rotation
from lesionmeter.stages.anatomy.proportions import proportions

PALM = np.array([0, 1, 2, 5, 9, 13, 17, 6, 10, 14, 18])
"""Landmarks that hold still against each other: wrist, thumb's base, knuckles, and the next joints."""

FILL = 0.80
"""Share of the small picture that an upright hand's length takes up."""

_TURNS = 8
_CLOSER_LOOKS = ((0.0, 1.0), (-6.0, 0.97), (6.0, 0.97), (0.0, 0.92), (0.0, 1.04))
_RESIDUAL_COST = 2.0
_CLEAR = 0.6  # mean confidence of a first look that needs no second opinion
_HOPELESS = 0.25  # mean confidence of a first look that no closer look can save


@dataclass(frozen=True, eq=False)
class Sighting:
    """Where a hand seems to lie in a picture, and how sure that is.

    Parameters
    ----------
    points
        (21, 2) as (row, column) pixels of the picture.
    confidence
        (21,) from 0 to 1.
    misfit
        How far the palm lies from the mean palm, in hand lengths.
    unrest
        How far a point moves between the closer looks, median over the points, in hand lengths.
    stretch
        Length of the bone that is longest against the mean hand's, over that of the median bone.
    rolled
        Chance that it is an oblique or lateral hand, from 0 to 1.
    mirrored
        Whether it is a mirrored left hand: a right one, on a film that is not flipped.
    polarity
        Which way dense tissue goes in the picture as stored.
    """

    points: Points
    confidence: NDArray[np.float64]
    misfit: float
    unrest: float
    stretch: float
    rolled: float
    mirrored: bool
    polarity: Polarity = Polarity.NORMAL

    @property
    def score(self) -> float:
        """Higher is better; for choosing among sightings of one picture."""
        return float(self.confidence.mean()) - _RESIDUAL_COST * self.misfit

    @property
    def length(self) -> float:
        """Wrist to middle tip, in pixels."""
        return float(np.linalg.norm(self.points[12] - self.points[0]))


def locate(picture: Picture, network: LandmarkNetwork, polarity: Polarity | None = None) -> Sighting:
    """Look for one hand, whichever way it lies.

    Parameters
    ----------
    picture
        A film or a part of one, with grey values as stored.
    network
        The landmark network.
    polarity
        Which way dense tissue goes, if that is known; found by trying otherwise.
    """
    seen, first = _first_sighting(picture, network, polarity)
    if first.confidence.mean() < _HOPELESS:
        return replace(first, polarity=seen)
    if polarity is None:
        seen = _shown_polarity(picture, first)
    closer = closer_look(_as_dense_bright(picture, seen), first, network, looks=1)
    if polarity is None and _shown_polarity(picture, closer) is not seen:  # the first look missed the bones
        seen = _shown_polarity(picture, closer)
        closer = closer_look(_as_dense_bright(picture, seen), closer, network, looks=1)
    return replace(closer_look(_as_dense_bright(picture, seen), closer, network), polarity=seen)


def _shown_polarity(picture: Picture, sighting: Sighting) -> Polarity:
    """Which way dense tissue goes, by the bones of a sighted hand."""
    return Polarity.NORMAL if bones_are_bright(picture.levels[0], sighting.points) else Polarity.INVERTED


def _as_dense_bright(picture: Picture, polarity: Polarity) -> Picture:
    return picture if polarity is Polarity.NORMAL else picture.negative()


def _first_sighting(picture: Picture, network: LandmarkNetwork, polarity: Polarity | None) -> tuple[Polarity, Sighting]:
    """The better first sighting of the polarities in question; the second is tried only if the first one is unclear."""
    sightings: dict[Polarity, Sighting] = {}
    for each in [polarity] if polarity else list(Polarity):
        sightings[each] = first_look(_as_dense_bright(picture, each), network)
        if sightings[each].confidence.mean() > _CLEAR:
            break
    best = max(sightings, key=lambda each: sightings[each].score)
    return best, sightings[best]


def first_look(picture: Picture, network: LandmarkNetwork) -> Sighting:
    """The whole picture in eight turns; the sighting with the best score."""
    poses = _turned_poses(picture.shape, network.size)
    seen = network(warp(picture, poses, network.size))
    sightings = [
        _sighting(pose.inverse()(points)[None], confidence, rolled, network)
        for pose, points, confidence, rolled in zip(poses, seen.points, seen.confidence, seen.rolled, strict=True)
    ]
    return max(sightings, key=lambda sighting: sighting.score)


def closer_look(
    picture: Picture, before: Sighting, network: LandmarkNetwork, looks: int = len(_CLOSER_LOOKS)
) -> Sighting:
    """The hand stood upright, as a left one, filling the picture, in a few poses; the median of what they show."""
    upright = _upright_pose(before, network)
    poses = [upright.then_turned(turn, zoom, network.size / 2) for turn, zoom in _CLOSER_LOOKS[:looks]]
    seen = network(warp(picture, poses, network.size))
    points = np.stack([pose.inverse()(each) for pose, each in zip(poses, seen.points, strict=True)])
    return _sighting(points, seen.confidence.mean(0), float(np.median(seen.rolled)), network)


def _turned_poses(shape: tuple[int, int], size: int) -> list[Similarity]:
    """The whole picture in the small one; every other turn a little smaller, for corners stick out."""
    middle = (np.array(shape) - 1) / 2
    poses = []
    for number in range(_TURNS):
        zoom = size / max(shape) * (0.97 if number % 2 == 0 else 0.85)
        linear = zoom * rotation(360.0 * number / _TURNS)
        poses.append(Similarity(linear, (size - 1) / 2 - linear @ middle))
    return poses


def _upright_pose(sighting: Sighting, network: LandmarkNetwork) -> Similarity:
    """From the film to a small picture in which the mean hand stands upright and all points have room."""
    fit, _ = _fit_palm(sighting.points, sighting.confidence, network)
    placed = fit(sighting.points)
    room = float((placed.max(0) - placed.min(0)).max())
    length = float(np.linalg.norm(placed[12] - placed[0]))
    zoom = network.size * min(FILL / max(length, 1e-6), 0.94 / max(room, 1e-6))
    linear = zoom * fit.linear
    middle = zoom * (placed.max(0) + placed.min(0)) / 2
    return Similarity(linear, zoom * fit.shift + (network.size - 1) / 2 - middle)


def _fit_palm(points: Points, confidence: NDArray[np.float64], network: LandmarkNetwork) -> tuple[Similarity, float]:
    return fit_similarity(points[PALM], network.template[PALM], np.clip(confidence[PALM], 0.02, 1))


def _sighting(
    looks: NDArray[np.float64], confidence: NDArray[np.float64], rolled: float, network: LandmarkNetwork
) -> Sighting:
    """The median of (looks, 21, 2) points of the picture."""
    points = np.median(looks, axis=0)
    fit, misfit = _fit_palm(points, confidence, network)
    unrest = float(np.median(np.linalg.norm(looks - points, axis=2).mean(0))) * fit.scale
    stretch = max(proportions(points, network.template).values())
    return Sighting(points, confidence, misfit, unrest, stretch, float(rolled), fit.mirrored)
