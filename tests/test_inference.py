"""Networks give the same digits wherever they run, and only with the weights that were shipped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lesionmeter import inference
from lesionmeter.errors import UsageError

HANDS = """
import numpy as np
from lesionmeter.model.radiograph import Radiograph
from lesionmeter.phantom.training import landmark_sample
from lesionmeter.stages.anatomy import find_hands
picture = landmark_sample(np.random.default_rng(20), kind="whole").picture
print([hand.landmarks.points.tobytes().hex() for hand in find_hands(Radiograph("hand", picture, bits=32)).hands])
"""
DEPOSITS = """
from lesionmeter.stages.segmentation.field import prepare
from lesionmeter.stages.segmentation.network import deposit_network
from tests.stages.deposit_worlds import view
print(deposit_network()(prepare((view([(128, 92, 8.0)]),))).deposit.tobytes().hex()[:100_000])
"""


@pytest.mark.parametrize("digits", [HANDS, DEPOSITS], ids=["hands", "deposits"])
def test_any_number_of_threads_gives_the_same_digits(digits: str) -> None:
    one, four = (
        subprocess.run(
            [sys.executable, "-c", digits],
            env=os.environ | {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "4")
    )
    assert one == four
    assert len(one) > 21 * 2 * 16


def test_changed_weights_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "hands.onnx").write_bytes(b"something else")
    (tmp_path / "weights" / "hands.json").write_text(json.dumps({"sha256": "0" * 64}))
    monkeypatch.setattr(inference, "files", lambda _: tmp_path)
    with pytest.raises(UsageError, match="expected SHA-256 0000"):
        inference.shipped("anywhere", "hands")
