"""A folder of a study's results is replaced whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lesionmeter.errors import OutputError


@contextmanager
def replacing_study(folder: Path, page: str) -> Iterator[Path]:
    """Write a folder of a study's results whole or not at all.

    Parameters
    ----------
    folder
        Missing, empty, or an earlier result of the same kind.
    page
        The file that shows which kind: a folder with anything else in it is not replaced.

    Yields
    ------
    Path
        An empty folder that takes the place of `folder` when the block ends, and is removed when it raises.

    Raises
    ------
    OutputError
        If `folder` is something else.
    """
    folder = folder.expanduser().resolve()
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder}: expected a folder to write, came a file")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / page).is_file():
        raise OutputError(f"{folder}: expected an empty folder or one with {page}, came one with other files")
    stage, old = (folder.parent / f".{folder.name}.{name}" for name in ("partial", "old"))
    for rest in (stage, old):
        shutil.rmtree(rest, ignore_errors=True)
    stage.mkdir(parents=True)
    try:
        yield stage
        if folder.exists():
            os.replace(folder, old)
        os.replace(stage, folder)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
