"""What a user may set about finding and outlining deposits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SegmentationSettings:
    """Choices of the search for deposits; lengths in mm, areas in mm2.

    Parameters
    ----------
    threshold
        Smallest confidence, 0 to 1, at which a candidate that no reader clicked is sure. On development films all
        but one of 84 deposits reach 0.99 on at least one date, and half of the false finds stay under 0.97 on all.
        Lower finds fainter deposits, and more sesamoids and dust; look at one film before changing it.
    doubtful
        Smallest confidence at which a candidate is kept as possible. It counts only where a surer find of another date
        lies at its place, so that a deposit that is faint on one film is not called new or resolved.
    smallest_mm2
        Automatic finds under this area are dropped: at this size dust and grain look the same as a deposit.
    join_mm
        Specks nearer than this to each other are one deposit, if they are small enough to be specks.
    speck_mm2
        Largest area of a speck; two larger pieces are never joined, however close.
    """

    threshold: float = 0.97
    doubtful: float = 0.2
    smallest_mm2: float = 1.0
    join_mm: float = 2.0
    speck_mm2: float = 2.0
