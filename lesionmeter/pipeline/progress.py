"""How far the work is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[float, str], None]
"""Told the share done (0 to 1) and what is being done now."""


@dataclass
class Teller:
    """Tells the share done, step by step; mutable, since it counts.

    Parameters
    ----------
    progress
        Whom to tell; nobody if None.

    Examples
    --------
    >>> teller = Teller(lambda share, words: print(f"{share:.0%} {words}"))
    >>> teller.plan(steps=2, until=0.5)
    >>> teller.begin("first")
    0% first
    >>> teller.begin("second")
    25% second
    >>> teller.finish()
    100% done
    """

    progress: Progress | None
    share: float = 0.0
    step: float = 0.0

    def plan(self, steps: int, until: float) -> None:
        """Spread what is left up to the share `until` over so many equal steps."""
        self.step = (until - self.share) / max(steps, 1)

    def begin(self, words: str) -> None:
        """Say what is being done now; it will be one step."""
        if self.progress is not None:
            self.progress(min(self.share, 1.0), words)
        self.share += self.step

    def finish(self) -> None:
        """Say that all is done."""
        self.share = 1.0
        self.begin("done")
