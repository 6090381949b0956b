"""Open a DICOM header, and tell a radiograph from everything else that DICOM holds."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any, Final

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from lesionmeter.errors import FilmError
from lesionmeter.io.kinds import NotAFilm
from lesionmeter.model.dates import PartialDate

RADIOGRAPHS: Final = frozenset({"CR", "DX", "RG", "RF", "MG", "OT"})
"""Modalities read: projection radiography in all its kinds, and `OT`, which secondary captures of scanned films carry.

A hand may be filmed on a mammography or fluoroscopy unit; what is no hand is told later, from the picture.
"""

MODALITY_WORDS: Final = {
    "CT": "computed tomography (CT)",
    "MR": "magnetic resonance (MR)",
    "US": "ultrasound (US)",
    "XA": "angiography (XA)",
    "NM": "nuclear medicine (NM)",
    "PT": "positron emission (PT)",
    "XC": "a colour photograph (XC)",
    "RTIMAGE": "a radiotherapy image (RTIMAGE)",
}

NO_PICTURES: Final = frozenset({"PR", "SR", "KO", "DOC", "SEG", "REG", "FID", "PLAN", "RTSTRUCT", "RTPLAN", "RTDOSE"})
"""Modalities of objects that describe pictures; they lie beside films by right."""

HAND_PARTS: Final = re.compile(r"HAND|FINGER|THUMB|WRIST|CARP|EXTREMIT|DIGIT|PHALAN|ARM", re.IGNORECASE)
DICOMDIR: Final = "1.2.840.10008.1.3.10"
CUT_OFF: Final = "the file is cut off: copy or export it again"
SIDES: Final = {"L": "L", "R": "R", "B": "LR"}


def open_header(path: Path, film: str) -> Dataset:
    """Read a file's elements, supplying the file meta that ACR-NEMA files lack.

    Raises
    ------
    FilmError
        If it cannot be parsed.
    NotAFilm
        If it is a DICOMDIR or holds no pixels.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = pydicom.dcmread(path, force=True)
            _ = dataset.get("PixelData")
    except Exception as error:
        came = f"unreadable elements ({type(error).__name__})"  # its text may hold a value, and so a name
        raise FilmError(film, expected="a DICOM radiograph", came=came) from error
    meta = getattr(dataset, "file_meta", None) or FileMetaDataset()
    if meta.get("MediaStorageSOPClassUID", "") == DICOMDIR or "DirectoryRecordSequence" in dataset:
        raise NotAFilm(film, expected="a film", came="a DICOMDIR, an index of other files")
    if "SOPClassUID" not in dataset and "Modality" not in dataset:
        # pydicom drops all elements of a compressed film that ends too soon.
        raise FilmError(film, expected="a DICOM radiograph", came="one that ends too soon", advice=CUT_OFF)
    if "TransferSyntaxUID" not in meta:
        meta.TransferSyntaxUID = _guessed_syntax(dataset)
    dataset.file_meta = meta
    return dataset


def _guessed_syntax(dataset: Dataset) -> pydicom.uid.UID:
    implicit, little = dataset.original_encoding
    if implicit or implicit is None:
        return ImplicitVRLittleEndian
    return ExplicitVRLittleEndian if little else ExplicitVRBigEndian


def check_is_radiograph(dataset: Dataset, film: str) -> None:
    """Refuse whatever is not one frame of a projection radiograph in one channel.

    Raises
    ------
    FilmError
        If the modality, the channels or the number of frames is another.
    NotAFilm
        If the object holds no picture.
    """
    modality = text(dataset, "Modality").upper()
    if modality in NO_PICTURES or "Rows" not in dataset:
        raise NotAFilm(film, expected="a film", came=f"a DICOM object without a picture ({modality or 'no modality'})")
    if modality and modality not in RADIOGRAPHS:
        came = MODALITY_WORDS.get(modality, f"modality {modality}")
        raise FilmError(film, expected="a radiograph (CR, DX, or a scanned film)", came=came)
    if "PixelData" not in dataset:
        raise FilmError(film, expected="pixel data", came="a header without any", advice=CUT_OFF)
    frames = int(number(dataset, "NumberOfFrames") or 1)
    if frames != 1:
        raise FilmError(film, expected="a single film", came=f"{frames} frames", advice="export one frame a file")
    _check_monochrome(dataset, film)


def _check_monochrome(dataset: Dataset, film: str) -> None:
    photometric = text(dataset, "PhotometricInterpretation").upper()
    samples = int(number(dataset, "SamplesPerPixel") or 1)
    if samples != 1 or (photometric and not photometric.startswith("MONOCHROME")):
        raise FilmError(film, expected="one grey channel", came=f"colour ({photometric})")


def dates(dataset: Dataset) -> tuple[tuple[PartialDate, str], ...]:
    """Exam dates that the file states, with their sources: acquisition, then study."""
    stated = (
        ("AcquisitionDate", "acquisition date"),
        ("AcquisitionDateTime", "acquisition date"),
        ("StudyDate", "study date"),
    )
    found = ((_date(text(dataset, keyword)), source) for keyword, source in stated)
    return tuple((date, source) for date, source in found if date)


def _date(value: str) -> PartialDate | None:
    """A date, or the year or month of a date-time that ends there, as DICOM lets it (PS3.5, 6.2)."""
    match = re.match(r"(\d{4})\.?(\d{2})\.?(\d{2})", value) or re.fullmatch(r"(\d{4})(\d{2})?", value)
    try:
        return PartialDate(*(int(part) for part in match.groups() if part)) if match else None
    except ValueError:
        return None


def laterality(dataset: Dataset) -> str:
    """`L`, `R`, `LR` or empty, by Image Laterality (0020,0062), else Laterality (0020,0060)."""
    stated = (text(dataset, keyword).upper() for keyword in ("ImageLaterality", "Laterality"))
    return next((SIDES[side] for side in stated if side in SIDES), "")


def remarks_on(dataset: Dataset) -> tuple[str, ...]:
    """What a reader should know from the header: another body part, a scanned film's date."""
    remarks = []
    part = text(dataset, "BodyPartExamined")
    if part and not HAND_PARTS.search(part):
        remarks.append(f"the file calls the body part {part}, not a hand")
    if text(dataset, "ConversionType") in ("DF", "SD"):
        remarks.append("a digitised film: its dates may be those of scanning")
    return tuple(remarks)


def text(dataset: Dataset, keyword: str) -> str:
    """An element's value as text; empty if it is missing or malformed."""
    value = element(dataset, keyword)
    return "" if value is None else str(value).strip().strip("\0")


def number(dataset: Dataset, keyword: str) -> float | None:
    """An element's (first) value as a number; None if it is missing or malformed."""
    return next(iter(numbers(dataset, keyword)), None)


def numbers(dataset: Dataset, keyword: str) -> tuple[float, ...]:
    """An element's values as numbers; none if it is missing or any is malformed."""
    value = element(dataset, keyword)
    if value is None or value == "":
        return ()
    values = [value] if isinstance(value, str | int | float) else value
    try:
        return tuple(float(item) for item in values)
    except (TypeError, ValueError):
        return ()


def element(dataset: Dataset, keyword: str) -> Any:
    """An element's value, None if it is missing or cannot be parsed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return dataset.get(keyword)
    except Exception:  # a malformed element of no interest must not cost the film
        return None
