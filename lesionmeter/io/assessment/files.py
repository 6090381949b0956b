"""`assessment.json` and the masks of an output folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

import numpy as np
import tifffile
from numpy.typing import NDArray

from lesionmeter.errors import OutputError
from lesionmeter.io.assessment.document import from_text, mask_of, to_text
from lesionmeter.io.assessment.staging import DOCUMENT, recover, replacing
from lesionmeter.model.findings import Assessment

FILM_ENDINGS: Final = (".tif", ".tiff", ".dcm", ".png", ".jpg")
"""Endings that a film's mask leaves out of its name."""


def write(assessment: Assessment, folder: Path) -> None:
    """Write an assessment (its JSON and masks, without tables and pictures) whole or not at all.

    Parameters
    ----------
    assessment
        What was found on one patient's films.
    folder
        The output folder; made if it is missing, replaced if it is an earlier output.

    Raises
    ------
    OutputError
        If `folder` may not be replaced or cannot be written; see `replacing`.
    """
    with replacing(folder) as stage:
        save(assessment, stage)


def save(assessment: Assessment, folder: Path) -> None:
    """Write `assessment.json` and `masks/` into an existing folder, such as the one that `replacing` gives."""
    names = mask_paths(assessment.maps)
    for film, name in names.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        tifffile.imwrite(path, mask_of(assessment, film), compression="deflate", rowsperstrip=256, metadata=None)
    (folder / DOCUMENT).write_text(to_text(assessment), encoding="utf-8", errors="backslashreplace", newline="\n")


def read(folder: Path) -> Assessment:
    """The assessment in an output folder, with the reader's corrections and without the films (`patient` is None).

    Raises
    ------
    OutputError
        If the folder is no output of lesionmeter, or a file in it is damaged or missing.
    """
    folder = recover(folder)
    path = folder / DOCUMENT
    if not path.is_file():
        raise OutputError(f"{folder}: expected an output of lesionmeter with {DOCUMENT}, came none")
    try:
        return from_text(path.read_text(encoding="utf-8"), lambda films: _read_masks(folder, films))
    except ValueError as error:
        raise OutputError(f"{path}: {error}") from error


def mask_path(film: str, films: Iterable[str]) -> PurePosixPath:
    """Where the mask of `film` lies in the output folder, beside the masks of `films`.

    Subfolders stay, and the film's ending becomes `.tif`; where two films would share a mask's name, each keeps its
    own ending before it.

    Examples
    --------
    >>> str(mask_path("hand.dcm", ["hand.dcm"]))
    'masks/hand.tif'
    >>> str(mask_path("hand.dcm", ["hand.dcm", "hand.png"]))
    'masks/hand.dcm.tif'
    """
    return mask_paths([*films, film])[film]


def mask_paths(films: Iterable[str]) -> Mapping[str, PurePosixPath]:
    """Where the mask of each film lies in the output folder; see `mask_path`.

    Raises
    ------
    OutputError
        If a film's name leads out of the folder.
    """
    stems = {film: _stem(film) for film in films}
    shared = Counter(stem.lower() for stem in stems.values())  # lower case: some file systems know no other
    return {
        film: PurePosixPath("masks", f"{stem if shared[stem.lower()] == 1 else film}.tif")
        for film, stem in stems.items()
    }


def _stem(film: str) -> str:
    path = PurePosixPath(film)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise OutputError(f"expected a film's path inside its patient's folder, came {film!r}, which leads out of it")
    return film[: -len(path.suffix)] if path.suffix.lower() in FILM_ENDINGS and path.stem else film


def _read_masks(folder: Path, films: Iterable[str]) -> Mapping[str, NDArray[np.uint16]]:
    return {film: _read_mask(folder / name) for film, name in mask_paths(films).items()}


def _read_mask(path: Path) -> NDArray[np.uint16]:
    if not path.is_file():
        raise OutputError(f"{path}: expected the film's mask, came no such file; measure the patient again")
    try:
        mask = tifffile.imread(path)
    except (ValueError, OSError, tifffile.TiffFileError) as error:
        raise OutputError(f"{path}: expected a TIFF mask, came a file that cannot be read ({error})") from error
    if mask.ndim != 2 or mask.dtype != np.uint16:
        raise OutputError(f"{path}: expected (rows, columns) uint16 labels, came {mask.dtype} {mask.shape}")
    return np.asarray(mask, dtype=np.uint16)
