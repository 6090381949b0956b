"""An append-only file of all that a reader did: each line is on the disk before the next thing happens."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import lesionmeter

FIRST: Final = "lesionmeter journal 1"
"""What the first line's checksum is chained to; another number when the meaning of lines changes."""


@dataclass(frozen=True)
class Entry:
    """One thing that a reader did.

    Parameters
    ----------
    number
        From 1, without gaps.
    kind
        What was done.
    at
        When (ISO 8601, with the time zone).
    reader
        Who did it.
    body
        The rest, as plain JSON values.
    """

    number: int
    kind: str
    at: str
    reader: str
    body: Mapping[str, Any] = field(default_factory=dict)


def now() -> str:
    """The time as the journal writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Journal:
    """The journal of one output folder.

    Parameters
    ----------
    path
        The file; made with its folder when the first line is written.
    clock
        Tells the time.

    Raises
    ------
    lesionmeter.LesionmeterError
        If a line before the last one is damaged or missing.

    Notes
    -----
    Each line carries a checksum over itself and the line before it, so that no line can change or vanish unseen. A last
    line that is not complete (the power failed, the process was killed) is moved into a file beside the journal; `torn`
    says so.
    """

    def __init__(self, path: Path, clock: Callable[[], str] = now) -> None:
        self.path, self.clock, self.torn = path, clock, ""
        raw = path.read_bytes() if path.exists() else b""
        self.entries, self._check, length = _read(raw, path)
        if length < len(raw):
            self._set_aside(raw, length)

    def append(self, kind: str, reader: str, body: Mapping[str, Any] | None = None) -> Entry:
        """Write one line and wait until it is on the disk."""
        entry = Entry(len(self.entries) + 1, kind, self.clock(), reader, dict(body or {}))
        check = _checksum(entry, self._check)
        line = json.dumps(_plain(entry) | {"check": check}, ensure_ascii=False, allow_nan=False) + "\n"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())
        self.entries, self._check = (*self.entries, entry), check
        return entry

    def _set_aside(self, raw: bytes, length: int) -> None:
        """Keep the torn end of the file beside it, and end the file after its last whole line."""
        self.path.with_suffix(".torn").write_bytes(raw[length:])
        with self.path.open("r+b") as file:
            file.truncate(length)
            os.fsync(file.fileno())
        self.torn = "the last action was cut off while it was being written, and is not there; all before it is"


def _read(raw: bytes, path: Path) -> tuple[tuple[Entry, ...], str, int]:
    """The entries, the last one's checksum, and how many bytes are whole lines."""
    entries: list[Entry] = []
    check, length = FIRST, 0
    lines = raw.splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        entry, found = _entry(line, check)
        if entry is None or entry.number != number:
            if number < len(lines):
                raise lesionmeter.LesionmeterError(
                    f"{path}: expected line {number} as it was written, came a changed or damaged one; move the file "
                    "away to go on with what is in the output folder"
                )
            break
        entries.append(entry)
        check, length = found, length + len(line)
    return tuple(entries), check, length


def _entry(line: bytes, before: str) -> tuple[Entry | None, str]:
    """The entry in a line and its checksum; none if the line is not whole."""
    try:
        values = json.loads(line) if line.endswith(b"\n") else {}
        check = values.pop("check")
        entry = Entry(values["n"], values["kind"], values["at"], values["reader"], values["body"])
    except (ValueError, KeyError, AttributeError):
        return None, ""
    return (entry, check) if check == _checksum(entry, before) else (None, "")


def _plain(entry: Entry) -> dict[str, Any]:
    return {
        "n": entry.number, "kind": entry.kind, "at": entry.at, "reader": entry.reader, "body": entry.body,
    }  # fmt: skip


def _checksum(entry: Entry, before: str) -> str:
    text = json.dumps(_plain(entry), ensure_ascii=False, sort_keys=True, allow_nan=False)
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()[:24]


def last(entries: Iterable[Entry], kind: str) -> Entry | None:
    """The last entry of a kind."""
    return next((entry for entry in reversed(tuple(entries)) if entry.kind == kind), None)
