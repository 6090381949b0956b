"""Many patients, unattended: each in a process of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lesionmeter.batch.jobs import Job
from lesionmeter.batch.table import Row, made_from, read_rows, write_rows
from lesionmeter.errors import OutputError, UsageError
from lesionmeter.io import assessment as output


@dataclass(frozen=True)
class BatchSettings:
    """How a batch runs; the results do not depend on it.

    Parameters
    ----------
    workers
        Processes side by side; one patient needs about 1 GB of memory.
    resume
        Leave patients alone whose output is there and was made from the same files by the same version.
    minutes
        Time limit for one patient. A patient of six films needs one to three minutes; one that takes 30 hangs.
    """

    workers: int = 1
    resume: bool = False
    minutes: float = 30.0


def patient_folders(cohort: Path) -> list[Path]:
    """The patients' folders in a cohort, by name.

    Raises
    ------
    UsageError
        If there is none.
    """
    folders = [path for path in cohort.iterdir() if path.is_dir()] if cohort.is_dir() else []
    patients = sorted(path for path in folders if not path.name.startswith("."))
    if not patients:
        raise UsageError(f"{cohort}: expected a folder of patient folders, came one without any folder in it")
    return patients


def measure_cohort(cohort: Path, out: Path, settings: BatchSettings | None = None) -> Iterator[Row]:
    """Measure each patient folder in `cohort` into a folder of the same name in `out`; one row each, as they end.

    A patient that fails, crashes, hangs or runs out of memory is a row with its reason, and the rest goes on.
    `out/batch.csv` is replaced after each row, so that the last complete one is always there.

    Parameters
    ----------
    cohort
        A folder of patient folders.
    out
        Made if it is missing. It may not lie in `cohort`, where the next batch would take it for a patient.
    settings
        How to run.

    Raises
    ------
    UsageError
        If `cohort` holds no patient folder.
    OutputError
        If `out` cannot take the results.
    """
    settings = settings or BatchSettings()
    patients = patient_folders(cohort)
    if cohort.resolve() in (out.resolve(), *out.resolve().parents):
        raise OutputError(f"{out}: expected an output folder outside the cohort's folder {cohort}, came one in it")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{out}: expected a folder that can be made, came {error.strerror}") from error
    earlier = read_rows(out)
    return _rows(patients, out, settings, earlier if settings.resume else ())


def _rows(patients: list[Path], out: Path, settings: BatchSettings, earlier: tuple[Row, ...]) -> Iterator[Row]:
    done: dict[str, Row] = {}
    known = {row.patient: row for row in earlier}
    kept = [known[folder.name] for folder in patients if _is_current(known.get(folder.name), folder, out)]
    missing = [folder for folder in patients if folder.name not in {row.patient for row in kept}]
    for row in kept:
        done[row.patient] = row
        yield row
    write_rows(done.values(), out)
    for row in _run(missing, out, settings):
        done[row.patient] = row
        write_rows(done.values(), out)
        yield row


def _is_current(row: Row | None, folder: Path, out: Path) -> bool:
    """Whether a patient's earlier output is there and belongs to the files that the folder holds now."""
    return (
        row is not None
        and row.status != "failed"
        and output.is_output(out / folder.name)
        and row.made_from == made_from(folder)
    )


def _run(patients: list[Path], out: Path, settings: BatchSettings) -> Iterator[Row]:
    waiting, running = list(reversed(patients)), list[Job]()
    try:
        while waiting or running:
            while waiting and len(running) < settings.workers:
                running.append(Job.start(waiting.pop(), out))
            Job.wait(running)
            for job in list(running):
                row = job.ended(settings.minutes)
                if row is not None:
                    running.remove(job)
                    yield dataclasses.replace(row, seconds=job.seconds)
    finally:
        for job in running:
            job.kill()
