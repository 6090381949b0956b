"""Commands that let films and findings in and out: fetch, send and deidentify."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lesionmeter.io.deidentify import PatientRow
    from lesionmeter.io.pacs import Row
    from lesionmeter.model.dates import PartialDate
    from lesionmeter.model.radiograph import Radiograph

PacsName = Annotated[str, typer.Option("--pacs", help="Which PACS of the configuration.")]
RowTable = Annotated[Path | None, typer.Option("--table", help="CSV to write: object, outcome, reason.")]


def add_to(app: typer.Typer) -> None:
    """Give the command line these commands."""
    app.command(epilog="Example: lesionmeter fetch --patient P017 --dates 1983:1988 -o patients/P017")(fetch)
    app.command(epilog="Example: lesionmeter send objects/P017 --pacs archive")(send)
    app.command(
        epilog="Example: lesionmeter deidentify patients -o shared --key ~/keys/trial.key --regions regions.csv"
    )(deidentify)


def fetch(
    patient: Annotated[
        str, typer.Option("--patient", envvar="LESIONMETER_PATIENT", help="Patient ID; or in LESIONMETER_PATIENT.")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="The patient's folder; what is there whole stays.")],
    pacs: PacsName = "main",
    body_part: Annotated[str, typer.Option(help="Body part, * and ? allowed; also where none is stated.")] = "",
    dates: Annotated[
        str, typer.Option(help="Study dates FROM:TO as YYYY, YYYY-MM or YYYY-MM-DD; either may lack.")
    ] = "",
    findings: Annotated[bool, typer.Option("--findings", help="SEG, SR and presentation states too.")] = False,
    table: RowTable = None,
) -> int:
    """Fetch one patient's films from a PACS into a folder that measure takes; run again to go on."""
    from lesionmeter.io import pacs as exchange

    wanted = exchange.Wanted(patient, body_part, *_dates(dates), findings)
    rows = _tell_failures(exchange.fetch(exchange.read_node(pacs), wanted, out))
    return _end(rows, table, f"{out}")


def send(
    paths: Annotated[list[Path], typer.Argument(help="DICOM files, and folders of them.")],
    pacs: PacsName = "main",
    table: RowTable = None,
) -> int:
    """Send films and findings to a PACS."""
    from lesionmeter.io import pacs as exchange

    node = exchange.read_node(pacs)
    rows = _tell_failures(exchange.send(node, paths))
    return _end(rows, table, node.name)


def deidentify(
    folder: Annotated[Path, typer.Argument(help="A patient's folder, or a folder of nothing but these.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="New or empty folder to write.")],
    key: Annotated[Path | None, typer.Option(help="Key file that undoes it; keep it apart from the films.")] = None,
    regions: Annotated[Path | None, typer.Option(help="regions.csv of the preview, corrected.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Only show what would be blanked.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Bring de-identified films back with the key.")] = False,
) -> int:
    """Write films without identity: PS3.15 Basic Profile, burned-in text blanked, dates moved, intervals kept."""
    from lesionmeter.errors import UsageError
    from lesionmeter.io import deidentify as room

    if preview:
        count = room.preview(folder, out, _find_hands)
        typer.echo(f"{count} films; look at {out / 'index.html'}, correct {out / 'regions.csv'}, then use --regions")
        return 0
    if key is None:
        raise UsageError("--key: expected the name of a key file, came nothing")
    if undo:
        typer.echo(f"{room.undo(folder, out, key)} films brought back: {out}")
        return 0
    return _tell_patients(room.deidentify(folder, out, key, _find_hands, regions), out, seen=regions is not None)


def _find_hands(film: Radiograph) -> tuple[NDArray[np.float64], ...]:
    """The landmarks of each hand on a film."""
    from lesionmeter.pipeline import find_landmarks

    return tuple(hand.landmarks.points for hand in find_landmarks(film).hands)


def _tell_patients(rows: tuple[PatientRow, ...], out: Path, *, seen: bool) -> int:
    for row in rows:
        if row.failure:
            typer.echo(f"left out: {' '.join(row.failure.split())}", err=True)
        for film in row.no_hand if not seen else ():
            typer.echo(
                f"{row.folder}: {film}: no hand was found, and no letters were looked for: use --preview", err=True
            )
    regions, films = sum(row.regions for row in rows), sum(row.films for row in rows)
    if not seen:
        typer.echo(f"{regions} regions blanked by rule, seen by nobody: --preview shows them before", err=True)
    typer.echo(f"{films} films of {sum(not row.failure for row in rows)} patients, {regions} regions blanked: {out}")
    return int(any(row.failure for row in rows))


def _dates(text: str) -> tuple[PartialDate | None, PartialDate | None]:
    """First and last date of `FROM:TO`; one date by itself is both."""
    from lesionmeter.errors import UsageError
    from lesionmeter.model.dates import PartialDate

    first, colon, last = text.partition(":")
    try:
        start, end = (PartialDate.parse(part) if part else None for part in (first, last if colon else first))
    except ValueError as error:
        raise UsageError(f"--dates: {error}") from None
    return start, end


def _tell_failures(rows: Iterable[Row]) -> list[Row]:
    """Every row; one that failed is told as soon as it did."""
    told = []
    for row in rows:
        told.append(row)
        if row.reason:
            typer.echo(" ".join(f"{row.object}: {row.outcome}; {row.reason}".split()), err=True)
    return told


def _end(rows: list[Row], table: Path | None, where: str) -> int:
    """Say how many objects had which outcome, write the table, and give the exit code: 1 if any failed."""
    from lesionmeter.io.pacs import Outcome, write_rows

    counts = Counter(row.outcome for row in rows)
    typer.echo(f"{', '.join(f'{counts[outcome]} {outcome}' for outcome in Outcome if counts[outcome])}: {where}")
    if table:
        write_rows(rows, table)
    return int(counts[Outcome.FAILED] > 0)
