"""Objects as files: written whole or not at all, and checked before they are believed."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pydicom
from pydicom.dataset import Dataset

from lesionmeter.io.pacs.objects import Instance, Refused, Row
from lesionmeter.io.whole_file import PARTIAL, write_whole

COLUMNS: Final = ("object", "outcome", "reason")


def place(folder: Path, instance: Instance) -> Path:
    """The file of an object; its name is the object's UID."""
    return folder / f"{instance.sop_uid}.dcm"


def is_there(folder: Path, instance: Instance) -> bool:
    """Whether an object lies in the folder whole."""
    path = place(folder, instance)
    if not path.is_file():
        return False
    try:
        return str(_parsed(path.read_bytes()).SOPInstanceUID) == instance.sop_uid
    except Exception:  # whatever is wrong with the file, it is to be fetched again
        return False


def check_answer(data: bytes, instance: Instance, patient_id: str) -> None:
    """Refuse what is not the object that was asked for, whole and of that patient.

    Raises
    ------
    Refused
        If it is anything else.
    """
    try:
        dataset = _parsed(data)
    except Exception as error:
        came = f"expected a DICOM object, came bytes that cannot be parsed ({type(error).__name__})"
        raise Refused(came) from error
    if str(dataset.get("SOPInstanceUID", "")) != instance.sop_uid:
        raise Refused("expected the object that was asked for, came another UID")
    if str(dataset.get("PatientID", "")).strip() != patient_id.strip():
        raise Refused("expected an object of the patient asked for, came another patient's")
    _check_pixels(dataset)


def _parsed(data: bytes) -> Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pydicom.dcmread(io.BytesIO(data))


def _check_pixels(dataset: Dataset) -> None:
    """Refuse a picture that ends too soon."""
    if "Rows" not in dataset:
        return
    if "PixelData" not in dataset:
        raise Refused("expected pixel data, came a header without any")
    syntax = dataset.file_meta.TransferSyntaxUID
    if syntax.is_compressed:
        return  # its length is not known before it is decoded; fragments that end too soon do not parse
    bits = int(dataset.BitsAllocated) * int(dataset.get("SamplesPerPixel", 1) or 1)
    frames = int(dataset.get("NumberOfFrames", 1) or 1)
    expected = (int(dataset.Rows) * int(dataset.Columns) * bits * frames + 7) // 8
    if len(dataset.PixelData) < expected:
        raise Refused(f"expected {expected} bytes of pixel data, came {len(dataset.PixelData)}")


def land(folder: Path, instance: Instance, data: bytes) -> None:
    """Write an object beside its place, flush it, and give it its name.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    write_whole(place(folder, instance), data)


def clear_partials(folder: Path) -> None:
    """Remove what a killed transfer left half written."""
    for partial in folder.glob(f".*{PARTIAL}"):
        partial.unlink(missing_ok=True)


def write_rows(rows: Iterable[Row], path: Path) -> None:
    """Write a table of what came of each object; columns object, outcome, reason."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((row.object, row.outcome, row.reason) for row in rows)
    write_whole(path, text.getvalue().encode())
