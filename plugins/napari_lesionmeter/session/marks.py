"""How sure a thing is, told by a sign and words; a window may add a colour, but needs none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How much a state asks for attention; the greater, the more."""

    GOOD = 0
    WAITING = 1
    DOUBTFUL = 2
    BAD = 3


SIGNS = {Level.GOOD: "✓", Level.WAITING: "…", Level.DOUBTFUL: "!", Level.BAD: "✗"}
"""A sign of its own shape for each level."""


@dataclass(frozen=True)
class Mark:
    """A state in words, and how much it asks for attention."""

    level: Level
    words: str

    def __str__(self) -> str:
        return f"{SIGNS[self.level]} {self.words}"


def worst(marks: Iterable[Mark]) -> Mark:
    """All words, at the greatest level among them.

    Examples
    --------
    >>> str(worst([Mark(Level.GOOD, "L registered"), Mark(Level.BAD, "R refused")]))
    '✗ R refused; L registered'
    """
    ordered = sorted(marks, key=lambda mark: -mark.level)
    return Mark(ordered[0].level, "; ".join(dict.fromkeys(mark.words for mark in ordered)))
