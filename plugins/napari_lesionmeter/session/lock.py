"""One window at a time may change an output folder; a lock that a dead process left is taken over."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Holder:
    """The process that holds a folder: who, on which machine, and when it was started (seconds since 1970)."""

    reader: str
    host: str
    process: int
    started: float

    @classmethod
    def here(cls, reader: str) -> Holder:
        """The process that asks."""
        return cls(reader, socket.gethostname(), os.getpid(), psutil.Process().create_time())

    @property
    def is_gone(self) -> bool:
        """Whether it is known to have ended; of another machine's processes nothing is known."""
        if self.host != socket.gethostname():
            return False
        try:
            return bool(abs(psutil.Process(self.process).create_time() - self.started) > 1.0)
        except psutil.Error:
            return True


class Lock:
    """The right to change an output folder.

    Parameters
    ----------
    path
        The lock's file.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.held, self.reason = path, False, ""

    def acquire(self, reader: str) -> bool:
        """Take the lock; where another window has it, `reason` says who."""
        me = json.dumps(vars(Holder.here(reader)))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(2):
            try:
                with self.path.open("x", encoding="utf-8") as file:
                    file.write(me)
                self.held, self.reason = True, ""
                return True
            except FileExistsError:
                holder = self.holder()
                if holder is not None and not holder.is_gone:
                    where = f"on {holder.host}, process {holder.process}"
                    self.reason = f"{holder.reader or 'somebody'} has it open in another window ({where})"
                    return False
                self.path.unlink(missing_ok=True)  # of a process that was killed
        self.reason = "another window is opening it at this moment"
        return False

    def release(self) -> None:
        """Give the lock back, if it is held."""
        if self.held:
            self.path.unlink(missing_ok=True)
            self.held = False

    def holder(self) -> Holder | None:
        """Who holds it; None if nobody does or the file says nothing."""
        try:
            return Holder(**json.loads(self.path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
