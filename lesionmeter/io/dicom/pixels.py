"""DICOM pixel data -> stored values, whole or refused."""

from __future__ import annotations

import copy
import warnings
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, RLELossless

from lesionmeter.errors import FilmError
from lesionmeter.io.dicom.header import CUT_OFF, number, text
from lesionmeter.io.greyscale import check_size

LOSSY: Final = frozenset(
    {
        "1.2.840.10008.1.2.4.50",
        "1.2.840.10008.1.2.4.51",
        "1.2.840.10008.1.2.4.81",
        "1.2.840.10008.1.2.4.91",
    }
)
"""JPEG baseline and extended, JPEG-LS near-lossless, JPEG 2000: what these drop is gone from a border's place too."""

JPEG_END: Final = b"\xff\xd9"
"""The marker that ends JPEG, JPEG-LS and JPEG 2000 pictures alike."""

TAIL_BYTES: Final = 32
"""Where that marker must be: the end of the last fragment, its filling, and the delimiter after it."""


def decode(dataset: Dataset, film: str) -> tuple[NDArray[Any], int, tuple[str, ...]]:
    """The (rows, columns) stored values in the machine's byte order, the bits stored, and remarks.

    Raises
    ------
    FilmError
        If the header is not that of 8 to 16 bit pixels, or the pixel data are cut off or cannot be decoded.
    """
    rows, columns = (int(number(dataset, keyword) or 0) for keyword in ("Rows", "Columns"))
    check_size(film, rows, columns)
    bits = _checked_bits(dataset, film)
    _check_length(dataset, film, rows * columns)
    low = _low_bits(dataset, bits)
    values = _native(_complete(dataset, int(dataset.BitsAllocated) if low else bits), film)
    if values.shape != (rows, columns):
        raise FilmError(film, expected=f"{rows} x {columns} values", came=f"values of shape {values.shape}")
    return _stored_bits(values, bits, low), bits, _compression_remarks(dataset)


def _checked_bits(dataset: Dataset, film: str) -> int:
    allocated = int(number(dataset, "BitsAllocated") or 0)
    stored = int(number(dataset, "BitsStored") or allocated)
    if allocated not in (8, 16) or not 1 < stored <= allocated:
        raise FilmError(film, expected="8 or 16 bits allocated a pixel", came=f"{allocated} allocated, {stored} stored")
    return stored


def _check_length(dataset: Dataset, film: str, pixels: int) -> None:
    came, expected = len(dataset.PixelData), pixels * int(dataset.BitsAllocated) // 8
    if _is_jpeg(dataset):
        # Decoders fill up a picture that ends too soon, and say nothing.
        if JPEG_END not in dataset.PixelData[-TAIL_BYTES:]:
            raise FilmError(film, expected="an end of the compressed picture", came="none", advice=CUT_OFF)
    elif dataset.file_meta.TransferSyntaxUID != RLELossless and came < expected:
        raise FilmError(film, expected=f"{expected} bytes of pixel data", came=f"{came}", advice=CUT_OFF)


def _is_jpeg(dataset: Dataset) -> bool:
    syntax = dataset.file_meta.TransferSyntaxUID
    return bool(syntax.is_compressed) and syntax not in (RLELossless, DeflatedExplicitVRLittleEndian)


def _syntax(dataset: Dataset) -> str:
    return f"pixels in {dataset.file_meta.TransferSyntaxUID.name}"


def _complete(dataset: Dataset, bits: int) -> Dataset:
    """A copy with all that pydicom needs to decode, which old files lack; `bits` are those not to be dropped yet."""
    whole = copy.deepcopy(dataset)
    whole.BitsStored, whole.HighBit = bits, bits - 1
    for keyword, usual in {"SamplesPerPixel": 1, "PixelRepresentation": 0}.items():
        setattr(whole, keyword, int(number(dataset, keyword) or usual))
    whole.PhotometricInterpretation = text(dataset, "PhotometricInterpretation") or "MONOCHROME2"
    return whole


def _native(dataset: Dataset, film: str) -> NDArray[Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            values = dataset.pixel_array
    except Exception as error:
        came = "pixel data that cannot be decoded"
        advice = "copy it again, or export it uncompressed"
        raise FilmError(film, expected=_syntax(dataset), came=came, advice=advice) from error
    return np.ascontiguousarray(values.astype(values.dtype.newbyteorder("="), copy=False))


def _low_bits(dataset: Dataset, stored: int) -> int:
    """How many unused bits lie below the stored ones by High Bit (0028,0102); compressed pictures have none."""
    high, allocated = number(dataset, "HighBit"), int(dataset.BitsAllocated)
    return 0 if high is None or _is_jpeg(dataset) else min(max(int(high) + 1 - stored, 0), allocated - stored)


def _stored_bits(values: NDArray[Any], stored: int, low: int) -> NDArray[Any]:
    """Drop what lies outside the stored bits, such as old overlays, and restore the sign."""
    size = values.dtype.itemsize * 8
    if low and np.any(values & np.array((1 << low) - 1, dtype=values.dtype)):
        low = 0  # bits that High Bit calls unused are in use: it is wrong, and believing it would coarsen the film
    # Up to the top, dropping what is above the stored bits, then down again; signed types carry their sign along.
    return (values << (size - stored - low)) >> (size - stored)


def _compression_remarks(dataset: Dataset) -> tuple[str, ...]:
    lossy = dataset.file_meta.TransferSyntaxUID in LOSSY or text(dataset, "LossyImageCompression") == "01"
    return ("lossy compression",) if lossy else ()


def padding(dataset: Dataset, pixels: NDArray[Any]) -> NDArray[np.bool_] | None:
    """(rows, columns) true where Pixel Padding Value (0028,0120), up to its Range Limit, says that nothing was exposed.

    None where the file says nothing, or no pixel has that value.
    """
    value = number(dataset, "PixelPaddingValue")
    if value is None:
        return None
    limit = number(dataset, "PixelPaddingRangeLimit")
    low, high = sorted(_as_stored(v, pixels.dtype) for v in (value, value if limit is None else limit))
    mask: NDArray[np.bool_] = (pixels >= low) & (pixels <= high)
    return mask if mask.any() else None


def _as_stored(value: float, dtype: np.dtype[Any]) -> int:
    """A padding value with the wrong sign for its pixels, as many files have it, put right."""
    whole, bits = int(value), dtype.itemsize * 8
    if dtype.kind == "i" and whole >= 1 << (bits - 1):
        return whole - (1 << bits)
    if dtype.kind == "u" and whole < 0:
        return whole + (1 << bits)
    return whole
