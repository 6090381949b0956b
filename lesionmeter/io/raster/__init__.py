"""One scanned film (TIFF, PNG, JPEG) -> Radiograph; no spacing unless its file states one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from lesionmeter.errors import FilmError
from lesionmeter.io.greyscale import bits_used, check_picture, check_square, single_channel
from lesionmeter.io.kinds import Kind, kind_of
from lesionmeter.io.raster.picture import read_jpeg, read_png
from lesionmeter.io.raster.scan import spacing_claims
from lesionmeter.io.raster.tiff import read_tiff
from lesionmeter.model.radiograph import Pixels, Radiograph, Technique

__all__ = ["read_raster"]

READERS = {Kind.TIFF: read_tiff, Kind.PNG: read_png, Kind.JPEG: read_jpeg}


def read_raster(path: Path, film: str) -> Radiograph:
    """Read one scanned film as its stored values.

    Dates and sides do not stand in such files, nor does the polarity, but for a TIFF that is marked min-is-white.

    Parameters
    ----------
    path
        The file.
    film
        Its name as the user knows it.

    Raises
    ------
    FilmError
        If it is in colour, of several pages or of one bit, cut off, or cannot be decoded.
    NotAFilm
        If it is a label image.
    """
    kind = kind_of(path, film)
    if kind not in READERS:
        raise FilmError(film, expected="a TIFF, PNG or JPEG film", came=f"a {kind} file")
    scan = READERS[kind](path, film)
    channel, channel_remarks = single_channel(film, scan.values)
    pixels, padding, value_remarks = _whole(film, channel)
    check_picture(film, pixels)
    claims, spacing_remarks = spacing_claims(scan, pixels.shape)
    if not claims:
        check_square(film, scan.spacing_mm or ())
    return Radiograph(
        film=film,
        pixels=pixels,
        bits=bits_used(pixels),
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        polarity=scan.polarity,
        polarity_source="photometric interpretation" if scan.polarity else "",
        claims=claims,
        padding=padding,
        remarks=scan.remarks + channel_remarks + value_remarks + spacing_remarks,
        technique=Technique("picture file", scan.device),
    )


def _whole(film: str, values: Pixels) -> tuple[Pixels, Pixels | None, tuple[str, ...]]:
    """Values of a type that stages take, and where there were none (NaN, infinity)."""
    if values.dtype.kind == "f":
        known = np.isfinite(values)
        if not known.any():
            raise FilmError(film, expected="numbers", came="no finite value")
        floats = values.astype(np.float32)
        if known.all():
            return floats, None, ()
        floats[~known] = floats[known].min()
        return floats, ~known, ("values that are no numbers were taken as not exposed",)
    if values.dtype.itemsize > 2:
        low, high = int(values.min()), int(values.max())
        if low < 0 or high > np.iinfo(np.uint16).max:
            raise FilmError(film, expected="values of 8 to 16 bits", came=f"values from {low} to {high}")
        return values.astype(np.uint16), None, ()
    return np.ascontiguousarray(values.astype(values.dtype.newbyteorder("="), copy=False)), None, ()
