"""Write the trained network as ONNX, with a card that a program can read beside it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import warnings
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from training.landmarks.network import LandmarkNet, PointReader
from training.landmarks.pool import Films
from training.landmarks.train import TrainSettings

SIZE = 192


def export(network: LandmarkNet, films: Films, runs: list[TrainSettings], folder: Path) -> None:
    """Write `landmarks.onnx` and `landmarks.json`.

    Parameters
    ----------
    network
        Trained weights.
    films
        Simulated films whose upright hands give the mean hand.
    runs
        What it was trained with, for the card.
    folder
        Where to write.
    """
    reader = PointReader(network.eval())
    weights = folder / "landmarks.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            reader,
            (torch.rand(2, 1, SIZE, SIZE),),
            str(weights),
            input_names=["pictures"],
            output_names=["points", "confidence"],
            dynamic_axes={"pictures": {0: "batch"}, "points": {0: "batch"}, "confidence": {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )
    card = {
        "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "size": SIZE,
        "parameters": sum(weight.numel() for weight in network.parameters()),
        "training": [dataclasses.asdict(run) for run in runs],
        "template": np.round(mean_hand(films), 4).tolist(),
    }
    (folder / "landmarks.json").write_text(json.dumps(card, indent=1) + "\n")


def mean_hand(films: Films) -> NDArray[np.float64]:
    """(21, 2) mean points of the upright hands: wrist at 0, hand length 1, fingers up (rows fall)."""
    points = films.points[films.upright].astype(np.float64)
    points = points - points[:, :1]
    return np.asarray((points / np.linalg.norm(points[:, 12:13], axis=2, keepdims=True)).mean(0))
