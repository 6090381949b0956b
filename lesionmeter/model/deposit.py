"""Calcific deposits: outlines on a film's own grid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.geometry import Points


class Origin(StrEnum):
    """Who outlined a deposit."""

    AUTOMATIC = "automatic"
    HINT = "hint"
    REVIEWED = "reviewed"


@dataclass(frozen=True, eq=False)
class Deposit:
    """One calcification on one film.

    Parameters
    ----------
    label
        Its number in the film's deposit map, from 1.
    laterality
        The hand that it belongs to, `L` or `R`.
    centre
        (2,) as (row, column) pixels, inside the deposit.
    outlines
        Closed (n, 2) polygons, (row, column) pixels, one for each speck, at sub-pixel places. Holes are not cut out.
    area_px
        Area inside the outlines, in pixels squared, sub-pixel; before any calibration.
    perimeter_px
        Total length of the outlines, in pixels.
    border_px
        Standard uncertainty of the border's place, in pixels: its blur and the noise.
    contrast
        Height over the local background, as a share of the film's grey range.
    noise
        Standard deviation of the grain near it, in the same share.
    bone_overlap
        Share of its pixels that lie over bone, 0 to 1; not a number as long as the bone map was not asked.
    confidence
        0 to 1: how sure it is that this is a deposit.
    origin
        Who outlined it.
    hint
        The reader's name for it, if a click named it.
    saturated
        Share of its pixels at the film's highest value, 0 to 1.
    choice_px
        Standard error of the area, in pixels squared, from how far other outlines of like worth differ, and from what
        is seen beside its own.
    chance
        0 to 1: how sure the network alone is; 1 for what a reader clicked or drew.
    """

    label: int
    laterality: str
    centre: Points
    outlines: tuple[Points, ...]
    area_px: float
    perimeter_px: float
    border_px: float
    contrast: float
    noise: float
    bone_overlap: float
    confidence: float
    origin: Origin = Origin.AUTOMATIC
    hint: str = ""
    saturated: float = 0.0
    choice_px: float = 0.0
    chance: float = 1.0


@dataclass(frozen=True, eq=False)
class DepositMap:
    """All deposits of a film, on the film's own grid.

    Parameters
    ----------
    film
        The film's name.
    labels
        (rows, columns) uint16; 0 is none, else a deposit's `label`.
    deposits
        One for each label present.
    unclear
        (n, 3) row, column and radius in pixels of places where a deposit may be that has no clear border.
    lumps
        (n, 3) the same of what is as large as a lump, off the carpus, and surely in no outline.
    """

    film: str
    labels: NDArray[np.uint16]
    deposits: tuple[Deposit, ...]
    unclear: Points = field(default_factory=lambda: np.zeros((0, 3)))
    lumps: Points = field(default_factory=lambda: np.zeros((0, 3)))

    def only(self, labels: Iterable[int]) -> DepositMap:
        """The map of those labels alone; their numbers stay."""
        wanted = frozenset(labels)
        kept = tuple(d for d in self.deposits if d.label in wanted)
        keep = np.array([0, *(d.label for d in kept)])
        labels = np.where(np.isin(self.labels, keep), self.labels, 0).astype(np.uint16)
        return replace(self, labels=labels, deposits=kept)

    @property
    def numbers(self) -> frozenset[int]:
        """The labels of its deposits."""
        return frozenset(deposit.label for deposit in self.deposits)

    def is_unclear(self, place: tuple[float, float], within: float) -> bool:
        """Whether something without a clear border reaches to within so many pixels of a (row, column) place."""
        return bool(np.any(reaching(self.unclear, place, within)))

    def deposit(self, label: int) -> Deposit:
        """The deposit of that label.

        Raises
        ------
        KeyError
            If the film has none of that label.
        """
        for deposit in self.deposits:
            if deposit.label == label:
                return deposit
        raise KeyError(f"{self.film}: expected one of labels {[d.label for d in self.deposits]}, came {label}")


def reaching(places: Points, point: tuple[float, float] | Points, within: float = 0.0) -> NDArray[np.bool_]:
    """(n,) which of (n, 3) places, row, column and radius, reach to within so many pixels of a (row, column) point."""
    away = np.hypot(*(places[:, :2] - np.array(point)).T)
    return np.asarray(away <= places[:, 2] + within)


@dataclass(frozen=True)
class SizeLimits:
    """Down to what area a deposit would have been found on a film, and measured; by deposits put into that very film.

    Parameters
    ----------
    detection
        Area, in the film's area unit, from which 95 in 100 are found; None if that holds for no area that was tried.
    quantification
        Area, at least `detection`, from which 95 in 100 areas come out within a third; None if not known.
    tried
        How many deposits were put in.
    """

    detection: float | None
    quantification: float | None
    tried: int


@dataclass(frozen=True)
class Sighting:
    """One deposit identity on one film: where it is, or where it would be.

    Parameters
    ----------
    film
        The film's name.
    labels
        Labels on that film that belong to this identity: none if not there, several if it is split there.
    position
        (row, column) pixels inside it; carried from another film if it is not there; None if that cannot be told.
    note
        Event: `new`, `resolved`, `reappeared`, `split`, `merged`, or empty.
    assessable
        False if the place could not be looked at (off the film, refused registration).
    reason
        Why not.
    probability
        0 to 1: how sure the link to the identity's first sighting is.
    """

    film: str
    labels: tuple[int, ...]
    position: tuple[float, float] | None
    note: str = ""
    assessable: bool = True
    reason: str = ""
    probability: float = 1.0


@dataclass(frozen=True)
class Track:
    """One deposit followed over all films of a hand.

    Parameters
    ----------
    identity
        Such as `L07`.
    laterality
        `L` or `R`.
    sightings
        One for each film of that hand, in order of date.
    """

    identity: str
    laterality: str
    sightings: tuple[Sighting, ...]


def one_label_each(groups: Iterable[tuple[int, ...]]) -> dict[int, int]:
    """Give all labels of one group one number, the smallest; groups that share a label become one.

    Tables and masks number a deposit that is split on a film once, so that each row has exactly one mask label.

    Parameters
    ----------
    groups
        The labels of each identity on one film.

    Returns
    -------
    dict
        Label to its group's number.

    Examples
    --------
    >>> one_label_each([(4, 2), (7,), (4, 9)])
    {4: 2, 2: 2, 7: 7, 9: 2}
    """
    number: dict[int, int] = {}
    for labels in groups:
        joined = {number.get(label, label) for label in labels}
        number |= {label: label for label in labels if label not in number}
        number = {label: min(joined) if n in joined else n for label, n in number.items()}
    return number
