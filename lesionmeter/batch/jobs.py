"""One patient in a process of its own, so that nothing which happens there can hurt the others."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import connection
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

from lesionmeter.batch.one import incomplete, measure_patient
from lesionmeter.batch.table import Row, made_from
from lesionmeter.errors import LesionmeterError
from lesionmeter.model.findings import Assessment

THREADS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Read by numpy's libraries when they are loaded. One thread each: side by side, more are slower."""


@dataclass
class Job:
    """One patient's process; mutable, since its time starts when it does."""

    folder: Path
    process: BaseProcess
    answer: Connection
    started: float = field(default_factory=time.monotonic)

    @classmethod
    def start(cls, folder: Path, out: Path) -> Job:
        """Start measuring `folder` into the folder of its name in `out`."""
        context = multiprocessing.get_context("spawn")
        answer, mouth = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(folder, out / folder.name, mouth), daemon=True)
        with _one_thread():
            process.start()
        mouth.close()
        return cls(folder, process, answer)

    @staticmethod
    def wait(jobs: Sequence[Job]) -> None:
        """Wait until one of them may have ended, at most a second."""
        connection.wait([job.answer for job in jobs], timeout=1.0)

    @property
    def seconds(self) -> float:
        """Time since it was started."""
        return time.monotonic() - self.started

    def ended(self, minutes: float) -> Row | None:
        """Its row if it has ended or has used up its minutes, else None."""
        if self.answer.poll():
            return self._received()
        if not self.process.is_alive():
            return self._failed(self._end())
        if self.seconds > 60 * minutes:
            self.kill()
            return self._failed(f"not done after {minutes:g} minutes; stopped")
        return None

    def kill(self) -> None:
        """End it at once; what it had not finished writing is cleared up by the next run."""
        self.process.kill()
        self.process.join()

    def _received(self) -> Row:
        try:
            row: Row = self.answer.recv()
        except EOFError:
            self.process.join(5)
            return self._failed(self._end())
        self.process.join()
        return row

    def _end(self) -> str:
        code = self.process.exitcode
        if code is not None and code < 0:
            return f"its process was killed by signal {-code}; perhaps memory ran out"
        return f"its process ended with code {code}"

    def _failed(self, reason: str) -> Row:
        return Row(self.folder.name, "failed", reason)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Environment for a process that is started now; ours stays as it was."""
    before = dict(os.environ)
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _work(folder: Path, target: Path, mouth: Connection) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        files = made_from(folder)
        mouth.send(_row(folder.name, measure_patient(folder, target), files))
    except LesionmeterError as error:
        mouth.send(Row(folder.name, "failed", str(error)))
    except MemoryError:
        mouth.send(Row(folder.name, "failed", "ran out of memory"))
    except Exception as error:
        mouth.send(Row(folder.name, "failed", _fault(error)))


def _fault(error: Exception) -> str:
    """What went wrong in the program and where; never the error's text, which may hold a patient's name."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = "/".join(Path(last.filename).parts[-2:])
    return f"a fault of the program: {type(error).__name__} in {place}, line {last.lineno}; please report it"


def _end_with_parent() -> None:
    """End when the batch was killed, and leave no process behind that still works on a patient."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _row(patient: str, result: Assessment, files: str) -> Row:
    missed = incomplete(result)
    status = "measured in part" if missed else "measured"
    reason = f"not assessable: {', '.join(missed)}" if missed else ""
    return Row(patient, status, reason, len(result.films), len(result.tracks), made_from=files)
