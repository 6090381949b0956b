"""Ask again, after longer and longer waits, until an answer comes or the time is up."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from lesionmeter.io.pacs.configuration import Patience
from lesionmeter.io.pacs.objects import Unreachable

Answer = TypeVar("Answer")
SHORTEST_S = 0.1


class Deadline:
    """The moment until which a transfer may last.

    Parameters
    ----------
    limit_s
        From now, in seconds.
    """

    def __init__(self, limit_s: float) -> None:
        self._end = time.monotonic() + limit_s

    @property
    def left_s(self) -> float:
        """Seconds that are left, never below 0."""
        return max(self._end - time.monotonic(), 0.0)

    def timeout_s(self, usual_s: float) -> float:
        """How long one answer may take, so that the whole ends in time.

        Raises
        ------
        Unreachable
            If the time is up.
        """
        if not self.left_s:
            raise Unreachable("the time limit was reached")
        return max(min(usual_s, self.left_s), SHORTEST_S)


def persist(
    act: Callable[[], Answer], patience: Patience, deadline: Deadline, sleep: Callable[[float], None] = time.sleep
) -> Answer:
    """Do an act, and do it again where the other side did not answer.

    Raises
    ------
    Unreachable
        If no attempt was answered, or the time is up.
    Refused
        At once, if the other side refuses.

    Examples
    --------
    >>> persist(lambda: "answer", Patience(), Deadline(60))
    'answer'
    """
    for attempt in range(patience.attempts):
        wait = patience.first_wait_s * 2**attempt
        try:
            return act()
        except Unreachable:
            if attempt + 1 == patience.attempts or deadline.left_s <= wait:
                raise
        sleep(wait)
    raise Unreachable("expected at least one attempt, came none")
