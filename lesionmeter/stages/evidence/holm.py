"""Many comparisons at once."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """P-values adjusted by Holm's step-down procedure, in the order given.

    Calling what is under 5 % after it keeps the chance of *any* false call among them at 5 %, however the comparisons
    depend on each other. The smallest is multiplied by their number m, the next by m - 1, and so on, never falling.

    Parameters
    ----------
    p_values
        0 to 1 each.

    References
    ----------
    Holm 1979, Scand J Stat 6:65.

    Examples
    --------
    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03, 0.005])]
    [0.03, 0.06, 0.06, 0.02]
    """
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = highest
    return tuple(adjusted)
