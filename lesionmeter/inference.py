"""Trained networks that are shipped: their weights checked against their card, and the same digits on every run."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from typing import Any, Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from lesionmeter.errors import UsageError


class Session(Protocol):
    """Weights ready to run."""

    def run(self, outputs: list[str] | None, inputs: dict[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """The outputs of those names (all if None) for inputs by name."""
        ...


def shipped(package: str, name: str) -> tuple[Session, dict[str, Any]]:
    """The weights `weights/<name>.onnx` of a package, and what `<name>.json` beside them says.

    They run on one thread, so that results do not depend on the machine's cores.

    Parameters
    ----------
    package
        The package that holds the folder `weights`.
    name
        Of the network.

    Raises
    ------
    UsageError
        If the weights are not those that their card describes.
    """
    folder = files(package) / "weights"
    weights = (folder / f"{name}.onnx").read_bytes()
    card = json.loads((folder / f"{name}.json").read_text())
    found = hashlib.sha256(weights).hexdigest()
    if found != card["sha256"]:
        raise UsageError(f"{name}.onnx: expected SHA-256 {card['sha256']}, came {found}; install lesionmeter again")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"]), card
