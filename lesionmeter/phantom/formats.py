"""Simulated films as files. The same pixels and labels give the same bytes: no clock, no random identifier."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

from lesionmeter.phantom.spec import FilmSpec

Pixels = NDArray[np.uint8] | NDArray[np.uint16]

SOURCE_TO_DETECTOR_MM, SOURCE_TO_HAND_MM = 1000.0, 985.0
"""Distances written with an imager pixel spacing: the hand lies 15 mm above the detector."""

STORAGE = {"cr": UID("1.2.840.10008.5.1.4.1.1.1"), "dx": UID("1.2.840.10008.5.1.4.1.1.1.1")}
WRITER = UID("2.25.302174466187126541213463286731560912753")
"""Implementation class UID of the simulator."""


@dataclass(frozen=True)
class Label:
    """What a file says of its film: the patient's ID, the film's specification and number, and the study's seed."""

    patient: str
    film: FilmSpec
    number: int
    seed: int


def write_film(path: Path, pixels: Pixels, label: Label) -> None:
    """Write one film in the format that its specification names."""
    if label.film.format == "tiff":
        _write_tiff(path, pixels, label.film)
    elif label.film.format in STORAGE:
        dicom_film(pixels, label).save_as(path, enforce_file_format=True)
    elif label.film.format == "jpeg":
        Image.fromarray(pixels).save(path, quality=95)
    else:
        Image.fromarray(pixels).save(path, optimize=False)


def write_labels(path: Path, labels: NDArray[np.uint16]) -> None:
    """Write a label image as TIFF."""
    tifffile.imwrite(path, labels, compression="zlib", software=False)


def _write_tiff(path: Path, pixels: Pixels, film: FilmSpec) -> None:
    per_unit = {"inch": (25.4 / film.spacing_mm, "INCH"), "cm": (10.0 / film.spacing_mm, "CENTIMETER")}
    resolution, unit = per_unit.get(film.stated, (None, None))
    tifffile.imwrite(
        path,
        pixels,
        compression="zlib",
        predictor=True,
        software=False,
        metadata=None,
        resolution=None if resolution is None else (resolution, resolution),
        resolutionunit=unit,
    )


def dicom_film(pixels: Pixels, label: Label) -> Dataset:
    """A CR or DX object of one film.

    Its UIDs come from the patient's ID, the seed and the film's number, so that the same study has the same objects.
    """
    film, film_set = label.film, Dataset()
    film_set.file_meta = _file_meta(STORAGE[film.format], _uid(label, "instance"))
    film_set.SOPClassUID, film_set.SOPInstanceUID = STORAGE[film.format], _uid(label, "instance")
    film_set.StudyInstanceUID, film_set.SeriesInstanceUID = _uid(label, "study"), _uid(label, "series")
    film_set.PatientID, film_set.PatientName = label.patient, f"SIMULATED^{label.patient}"
    film_set.PatientBirthDate, film_set.PatientSex = "", "O"
    film_set.StudyDate = film_set.AcquisitionDate = "".join([*film.date.split("-"), "01", "01"][:3])
    film_set.StudyTime, film_set.AccessionNumber, film_set.ReferringPhysicianName = "", "", ""
    film_set.StudyID, film_set.SeriesNumber, film_set.InstanceNumber = str(label.number + 1), "1", "1"
    film_set.Modality, film_set.Manufacturer = film.format.upper(), "lesionmeter phantom"
    film_set.BodyPartExamined, film_set.ViewPosition, film_set.PatientOrientation = "HAND", "PA", ["R", "F"]
    film_set.ImageLaterality = "B" if film.hands == "LR" else film.hands
    _add_spacing(film_set, film)
    _add_pixels(film_set, pixels, film)
    return film_set


def _add_spacing(film_set: Dataset, film: FilmSpec) -> None:
    if film.stated == "pixel":
        film_set.PixelSpacing = [f"{film.spacing_mm:.6g}"] * 2
    elif film.stated == "imager":
        at_detector = film.spacing_mm * SOURCE_TO_DETECTOR_MM / SOURCE_TO_HAND_MM
        film_set.ImagerPixelSpacing = [f"{at_detector:.8g}"] * 2
        film_set.DistanceSourceToDetector = f"{SOURCE_TO_DETECTOR_MM:g}"
        film_set.DistanceSourceToPatient = f"{SOURCE_TO_HAND_MM:g}"


def _add_pixels(film_set: Dataset, pixels: Pixels, film: FilmSpec) -> None:
    film_set.Rows, film_set.Columns = pixels.shape
    film_set.SamplesPerPixel, film_set.PixelRepresentation = 1, 0
    film_set.PhotometricInterpretation = "MONOCHROME1" if film.negative else "MONOCHROME2"
    film_set.BitsAllocated, film_set.BitsStored, film_set.HighBit = 8 * pixels.itemsize, film.bits, film.bits - 1
    film_set.WindowCenter, film_set.WindowWidth = str(1 << (film.bits - 1)), str(1 << film.bits)
    film_set.PixelData = pixels.tobytes() + b"\0" * (pixels.nbytes % 2)


def _file_meta(storage: UID, instance: UID) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = storage, instance
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID, meta.ImplementationVersionName = WRITER, "LESIONMETER"
    return meta


def _uid(label: Label, level: str) -> UID:
    sources = ["lesionmeter phantom", label.patient, str(label.seed), str(label.number), level]
    return UID(generate_uid(entropy_srcs=sources))
