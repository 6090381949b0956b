"""Fetch a patient's films into a folder, and send objects: object by object, a row for each."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

import pydicom
from pydicom.dataset import Dataset

from lesionmeter.errors import UsageError
from lesionmeter.io.pacs.configuration import Node, WebNode
from lesionmeter.io.pacs.landing import check_answer, clear_partials, is_there, land
from lesionmeter.io.pacs.objects import Instance, Outcome, Pacs, Refused, Row, Unreachable, Wanted
from lesionmeter.io.pacs.patience import Deadline, persist

Thing = TypeVar("Thing")
NOT_TRIED: Final = "not tried: the PACS did not answer before"


@contextmanager
def connected(node: Node, deadline: Deadline) -> Iterator[Pacs]:
    """The other side, spoken to as its configuration says; the connection ends with the block."""
    # Each protocol's library is loaded only where it is spoken.
    if isinstance(node, WebNode):
        from lesionmeter.io.pacs.web import WebPacs

        pacs: Pacs = WebPacs(node, deadline)
    else:
        from lesionmeter.io.pacs.dimse import DimsePacs

        pacs = DimsePacs(node, deadline)
    try:
        yield pacs
    finally:
        pacs.close()


def fetch(node: Node, wanted: Wanted, folder: Path) -> Iterator[Row]:
    """Fetch every wanted object that is not in the folder yet, and yield a row for each.

    Parameters
    ----------
    node
        The PACS.
    wanted
        Which patient's films, and of what.
    folder
        The patient's folder; made if it is not there. Each object becomes a file named by its UID.

    Raises
    ------
    PacsError
        If the PACS cannot be asked what it has, or has nothing of the kind.
    OutputError
        If the folder cannot be written.
    """
    deadline = Deadline(node.patience.limit_s)
    with connected(node, deadline) as pacs:
        found = persist(lambda: pacs.find(wanted), node.patience, deadline)
        if not found:
            raise Refused(f"{node.name}: expected films of that patient, body part and dates, came none")
        clear_partials(folder)
        yield from (one for one in found if isinstance(one, Row))
        yield from _each(
            [one for one in found if isinstance(one, Instance)],
            lambda instance: instance.sop_uid,
            lambda instance: _fetch_one(pacs, node, deadline, instance, wanted.patient_id, folder),
        )


def _fetch_one(
    pacs: Pacs, node: Node, deadline: Deadline, instance: Instance, patient_id: str, folder: Path
) -> Outcome:
    if is_there(folder, instance):
        return Outcome.THERE
    data = persist(lambda: pacs.retrieve(instance), node.patience, deadline)
    check_answer(data, instance, patient_id)
    land(folder, instance, data)
    return Outcome.FETCHED


def send(node: Node, paths: Iterable[Path]) -> Iterator[Row]:
    """Send DICOM files, and yield a row for each.

    Parameters
    ----------
    node
        The PACS.
    paths
        Files, and folders whose DICOM files are all sent (their other files are passed over).

    Raises
    ------
    UsageError
        If there is no file to send.
    PacsError
        If the PACS cannot be reached with the first object.
    """
    files = list(_files(paths))
    if not files:
        raise UsageError("expected DICOM files to send, came none")
    deadline = Deadline(node.patience.limit_s)
    with connected(node, deadline) as pacs:
        yield from _each(files, str, lambda path: _send_one(pacs, node, deadline, path))


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            visible = (p for p in sorted(path.rglob("*")) if not any(q.startswith(".") for q in p.parts[-1:]))
            yield from (p for p in visible if p.is_file() and _is_dicom(p))
        elif path.is_file():
            yield path
        else:
            raise UsageError(f"{path}: expected a file or a folder to send, came nothing")


def _is_dicom(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"


def _send_one(pacs: Pacs, node: Node, deadline: Deadline, path: Path) -> Outcome:
    dataset = _object(path)
    persist(lambda: pacs.store(dataset), node.patience, deadline)
    return Outcome.SENT


def _object(path: Path) -> Dataset:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = pydicom.dcmread(path)
        needed = (dataset.SOPClassUID, dataset.SOPInstanceUID, dataset.file_meta.TransferSyntaxUID)
    except Exception as error:  # its text may hold a value, and so a name
        raise Refused(f"expected a DICOM object, came an unreadable file ({type(error).__name__})") from error
    if not all(needed):
        raise Refused("expected a DICOM object with its UIDs, came one without")
    return dataset


def _each(things: Iterable[Thing], name: Callable[[Thing], str], act: Callable[[Thing], Outcome]) -> Iterator[Row]:
    """A row for each thing; after one that was not answered the others are not tried."""
    silent = ""
    for thing in things:
        if silent:
            yield Row(name(thing), Outcome.FAILED, NOT_TRIED)
            continue
        try:
            yield Row(name(thing), act(thing))
        except Refused as refusal:
            yield Row(name(thing), Outcome.FAILED, str(refusal))
        except Unreachable as failure:
            silent = str(failure)
            yield Row(name(thing), Outcome.FAILED, silent)
