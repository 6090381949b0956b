"""Dask: one way for the workers of this machine and of a cluster. They read the films; only rows come back."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any, Final

import dask
from distributed import Client, Future, Scheduler, SpecCluster, Worker, wait
from distributed.comm import inproc

from lesionmeter.batch.guard import Job, Outcome, guarded, stop_all
from lesionmeter.batch.table import Row
from lesionmeter.errors import UsageError

AHEAD: Final = 2
"""Jobs that are handed out for each that can run: no worker waits for the next, and few lie about."""

PATIENCE: Final = 600.0
"""Seconds that a cluster may be without any worker before the batch gives up."""

QUIET: Final = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.log-length": 100,
    "distributed.admin.low-level-log-length": 100,
    "distributed.admin.system-monitor.log-length": 10,
}
"""No record of what dask did: it would only grow."""


class _PortlessScheduler(Scheduler):
    """A scheduler that opens no port: dask's pages show what is being worked on to everybody on the machine."""

    def start_http_server(self, *_: Any, **__: Any) -> None:
        """Do nothing."""


class _PortlessWorker(Worker):
    """A worker that opens no port."""

    def start_http_server(self, *_: Any, **__: Any) -> None:
        """Do nothing."""


@contextmanager
def local_workers(count: int, out: Path, batch: str) -> Iterator[Client]:
    """So many workers inside this process, which opens no port; each patient has a process of its own (see `guard`)."""
    inproc.global_manager._ip = "127.0.0.1"  # else dask asks for the way to a host on the Internet, to name this one
    scheduler = {"cls": _PortlessScheduler, "options": {"protocol": "inproc://", "dashboard": False}}
    worker = {"cls": _PortlessWorker, "options": {"protocol": "inproc://", "nthreads": 1, "memory_limit": 0}}
    with (
        dask.config.set(QUIET),
        SpecCluster(dict.fromkeys(range(count), worker), scheduler, silence_logs=logging.CRITICAL) as cluster,
        Client(cluster) as client,
    ):
        try:
            yield client
        finally:
            stop_all(str(out), batch)


@contextmanager
def cluster_workers(address: str, out: Path, batch: str) -> Iterator[Client]:
    """The workers of a running Dask scheduler, after a look whether each of them can do the work.

    Raises
    ------
    UsageError
        If nobody answers at `address`, or a worker has another version of lesionmeter, or does not see `out`.
    """
    try:
        client = Client(address, timeout=20)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            f"{address}: expected the address of a running Dask scheduler, such as tcp://host:8786, came "
            f"{type(error).__name__}"
        ) from error
    with client:
        _check_workers(client, out)
        client.run(stop_all, str(out))  # what a batch that was killed has left running there
        try:
            yield client
        finally:
            with suppress(Exception):  # a scheduler that is lost has stopped already
                client.run(stop_all, str(out), batch, on_error="ignore")


def outcomes(client: Client, jobs: Iterable[Job]) -> Iterator[Outcome]:
    """The outcome of each job, as they end; only a few are handed out at any time.

    Raises
    ------
    UsageError
        If the scheduler is lost, or all workers are for a long time.
    """
    flight = _Flight(client, iter(jobs))
    flight.fill()
    while flight.jobs:
        yield from flight.landed()
        flight.fill()


@dataclass
class _Flight:
    """The jobs that are handed out; mutable, since they come and go."""

    client: Client
    waiting: Iterator[Job]
    jobs: dict[Future[Outcome], tuple[Job, int]] = field(default_factory=dict)
    alone: float = 0.0

    def fill(self) -> None:
        """Hand out as many as the workers that are there now can take."""
        threads = sum(self.client.nthreads().values())
        room = max(AHEAD * threads, 1) - len(self.jobs)
        for job in islice(self.waiting, max(room, 0)):  # no room where workers were lost
            self._submit(job, tries=1)

    def landed(self) -> Iterator[Outcome]:
        """Those that have ended; waits a second at most."""
        try:
            done = wait(list(self.jobs), timeout=1.0, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            self._check_company()
            return
        for future in done:
            job, tries = self.jobs.pop(future)
            outcome = _outcome(future, job)
            future.release()
            if outcome.died and tries < 2:
                self._submit(job, tries + 1)
            else:
                yield outcome

    def _submit(self, job: Job, tries: int) -> None:
        # The key is all that dask's logs show: it names nobody.
        future = self.client.submit(guarded, job, key=f"measure-{secrets.token_hex(8)}", pure=False)
        self.jobs[future] = job, tries

    def _check_company(self) -> None:
        self.alone = 0.0 if self.client.nthreads() else self.alone + 1.0
        if self.alone > PATIENCE:
            raise UsageError(
                f"expected workers on the cluster, came none for {PATIENCE / 60:g} minutes; start some and run the "
                "batch again with --resume"
            )


def _outcome(future: Future[Outcome], job: Job) -> Outcome:
    try:
        outcome: Outcome = future.result(timeout=30)
    except (CancelledError, TimeoutError) as error:
        raise UsageError(
            "expected the cluster's scheduler to stay, came its loss; run the batch again with --resume"
        ) from error
    except Exception as error:  # dask's KilledWorker: the workers that had it were lost, again and again
        reason = f"the workers that measured it were lost ({type(error).__name__})"
        return Outcome(Row(job.patient, "failed", reason), died=True)
    return outcome


def _check_workers(client: Client, out: Path) -> None:
    token = out / f".batch-{secrets.token_hex(8)}"
    token.write_text("", encoding="utf-8")
    try:
        answers = client.run(_look, str(token), on_error="return")
    finally:
        token.unlink()
    if not answers:
        raise UsageError("expected at least one worker on the cluster, came none; start one with `dask worker`")
    faults = sorted(f"{worker}: {fault}" for worker, answer in answers.items() if (fault := _fault(answer, out)))
    if faults:
        raise UsageError("; ".join(faults))


def _look(token: str) -> tuple[str, bool]:
    """What a worker has: its version of lesionmeter, and whether it sees a file that the driver has just made."""
    return version("lesionmeter"), Path(token).exists()


def _fault(answer: object, out: Path) -> str:
    mine = version("lesionmeter")
    if not isinstance(answer, tuple):
        return f"expected a worker with lesionmeter {mine}, came {type(answer).__name__}; install it there"
    theirs, sees = answer
    if theirs != mine:
        return f"expected a worker with lesionmeter {mine}, came {theirs}"
    return "" if sees else f"expected a worker that sees {out}, came one that does not; use a folder that all share"
