"""Tiny films in every format, made on the spot."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

CR = "1.2.840.10008.5.1.4.1.1.1"


def grain(rows: int = 64, columns: int = 48, bits: int = 12, seed: int = 7) -> np.ndarray:
    """A film of nothing but grain: no two neighbours alike."""
    values = np.random.default_rng(seed).integers(1, 1 << bits, (rows, columns))
    values[0, :2] = 0, (1 << bits) - 1
    return values.astype(np.uint16 if bits > 8 else np.uint8)


def write_dicom(
    path: Path,
    pixels: np.ndarray | None = None,
    frame: bytes | None = None,
    syntax: str = ExplicitVRLittleEndian,
    **elements: Any,
) -> Path:
    """Write a CR film of patient P1; `elements` override or, as None, remove; `frame` is a compressed picture."""
    pixels = grain() if pixels is None else pixels
    dataset = Dataset()
    stated = {"SOPClassUID": CR, "SOPInstanceUID": "1.2.3", "Modality": "CR", "PatientID": "P1"}
    stated |= {"Rows": pixels.shape[0], "Columns": pixels.shape[1], "SamplesPerPixel": 1}
    stated |= {"BitsAllocated": pixels.dtype.itemsize * 8, "BitsStored": min(pixels.dtype.itemsize * 8, 12)}
    stated |= {"PixelRepresentation": int(pixels.dtype.kind == "i"), "PhotometricInterpretation": "MONOCHROME2"}
    stated |= elements
    stated.setdefault("HighBit", stated["BitsStored"] - 1)
    raw = pixels.astype(pixels.dtype.newbyteorder(">" if syntax == ExplicitVRBigEndian else "<")).tobytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for keyword, value in stated.items():
            if value is not None:
                setattr(dataset, keyword, value)
        dataset.PixelData = encapsulate([frame]) if frame else raw
        dataset["PixelData"].VR = "OB" if frame or pixels.dtype.itemsize == 1 else "OW"
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = syntax
        dataset.file_meta.MediaStorageSOPClassUID, dataset.file_meta.MediaStorageSOPInstanceUID = CR, "1.2.3"
        implicit, little = syntax == ImplicitVRLittleEndian, syntax != ExplicitVRBigEndian
        pydicom.dcmwrite(path, dataset, implicit_vr=implicit, little_endian=little, enforce_file_format=True)
    return path


@pytest.fixture(name="grain")
def grain_film() -> np.ndarray:
    return grain()


@pytest.fixture
def dicom(tmp_path: Path) -> Callable[..., Path]:
    """Write a DICOM film into the test's folder."""

    def write(name: str = "film.dcm", **options: Any) -> Path:
        return write_dicom(tmp_path / name, **options)

    return write
