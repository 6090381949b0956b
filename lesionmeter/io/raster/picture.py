"""PNG and JPEG scans."""

from __future__ import annotations

import struct
import warnings
from pathlib import Path
from typing import Any, Final

import imagecodecs
import numpy as np
from PIL import Image

from lesionmeter.errors import FilmError
from lesionmeter.io.greyscale import check_size
from lesionmeter.io.raster.scan import Scan

PNG_HEADER: Final = struct.Struct(">II B B")
PNG_HEADER_AT: Final = 16
PNG_PALETTE: Final = 3
EXIF_ORIENTATION: Final = 0x0112


def read_png(path: Path, film: str) -> Scan:
    """Read an 8 or 16 bit PNG film.

    Raises
    ------
    FilmError
        If it has fewer bits or a palette, or cannot be decoded.
    """
    data = path.read_bytes()
    if len(data) < PNG_HEADER_AT + PNG_HEADER.size:
        raise _undecodable(film, "PNG", "it ends in its header")
    columns, rows, bits, colour_type = PNG_HEADER.unpack_from(data, PNG_HEADER_AT)
    check_size(film, rows, columns)
    if bits < 8 or colour_type == PNG_PALETTE:
        raise FilmError(
            film,
            expected="8 or 16 bit grey",
            came="a palette" if colour_type == PNG_PALETTE else f"{bits} bit",
            advice="scan or export it in grey",
        )
    spacing, remarks = _about(path, film)
    try:
        values = imagecodecs.png_decode(data)
    except Exception as error:
        raise _undecodable(film, "PNG", str(error)) from error
    return Scan(np.asarray(values), spacing, remarks=remarks)


def read_jpeg(path: Path, film: str) -> Scan:
    """Read a JPEG film.

    Raises
    ------
    FilmError
        If it is a print's colours (CMYK), or cut off, or cannot be decoded.
    """
    spacing, remarks = _about(path, film)
    try:
        with _opened(path) as picture:
            if picture.mode not in ("L", "RGB"):
                raise FilmError(film, expected="a grey film", came=f"{picture.mode} colours")
            values = np.asarray(picture)
    except FilmError:
        raise
    except Exception as error:
        raise _undecodable(film, "JPEG", str(error)) from error
    return Scan(values, spacing, remarks=("lossy compression", *remarks))


def _about(path: Path, film: str) -> tuple[tuple[float, float] | None, tuple[str, ...]]:
    """Resolution and remarks from a picture's header, its size checked."""
    try:
        with _opened(path) as picture:
            check_size(film, picture.height, picture.width)
            turn = picture.getexif().get(EXIF_ORIENTATION, 1)
            dpi = _resolution(picture)
    except FilmError:
        raise
    except Exception as error:
        raise _undecodable(film, path.suffix.lstrip(".").upper() or "picture", str(error)) from error
    remarks = () if turn == 1 else (f"orientation tag {turn} is not applied: rows and columns are those stored",)
    return dpi, remarks


def _resolution(picture: Image.Image) -> tuple[float, float] | None:
    """(row, column) spacing in mm from the pHYs chunk or the JFIF density, None without a unit."""
    across, down = picture.info.get("dpi", (0, 0))
    return (25.4 / float(down), 25.4 / float(across)) if across and down else None


def _opened(path: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit decides
        return Image.open(path)


def _undecodable(film: str, kind: str, words: str) -> FilmError:
    detail = " ".join(words.split())[:120]
    return FilmError(
        film,
        expected=f"a {kind} film",
        came=f"a file that cannot be decoded ({detail})",
        advice="it may be cut off: copy or scan it again",
    )
