"""A file that is written whole or not at all, and is on the disk when it has its name."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from lesionmeter.errors import OutputError

PARTIAL: Final = ".partial"
"""Ending of a file that is still being written; its name begins with a dot."""


def write_whole(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write a file beside its place, flush it, and give it its name.

    Parameters
    ----------
    path
        Its folder is made if it is not there; a file of that name is replaced.
    data
        All of it.
    private
        Whether only its owner may read it, from the first byte on.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    partial = path.with_name(f".{path.name}{PARTIAL}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(partial, flags, 0o600 if private else 0o666), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        flush_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise OutputError(f"{path.parent}: expected a place that can be written, came {error.strerror}") from error


def flush_folder(folder: Path) -> None:
    """Have the system put the folder's list of names on the disk."""
    with suppress(OSError):  # some systems cannot open or flush a folder
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
