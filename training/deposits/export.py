"""Write the trained network as ONNX, with a card that a program can read beside it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import warnings
from pathlib import Path

import torch

from lesionmeter.phantom.patches import PITCH_MM
from training.deposits.network import STRIDE, DepositNet, MapReader
from training.deposits.train import TrainSettings


def export(network: DepositNet, settings: TrainSettings, folder: Path) -> None:
    """Write `deposits.onnx` and `deposits.json` into a folder; `lumps.onnx` and `lumps.json` for what learned lumps."""
    name = "lumps" if settings.lumps else "deposits"
    weights = folder / f"{name}.onnx"
    sides = {2: "rows", 3: "columns"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            MapReader(network.eval()),
            (torch.rand(1, 1, 320, 240),),
            str(weights),
            input_names=["pictures"],
            output_names=["maps"],
            dynamic_axes={"pictures": sides, "maps": sides},
            opset_version=17,
            dynamo=False,
        )
    card = {
        "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "pitch_mm": PITCH_MM,
        "stride": STRIDE,
        "parameters": sum(weight.numel() for weight in network.parameters()),
        "training": dataclasses.asdict(settings),
    }
    (folder / f"{name}.json").write_text(json.dumps(card, indent=1) + "\n")
