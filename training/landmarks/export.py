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
OUTPUTS = ["points", "confidence", "rolled"]


def export(network: LandmarkNet, films: Films, settings: TrainSettings, folder: Path) -> None:
    """Write `landmarks.onnx` and `landmarks.json`.

    Parameters
    ----------
    network
        Trained weights.
    films
        Simulated films whose upright hands give the mean hand.
    settings
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
            output_names=OUTPUTS,
            dynamic_axes={name: {0: "batch"} for name in ("pictures", *OUTPUTS)},
            opset_version=17,
            dynamo=False,
        )
    card = {
        "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "size": SIZE,
        "parameters": sum(weight.numel() for weight in network.parameters()),
        "training": dataclasses.asdict(settings),
        "template": np.round(mean_hand(films), 4).tolist(),
    }
    (folder / "landmarks.json").write_text(json.dumps(card, indent=1) + "\n")


def mean_hand(films: Films) -> NDArray[np.float64]:
    """(21, 2) mean points of the upright whole hands: wrist at 0, hand length 1, fingers up (rows fall)."""
    whole = films.upright & (films.shown == 1).all(axis=1) & (films.roll == 0)
    points = films.points[whole].astype(np.float64)
    points = points - points[:, :1]
    return np.asarray((points / np.linalg.norm(points[:, 12:13], axis=2, keepdims=True)).mean(0))
