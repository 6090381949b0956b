"""Trained networks that are shipped: their weights checked against their card, and the same digits on every run."""

from __future__ import annotations

import hashlib
import json
import os
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

    They run on as many threads as this process may use, fewer where OMP_NUM_THREADS says so; the digits are the same on
    any number of them.

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
    options.intra_op_num_threads, options.inter_op_num_threads = threads(), 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting threads take no processor time
    options.use_deterministic_compute = True
    return _Lean(onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])), card


class _Lean:
    """A session that gives its working memory back after each run; a film's map needs some 300 MB of it."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._options = onnxruntime.RunOptions()
        self._options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")

    def run(self, outputs: list[str] | None, inputs: dict[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        found: list[NDArray[np.float32]] = self._session.run(outputs, inputs, self._options)
        return found


def threads() -> int:
    """How many threads this process may use: those of its processors, fewer where OMP_NUM_THREADS says so."""
    mine = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    said = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, min(mine, int(said))) if said.isdecimal() else mine
