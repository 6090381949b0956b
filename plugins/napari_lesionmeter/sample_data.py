"""The sample patient in the File menu: simulated films with known truth."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import lesionmeter
from napari_lesionmeter.reader import current_viewer, read_layers


def sample_patient() -> list[Any]:
    """Open a copy of the sample patient, whose results may be written beside it.

    napari wants a layer of every sample: the first film, which stays only where there is no viewer to review it in.
    """
    films = sample_copy(Path(tempfile.gettempdir()) / "lesionmeter-sample")
    viewer = current_viewer()
    if viewer is not None:
        from napari_lesionmeter.widgets.panels import open_sample

        open_sample(viewer, films)
    return read_layers(str(min(film for film in films.glob("*.tif") if not film.stem.endswith(".truth"))))


def sample_copy(folder: Path) -> Path:
    """The sample films in a folder of their own, made if they are not there yet.

    Parameters
    ----------
    folder
        Where the patient's folder lies, or will.
    """
    films = folder / "patient"
    if not films.exists():
        folder.mkdir(parents=True, exist_ok=True)
        shipped = lesionmeter.sample_films(folder / "sample")
        shutil.copytree(shipped, films)
    return films
