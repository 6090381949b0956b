"""Films and patient folders as napari image layers, one a film, in millimetres where the scale is known.

napari itself is not imported: a layer is a plain (data, keywords, kind) tuple until napari takes it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import lesionmeter
from napari_lesionmeter.layers import film_layer

Reader = Callable[[str | Sequence[str]], list[Any]]

SUFFIXES = (".dcm", ".tif", ".tiff", ".png", ".jpg", ".jpeg")


def napari_get_reader(path: str | Sequence[str]) -> Reader | None:
    """Offer to read a film, several films, or a patient's folder.

    Parameters
    ----------
    path
        What the user dropped or opened.

    Returns
    -------
    Reader or None
        None if some of it is neither a folder nor a film by its name.

    Examples
    --------
    >>> napari_get_reader("notes.txt") is None
    True
    """
    readable = all(p.is_dir() or p.suffix.lower() in SUFFIXES for p in _paths(path))
    return read_layers if readable else None


def read_layers(path: str | Sequence[str]) -> list[Any]:
    """Read films into image layers, in order of date within a patient's folder.

    In a viewer, a patient's folder or an output folder is opened for review instead: its films come one by one.

    Raises
    ------
    lesionmeter.LesionmeterError
        If a file or folder cannot be read; the message says what was expected and what came.
    """
    viewer, paths = current_viewer(), _paths(path)
    if viewer is not None and len(paths) == 1 and paths[0].is_dir():
        from napari_lesionmeter.widgets.panels import open_patient

        open_patient(viewer, paths[0])
        return [(None,)]  # npe2's word for: read, and no layer to add
    films = [film for p in paths for film in _films(p)]
    return [film_layer(film) for film in films]


def current_viewer() -> Any:
    """The viewer that asks, if one does; napari is not imported for it."""
    napari = sys.modules.get("napari")
    return napari.current_viewer() if napari is not None else None


def _paths(path: str | Sequence[str]) -> list[Path]:
    return [Path(path)] if isinstance(path, str) else [Path(p) for p in path]


def _films(path: Path) -> tuple[lesionmeter.Radiograph, ...]:
    return lesionmeter.read_patient(path).films if path.is_dir() else (lesionmeter.read_film(path),)
