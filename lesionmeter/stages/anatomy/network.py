"""The trained landmark network: weights checked once, pictures in, points out, the same digits on every run."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from lesionmeter.errors import UsageError
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

    session: onnxruntime.InferenceSession
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
    """The network that is shipped, with one thread so that results do not depend on the machine's cores.

    Raises
    ------
    UsageError
        If the weights are not those that their card describes.
    """
    folder = files(__package__) / "weights"
    weights = (folder / "landmarks.onnx").read_bytes()
    card = json.loads((folder / "landmarks.json").read_text())
    found = hashlib.sha256(weights).hexdigest()
    if found != card["sha256"]:
        raise UsageError(f"landmarks.onnx: expected SHA-256 {card['sha256']}, came {found}; install lesionmeter again")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
    return LandmarkNetwork(session, int(card["size"]), np.array(card["template"], np.float64))
