"""`batch.csv`: what became of each patient, and from which files; the same rows whoever measured them, in any order."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from lesionmeter.errors import OutputError
from lesionmeter.io.assessment import BATCH_ROW, is_output
from lesionmeter.pipeline import Settings

NAME: Final = "batch.csv"


@dataclass(frozen=True)
class Row:
    """What became of one patient.

    `status` is `measured`, `measured in part` (some films could not be assessed), or `failed`, with the `reason`.
    `made_from` names the version, the settings and the input files by their contents: equal input, equal `made_from`.
    """

    patient: str
    status: str
    reason: str = ""
    films: int = 0
    deposits: int = 0
    made_from: str = ""


COLUMNS: Final = [column.name for column in dataclasses.fields(Row)]


def write_rows(rows: Iterable[Row], out: Path) -> None:
    """Write `batch.csv` into `out`, in the order of the patients' names; whole or not at all."""
    partial = out / f".{NAME}.partial"
    with partial.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(dataclasses.asdict(row) for row in sorted(rows, key=lambda row: row.patient))
    partial.replace(out / NAME)


def check_table(out: Path) -> None:
    """Refuse to replace a `batch.csv` that is not one of ours.

    Raises
    ------
    OutputError
        If it is not.
    """
    path = out / NAME
    if not path.exists():
        return
    try:
        with path.open(newline="", encoding="utf-8") as file:
            header = next(csv.reader(file), [])
    except (OSError, ValueError, csv.Error) as error:
        raise OutputError(f"{path}: expected a table of an earlier batch, came {type(error).__name__}") from error
    if header != COLUMNS:
        came = f"one with {', '.join(header) or 'no columns'}"
        raise OutputError(f"{path}: expected the columns {', '.join(COLUMNS)}, came {came}; move it away")


def keep_row(row: Row, folder: Path) -> None:
    """Lay the patient's row into its complete output folder, so that a batch that was killed need not measure again."""
    partial = folder / f".{BATCH_ROW}.partial"
    partial.write_text(json.dumps(dataclasses.asdict(row)) + "\n", encoding="utf-8")
    partial.replace(folder / BATCH_ROW)


def kept_row(folder: Path, made_from: str) -> Row | None:
    """The row in an output folder, if that is complete and was made from just these files; else None."""
    if not is_output(folder):
        return None
    try:
        row = Row(**json.loads((folder / BATCH_ROW).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return row if row.made_from == made_from else None


def made_from(folder: Path, settings: Settings | None = None) -> str:
    """SHA-256 over the version of lesionmeter, its settings, and the names and contents of all files of a folder."""
    plain: Any = dataclasses.asdict(settings or Settings())
    known = hashlib.sha256(f"{version('lesionmeter')} {json.dumps(plain, sort_keys=True, default=str)}".encode())
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")):
        known.update(path.relative_to(folder).as_posix().encode(errors="surrogateescape"))
        known.update(_checksum(path))
    return known.hexdigest()


def _checksum(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return b"cannot be read"
