"""Commands that turn films and findings into other formats and back: to-dicom, export and import."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from lesionmeter.io.dicom.findings import Refusal

NewFolder = Annotated[Path, typer.Option("-o", "--out", help="New folder to write; whole or not at all.")]


def add_to(app: typer.Typer) -> None:
    """Give the command line these commands."""
    app.command("to-dicom", epilog="Example: lesionmeter to-dicom patients/P017 -o dicom/P017")(to_dicom)
    app.command(epilog="Example: lesionmeter export out/P017 -o objects/P017 --dicom --films patients/P017")(export)
    app.command("import", epilog="Example: lesionmeter import objects/P017 -o out/P017")(bring_in)


def to_dicom(
    patient_dir: Annotated[Path, typer.Argument(help="One patient's films, with films.csv if there is one.")],
    out: NewFolder,
) -> int:
    """Make scanned films (TIFF, PNG, JPEG) Secondary Capture objects; films that are DICOM are copied."""
    from lesionmeter.batch.films import films_to_dicom

    made = films_to_dicom(patient_dir, out)
    typer.echo(f"{len(made)} films made Secondary Capture objects: {out}")
    return 0


def export(
    out: Annotated[Path, typer.Argument(help="An output folder of lesionmeter measure.")],
    target: NewFolder,
    dicom: Annotated[bool, typer.Option("--dicom", help="SEG, SR and presentation states; needs --films.")] = False,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="The tables as CSV and one workbook.")] = False,
    parquet: Annotated[bool, typer.Option("--parquet", help="The tables as CSV and Parquet.")] = False,
    films: Annotated[Path | None, typer.Option("--films", help="The patient's folder that was measured.")] = None,
) -> int:
    """Write what is in an output folder in other formats."""
    from lesionmeter.batch.export import export_output

    wanted = tuple(name for name, on in (("dicom", dicom), ("xlsx", xlsx), ("parquet", parquet)) if on)
    written = export_output(out, target, wanted, films)
    typer.echo(f"{len(written)} files: {target}")
    return 0


def bring_in(
    folder: Annotated[Path, typer.Argument(help="DICOM segmentations and reports, with the films or without.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder to write; whole or not at all.")],
) -> int:
    """Rebuild an assessment from its DICOM objects; take over what other programs outlined on the films."""
    from lesionmeter.batch.bring_in import import_findings

    found = import_findings(folder, out)
    foreign = f", {found.outlines} outlines of other programs" if found.outlines else ""
    typer.echo(f"{len(found.assessment.films)} films, {len(found.assessment.tracks)} deposits{foreign}: {out}")
    return _tell_refused(found.refused)


def _tell_refused(refused: tuple[Refusal, ...]) -> int:
    """One line for each object that was not taken over; the exit code."""
    for one in refused:
        typer.echo(" ".join(f"{one.file}: not taken over; {one.reason}".split()), err=True)
    return int(bool(refused))
