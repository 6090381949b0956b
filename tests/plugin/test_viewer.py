"""The plugin in a real viewer: what a reader sees and does."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def test_a_patient_folder_opens_as_layers_in_millimetres(viewer: Any, sample_folder: Path) -> None:
    viewer.open(str(sample_folder), plugin="lesionmeter")
    assert [layer.name[:4] for layer in viewer.layers] == ["1983", "1984", "1988"]
    assert {str(unit) for layer in viewer.layers for unit in layer.units} == {"millimeter"}
