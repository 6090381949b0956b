"""Films that try a landmark finder: whole hands that it must find, and what it must not take for one.

Each is drawn from a random generator alone; `WHOLE` and `NOT_WHOLE` name the kinds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lesionmeter.phantom.training import LandmarkSample, landmark_sample

Grey = NDArray[np.float32]
Points = NDArray[np.float64]
Random = np.random.Generator

ROOM: Final = 5
"""Least distance, in pixels, of a whole hand's landmarks from the film's edge."""

LEFT: Final = 0.3
"""Share of the distal phalanx that is left of the finger that is cut."""


@dataclass(frozen=True, eq=False)
class Trial:
    """A film, and what a finder should say of it.

    Parameters
    ----------
    picture
        (rows, columns) from 0 to 1.
    hands
        Each whole hand's side, `L` or `R`, and its (21, 2) landmarks as (row, column).
    negative
        Whether dense is dark.
    """

    picture: Grey
    hands: tuple[tuple[str, Points], ...] = ()
    negative: bool = False


def side_of(points: Points) -> str:
    """`L` if the thumb lies as on a left hand with its palm on the film, on a film that is not flipped; else `R`.

    Examples
    --------
    >>> hand = np.zeros((21, 2))
    >>> hand[9], hand[5], hand[17] = (-10.0, 0.0), (-9.0, 3.0), (-8.0, -4.0)  # fingers up, index to the right
    >>> side_of(hand)
    'L'
    """
    forward, radial = points[9] - points[0], points[5] - points[17]
    return "L" if forward[0] * radial[1] - forward[1] * radial[0] < 0 else "R"


def hide_tip(picture: Grey, points: Points, finger: int, tone: float) -> Grey:
    """The picture with all beyond a straight edge hidden, as by a collimator, that leaves `LEFT` of a distal phalanx.

    Parameters
    ----------
    picture, points
        A film and its landmarks.
    finger
        1 to 5.
    tone
        Grey value of what is hidden.
    """
    tip, joint, wrist = points[4 * finger], points[4 * finger - 1], points[0]
    normal = (tip - wrist) / np.linalg.norm(tip - wrist)
    edge = (joint + LEFT * (tip - joint)) @ normal
    rows, columns = np.ogrid[: picture.shape[0], : picture.shape[1]]
    return np.where(rows * normal[0] + columns * normal[1] > edge, np.float32(tone), picture).astype(np.float32)


def cut_top(picture: Grey, points: Points, finger: int) -> Grey:
    """The part of a film below a row that leaves `LEFT` of a distal phalanx; the hand stands upright."""
    tip, joint = points[4 * finger, 0], points[4 * finger - 1, 0]
    return picture[int(joint + LEFT * (tip - joint)) :]


def _whole(rng: Random, kind: str = "whole") -> LandmarkSample:
    while True:
        sample = landmark_sample(rng, kind=kind)
        if sample.points.min() >= ROOM and sample.points.max() < sample.picture.shape[0] - ROOM:
            return sample


def _upright(rng: Random) -> LandmarkSample:
    while True:
        sample = _whole(rng)
        if sample.upright:
            return sample


def _hand(sample: LandmarkSample) -> Trial:
    return Trial(sample.picture, ((side_of(sample.points), sample.points),), sample.negative)


def _pair(rng: Random) -> Trial:
    """A left and a right hand beside each other, fingers up."""
    left = _upright(rng)
    right = _upright(rng)
    while left.negative != right.negative:
        right = _upright(rng)
    size = left.picture.shape[1]
    mirrored = right.points * np.array([1.0, -1.0]) + np.array([0.0, size - 1.0])
    hands = (("R", mirrored), ("L", left.points + np.array([0.0, size])))
    return Trial(np.hstack([right.picture[:, ::-1], left.picture]), hands, left.negative)


def _collimated(rng: Random) -> Trial:
    sample = _whole(rng)
    air = float(np.quantile(sample.picture, 0.9 if sample.negative else 0.1))
    tone = (0.0, 1.0, air)[int(rng.integers(0, 3))]
    return Trial(hide_tip(sample.picture, sample.points, int(rng.integers(1, 6)), tone))


def _edge(rng: Random) -> Trial:
    sample = _upright(rng)
    return Trial(cut_top(sample.picture, sample.points, int(rng.integers(2, 6))))


def _rolled(rng: Random, least: float, most: float) -> Trial:
    while True:
        sample = landmark_sample(rng, kind="rolled")
        if least <= sample.roll <= most:
            return Trial(sample.picture)


def _disorder(rng: Random) -> Trial:
    """The quarters of a hand's film, exchanged and turned."""
    grey = _whole(rng).picture
    half = grey.shape[0] // 2
    parts = [grey[:half, :half], grey[:half, half:], grey[half:, :half], grey[half:, half:]]
    a, b, c, d = (np.rot90(parts[k], int(rng.integers(0, 4))) for k in rng.permutation(4))
    return Trial(np.asarray(np.block([[a, b], [c, d]]), np.float32))


def _forearm(rng: Random) -> Trial:
    """A film of the forearm and the wrist, with a third of the landmarks on it at most."""
    while True:
        sample = landmark_sample(rng, kind="forearm")
        on_film = (sample.points > 0) & (sample.points < sample.picture.shape[0] - 1)
        if on_film.all(axis=1).sum() <= len(on_film) // 3:
            return Trial(sample.picture)


def _amputated(rng: Random) -> Trial:
    """A film on which the lost finger would have had room."""
    return Trial(_whole(rng, "amputated").picture)


WHOLE: Final[dict[str, Callable[[Random], Trial]]] = {
    "whole hand": lambda rng: _hand(_whole(rng)),
    "whole hand, tips worn": lambda rng: _hand(_whole(rng, "worn")),
    "left and right hand": _pair,
}
"""Kinds of film on which all hands must be found."""

NOT_WHOLE: Final[dict[str, Callable[[Random], Trial]]] = {
    "cut by the film's edge": _edge,
    "cut by a collimator": _collimated,
    "finger lost": _amputated,
    "oblique, 35 to 60 degrees": lambda rng: _rolled(rng, 35, 60),
    "lateral, 75 to 90 degrees": lambda rng: _rolled(rng, 75, 90),
    "foot": lambda rng: Trial(landmark_sample(rng, kind="foot").picture),
    "forearm": _forearm,
    "quarters in disorder": _disorder,
}
"""Kinds of film on which no hand may be taken as whole without a word."""
