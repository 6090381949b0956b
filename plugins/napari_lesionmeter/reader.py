"""Films and patient folders as napari image layers, one a film, in millimetres where the scale is known.

napari itself is not imported: a layer is a plain (data, keywords, kind) tuple until napari takes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import lesionmeter

LayerData = tuple[Any, dict[str, Any], str]
"""(data, keywords of the layer, kind of layer), as napari's reader contract asks."""

Reader = Callable[[str | Sequence[str]], list[LayerData]]

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


def read_layers(path: str | Sequence[str]) -> list[LayerData]:
    """Read films into image layers, in order of date within a patient's folder.

    Raises
    ------
    lesionmeter.LesionmeterError
        If a file or folder cannot be read; the message says what was expected and what came.
    """
    films = [film for p in _paths(path) for film in _films(p)]
    return [_layer(film) for film in films]


def _paths(path: str | Sequence[str]) -> list[Path]:
    return [Path(path)] if isinstance(path, str) else [Path(p) for p in path]


def _films(path: Path) -> tuple[lesionmeter.Radiograph, ...]:
    return lesionmeter.read_patient(path).films if path.is_dir() else (lesionmeter.read_film(path),)


def _layer(film: lesionmeter.Radiograph) -> LayerData:
    calibrated = lesionmeter.calibrate(film)
    scale = tuple(calibrated.spacing.step.tolist()) if calibrated else (1.0, 1.0)
    keywords = {
        "name": f"{film.date or 'undated'} {film.film}",
        "scale": scale,
        "units": ("mm", "mm") if calibrated else ("pixel", "pixel"),
        "axis_labels": ("y", "x"),
        "contrast_limits": _contrast_limits(film),
        # A negative is shown the right way round; the values stay as stored.
        "colormap": "gray_r" if film.polarity is lesionmeter.Polarity.INVERTED else "gray",
        "metadata": {"film": film.film, "scale_source": str(calibrated.spacing.source) if calibrated else "unknown"},
    }
    return film.pixels, keywords, "image"


def _contrast_limits(film: lesionmeter.Radiograph) -> tuple[float, float]:
    """The grey range without the outermost half percent, so that a burnt-in letter does not darken the hand."""
    low, high = np.percentile(film.pixels[::4, ::4], (0.5, 99.5)).tolist()
    return low, high if high > low else low + 1.0
