"""One DICOM radiograph (CR, DX, or a film in a secondary capture) -> Radiograph."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pydicom.dataset import Dataset

from lesionmeter.io.dicom.header import check_is_radiograph, dates, laterality, numbers, open_header, remarks_on, text
from lesionmeter.io.dicom.pixels import decode, padding
from lesionmeter.io.dicom.presentation import polarity, presentation
from lesionmeter.io.dicom.spacing import spacing_claims
from lesionmeter.io.dicom.technique import technique
from lesionmeter.io.greyscale import check_picture, check_square
from lesionmeter.model.dates import PartialDate
from lesionmeter.model.radiograph import Radiograph

__all__ = ["DicomFilm", "read_dicom"]


@dataclass(frozen=True, eq=False)
class DicomFilm:
    """A radiograph and what only DICOM knows about it.

    Parameters
    ----------
    radiograph
        The film. Its date is the first of `dates`.
    patient_id
        Patient ID (0010,0020); empty if there is none.
    dates
        Every exam date that the file states, with its source, the most trusted first.
    """

    radiograph: Radiograph
    patient_id: str
    dates: tuple[tuple[PartialDate, str], ...]


def read_dicom(path: Path, film: str) -> DicomFilm:
    """Read one single-frame, single-channel radiograph as its stored values.

    Values are those stored, with neither modality nor VOI transformation; how the file asks to be shown is kept
    apart, as `Radiograph.presentation`.

    Parameters
    ----------
    path
        The file: DICOM part 10, or without its file meta, as ACR-NEMA files are.
    film
        The file's name as the user knows it.

    Raises
    ------
    FilmError
        If it is no radiograph (CT, MR, ultrasound ...), in colour, of several frames, or cannot be decoded.
    NotAFilm
        If it holds no picture, as a DICOMDIR or a report.
    """
    dataset = open_header(path, film)
    check_is_radiograph(dataset, film)
    pixels, bits, pixel_remarks = decode(dataset, film)
    check_picture(film, pixels)
    claims, spacing_remarks = spacing_claims(dataset, pixels.shape)
    if not claims:
        check_square(film, numbers(dataset, "PixelAspectRatio"))
    shown = presentation(dataset)
    dense, polarity_source, polarity_remarks = polarity(text(dataset, "PhotometricInterpretation"), shown)
    stated_dates = dates(dataset)
    date, date_source = stated_dates[0] if stated_dates else (None, "")
    radiograph = Radiograph(
        film=film,
        pixels=pixels,
        bits=bits,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        polarity=dense,
        polarity_source=polarity_source,
        date=date,
        date_source=date_source,
        laterality=laterality(dataset),
        claims=claims,
        padding=padding(dataset, pixels),
        presentation=shown,
        remarks=remarks_on(dataset) + pixel_remarks + spacing_remarks + polarity_remarks,
        technique=technique(dataset),
    )
    return DicomFilm(radiograph, _patient_id(dataset), stated_dates)


def _patient_id(dataset: Dataset) -> str:
    return text(dataset, "PatientID")
