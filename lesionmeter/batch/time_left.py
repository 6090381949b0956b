"""How long a batch has still to go."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class TimeLeft:
    """How far a batch is, and the time that the rest will take at the pace so far.

    Parameters
    ----------
    patients
        How many there are.
    done, measured
        How many have ended, and how many of them were measured in this run: those that were there already took no
        time and say nothing on the pace.
    start, now
        Seconds on a clock, when the batch began and when the last patient ended.

    Examples
    --------
    >>> str(TimeLeft(200, done=100, measured=50, start=0.0, now=3600.0))
    '100 of 200 patients, about 2 h 0 min left'
    """

    patients: int
    done: int = 0
    measured: int = 0
    start: float = field(default_factory=time.monotonic)
    now: float = 0.0

    def after(self, kept: bool) -> TimeLeft:
        """The same after one more patient has ended now."""
        return replace(self, done=self.done + 1, measured=self.measured + (not kept), now=time.monotonic())

    @property
    def share(self) -> float:
        """Share of the patients that have ended."""
        return self.done / self.patients

    @property
    def seconds(self) -> float | None:
        """Time left; None as long as nothing is known of the pace."""
        if not self.measured:
            return None
        return (self.now - self.start) / self.measured * (self.patients - self.done)

    def __str__(self) -> str:
        words = f"{self.done} of {self.patients} patients"
        if self.seconds is None:
            return words
        hours, minutes = divmod(round(self.seconds / 60), 60)
        return f"{words}, about {f'{hours} h ' if hours else ''}{minutes} min left"
