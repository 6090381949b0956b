"""TIFF scans: strips or tiles, any lossless compression, whole or floating-point values."""

from __future__ import annotations

import logging
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np
import tifffile

from lesionmeter.errors import FilmError
from lesionmeter.io.greyscale import check_size
from lesionmeter.io.raster.scan import Scan
from lesionmeter.model.radiograph import Polarity

MM_PER_UNIT: Final = {2: 25.4, 3: 10.0, 4: 1.0, 5: 0.001}
"""TIFF Resolution Unit to mm: inch, centimetre, and the millimetre and micrometre that some writers add."""

IMAGEJ_MM: Final = {"inch": 25.4, "cm": 10.0, "mm": 1.0, "micron": 0.001, "um": 0.001, "µm": 0.001, "\\u00B5m": 0.001}
GREY: Final = {0, 1}
COLOUR: Final = {2}


def read_tiff(path: Path, film: str) -> Scan:
    """Read the single page of a TIFF film.

    Raises
    ------
    FilmError
        If it has several pages, one bit, a palette, or data that are cut off or cannot be decoded.
    """
    logging.getLogger("tifffile").setLevel(logging.CRITICAL)  # its complaints come back as our one line
    try:
        with tifffile.TiffFile(path) as file:
            page = _only_page(file, film)
            _check_page(page, path, film)
            values = page.asarray()
            return Scan(np.asarray(values), _spacing(file, page), _polarity(page), _remarks(page), _device(page))
    except FilmError:
        raise
    except Exception as error:
        words = " ".join(str(error).split())[:120]
        raise FilmError(film, expected="a TIFF film", came=f"a file that cannot be decoded ({words})") from error


def _only_page(file: Any, film: str) -> Any:
    pages = [page for page in file.pages if not getattr(page, "is_reduced", False)]
    if len(pages) != 1:
        raise FilmError(film, expected="a single page", came=f"{len(pages)} pages", advice="save one page a file")
    return pages[0]


def _check_page(page: Any, path: Path, film: str) -> None:
    check_size(film, page.imagelength, page.imagewidth)
    if page.bitspersample == 1:
        raise FilmError(
            film, expected="8 to 16 bit grey", came="1 bit, black and white", advice="scan it again in grey"
        )
    if int(page.photometric) not in GREY | COLOUR:
        raise FilmError(film, expected="a grey film", came=f"{page.photometric.name.lower()} colours")
    ends = [start + count for start, count in zip(page.dataoffsets, page.databytecounts, strict=True)]
    if not ends or max(ends) > path.stat().st_size or min(page.databytecounts) == 0:
        raise FilmError(
            film,
            expected=f"{max(ends, default=1)} bytes",
            came=f"{path.stat().st_size}",
            advice="the file is cut off: copy or scan it again",
        )


def _polarity(page: Any) -> Polarity | None:
    """Min-is-white is set on purpose, so a film shown as usual has dense tissue low; min-is-black is mere habit."""
    return Polarity.INVERTED if int(page.photometric) == 0 else None


def _spacing(file: Any, page: Any) -> tuple[float, float] | None:
    unit_mm: float | None = MM_PER_UNIT.get(_tag(page, "ResolutionUnit", 1))
    if unit_mm is None and file.is_imagej:
        unit_mm = IMAGEJ_MM.get((file.imagej_metadata or {}).get("unit", ""))
    across, down = (_tag(page, name, None) for name in ("XResolution", "YResolution"))
    if unit_mm is None or not across or not down or not (across[0] and across[1] and down[0] and down[1]):
        return None
    return unit_mm / float(Fraction(*down)), unit_mm / float(Fraction(*across))


def _remarks(page: Any) -> tuple[str, ...]:
    remarks = []
    if (turn := _tag(page, "Orientation", 1)) != 1:
        remarks.append(f"orientation tag {turn} is not applied: rows and columns are those stored")
    if page.compression.name in ("JPEG", "OJPEG", "WEBP", "LERC") or page.compression.name.startswith("APERIO"):
        remarks.append("lossy compression")
    return tuple(remarks)


def _device(page: Any) -> str:
    return " ".join(str(_tag(page, name, "")).strip("\0 ") for name in ("Make", "Model")).strip()


def _tag(page: Any, name: str, default: Any) -> Any:
    tag = page.tags.get(name)
    return default if tag is None else tag.value
