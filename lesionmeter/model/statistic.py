"""One figure of a study, with all that a reader needs to judge it."""

from __future__ import annotations

from dataclasses import dataclass

from lesionmeter.model.findings import Estimate


@dataclass(frozen=True)
class Statistic:
    """A figure with its interval, or the reason why it is not given.

    Parameters
    ----------
    name
        What it is, such as `ICC(2,1)`.
    estimate
        Its value with the 95 % interval; None where it cannot be given.
    n
        How many things (deposits, patients) it rests on.
    unit
        Unit of the value; empty for a pure number.
    method
        How it was made, with the variant named.
    reason
        Why there is no value, or what limits trust in it.
    group
        What it is about: a size class, a pair of readers, a level, a category.

    Examples
    --------
    >>> refused("ICC(1)", 2, "two deposits say nothing of a spread").value is None
    True
    """

    name: str
    estimate: Estimate | None
    n: int
    unit: str = ""
    method: str = ""
    reason: str = ""
    group: str = ""

    @property
    def value(self) -> float | None:
        """The value alone; None where it cannot be given."""
        return None if self.estimate is None else self.estimate.value


def refused(name: str, n: int, reason: str, group: str = "") -> Statistic:
    """A figure that is not given, with the reason."""
    return Statistic(name, None, n, reason=reason, group=group)
