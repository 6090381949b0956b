"""A PACS that speaks DICOMweb: QIDO-RS, WADO-RS and STOW-RS."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import pydicom
import requests
from dicomweb_client.api import DICOMwebClient
from pydicom.dataset import Dataset

from lesionmeter.io.pacs.configuration import WebNode
from lesionmeter.io.pacs.objects import Instance, Outcome, Refused, Row, Unreachable, Wanted
from lesionmeter.io.pacs.patience import Deadline

BUSY: Final = frozenset({408, 425, 429, 502, 503, 504})
"""HTTP status codes after which asking again may help."""

MEANINGS: Final = {
    400: "it does not understand the request",
    401: "the token or password is wrong or missing",
    403: "the token or user may not do this",
    404: "it has no such object, or no DICOMweb service at this URL",
    406: "it cannot give the object in a form that is read here",
    409: "it refuses the object",
    413: "the object is too large for it",
    415: "it does not take objects of this kind",
}

FAILURES: Final = {
    0x0110: "processing failure",
    0x0122: "kind of object not supported",
    0x0124: "not authorised",
    0xA700: "out of resources",
    0xA900: "the object is not what its class says",
    0xC000: "the object cannot be understood",
    0xC122: "transfer syntax not supported",
}
"""Failure Reason (0008,1197) of STOW-RS."""

WHOLE: Final = 1 << 30
"""Bytes below which a request goes in one piece, with its length; some services take no chunks."""


class WebPacs:
    """A DICOMweb service.

    Parameters
    ----------
    node
        Where it is.
    deadline
        When the transfer must have ended.
    """

    def __init__(self, node: WebNode, deadline: Deadline) -> None:
        logging.getLogger("dicomweb_client").setLevel(logging.CRITICAL)  # its lines hold URLs, and so patient IDs
        self._node, self._deadline = node, deadline
        self._session = _session(node)
        try:
            self._client = DICOMwebClient(node.url, session=self._session, chunk_size=WHOLE)
        except ValueError as error:
            raise Refused(f"{node.name}: expected a URL as https://host/path, came {node.url!r}") from error
        self._client.set_http_retry_params(retry=False)

    def find(self, wanted: Wanted) -> list[Instance | Row]:
        """Name every object of one patient that is wanted, by study, series and instance."""
        keys = {"PatientID": wanted.patient_id}
        if wanted.date_range:
            keys["StudyDate"] = wanted.date_range
        with self._asked() as client:
            studies = _all(client.search_for_studies(search_filters=keys, fields=["PatientID"], get_remaining=True))
        return [
            instance
            for study in studies
            if _text(study, "00100020") in ("", wanted.patient_id.strip())
            for instance in self._of_study(_text(study, "0020000D"), wanted)
        ]

    def _of_study(self, study_uid: str, wanted: Wanted) -> Iterator[Instance | Row]:
        # Asked for only where it matters: services read the films themselves to answer this.
        fields = ["BodyPartExamined"] if wanted.body_part else None
        try:
            with self._asked() as client:
                series = _all(client.search_for_series(study_uid, fields=fields, get_remaining=True))
            for one in series:
                modality, series_uid = _text(one, "00080060"), _text(one, "0020000E")
                if wanted.takes(modality, _text(one, "00180015")):
                    yield from self._of_series(study_uid, series_uid, modality)
        except Refused as refusal:  # as where a file of the study is damaged: the other studies can be had
            yield Row(study_uid, Outcome.FAILED, str(refusal))

    def _of_series(self, study_uid: str, series_uid: str, modality: str) -> Iterator[Instance]:
        with self._asked() as client:
            instances = _all(client.search_for_instances(study_uid, series_uid, get_remaining=True))
        for item in instances:
            yield Instance(study_uid, series_uid, _text(item, "00080018"), _text(item, "00080016"), modality)

    def retrieve(self, instance: Instance) -> bytes:
        """One object as a DICOM file, in the transfer syntax in which it is kept."""
        with self._asked() as client:
            dataset = client.retrieve_instance(
                instance.study_uid,
                instance.series_uid,
                instance.sop_uid,
                media_types=(("application/dicom", "*"),),
            )
        file = io.BytesIO()
        pydicom.dcmwrite(file, dataset, enforce_file_format=True)
        return file.getvalue()

    def store(self, dataset: Dataset) -> None:
        """Have one object kept; a good answer that names it as failed, or does not name it, is a refusal."""
        with self._asked() as client:
            answer = client.store_instances([dataset])
        # A success may carry the sequence, empty; and an object that was dropped may stand in neither.
        failed = answer.get("FailedSOPSequence") or []
        if len(failed):
            code = int(failed[0].get("FailureReason", 0) or 0)
            raise Refused(f"{self._node.name}: refuses the object: {FAILURES.get(code, 'failure')} (0x{code:04X})")
        kept = {item.get("ReferencedSOPInstanceUID") for item in answer.get("ReferencedSOPSequence") or []}
        if dataset.SOPInstanceUID not in kept:
            raise Refused(f"{self._node.name}: refuses the object: its answer does not name it among those kept")

    def close(self) -> None:
        """End the connection."""
        self._session.close()

    @contextmanager
    def _asked(self) -> Iterator[DICOMwebClient]:
        """The client, with the time that is left; its errors told without the URL, which may hold a patient's ID."""
        seconds = self._deadline.timeout_s(self._node.patience.timeout_s)
        self._client._timeout = seconds  # it has no other way to change it
        name = self._node.name
        try:
            yield self._client
        except requests.HTTPError as error:
            raise _refusal(name, error.response) from error
        except requests.exceptions.SSLError as error:
            raise Refused(f"{name}: expected a certificate that is trusted, came another (TLS)") from error
        except requests.Timeout as error:
            raise Unreachable(f"{name}: no answer within {seconds:.0f} s") from error
        except requests.ConnectionError as error:
            raise Unreachable(f"{name}: unreachable at {_place(self._node.url)}, or it broke off") from error
        except requests.RequestException as error:
            raise Unreachable(f"{name}: it broke off in the middle of an answer") from error
        except Exception as error:  # an answer that the client cannot parse
            raise Refused(f"{name}: expected a DICOMweb answer, came another ({type(error).__name__})") from error


def _session(node: WebNode) -> requests.Session:
    session = requests.Session()
    session.trust_env = not (node.token or node.user)  # else a .netrc would replace the token
    if node.token:
        session.headers["Authorization"] = f"Bearer {node.token}"
    elif node.user:
        session.auth = (node.user, node.password)
    if node.tls.ca_file:
        session.verify = node.tls.ca_file
    if node.tls.certificate:
        session.cert = (node.tls.certificate, node.tls.key) if node.tls.key else node.tls.certificate
    return session


def _refusal(name: str, response: Any) -> Refused | Unreachable:
    code = int(response.status_code)
    if code in BUSY:
        return Unreachable(f"{name}: busy or not ready (HTTP {code})")
    return Refused(f"{name}: {MEANINGS.get(code, 'refuses')} (HTTP {code})")


def _place(url: str) -> str:
    """Host and port of a URL, without anything that could be a secret."""
    return urlsplit(url).netloc.rpartition("@")[2]


def _all(answer: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    return answer or []


def _text(item: dict[str, Any], tag: str) -> str:
    """The first value of an attribute in a QIDO-RS answer; empty if there is none."""
    values = item.get(tag, {}).get("Value") or [""]
    return str(values[0] or "").strip()
