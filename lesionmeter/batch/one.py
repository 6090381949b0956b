"""One patient's folder measured into one output folder."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lesionmeter.errors import OutputError
from lesionmeter.io import assessment as output
from lesionmeter.io import transforms
from lesionmeter.io.findings_csv import read_findings
from lesionmeter.io.study import read_patient
from lesionmeter.model.findings import Assessment, Status
from lesionmeter.model.patient import Patient
from lesionmeter.model.reported import ReportedFinding
from lesionmeter.pipeline import Progress, Settings, assess
from lesionmeter.report import comparison, figures, page, tables


def measure_patient(
    folder: Path,
    out: Path,
    settings: Settings | None = None,
    progress: Progress | None = None,
    exports: tuple[str, ...] = (),
) -> Assessment:
    """Measure the films in `folder` and write every table, mask and page into `out`, whole or not at all.

    A reader's corrections in an earlier `out` are kept and applied again.

    Parameters
    ----------
    folder
        One patient's films.
    out
        The output folder; made, or replaced in one step when all is done.
    settings, progress
        As for `assess`.
    exports
        `xlsx` and `parquet` for the tables in these formats beside CSV.

    Raises
    ------
    LesionmeterError
        If the folder cannot be read as one patient, or `out` is something else than an output folder, or it holds the
        results of another patient.
    """
    output.check_target(out, folder)
    earlier = output.read(out) if output.is_output(out) else None
    patient, reported = read_patient(folder), read_findings(folder)
    _check_same_patient(patient, earlier, out)
    result = assess(patient, settings, earlier.corrections if earlier else (), progress)
    write_output(result, out, exports, reported)
    return result


def write_output(
    result: Assessment,
    out: Path,
    exports: tuple[str, ...] = (),
    reported: tuple[ReportedFinding, ...] = (),
) -> None:
    """Write an assessment with all its tables, masks, transforms and its page; whole or not at all.

    Where a report on the same films is given, `findings.html` sets the calls beside its words.
    """
    with output.replacing(out) as stage:
        output.save(result, stage)
        tables.write_tables(result, stage, exports)
        with ThreadPoolExecutor(1) as beside:  # long arithmetic, which a second core can do while pictures are drawn
            fields = beside.submit(transforms.write_transforms, result.registrations, stage / "transforms")
            figures.write_figures(result, stage)
            page.write_page(result, stage)
            if reported:
                comparison.write_comparison(result, reported, stage)
            fields.result()


def _check_same_patient(patient: Patient, earlier: Assessment | None, out: Path) -> None:
    """Refuse to replace another patient's results, and to apply corrections of other films.

    A patient whose folder was renamed is known by the films.
    """
    if earlier is None or earlier.patient_id == patient.patient_id:
        return
    if not {film.sha256 for film in earlier.films} & {film.sha256 for film in patient.films}:
        raise OutputError(
            f"{out}: expected an output of patient {patient.patient_id}, came one of patient {earlier.patient_id}; "
            "choose another folder, or remove this one"
        )


def incomplete(result: Assessment) -> tuple[str, ...]:
    """Names of films that could not be assessed."""
    return tuple(film.film for film in result.films if film.status is not Status.MEASURED)
