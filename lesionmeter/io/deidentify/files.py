"""Films as files without identity: DICOM with its pixels written anew, and every scan as a bare TIFF."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np
import pydicom
import tifffile
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from lesionmeter.io.greyscale import single_channel
from lesionmeter.io.kinds import kind_of
from lesionmeter.io.raster import READERS
from lesionmeter.io.raster.scan import Scan
from lesionmeter.model.radiograph import Polarity

FINEST: Final = 1_000_000
"""Largest denominator of a resolution tag: ten digits of a spacing survive."""

SECONDARY_CAPTURE: Final = UID("1.2.840.10008.5.1.4.1.1.7")
MM_PER_INCH: Final = Fraction("25.4")


def write_dicom(path: Path, header: Dataset, pixels: NDArray[Any], bits: int) -> None:
    """Write a film uncompressed: nothing hides in a compressed stream, or in bits above those stored.

    Parameters
    ----------
    path
        The file.
    header
        All elements but the pixel data.
    pixels
        (rows, columns) stored values.
    bits
        Bits stored.
    """
    film = _with_pixels(header, pixels, bits)
    film.file_meta = FileMetaDataset()
    film.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    film.file_meta.MediaStorageSOPClassUID = film.get("SOPClassUID") or SECONDARY_CAPTURE
    film.file_meta.MediaStorageSOPInstanceUID = film.get("SOPInstanceUID") or pydicom.uid.generate_uid()
    pydicom.dcmwrite(path, film, enforce_file_format=True)


def _with_pixels(header: Dataset, pixels: NDArray[Any], bits: int) -> Dataset:
    film = Dataset()
    film.update(header)
    film.Rows, film.Columns = pixels.shape
    film.SamplesPerPixel, film.PixelRepresentation = 1, int(pixels.dtype.kind == "i")
    film.PhotometricInterpretation = film.get("PhotometricInterpretation") or "MONOCHROME2"
    film.BitsAllocated, film.BitsStored, film.HighBit = 8 * pixels.itemsize, bits, bits - 1
    little = pixels.astype(pixels.dtype.newbyteorder("<"), copy=False)
    film.PixelData = little.tobytes() + b"\0" * (pixels.nbytes % 2)
    film["PixelData"].VR = "OW" if pixels.itemsize > 1 else "OB"
    return film


def header_bytes(dataset: Dataset) -> bytes:
    """A header without its pixel data, as explicit little endian elements."""
    bare = Dataset()
    bare.update({element.tag: element for element in dataset if element.tag.group != 0x7FE0})
    file = io.BytesIO()
    pydicom.dcmwrite(file, bare, implicit_vr=False, little_endian=True)
    return file.getvalue()


def header_from(data: bytes) -> Dataset:
    """The header of `header_bytes`."""
    return pydicom.dcmread(io.BytesIO(data), force=True)


def read_scan(path: Path, film: str) -> Scan:
    """A scan's one grey channel as stored, and what its file states.

    Raises
    ------
    FilmError
        If it is no grey TIFF, PNG or JPEG.
    """
    scan = READERS[kind_of(path, film)](path, film)
    channel, _ = single_channel(film, scan.values)
    return Scan(np.asarray(channel), scan.spacing_mm, scan.polarity, scan.remarks)


def write_scan(path: Path, pixels: NDArray[Any], scan: Scan) -> None:
    """Write a scan as a TIFF with its pixels, its resolution and its polarity, and nothing else."""
    resolution = None
    if scan.spacing_mm:
        down, across = (_per_inch(mm) for mm in scan.spacing_mm)
        resolution = (across, down)
    tifffile.imwrite(
        path,
        pixels,
        compression="zlib",
        predictor=pixels.dtype.kind in "ui",
        software=False,
        metadata=None,
        photometric="miniswhite" if scan.polarity is Polarity.INVERTED else "minisblack",
        resolution=resolution,
        resolutionunit="INCH" if resolution else None,
    )


def _per_inch(mm: float) -> tuple[int, int]:
    """Pixels an inch, as a fraction of whole numbers of 32 bits."""
    exact = (MM_PER_INCH / Fraction(mm)).limit_denominator(FINEST)
    while exact.numerator >= 2**32:
        exact = exact.limit_denominator(exact.denominator // 2)
    return exact.numerator, exact.denominator
