"""One patient measured under guard: whatever happens in its process ends as a row with the reason."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil

from lesionmeter.batch.table import Row, kept_row, made_from
from lesionmeter.pipeline.settings import settings_of

THREADS: Final = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS",
)
"""Read by libraries when they are loaded. One thread each: side by side, more are slower."""

BLINK: Final = 0.2
"""Seconds from one look at a process to the next."""

COMMAND: Final = (sys.executable, "-P", "-c", "from lesionmeter.batch.child import main; main()")
"""Starts `child.main`; with -P, no file of the folder that one stands in is taken for a library."""


@dataclass(frozen=True)
class Job:
    """One patient to measure.

    Parameters
    ----------
    folder, target
        Absolute paths of the films and of the output folder.
    batch
        Name of the run that asks for it.
    resume
        Keep an output that is complete and was made from the same files.
    minutes
        Time limit.
    memory
        Limit of resident memory in bytes; None for a share of nine tenths of the memory of the worker's machine (or of
        what its container may use).
    shares
        Into how many shares that memory goes.
    settings
        Settings as plain values; None for the defaults.
    """

    folder: str
    target: str
    batch: str = ""
    resume: bool = False
    minutes: float = 30.0
    memory: float | None = None
    shares: int = 1
    settings: Mapping[str, Any] | None = None

    @property
    def patient(self) -> str:
        """The name of the patient's folder."""
        return Path(self.folder).name


@dataclass(frozen=True)
class Outcome:
    """A patient's row, and how the work went.

    Parameters
    ----------
    row
        For `batch.csv`.
    seconds, peak
        Time taken, and the highest resident memory seen, in bytes.
    host
        Name of the machine.
    kept
        The output was there already.
    died
        Its process ended without an answer; it may have been killed from outside, so that a second try is fair.
    """

    row: Row
    seconds: float = 0.0
    peak: int = 0
    host: str = ""
    kept: bool = False
    died: bool = False


_running: dict[subprocess.Popen[bytes], str] = {}
"""The processes that this one watches, and the folders that they write."""

_ended: set[str] = set()
"""Batches that were stopped: what is still handed out of them is not begun."""


def guarded(job: Job) -> Outcome:
    """Measure one patient in a process of its own; never raises."""
    start = time.monotonic()
    try:
        settings = None if job.settings is None else settings_of(job.settings)
        files = made_from(Path(job.folder), settings)
        kept = kept_row(Path(job.target), files) if job.resume else None
        outcome = Outcome(kept, kept=True) if kept else _watched(job, files)
    except Exception as error:
        outcome = Outcome(Row(job.patient, "failed", f"could not be started: {type(error).__name__}"))
    return Outcome(
        outcome.row, time.monotonic() - start, outcome.peak, platform.node(), outcome.kept, outcome.died
    )  # fmt: skip


def stop_all(folder: str, batch: str = "") -> None:
    """End the processes that this one watches and that write into `folder` or below; begin none of `batch` any more."""
    if batch:
        _ended.add(batch)
    mine = [process for process, target in list(_running.items()) if Path(folder) in Path(target).parents]
    for process in mine:
        process.kill()


def _watched(job: Job, files: str) -> Outcome:
    with _started(job) as process:
        answer = _Answer(process, _request(job, files))
        peak, reason = _watch(process, job)
        text = answer.text()
    if reason:
        return Outcome(Row(job.patient, "failed", reason), peak=peak)
    if not text:
        return Outcome(Row(job.patient, "failed", _end(process.returncode)), peak=peak, died=True)
    return Outcome(Row(**json.loads(text)), peak=peak)


@contextmanager
def _started(job: Job) -> Iterator[subprocess.Popen[bytes]]:
    """The process of a job; it is gone when the block ends."""
    with subprocess.Popen(
        COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | dict.fromkeys(THREADS, "1"),
        **_apart(),
    ) as process:
        _running[process] = job.target
        try:
            if job.batch in _ended:
                process.kill()
            yield process
        finally:
            process.kill()
            _running.pop(process)


class _Answer:
    """What a process says, gathered while it works: a full pipe would stop it."""

    def __init__(self, process: subprocess.Popen[bytes], request: bytes) -> None:
        self._process, self._request, self._text = process, request, b""
        self._thread = threading.Thread(target=self._talk, daemon=True)
        self._thread.start()

    def text(self) -> bytes:
        """All that it said; called when it has ended."""
        self._thread.join(10)
        return self._text

    def _talk(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(self._request)
            self._process.stdin.flush()  # and left open: it says that somebody waits
            self._text = self._process.stdout.read()
        except OSError:
            self._text = b""


def _request(job: Job, files: str) -> bytes:
    asked = {"folder": job.folder, "target": job.target, "settings": job.settings, "made_from": files}
    return json.dumps(asked, default=str).encode() + b"\n"


def _watch(process: subprocess.Popen[bytes], job: Job) -> tuple[int, str]:
    """Wait for the end; the highest memory seen, and why it was stopped, if it was."""
    start, limit = time.monotonic(), job.memory or 0.9 * _memory() / job.shares
    peak = 0
    while process.poll() is None:
        peak = max(peak, _resident(process.pid))
        if peak > limit:
            process.kill()
            return peak, f"needed more than {limit / 1e9:.1f} GB of memory; stopped"
        if time.monotonic() - start > 60 * job.minutes:
            process.kill()
            return peak, f"not done after {job.minutes:g} minutes; stopped"
        _wait(process)
    return peak, ""


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(BLINK)
    except subprocess.TimeoutExpired:
        return


def _resident(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _memory() -> float:
    """The memory that there is for this machine or container, in bytes."""
    from distributed.system import MEMORY_LIMIT

    return float(MEMORY_LIMIT)


def _end(code: int) -> str:
    if code < 0:
        return f"its process was killed by signal {-code}; perhaps memory ran out"
    return f"its process ended with code {code}"


def _apart() -> dict[str, Any]:
    """Ctrl-C at a terminal reaches all processes there: this one decides when its child ends."""
    if os.name == "nt":
        return {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    return {"start_new_session": True}
