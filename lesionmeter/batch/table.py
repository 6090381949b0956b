"""`batch.csv`: what became of each patient, and from which files."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from lesionmeter.errors import OutputError

NAME = "batch.csv"


@dataclass(frozen=True)
class Row:
    """What became of one patient.

    `status` is `measured`, `measured in part` (some films could not be assessed), or `failed`, with the `reason`.
    `made_from` names the version and the input files by their contents: equal input, equal `made_from`.
    """

    patient: str
    status: str
    reason: str = ""
    films: int = 0
    deposits: int = 0
    seconds: float = 0.0
    made_from: str = ""


COLUMNS = [column.name for column in dataclasses.fields(Row)]


def write_rows(rows: Iterable[Row], out: Path) -> None:
    """Write `batch.csv` into `out`, in the order of the patients' names; whole or not at all."""
    partial = out / f".{NAME}.partial"
    with partial.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for row in sorted(rows, key=lambda row: row.patient):
            writer.writerow(dataclasses.asdict(row) | {"seconds": f"{row.seconds:.1f}"})
    partial.replace(out / NAME)


def read_rows(out: Path) -> tuple[Row, ...]:
    """The rows of an earlier batch; none if there was none.

    Raises
    ------
    OutputError
        If `batch.csv` is not one of ours.
    """
    path = out / NAME
    if not path.exists():
        return ()
    try:
        with path.open(newline="", encoding="utf-8") as file:
            table = csv.DictReader(file)
            if table.fieldnames != COLUMNS:
                came = f"one with {', '.join(table.fieldnames or ['no columns'])}"
                raise OutputError(f"{path}: expected the columns {', '.join(COLUMNS)}, came {came}; move it away")
            return tuple(_row(line) for line in table)
    except (OSError, ValueError, TypeError, csv.Error) as error:
        raise OutputError(f"{path}: expected a table of an earlier batch, came {type(error).__name__}") from error


def _row(line: dict[str, str]) -> Row:
    numbers = {"films": int(line["films"]), "deposits": int(line["deposits"]), "seconds": float(line["seconds"])}
    return Row(**(line | numbers))  # type: ignore[arg-type]


def made_from(folder: Path) -> str:
    """SHA-256 over the version of lesionmeter and the names and contents of all files of a patient's folder."""
    known = hashlib.sha256(version("lesionmeter").encode())
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
