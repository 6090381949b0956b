"""A scanned film (TIFF, PNG, JPEG) as a Secondary Capture object that says where its scale, date and side come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage

from lesionmeter.errors import FilmError
from lesionmeter.model.dates import PartialDate
from lesionmeter.model.geometry import Spacing, SpacingSource
from lesionmeter.model.radiograph import Polarity, Radiograph
from lesionmeter.report.dicom.content import dicom_date
from lesionmeter.report.dicom.source import COPIED, MAKER, made_uid

SCANNED: Final = {SpacingSource.RESOLUTION_TAG, SpacingSource.IMAGER_PIXEL_SPACING}
"""Sources that speak of the film's plane: Nominal Scanned Pixel Spacing (0018,2010)."""

OF_THE_PATIENT: Final = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex")


@dataclass(frozen=True)
class Owner:
    """Whose film: the patient's attributes by keyword, as the patient's DICOM films have them."""

    attributes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def owner_of(patient_id: str, headers: tuple[Dataset, ...]) -> Owner:
    """The patient of a folder: attributes of its first DICOM film, else the patient ID alone.

    Parameters
    ----------
    patient_id
        As the tables have it.
    headers
        Headers of the folder's DICOM films.
    """
    first = headers[0] if headers else Dataset()
    values = {keyword: str(first.get(keyword, "") or "") for keyword in OF_THE_PATIENT}
    return Owner(MappingProxyType(values | {"PatientID": patient_id}))


def capture_of(film: Radiograph, owner: Owner, polarity: str, sides: str) -> Dataset:
    """A film as a Secondary Capture object with the same stored values.

    The exam date stands in Study Date only if it is known to the day; Acquisition DateTime (0008,002A) holds it as
    precisely as it is known, since a DICOM date-time may end after the year. A film made dark on bright becomes
    MONOCHROME1: its values stay, and viewers show it as any radiograph.

    Parameters
    ----------
    film
        The film as read, with what its file and `films.csv` state.
    owner
        Whose it is.
    polarity
        `normal` or `inverted`.
    sides
        `L`, `R`, `LR` or empty.

    Raises
    ------
    FilmError
        If its values are no unsigned integers of 8 or 16 bits.
    """
    if film.pixels.dtype not in (np.uint8, np.uint16):
        came = f"values of type {film.pixels.dtype}"
        raise FilmError(film.film, expected="8 or 16 bit grey values", came=came, advice="save it as 16 bit TIFF")
    dataset = _identified(film, owner)
    _set_pixels(dataset, film, polarity)
    _set_scale(dataset, film.claims)
    _set_date(dataset, film.date)
    _set_side(dataset, sides)
    dataset.PatientOrientation = ""
    dataset.ImageComments = _origin(film)
    return dataset


def _identified(film: Radiograph, owner: Owner) -> Dataset:
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    for keyword in COPIED:
        setattr(dataset, keyword, owner.attributes.get(keyword, ""))
    dataset.SOPClassUID = SecondaryCaptureImageStorage
    dataset.StudyInstanceUID = made_uid("study", film.sha256)
    dataset.SeriesInstanceUID = made_uid("series", film.sha256)
    dataset.Modality, dataset.SeriesNumber, dataset.InstanceNumber = "OT", 1, 1
    dataset.SeriesDescription = "Digitised film"
    dataset.ConversionType, dataset.BodyPartExamined = "DF", "HAND"
    dataset.Manufacturer = ""
    dataset.SecondaryCaptureDeviceManufacturer = MAKER["manufacturer"]
    dataset.SecondaryCaptureDeviceManufacturerModelName = MAKER["manufacturer_model_name"]
    dataset.SecondaryCaptureDeviceSoftwareVersions = MAKER["software_versions"]
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    return dataset


def _set_pixels(dataset: Dataset, film: Radiograph, polarity: str) -> None:
    inverted = polarity == Polarity.INVERTED
    allocated = 8 * film.pixels.dtype.itemsize
    stored = min(max(film.bits, int(film.pixels.max()).bit_length()), allocated)
    dataset.Rows, dataset.Columns = film.shape
    dataset.SamplesPerPixel, dataset.PixelRepresentation = 1, 0
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = allocated, stored, stored - 1
    dataset.PhotometricInterpretation = "MONOCHROME1" if inverted else "MONOCHROME2"
    dataset.PresentationLUTShape = "INVERSE" if inverted else "IDENTITY"
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = 0, 1, "US"
    raw = np.ascontiguousarray(film.pixels.astype(film.pixels.dtype.newbyteorder("<"))).tobytes()
    dataset.PixelData = raw + b"\0" * (len(raw) % 2)
    dataset["PixelData"].VR = "OW" if allocated == 16 else "OB"


def _set_scale(dataset: Dataset, claims: tuple[Spacing, ...]) -> None:
    """What a scanner's tag claims is the spacing on the film; what a user states is Pixel Spacing (0028,0030).

    That has no Calibration Type: the standard knows fiducials and geometry only, and nobody says which it was.
    """
    for spacing in reversed(claims):  # of two of a kind the first, which is trusted more, stays
        pair = [f"{value:.10g}" for value in (spacing.row_mm, spacing.column_mm)]
        if spacing.source in SCANNED:
            dataset.NominalScannedPixelSpacing = pair
        else:
            dataset.PixelSpacing = pair


def _set_side(dataset: Dataset, sides: str) -> None:
    """Laterality knows one side only; a film of both hands says so by Image Laterality (0020,0062)."""
    if sides == "LR":
        dataset.ImageLaterality = "B"
    else:
        dataset.Laterality = sides


def _set_date(dataset: Dataset, date: PartialDate | None) -> None:
    if date is None:
        return
    dataset.AcquisitionDateTime = dicom_date(date)
    if date.day:
        dataset.StudyDate = dataset.AcquisitionDate = dicom_date(date)


def _origin(film: Radiograph) -> str:
    scale = film.claims[0].source if film.claims else "nobody"
    return f"Scale stated by: {scale}; date stated by: {film.date_source or 'nobody'}"
