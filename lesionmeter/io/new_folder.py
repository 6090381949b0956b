"""A folder that is made whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lesionmeter.errors import OutputError


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Write a new folder whole or not at all.

    Parameters
    ----------
    folder
        Missing or empty.

    Yields
    ------
    Path
        An empty folder beside it to write into, which takes its name when the block ends and goes when it raises.

    Raises
    ------
    OutputError
        If `folder` holds anything, or cannot be written.
    """
    folder = folder.expanduser().resolve()
    check_new(folder)
    stage = folder.with_name(f".{folder.name}.partial-{os.getpid()}")
    try:
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(parents=True)
        yield stage
        if folder.exists():
            folder.rmdir()
        stage.rename(folder)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def check_new(folder: Path) -> None:
    """Refuse a folder that holds anything, before the work begins.

    Raises
    ------
    OutputError
        If it does, or is a file.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        came = "a folder that holds files" if folder.is_dir() else "a file"
        raise OutputError(f"{folder}: expected a new or empty folder, came {came}; choose another name")
