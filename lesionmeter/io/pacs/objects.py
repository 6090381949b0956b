"""What is asked of a PACS, what it names in answer, and what came of each object."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from pydicom.dataset import Dataset

from lesionmeter.errors import PacsError, UsageError
from lesionmeter.model.dates import PartialDate

FILMS: Final = frozenset({"CR", "DX", "RG", "RF", "MG", "OT"})
"""Modalities of radiographs, scanned films (`OT`) included."""

FINDINGS: Final = frozenset({"SEG", "SR", "PR"})
"""Modalities of segmentations, reports and presentation states."""


class Refused(PacsError):  # noqa: N818 - the name says what the other side did
    """The other side said no; asking again would bring the same answer."""


class Unreachable(PacsError):  # noqa: N818
    """No answer, or half of one; asking again may help."""


@dataclass(frozen=True)
class Wanted:
    """What is to be fetched.

    Parameters
    ----------
    patient_id
        Patient ID (0010,0020), without wildcards.
    body_part
        Body Part Examined (0018,0015), `*` and `?` allowed; empty for any. A series that states none is fetched too,
        since many do not.
    date_from, date_to
        First and last study date; None where open.
    findings
        Whether the studies' segmentations, reports and presentation states are fetched too.

    Raises
    ------
    UsageError
        If the ID is empty or holds a wildcard, which would bring other patients' films, or the dates are reversed.
    """

    patient_id: str
    body_part: str = ""
    date_from: PartialDate | None = None
    date_to: PartialDate | None = None
    findings: bool = False

    def __post_init__(self) -> None:
        if not self.patient_id.strip() or set(self.patient_id) & set("*?\\"):
            raise UsageError("expected one patient ID without wildcards, came an empty one or one with *, ? or \\")
        if self.date_from and self.date_to and self.date_from.earliest > self.date_to.latest:
            raise UsageError(f"expected a first date before the last, came {self.date_from} and {self.date_to}")

    @property
    def date_range(self) -> str:
        """The dates as DICOM range matching has them; empty if both ends are open.

        Examples
        --------
        >>> Wanted("P017", date_from=PartialDate(1983), date_to=PartialDate(1984, 5)).date_range
        '19830101-19840531'
        """
        start = f"{self.date_from.earliest:%Y%m%d}" if self.date_from else ""
        end = f"{self.date_to.latest:%Y%m%d}" if self.date_to else ""
        return f"{start}-{end}" if start or end else ""

    def takes(self, modality: str, body_part: str) -> bool:
        """Whether a series of that modality and body part (either may be empty) is wanted."""
        if modality in FINDINGS:
            return self.findings
        if modality and modality not in FILMS:
            return False
        wanted, stated = self.body_part.upper(), body_part.strip().upper()
        return not wanted or not stated or fnmatch.fnmatchcase(stated, wanted)


@dataclass(frozen=True)
class Instance:
    """One object as a PACS names it."""

    study_uid: str
    series_uid: str
    sop_uid: str
    sop_class: str
    modality: str


class Outcome(StrEnum):
    """What came of one object."""

    FETCHED = "fetched"
    SENT = "sent"
    THERE = "already there"
    FAILED = "failed"


@dataclass(frozen=True)
class Row:
    """One object's transfer: the object (its UID, or the file that was to be sent), the outcome, and a reason."""

    object: str
    outcome: Outcome
    reason: str = ""


class Pacs(Protocol):
    """The other side, whatever it speaks. Each act raises `Refused` or `Unreachable`, or has done its work whole."""

    def find(self, wanted: Wanted) -> list[Instance | Row]:
        """Name every object of one patient that is wanted; a failed row for each study that cannot be listed."""

    def retrieve(self, instance: Instance) -> bytes:
        """One object as a DICOM file."""

    def store(self, dataset: Dataset) -> None:
        """Have one object, with its file meta, kept by the other side."""

    def close(self) -> None:
        """End the connection."""
