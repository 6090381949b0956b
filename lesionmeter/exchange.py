"""Commands that let films and findings in and out: fetch, send and deidentify."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from lesionmeter.io.pacs import Row
    from lesionmeter.model.dates import PartialDate

PacsName = Annotated[str, typer.Option("--pacs", help="Which PACS of the configuration.")]
RowTable = Annotated[Path | None, typer.Option("--table", help="CSV to write: object, outcome, reason.")]


def add_to(app: typer.Typer) -> None:
    """Give the command line these commands."""
    app.command(epilog="Example: lesionmeter fetch --patient P017 --dates 1983:1988 -o patients/P017")(fetch)
    app.command(epilog="Example: lesionmeter send out/P017/dicom --pacs archive")(send)


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
