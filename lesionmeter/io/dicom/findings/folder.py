"""A folder of DICOM objects -> the findings in it, ours and others', with a line for each that is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pydicom
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import SegmentationStorage

from lesionmeter.errors import StudyError
from lesionmeter.io.dicom.findings.content import groups
from lesionmeter.io.dicom.findings.foreign import ForeignOutline, of_report, of_segmentation
from lesionmeter.io.dicom.findings.own import OwnReport, is_own, own_report
from lesionmeter.io.dicom.findings.rebuild import rebuilt, renamed
from lesionmeter.io.dicom.findings.segments import Segmented, segmented
from lesionmeter.io.dicom.header import NO_PICTURES
from lesionmeter.model.findings import Assessment

DAMAGED: Final = (ValueError, AttributeError, KeyError, IndexError, TypeError)
"""What a malformed object raises, wherever its elements are missing or of the wrong kind."""


@dataclass(frozen=True)
class Refusal:
    """An object that was not taken over, and why."""

    file: str
    reason: str


@dataclass(frozen=True, eq=False)
class Findings:
    """What a folder's objects say.

    Parameters
    ----------
    own
        The assessment by our own reports and segmentations; None if there is no such report.
    foreign
        What other programs outlined.
    films
        Name of each film in the folder, by its UID.
    refused
        Objects of findings that were not taken over.
    """

    own: Assessment | None
    foreign: tuple[ForeignOutline, ...]
    films: Mapping[str, str]
    refused: tuple[Refusal, ...]


@dataclass(frozen=True, eq=False)
class _Read:
    reports: tuple[OwnReport, ...]
    foreign: tuple[ForeignOutline, ...]
    segmentations: Mapping[str, tuple[str, Dataset, Segmented]]
    refused: tuple[Refusal, ...]


def read_findings(folder: Path) -> Findings:
    """Read the segmentations and reports of a folder and the folders in it.

    Where all films lie there too they lend their names: an assessment that was written where they were called otherwise
    comes back with the names that they have here.

    Parameters
    ----------
    folder
        The folder.

    Raises
    ------
    StudyError
        If there is no such folder, or our own objects in it do not fit together.
    """
    if not folder.is_dir():
        raise StudyError(
            f"{folder}: expected a folder of DICOM objects, came {'a file' if folder.exists() else 'nothing'}"
        )
    objects = dict(_objects(folder))
    films = {
        str(dataset.SOPInstanceUID): (name, _checksum(folder / name))
        for name, dataset in objects.items()
        if dataset.get("Modality") not in NO_PICTURES and "Rows" in dataset and "SOPInstanceUID" in dataset
    }
    read = _read(folder, objects)
    reports = read.reports
    if all(uid in films for report in reports for uid in report.images.values()):
        reports = tuple(renamed(report, films) for report in reports)
    own, used = _own(reports, read)
    foreign = list(read.foreign)
    for uid, (_, dataset, one) in read.segmentations.items():
        if uid not in used:
            foreign += of_segmentation(dataset, one)
    return Findings(own, tuple(foreign), {uid: name for uid, (name, _) in films.items()}, read.refused)


def _objects(folder: Path) -> Iterator[tuple[str, Dataset]]:
    """Every DICOM object without its pixels, by its path in the folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            try:
                yield path.relative_to(folder).as_posix(), pydicom.dcmread(path, stop_before_pixels=True)
            except InvalidDicomError:
                continue


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read(folder: Path, objects: Mapping[str, Dataset]) -> _Read:
    reports: list[OwnReport] = []
    foreign: list[ForeignOutline] = []
    segmentations: dict[str, tuple[str, Dataset, Segmented]] = {}
    refused: list[Refusal] = []
    for name, dataset in objects.items():
        try:
            if dataset.get("Modality") == "SR" and is_own(dataset):
                reports.append(own_report(dataset))
            elif dataset.get("Modality") == "SR":
                foreign += _polygons(dataset, objects.values())
            elif dataset.get("SOPClassUID") == SegmentationStorage:
                whole = segmented(pydicom.dcmread(folder / name))
                segmentations[str(dataset.SOPInstanceUID)] = (name, dataset, whole)
            elif dataset.get("Modality") == "SEG":
                raise ValueError(f"expected a binary segmentation, came {dataset.SOPClassUID.name}; save it as BINARY")
        except DAMAGED as error:
            refused.append(Refusal(name, _why(error)))
    return _Read(tuple(reports), tuple(foreign), segmentations, tuple(refused))


def _polygons(report: Dataset, objects: Iterable[Dataset]) -> tuple[ForeignOutline, ...]:
    """The report's outlines; one that cites a segmentation of this folder needs none, for that has them."""
    outlines = tuple(of_report(report))
    segmentations = {str(one.SOPInstanceUID) for one in objects if one.get("Modality") == "SEG"}
    cited = {uid for group in groups(report) for uid in group.images}
    if not outlines and not segmentations & cited:
        raise ValueError("expected a report with closed polygons on a film (TID 1500, SCOORD POLYLINE), came none")
    return outlines


def _why(error: Exception) -> str:
    """Our own words; those of others may hold a value, and so a name."""
    if isinstance(error, ValueError) and str(error).startswith("expected"):
        return str(error)
    return f"expected a whole object of findings, came one with missing or wrong elements ({type(error).__name__})"


def _own(reports: tuple[OwnReport, ...], read: _Read) -> tuple[Assessment | None, set[str]]:
    """The assessment, and the UIDs of the segmentations that belong to it."""
    if not reports:
        return None, set()
    cited = {uid: film for report in reports for film, uid in report.images.items()}
    trackings = {one.tracking_uid for report in reports for one in report.sighted}
    mine = {
        uid: (cited[one.image], one)
        for uid, (_, _, one) in read.segmentations.items()
        if one.image in cited and {segment.tracking_uid for segment in one.segments} <= trackings
    }
    return rebuilt(reports, dict(mine.values())), set(mine)
