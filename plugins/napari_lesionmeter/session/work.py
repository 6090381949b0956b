"""Work in the background: one thing at a time in a thread, its news fetched by whoever owns the window's thread."""

from __future__ import annotations

import queue
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

Tell = Callable[[float, str], None]
"""Told the share done (0 to 1) and a few words; raises where the work was cancelled."""


class CancelledError(Exception):
    """The reader cancelled the work."""


@dataclass(frozen=True)
class Job:
    """Work to do.

    Parameters
    ----------
    name
        What it is; asking for it again replaces one of the name that waits.
    work
        Called in the thread, with a `Tell` and a way to hand over what is known so far.
    found
        Called with the result, where `poll` is called.
    failed
        Called with the error, where `poll` is called; not if the work was cancelled.
    part
        Called with each thing handed over before the result is there, where `poll` is called.
    """

    name: str
    work: Callable[[Tell, Callable[[Any], None]], Any]
    found: Callable[[Any], None]
    failed: Callable[[Exception], None]
    part: Callable[[Any], None] = lambda part: None


class Background:
    """Runs jobs one after the other; `poll` brings their news.

    Parameters
    ----------
    progress
        Called with the job's name, the share done and a few words, where `poll` is called.
    """

    def __init__(self, progress: Callable[[str, float, str], None]) -> None:
        self._progress = progress
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="lesionmeter")
        self._news: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._waiting: dict[str, int] = {}
        self._cancelled: set[int] = set()
        self._number = 0
        self._running: dict[int, str] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The jobs that run or wait."""
        return tuple(self._running.values())

    def start(self, job: Job) -> None:
        """Do this next; a job of the same name that waits or runs is cancelled."""
        self.cancel(job.name)
        self._number += 1
        self._running[self._number] = job.name
        self._thread.submit(self._run, self._number, job)

    def cancel(self, name: str) -> None:
        """Stop the jobs of that name at their next step."""
        for number, running in list(self._running.items()):
            if running == name:
                self._cancelled.add(number)
                del self._running[number]
                self._progress(name, 1.0, "cancelled")

    def poll(self) -> None:
        """Bring in the news, in the caller's thread."""
        while not self._news.empty():
            self._news.get()()

    def close(self) -> None:
        """Cancel everything."""
        for name in set(self._running.values()):
            self.cancel(name)
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _run(self, number: int, job: Job) -> None:
        def tell(share: float, words: str) -> None:
            if number in self._cancelled:
                raise CancelledError(job.name)
            self._say(number, lambda: self._progress(job.name, share, words))

        try:
            tell(0.0, job.name)
            result = job.work(tell, lambda part: self._say(number, lambda: job.part(part)))
        except CancelledError:
            return
        except Exception as error:  # whatever happens in the thread must reach the reader
            problem = error
            self._say(number, lambda: job.failed(problem), ends=True)
            return
        self._say(number, lambda: job.found(result), ends=True)

    def _say(self, number: int, news: Callable[[], None], ends: bool = False) -> None:
        def heard() -> None:
            if number in self._cancelled:
                return
            if ends:
                self._running.pop(number, None)
            news()

        self._news.put(heard)
