"""The film that findings point to, as DICOM has it, and the identifiers of what is made from it."""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass
from importlib.metadata import version
from io import BytesIO
from typing import Any, Final

import pydicom
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from lesionmeter.errors import FilmError
from lesionmeter.model.codes import PROGRAM

NAMESPACE: Final = uuid.UUID("3a745b29-8d17-5593-8511-3c37c0cc6460")
NEEDED: Final = ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")
COPIED: Final = (
    "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyID",
    "AccessionNumber", "ReferringPhysicianName",
)  # fmt: skip
"""Attributes that every object of a study must carry, empty where unknown."""

MAKER: Final[dict[str, Any]] = {
    "manufacturer": PROGRAM,
    "manufacturer_model_name": PROGRAM,
    "software_versions": version(PROGRAM),
    "device_serial_number": "none",
}
CLOCKED: Final = ("InstanceCreation", "Content", "PresentationCreation", "Series")
"""Attributes that highdicom takes from the clock: each with a date and a time."""


@dataclass(frozen=True, eq=False)
class Source:
    """One film as DICOM has it.

    Parameters
    ----------
    film
        Its name in the assessment.
    header
        Its attributes without the pixels, with all that findings copy from it.
    """

    film: str
    header: Dataset


def source_of(film: str, dataset: Dataset) -> Source:
    """The header that findings are tied to, completed where old files lack what must be there, if only empty.

    Parameters
    ----------
    film
        The film's name in the assessment.
    dataset
        The film's object.

    Raises
    ------
    FilmError
        If it lacks a UID that findings must cite.
    """
    missing = [keyword for keyword in NEEDED if not dataset.get(keyword)]
    if missing:
        raise FilmError(
            film,
            expected=f"a DICOM film with {', '.join(NEEDED)}",
            came=f"one without {missing[0]}",
            advice="findings cannot cite it; send it through a PACS, which gives it one, or export it anew",
        )
    header = copy.deepcopy(Dataset({tag: dataset[tag] for tag in list(dataset.keys()) if tag.group < 0x7FE0}))
    header.file_meta = dataset.file_meta
    for keyword in COPIED:
        if keyword not in header:
            setattr(header, keyword, "")
    if not header.get("PatientOrientation"):
        header.PatientOrientation = ""
    return Source(film, header)


def made_uid(*parts: str) -> str:
    """A UID that is the same for the same parts, by UUID (PS3.5, B.2).

    Examples
    --------
    >>> made_uid("study", "1") == made_uid("study", "1"), len(made_uid("study", "1")) <= 64
    (True, True)
    """
    return f"2.25.{uuid.uuid5(NAMESPACE, '|'.join(parts)).int}"


def stamped(dataset: Dataset, at: dt.datetime) -> Dataset:
    """The object with the time given and a UID that follows from its content, so that making it again gives it again.

    Parameters
    ----------
    dataset
        A new object; it is changed.
    at
        When the findings were made.
    """
    for name in CLOCKED:
        if f"{name}Date" in dataset:
            setattr(dataset, f"{name}Date", at.strftime("%Y%m%d"))
            setattr(dataset, f"{name}Time", at.strftime("%H%M%S"))
    _set_dimensions(dataset)
    for equipment in dataset.get("ContributingEquipmentSequence", []):
        if "ContributionDateTime" in equipment:
            del equipment.ContributionDateTime
    _name(dataset, made_uid("unnamed"))
    _name(dataset, made_uid("object", hashlib.sha256(written(dataset)).hexdigest()))
    return dataset


def _name(dataset: Dataset, uid: str) -> None:
    dataset.SOPInstanceUID = uid
    dataset.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.UID(uid)


def written(dataset: Dataset) -> bytes:
    """The bytes of the object's file."""
    stream = BytesIO()
    pydicom.dcmwrite(stream, dataset, enforce_file_format=True)
    return stream.getvalue()


def _set_dimensions(dataset: Dataset) -> None:
    """Highdicom makes a random UID for the organization of the dimensions; ours follows from the series."""
    fixed = made_uid("dimensions", str(dataset.SeriesInstanceUID))

    def fix(_: Dataset, element: DataElement) -> Any:
        if element.keyword == "DimensionOrganizationUID":
            element.value = fixed

    dataset.walk(fix)
