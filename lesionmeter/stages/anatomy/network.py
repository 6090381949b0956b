"""The trained landmark network: pictures in, points out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lesionmeter.inference import Session, shipped
from lesionmeter.model.geometry import Points

Pictures = NDArray[np.float32]
"""(pictures, rows, columns) from 0 to 1, dense tissue bright, as large as the network's input."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What the network says of some pictures.

    Parameters
    ----------
    points
        (pictures, 21, 2) as (row, column) of each picture.
    confidence
        (pictures, 21) from 0 to 1.
    rolled
        (pictures,) chance, from 0 to 1, that the picture shows an oblique or lateral hand.
    """

    points: NDArray[np.float64]
    confidence: NDArray[np.float64]
    rolled: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LandmarkNetwork:
    """A network that looks for the 21 points of one hand in a small picture.

    Parameters
    ----------
    session
        The runtime that holds the weights.
    size
        Rows and columns of its input.
    template
        (21, 2) mean (row, column) of the points of an upright left hand, wrist at 0, hand length 1.
    """

    session: Session
    size: int
    template: Points

    def __call__(self, pictures: Pictures) -> Seen:
        """Look at each picture."""
        stretched = np.stack([stretch_grey(picture) for picture in pictures])
        seen = self.session.run(["points", "confidence", "rolled"], {"pictures": stretched[:, None]})
        return Seen(*(np.asarray(values, np.float64) for values in seen))


def stretch_grey(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Grey values from 0 to 1 between the 0.5th and 99.5th percentile, as in training."""
    low, high = np.percentile(picture[::3, ::3], (0.5, 99.5))
    return np.asarray(np.clip((picture - low) / (high - low + 1e-6), 0, 1), np.float32)


@cache
def landmark_network() -> LandmarkNetwork:
    """The network that is shipped."""
    session, card = shipped(__package__, "landmarks")
    return LandmarkNetwork(session, int(card["size"]), np.array(card["template"], np.float64))
