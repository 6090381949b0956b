"""Many patients, unattended: on this machine's cores or on a Dask cluster."""

from __future__ import annotations

import csv
import dataclasses
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lesionmeter.batch.guard import Job, Outcome
from lesionmeter.batch.table import Row, check_table, write_rows
from lesionmeter.errors import OutputError, UsageError
from lesionmeter.pipeline import Settings

if TYPE_CHECKING:
    from distributed import Client

RUN_LOG: Final = "batch_run.csv"
"""How the run went: it differs from run to run, unlike every other table."""

EVERY: Final = 5.0
"""Seconds from one writing of `batch.csv` to the next, while patients are being measured."""


@dataclass(frozen=True)
class BatchSettings:
    """How a batch runs; the results do not depend on it.

    Parameters
    ----------
    workers
        Patients measured side by side on this machine; one needs about 1 GB of memory.
    cluster
        Address of a Dask scheduler, whose workers do the work instead; they must see the same folders.
    resume
        Leave patients alone whose output is complete and was made from the same files by the same version.
    minutes
        Time limit for one patient. A patient of six films needs one to three minutes; one that takes 30 hangs.
    memory_gb
        Limit of one patient's memory. None for an equal share of nine tenths of this machine's, or on a cluster for
        nine tenths of the worker's machine.
    """

    workers: int = 1
    cluster: str = ""
    resume: bool = False
    minutes: float = 30.0
    memory_gb: float | None = None


def patient_folders(cohort: Path) -> list[Path]:
    """The patients' folders in a cohort, by name.

    Raises
    ------
    UsageError
        If there is none.
    """
    if not cohort.is_dir():
        raise UsageError(f"{cohort}: expected a folder of patient folders, came no folder")
    with os.scandir(cohort) as entries:
        names = sorted(entry.name for entry in entries if entry.is_dir() and not entry.name.startswith("."))
    if not names:
        raise UsageError(f"{cohort}: expected a folder of patient folders, came one without any folder in it")
    return [cohort / name for name in names]


def measure_cohort(
    cohort: Path, out: Path, run: BatchSettings | None = None, settings: Settings | None = None
) -> Iterator[Outcome]:
    """Measure each patient folder in `cohort` into a folder of the same name in `out`; one outcome each, as they end.

    A patient that fails, crashes, hangs or runs out of memory is a row with its reason, and the rest goes on. One whose
    process is killed from outside, or whose worker is lost, is tried once more. `out/batch.csv` holds all rows by the
    patients' names, whoever measured them and in whatever order; while the batch runs it is replaced now and then.

    Parameters
    ----------
    cohort
        A folder of patient folders.
    out
        Made if it is missing. It may not lie in `cohort`, where the next batch would take it for a patient.
    run
        How to run.
    settings
        How each stage works; None for the defaults.

    Raises
    ------
    UsageError
        If `cohort` holds no patient folder, or the cluster cannot do the work.
    OutputError
        If `out` cannot take the results.
    """
    run = run or BatchSettings()
    patients = patient_folders(cohort.expanduser().resolve())
    if cohort.resolve() in (out.resolve(), *out.resolve().parents):
        raise OutputError(f"{out}: expected an output folder outside the cohort's folder {cohort}, came one in it")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{out}: expected a folder that can be made, came {error.strerror}") from error
    check_table(out)
    return _outcomes(patients, out.expanduser().resolve(), run, settings)


def _outcomes(patients: list[Path], out: Path, run: BatchSettings, settings: Settings | None) -> Iterator[Outcome]:
    from lesionmeter.batch.engine import outcomes  # dask is loaded when it is needed

    rows: list[Row] = []
    written = time.monotonic()
    batch = secrets.token_hex(8)
    jobs = (_job(folder, out / folder.name, batch, run, settings) for folder in patients)
    with _client(run, out, batch) as client, (out / RUN_LOG).open("w", newline="", encoding="utf-8") as log:
        writer = csv.writer(log, lineterminator="\n")
        writer.writerow(["patient", "status", "seconds", "peak_memory_mb", "host", "kept"])
        try:
            for outcome in outcomes(client, jobs):
                rows.append(outcome.row)
                writer.writerow(_log_line(outcome))
                log.flush()
                if time.monotonic() - written > EVERY:
                    write_rows(rows, out)
                    written = time.monotonic()
                yield outcome
        finally:
            write_rows(rows, out)


def _client(run: BatchSettings, out: Path, batch: str) -> AbstractContextManager[Client]:
    from lesionmeter.batch import engine

    if run.cluster:
        return engine.cluster_workers(run.cluster, out, batch)
    return engine.local_workers(run.workers, out, batch)


def _job(folder: Path, target: Path, batch: str, run: BatchSettings, settings: Settings | None) -> Job:
    memory = None if run.memory_gb is None else run.memory_gb * 1e9
    plain = dataclasses.asdict(settings) if settings else None
    share = 1 if run.cluster else run.workers
    return Job(str(folder), str(target), batch, run.resume, run.minutes, memory, share, plain)


def _log_line(outcome: Outcome) -> list[str]:
    row = outcome.row
    safe = row.patient.encode(errors="backslashreplace").decode()
    kept = "yes" if outcome.kept else "no"
    return [safe, row.status, f"{outcome.seconds:.1f}", f"{outcome.peak / 1e6:.0f}", outcome.host, kept]
