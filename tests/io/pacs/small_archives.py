"""Small PACS in this process, on 127.0.0.1, that hold a few films and misbehave on demand."""

from __future__ import annotations

import contextlib
import io
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pydicom
from pydicom.dataset import Dataset
from pynetdicom import AE, StoragePresentationContexts, build_context, evt

from lesionmeter.io.pacs import DimseNode, Patience, WebNode
from lesionmeter.io.pacs.configuration import Tls
from lesionmeter.io.pacs.dimse import STUDY_ROOT_FIND, STUDY_ROOT_GET

QUICK = Patience(timeout_s=5, attempts=2, first_wait_s=0.01, limit_s=20)


def as_file(dataset: Dataset) -> bytes:
    file = io.BytesIO()
    pydicom.dcmwrite(file, dataset, enforce_file_format=True)
    return file.getvalue()


@dataclass
class Manners:
    """How a small PACS answers.

    `cut` objects (SOP instance UIDs) end in the middle, `refused` ones are not taken, `lost` ones not mentioned in a
    good answer, and the first `breaks` attempts break off.
    """

    films: list[Dataset] = field(default_factory=list)
    cut: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    breaks: int = 0
    status: int = 200
    kept: list[Dataset] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


def _answer(dataset: Dataset, keywords: tuple[str, ...]) -> dict[str, object]:
    chosen = Dataset()
    for keyword in keywords:
        setattr(chosen, keyword, dataset.get(keyword, ""))
    return chosen.to_json_dict()


@contextlib.contextmanager
def web_archive(  # noqa: C901 - one class
    manners: Manners,
    secured: ssl.SSLContext | None = None,
    tls: Tls | None = None,
    patience: Patience = QUICK,
) -> Iterator[WebNode]:
    """A DICOMweb service."""

    class Service(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None: ...

        def do_GET(self) -> None:
            manners.asked.append(self.path)
            parts = self.path.split("?")[0].strip("/").split("/")
            if manners.breaks:
                manners.breaks -= 1
                self.close_connection = True
                return
            if manners.status != 200:
                self.reply(manners.status, b"", "text/plain")
            elif len(parts) == 6:
                self.give(next(film for film in manners.films if film.SOPInstanceUID == parts[5]))
            else:
                self.reply(200, json.dumps(self.matches(parts)).encode(), "application/dicom+json")

        def matches(self, parts: list[str]) -> list[dict[str, object]]:
            if "offset=" in self.path and "offset=0" not in self.path:
                return []
            films = [f for f in manners.films if len(parts) == 1 or f.StudyInstanceUID == parts[1]]
            keywords = ("PatientID", "StudyInstanceUID", "SeriesInstanceUID", "Modality", "BodyPartExamined")
            return [_answer(f, (*keywords, "SOPInstanceUID", "SOPClassUID")) for f in films]

        def give(self, film: Dataset) -> None:
            body = b"--x\r\nContent-Type: application/dicom\r\n\r\n" + as_file(film) + b"\r\n--x--\r\n"
            short = body[: len(body) // 2] if film.SOPInstanceUID in manners.cut else body
            self.reply(200, short, 'multipart/related; type="application/dicom"; boundary=x', len(body))
            self.close_connection = len(short) < len(body)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            start, end = body.index(b"\r\n\r\n") + 4, body.rindex(b"\r\n--")
            dataset = pydicom.dcmread(io.BytesIO(body[start:end]))
            failed = (
                [{"00081197": {"vr": "US", "Value": [0xA700]}}] if dataset.SOPInstanceUID in manners.refused else []
            )
            if not failed:
                manners.kept.append(dataset)
            uid = {"00081155": {"vr": "UI", "Value": [dataset.SOPInstanceUID]}}
            answer = {"00081198": {"vr": "SQ", "Value": failed}, "00081199": {"vr": "SQ", "Value": [uid]}}
            if dataset.SOPInstanceUID in manners.lost or failed:
                del answer["00081199"]
            self.reply(manners.status, json.dumps(answer).encode(), "application/dicom+json")

        def reply(self, status: int, body: bytes, kind: str, length: int | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body) if length is None else length))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    if secured:
        # Hands are shaken when the request is read, so that a caller who breaks off costs a request and not the server.
        server.socket = secured.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"{'https' if secured else 'http'}://127.0.0.1:{server.server_port}"
        yield WebNode("web", url, token="secret", patience=patience, tls=tls or Tls())
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def dimse_archive(  # noqa: C901 - three handlers
    manners: Manners, secured: ssl.SSLContext | None = None, tls: Tls | None = None
) -> Iterator[DimseNode]:
    """An archive that speaks DIMSE; refused objects get status A700."""

    def find(event: evt.Event) -> Iterator[tuple[int, Dataset | None]]:
        keys = [e.keyword for e in event.identifier if e.keyword != "QueryRetrieveLevel"]
        for film in manners.films:
            if event.identifier.get("StudyInstanceUID") in ("", film.StudyInstanceUID):
                match = Dataset()
                for keyword in keys:
                    setattr(match, keyword, film.get(keyword, ""))
                yield 0xFF00, match

    def get(event: evt.Event) -> Iterator[object]:
        film = next(f for f in manners.films if f.SOPInstanceUID == event.identifier.SOPInstanceUID)
        if film.SOPInstanceUID in manners.cut:
            event.assoc.abort()
            return
        yield 1
        yield 0xFF00, film

    def store(event: evt.Event) -> int:
        if manners.breaks:
            manners.breaks -= 1
            event.assoc.abort()
        if event.request.AffectedSOPInstanceUID in manners.refused:
            return 0xA700
        manners.kept.append(event.dataset)
        return 0x0000

    entity = AE(ae_title="SMALL")
    entity.require_called_aet = True
    for context in (*StoragePresentationContexts[:120], build_context(STUDY_ROOT_FIND), build_context(STUDY_ROOT_GET)):
        entity.add_supported_context(context.abstract_syntax, scu_role=True, scp_role=True)
    handlers = [(evt.EVT_C_FIND, find), (evt.EVT_C_GET, get), (evt.EVT_C_STORE, store)]
    server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers, ssl_context=secured)
    try:
        port = server.server_address[1]
        yield DimseNode("small", "127.0.0.1", port, "SMALL", tls=tls, patience=QUICK)
    finally:
        server.shutdown()
