"""One patient's folder measured into one output folder, and many of them, unattended."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import multiprocessing
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from lesionmeter.errors import LesionmeterError, UsageError
from lesionmeter.io import assessment as output
from lesionmeter.io import transforms
from lesionmeter.io.study import read_patient
from lesionmeter.model.findings import Assessment, Status
from lesionmeter.pipeline import Progress, Settings, assess
from lesionmeter.report import figures, page, tables


@dataclass(frozen=True)
class Row:
    """What became of one patient: a row of `batch.csv`.

    `status` is `measured`, `measured in part` (some films could not be assessed), or `failed`.
    """

    patient: str
    status: str
    reason: str
    films: int
    deposits: int
    seconds: float


@dataclass(frozen=True)
class BatchSettings:
    """How a batch runs.

    Parameters
    ----------
    workers
        Processes side by side; one patient needs about 1 GB of memory.
    resume
        Leave patients alone whose output is complete and was made from the same films by the same version.
    minutes
        Time limit for one patient. A patient of six films needs one to three minutes; one that takes 30 hangs.
    """

    workers: int = 1
    resume: bool = False
    minutes: float = 30.0


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
        If the folder cannot be read as one patient, or `out` is something else than an output folder.
    """
    output.check_target(out, folder)
    corrections = output.read(out).corrections if output.is_output(out) else ()
    result = assess(read_patient(folder), settings, corrections, progress)
    write_output(result, out, exports)
    return result


def write_output(result: Assessment, out: Path, exports: tuple[str, ...] = ()) -> None:
    """Write an assessment with all its tables, masks, transforms and its page; whole or not at all."""
    with output.replacing(out) as stage:
        output.save(result, stage)
        tables.write_tables(result, stage, exports)
        transforms.write_transforms(result.registrations, stage / "transforms")
        figures.write_figures(result, stage)
        page.write_page(result, stage)


def incomplete(result: Assessment) -> tuple[str, ...]:
    """Names of films that could not be assessed."""
    return tuple(film.film for film in result.films if film.status is not Status.MEASURED)


# ---------------------------------------------------------------------- many patients


def measure_cohort(cohort: Path, out: Path, settings: BatchSettings | None = None) -> Iterator[Row]:
    """Measure each patient folder in `cohort` into a folder of the same name in `out`; one row each, as they end.

    Each patient has a process of its own: one that crashes, hangs or runs out of memory is a row with its reason, and
    the rest goes on. `out/batch.csv` is replaced after each row, in the order of the patients' names, so that the
    last complete one is always there.

    Raises
    ------
    UsageError
        If `cohort` holds no patient folder.
    """
    settings = settings or BatchSettings()
    patients = (
        sorted(p for p in cohort.iterdir() if p.is_dir() and not p.name.startswith(".")) if cohort.is_dir() else []
    )
    if not patients:
        raise UsageError(f"{cohort}: expected a folder of patient folders, came one without any folder in it")
    out.mkdir(parents=True, exist_ok=True)
    return _rows(patients, out, settings)


def _rows(patients: list[Path], out: Path, settings: BatchSettings) -> Iterator[Row]:
    done: dict[str, Row] = {}
    for row in _kept(patients, out) if settings.resume else ():
        done[row.patient] = row
        yield row
    for row in _run([p for p in patients if p.name not in done], out, settings):
        done[row.patient] = row
        _write_rows(done.values(), out / "batch.csv")
        yield row


def _kept(patients: list[Path], out: Path) -> Iterator[Row]:
    """Rows of patients whose output is complete and still belongs to their films."""
    for folder in patients:
        target = out / folder.name
        if output.is_output(target):
            earlier = output.read(target)
            if _is_current(earlier, folder, target):
                yield _row(folder.name, earlier, 0.0)


def _is_current(earlier: Assessment, folder: Path, target: Path) -> bool:
    """Whether an output was made by this version, from exactly the files that the folder holds now."""
    known = {film.film: film.sha256 for film in earlier.films} | {file.file: "" for file in earlier.skipped}
    written = (target / "assessment.json").stat().st_mtime
    present = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file() and p.name[0] != "."}
    tables = [present.pop(name) for name in ("films.csv", "hints.csv") if name in present]
    return (
        earlier.version == version("lesionmeter")
        and set(present) == set(known)
        and all(path.stat().st_mtime <= written for path in tables)
        and all(_sha256(present[name]) == checksum for name, checksum in known.items() if checksum)
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass
class _Job:
    """One patient's process; mutable, since its time starts when it does."""

    folder: Path
    process: BaseProcess
    answer: Connection
    started: float = field(default_factory=time.monotonic)


def _run(patients: list[Path], out: Path, settings: BatchSettings) -> Iterator[Row]:
    waiting, running = list(reversed(patients)), list[_Job]()
    try:
        while waiting or running:
            while waiting and len(running) < settings.workers:
                running.append(_start(waiting.pop(), out))
            wait([job.answer for job in running], timeout=1.0)
            for job in list(running):
                row = _ended(job, settings.minutes)
                if row is not None:
                    running.remove(job)
                    yield row
    finally:
        for job in running:
            job.process.kill()


def _start(folder: Path, out: Path) -> _Job:
    context = multiprocessing.get_context("spawn")
    answer, mouth = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(folder, out / folder.name, mouth), daemon=True)
    process.start()
    mouth.close()
    return _Job(folder, process, answer)


def _work(folder: Path, target: Path, mouth: Connection) -> None:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    started = time.monotonic()
    try:
        result = measure_patient(folder, target)
        mouth.send(_row(folder.name, result, time.monotonic() - started))
    except LesionmeterError as error:
        mouth.send(Row(folder.name, "failed", str(error), 0, 0, time.monotonic() - started))
    except MemoryError:
        mouth.send(Row(folder.name, "failed", "ran out of memory", 0, 0, time.monotonic() - started))


def _ended(job: _Job, minutes: float) -> Row | None:
    """The job's row if it has ended or must be ended, else None."""
    seconds = time.monotonic() - job.started
    if job.answer.poll():
        row = _received(job, seconds)
        job.process.join()
        return row
    if not job.process.is_alive():
        return Row(job.folder.name, "failed", f"its process ended with code {job.process.exitcode}", 0, 0, seconds)
    if seconds > 60 * minutes:
        job.process.kill()
        return Row(job.folder.name, "failed", f"not done after {minutes:g} minutes; stopped", 0, 0, seconds)
    return None


def _received(job: _Job, seconds: float) -> Row:
    try:
        row: Row = job.answer.recv()
    except EOFError:
        job.process.join(5)
        return Row(job.folder.name, "failed", f"its process ended with code {job.process.exitcode}", 0, 0, seconds)
    return row


def _row(patient: str, result: Assessment, seconds: float) -> Row:
    missed = incomplete(result)
    status = "measured in part" if missed else "measured"
    reason = f"not assessable: {', '.join(missed)}" if missed else ""
    return Row(patient, status, reason, len(result.films), len(result.tracks), seconds)


def _write_rows(rows: Iterable[Row], path: Path) -> None:
    partial = path.with_suffix(".partial")
    with partial.open("w", newline="", encoding="utf-8") as file:
        names = [f.name for f in dataclasses.fields(Row)]
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        for row in sorted(rows, key=lambda row: row.patient):
            writer.writerow(dataclasses.asdict(row) | {"seconds": f"{row.seconds:.1f}"})
    partial.replace(path)
