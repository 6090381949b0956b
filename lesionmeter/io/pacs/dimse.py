"""A PACS that speaks DIMSE: C-FIND, C-GET or C-MOVE, and C-STORE."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pydicom.dataset import Dataset
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)
from pynetdicom import build_context, evt

from lesionmeter.io.pacs.associations import Associations
from lesionmeter.io.pacs.configuration import DimseNode
from lesionmeter.io.pacs.objects import Instance, Outcome, Refused, Row, Unreachable, Wanted
from lesionmeter.io.pacs.patience import Deadline

STUDY_ROOT_FIND: Final = UID("1.2.840.10008.5.1.4.1.2.2.1")
STUDY_ROOT_MOVE: Final = UID("1.2.840.10008.5.1.4.1.2.2.2")
STUDY_ROOT_GET: Final = UID("1.2.840.10008.5.1.4.1.2.2.3")
"""Study Root Query/Retrieve Information Models."""

SYNTAXES: Final = (
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGLSLossless,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    RLELossless,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    *(UID(f"1.2.840.10008.1.2.4.{number}") for number in (50, 51, 57, 81, 91)),
)
"""Transfer syntaxes that are read here; each is offered by itself, so that an object comes as it is kept."""

SUCCESS, PENDING, CANCELLED = 0x0000, frozenset({0xFF00, 0xFF01}), 0xFE00
WARNINGS: Final = frozenset({0xB000, 0xB006, 0xB007})
"""Kept, with elements coerced or dropped."""

MEANINGS: Final = {
    0x0110: "processing failure",
    0x0117: "invalid object",
    0x0122: "kind of object not supported",
    0x0124: "not authorised",
    0x0211: "unknown operation",
    0xA801: "it does not know the title that it should send to",
    0xFE00: "cancelled",
}
RANGES: Final = {
    0xA7: "out of resources",
    0xA9: "the object is not what its class says",
    0xC0: "the object or request cannot be understood",
}


class DimsePacs:
    """An archive that speaks DIMSE.

    Parameters
    ----------
    node
        Where it is.
    deadline
        When the transfer must have ended.
    """

    def __init__(self, node: DimseNode, deadline: Deadline) -> None:
        self._node = node
        self._associations = Associations(node, deadline)
        self._arrived: dict[str, bytes] = {}
        self._listener: Any = None

    def find(self, wanted: Wanted) -> list[Instance | Row]:
        """Name every object of one patient that is wanted, by study, series and image."""
        study = Dataset()
        study.PatientID, study.StudyDate, study.StudyInstanceUID = wanted.patient_id, wanted.date_range, ""
        return [
            instance
            for found in self._matches("STUDY", study)
            if str(found.get("PatientID", "") or "").strip() in ("", wanted.patient_id.strip())
            for instance in self._of_study(str(found.StudyInstanceUID), wanted)
        ]

    def _of_study(self, study_uid: str, wanted: Wanted) -> Iterator[Instance | Row]:
        series = Dataset()
        series.StudyInstanceUID, series.SeriesInstanceUID = study_uid, ""
        series.Modality = ""
        if wanted.body_part:  # archives read the films themselves to answer this
            series.BodyPartExamined = ""
        try:
            for found in self._matches("SERIES", series):
                modality = str(found.get("Modality", "") or "")
                if wanted.takes(modality, str(found.get("BodyPartExamined", "") or "")):
                    yield from self._of_series(study_uid, str(found.SeriesInstanceUID), modality)
        except Refused as refusal:  # as where a file of the study is damaged: the other studies can be had
            yield Row(study_uid, Outcome.FAILED, str(refusal))

    def _of_series(self, study_uid: str, series_uid: str, modality: str) -> Iterator[Instance]:
        image = Dataset()
        image.StudyInstanceUID, image.SeriesInstanceUID = study_uid, series_uid
        image.SOPInstanceUID, image.SOPClassUID = "", ""
        for found in self._matches("IMAGE", image):
            sop_class = str(found.get("SOPClassUID", "") or "")
            yield Instance(study_uid, series_uid, str(found.SOPInstanceUID), sop_class, modality)

    def _matches(self, level: str, identifier: Dataset) -> list[Dataset]:
        identifier.QueryRetrieveLevel = level
        association = self._associations.get("find", [build_context(STUDY_ROOT_FIND)])
        found = []
        for status, match in association.send_c_find(identifier, STUDY_ROOT_FIND):
            code = self._code(status, "query")
            if code in PENDING and match is not None:
                found.append(match)
            elif code != SUCCESS and code not in PENDING:
                raise self._refusal(code, "the query")
        return found

    def retrieve(self, instance: Instance) -> bytes:
        """One object as a DICOM file, in the transfer syntax in which it is kept where that can be."""
        self._arrived.clear()
        identifier = Dataset()
        identifier.QueryRetrieveLevel = "IMAGE"
        identifier.StudyInstanceUID, identifier.SeriesInstanceUID = instance.study_uid, instance.series_uid
        identifier.SOPInstanceUID = instance.sop_uid
        answers = self._got(instance, identifier) if self._node.retrieve == "get" else self._moved(identifier)
        for status, _ in answers:
            code = self._code(status, "retrieval")
            if code not in PENDING and code != SUCCESS and instance.sop_uid not in self._arrived:
                raise self._refusal(code, "to give the object")
        if instance.sop_uid not in self._arrived:
            raise Refused(f"{self._node.name}: expected the object that was asked for, came a success without it")
        return self._arrived.pop(instance.sop_uid)

    def _got(self, instance: Instance, identifier: Dataset) -> Iterator[tuple[Dataset, Dataset | None]]:
        storage = UID(instance.sop_class or "1.2.840.10008.5.1.4.1.1.1")
        contexts = [build_context(STUDY_ROOT_GET), *(build_context(storage, syntax) for syntax in SYNTAXES)]
        handlers = [(evt.EVT_C_STORE, self._keep)]
        association = self._associations.get(("get", storage), contexts, serves=[storage], handlers=handlers)
        return association.send_c_get(identifier, STUDY_ROOT_GET)

    def _moved(self, identifier: Dataset) -> Iterator[tuple[Dataset, Dataset | None]]:
        self._listen()
        association = self._associations.get("move", [build_context(STUDY_ROOT_MOVE)])
        return association.send_c_move(identifier, self._node.calling_ae, STUDY_ROOT_MOVE)

    def _listen(self) -> None:
        """Start to listen for what C-MOVE brings, if that has not been done yet."""
        if self._listener is not None:
            return
        entity, port = self._associations.entity, self._node.listen_port
        entity.supported_contexts = []
        for storage in _storage_classes():
            entity.add_supported_context(storage, list(SYNTAXES))
        try:
            self._listener = entity.start_server(("", port), block=False, evt_handlers=[(evt.EVT_C_STORE, self._keep)])
        except OSError as error:
            raise Refused(
                f"{self._node.name}: expected a free port {port} to listen at, came {error.strerror}"
            ) from error

    def _keep(self, event: Any) -> int:
        """Take what arrives as it was encoded."""
        self._arrived[str(event.request.AffectedSOPInstanceUID)] = event.encoded_dataset()
        return SUCCESS

    def store(self, dataset: Dataset) -> None:
        """Have one object kept, in the transfer syntax that it has."""
        storage, syntax = dataset.SOPClassUID, dataset.file_meta.TransferSyntaxUID
        association = self._associations.get(("store", storage, syntax), [build_context(storage, syntax)])
        try:
            status = association.send_c_store(dataset)
        except ValueError as error:
            raise Refused("expected an object that can be encoded, came one that cannot") from error
        code = self._code(status, "storage")
        if code != SUCCESS and code not in WARNINGS:
            raise self._refusal(code, "the object")

    def close(self) -> None:
        """End the association, and stop listening."""
        self._associations.close()
        if self._listener is not None:
            self._listener.shutdown()
            self._listener = None

    def _code(self, status: Dataset, what: str) -> int:
        if "Status" not in status:  # so says pynetdicom of an abort, a broken line and a time-out alike
            raise Unreachable(f"{self._node.name}: broke off in the middle of a {what}")
        return int(status.Status)

    def _refusal(self, code: int, what: str) -> Refused:
        meaning = MEANINGS.get(code) or RANGES.get(code >> 8) or ("failure" if code >> 12 != 0xC else RANGES[0xC0])
        return Refused(f"{self._node.name}: refuses {what}: {meaning} (0x{code:04X})")


def _storage_classes() -> list[UID]:
    from pynetdicom import StoragePresentationContexts

    return [context.abstract_syntax for context in StoragePresentationContexts if context.abstract_syntax]
