"""The key: what was done to whom, so that its owner, and nobody else, can undo it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lesionmeter.errors import OutputError
from lesionmeter.io.deidentify.letters import Box
from lesionmeter.io.whole_file import write_whole

VERSION: Final = 1
UID_ROOT: Final = "2.25."
STANDARD_UIDS: Final = "1.2.840.10008."


@dataclass(frozen=True)
class Patch:
    """What lay under a blanked rectangle, compressed."""

    box: Box
    values: str

    @classmethod
    def of(cls, pixels: NDArray[Any], box: Box) -> Patch:
        """Keep a rectangle of (rows, columns) pixels."""
        return cls(box, packed(np.ascontiguousarray(pixels[box.slices]).tobytes()))

    def put_back(self, pixels: NDArray[Any]) -> None:
        """Lay it over (rows, columns) pixels of the same type, in place."""
        values = np.frombuffer(unpacked(self.values), dtype=pixels.dtype)
        pixels[self.box.slices] = values.reshape(self.box.height, self.box.width)


@dataclass(frozen=True)
class FilmKey:
    """One film: its name before, its DICOM header before (empty for a scan), and what was blanked."""

    name: str
    header: str = ""
    patches: tuple[Patch, ...] = ()


@dataclass(frozen=True)
class PatientKey:
    """One patient: ID and folder before, the shift in days, films by their new name, and the tables as they were."""

    patient_id: str
    folder: str
    shift_days: int
    films: dict[str, FilmKey] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Key:
    """All of a project: a secret that new UIDs and names come from, and patients by their new ID."""

    secret: str
    patients: dict[str, PatientKey] = field(default_factory=dict)

    def uid(self, uid: str) -> str:
        """The new UID of an old one, always the same with this key; those of the standard stay.

        Examples
        --------
        >>> Key("s").uid("1.2.840.10008.1.2.1")
        '1.2.840.10008.1.2.1'
        >>> Key("s").uid("1.2.3") == Key("s").uid("1.2.3") != Key("t").uid("1.2.3")
        True
        """
        if not uid or uid.startswith(STANDARD_UIDS):
            return uid
        return UID_ROOT + str(int.from_bytes(self._digest(f"uid {uid}")[:16], "big"))

    def pseudonym(self, patient_id: str) -> str:
        """The new ID of a patient."""
        return f"D{self._digest(f'patient {patient_id}').hex()[:10].upper()}"

    def with_patient(self, pseudonym: str, patient: PatientKey) -> Key:
        """The key with one more patient, or another state of one."""
        return Key(self.secret, {**self.patients, pseudonym: patient})

    def _digest(self, words: str) -> bytes:
        return hmac.new(self.secret.encode(), words.encode(), hashlib.sha256).digest()


def packed(data: bytes) -> str:
    """Bytes as compressed text."""
    return base64.b64encode(zlib.compress(data)).decode()


def unpacked(text: str) -> bytes:
    """The bytes of `packed`."""
    return zlib.decompress(base64.b64decode(text))


def read_key(path: Path) -> Key:
    """Read a key file, or make a new key if there is none.

    Raises
    ------
    OutputError
        If the file is something else.
    """
    if not path.exists():
        return Key(secrets.token_hex(32))
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        if plain["version"] != VERSION:
            raise ValueError("another version")
        return Key(plain["secret"], {name: _patient(p) for name, p in plain["patients"].items()})
    except (ValueError, KeyError, TypeError) as error:
        raise OutputError(f"{path}: expected a key file of lesionmeter deidentify, came another file") from error


def _patient(plain: dict[str, Any]) -> PatientKey:
    films = {new: _film(film) for new, film in plain["films"].items()}
    return PatientKey(plain["patient_id"], plain["folder"], plain["shift_days"], films, plain["tables"])


def _film(plain: dict[str, Any]) -> FilmKey:
    patches = tuple(Patch(Box(**patch["box"]), patch["values"]) for patch in plain["patches"])
    return FilmKey(plain["name"], plain["header"], patches)


def write_key(key: Key, path: Path) -> None:
    """Write a key file that only its owner can read, whole or not at all."""
    plain = {"version": VERSION, "secret": key.secret, "patients": {n: asdict(p) for n, p in key.patients.items()}}
    write_whole(path, json.dumps(plain).encode(), private=True)


def check_apart(key: Path, folders: list[Path]) -> None:
    """Refuse a key that would lie with the films.

    Raises
    ------
    OutputError
        If the key lies in one of the folders, or is a folder itself.
    """
    place = key.expanduser().resolve()
    if place.is_dir():
        raise OutputError(f"{key}: expected the name of a key file, came a folder")
    for folder in folders:
        if folder.expanduser().resolve() in place.parents:
            raise OutputError(f"{key}: expected a key file kept apart from the films, came one inside {folder}")
