"""An output folder is replaced whole or not at all.

Everything is written into a hidden folder beside it, which then takes its name. The one before is moved aside for the
moment between the two renames and removed after; where a run was killed at that moment, the next reading or run puts
it back.
"""

from __future__ import annotations

import fnmatch
import os
import platform
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lesionmeter.errors import OutputError
from lesionmeter.io.whole_file import flush_folder

DOCUMENT: Final = "assessment.json"
"""The file that makes a folder an output of lesionmeter."""

BATCH_ROW: Final = "batch.json"
"""What a batch lays into the output folder of a patient: the row, and from which files it was made."""

_PATIENT_FILES: Final = (
    DOCUMENT, BATCH_ROW, "report.html", ".report.html.partial", "tables.xlsx",
    *(f"{table}.{ending}" for table in ("films", "landmarks", "registration", "deposits", "changes", "pairs")
      for ending in ("csv", "parquet")),
    "masks/*.tif", "transforms/*.h5", "figures/*",
)  # fmt: skip
_COHORT_FILES: Final = (
    "cohort.html", "tables.xlsx", "columns.csv", "figures/*", "case_1990.csv", "case_1990.html", "sample/*",
    *(f"{table}.{ending}"
      for table in ("patients", "long", "wide", "changes", "statistics", "counts", "checks")
      for ending in ("csv", "parquet")),
)  # fmt: skip


_AGREEMENT_FILES: Final = (
    "agreement.html", "repeatability.json", "figures/*",
    *(f"{table}.csv" for table in ("agreement", "readings", "outlines", "calls")),
)  # fmt: skip


@dataclass(frozen=True)
class OutputKind:
    """A kind of output folder: the file that makes a folder one, what we write into it, and which command does.

    All else in it is the user's and stays.
    """

    document: str
    ours: tuple[str, ...]
    command: str


PATIENT_OUTPUT: Final = OutputKind(DOCUMENT, _PATIENT_FILES, "lesionmeter")
COHORT_OUTPUT: Final = OutputKind("cohort.html", _COHORT_FILES, "lesionmeter cohort")
AGREEMENT_OUTPUT: Final = OutputKind("agreement.html", _AGREEMENT_FILES, "lesionmeter agree")


def check_target(folder: Path, films_folder: Path) -> None:
    """Refuse an output folder before the work begins that could not be written after it.

    Parameters
    ----------
    folder
        The output folder: missing, empty, or an earlier output of lesionmeter.
    films_folder
        The patient's folder. An output in it would be read as films by the next run.

    Raises
    ------
    OutputError
        If `folder` holds anything else, or lies in or around `films_folder`.
    """
    folder = recover(folder)
    _check_replaceable(folder)
    _check_apart(folder, films_folder.expanduser().resolve())


def is_output(folder: Path) -> bool:
    """Whether a folder is a complete output of lesionmeter, after a killed run has been cleared up."""
    return (recover(folder) / DOCUMENT).is_file()


@contextmanager
def replacing(folder: Path, kind: OutputKind = PATIENT_OUTPUT) -> Iterator[Path]:
    """Write an output folder whole or not at all.

    Parameters
    ----------
    folder
        The output folder: missing, empty, or an earlier output of lesionmeter.
    kind
        What kind of output it is.

    Yields
    ------
    Path
        An empty folder to write into. When the block ends it takes the place of `folder`, together with the files
        there that lesionmeter did not write; when the block raises, it is removed and `folder` stays as it was.

    Raises
    ------
    OutputError
        If `folder` holds anything else, or cannot be written.
    """
    folder = recover(folder, kind)
    _check_replaceable(folder, kind)
    stage = folder.with_name(f".{folder.name}.partial-{_process()}")
    try:
        shutil.rmtree(stage, ignore_errors=True)  # of a killed run that had our process number
        with _as_output_error(folder):
            stage.mkdir(parents=True)
        yield stage
        with _as_output_error(folder):
            _carry_over(folder, stage, kind)
            _flush(stage)
            _swap(folder, stage)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def recover(folder: Path, kind: OutputKind = PATIENT_OUTPUT) -> Path:
    """Bring back the last complete output after a killed run, and remove what killed runs left beside it.

    Returns
    -------
    Path
        The output folder with links resolved.
    """
    folder = folder.expanduser().resolve()
    with _as_output_error(folder):
        previous = _previous(folder)
        if previous.exists() and not (folder / kind.document).exists():
            with suppress(FileNotFoundError):
                folder.rmdir()  # empty: somebody made it anew
            previous.rename(folder)
        shutil.rmtree(previous, ignore_errors=True)
        for partial in folder.parent.glob(f".{_literal(folder.name)}.partial-*"):
            if not _is_running(partial.name.rpartition(".partial-")[2]):
                shutil.rmtree(partial, ignore_errors=True)
    return folder


def _previous(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.previous")


def _check_replaceable(folder: Path, kind: OutputKind = PATIENT_OUTPUT) -> None:
    wanted = f"{folder}: expected a new or empty folder, or an output of {kind.command}"
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{wanted}, came a file; choose another name")
    if not folder.is_dir() or (folder / kind.document).is_file():
        return
    foreign = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    if foreign:
        raise OutputError(
            f"{wanted}, came a folder without {kind.document} that holds {foreign[0]!r}; choose another name"
        )


def _check_apart(folder: Path, films: Path) -> None:
    if folder == films or films in folder.parents or folder in films.parents:
        raise OutputError(
            f"{folder}: expected an output folder outside the patient's folder {films}, came one in or around it; "
            "its masks would be read as films by the next run"
        )


def _carry_over(folder: Path, stage: Path, kind: OutputKind) -> None:
    """Bring the user's own files along; linked where the file system can, since the old folder goes in a moment."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        name = path.relative_to(folder)
        target = stage / name
        if path.is_dir() and not path.is_symlink():
            continue
        if target.exists() or any(fnmatch.fnmatch(name.as_posix(), pattern) for pattern in kind.ours):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, target, follow_symlinks=False)
        except (OSError, NotImplementedError):
            shutil.copy2(path, target, follow_symlinks=False)


def _swap(folder: Path, stage: Path) -> None:
    previous = _previous(folder)
    if folder.exists():
        folder.rename(previous)
    stage.rename(folder)
    flush_folder(folder.parent)
    shutil.rmtree(previous, ignore_errors=True)


def _flush(stage: Path) -> None:
    """Have the system put all of it on the disk before the rename, so that a power cut leaves no empty files."""
    for path in stage.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        elif path.is_dir():
            flush_folder(path)
    flush_folder(stage)


def _process() -> str:
    """Which process we are among those of all machines that may share the folder."""
    return f"{platform.node()}-{os.getpid()}"


def _is_running(process: str) -> bool:
    machine, _, number = process.rpartition("-")
    if os.name == "nt" or machine != platform.node() or not number.isdecimal():
        return True  # another machine cannot be asked, and Windows not without ending the process
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _literal(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


@contextmanager
def _as_output_error(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"{folder}: expected a place that can be written, came {error.strerror or error}") from error
