"""Two films of one hand: how alike they are, and what bones that do not change measure on both."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lesionmeter.model.dates import PartialDate
from lesionmeter.model.repeatability import Z95


@dataclass(frozen=True)
class HandLook:
    """How one film shows a hand, by the shafts of its bones.

    Parameters
    ----------
    contrast
        Bone over soft tissue, as a share of bone over air, 0 to 1: falls with exposure, fog and a harder beam.
    edge_mm
        Width over which the film falls at a shaft's border, mm: the film's blur, and the bone's own roundness.
    """

    contrast: float
    edge_mm: float


@dataclass(frozen=True)
class Control:
    """The negative control: mid-shaft areas, which do not change in adults, on two films.

    Parameters
    ----------
    log_ratio
        Median over the bones of ln(later / earlier mid-shaft area).
    low, high
        Its 95 % interval, from the order of the values.
    spread
        Robust standard deviation of one bone's log ratio (1.4826 times the median distance from the median).
    bones
        How many were measured on both films.
    allowed
        Largest log ratio that the two films' shared error (scale, pose, exposure) explains 95 times in 100.

    Examples
    --------
    >>> Control(0.02, 0.01, 0.03, spread=0.01, bones=19, allowed=0.08).off
    False
    >>> Control(0.12, 0.10, 0.14, spread=0.01, bones=19, allowed=0.08).off
    True
    """

    log_ratio: float
    low: float
    high: float
    spread: float
    bones: int
    allowed: float

    @property
    def off(self) -> bool:
        """Whether its whole interval lies beyond what the films' shared error explains."""
        return self.low > self.allowed or self.high < -self.allowed

    @property
    def shared_sd(self) -> float:
        """Standard deviation of a log ratio by what all areas of the two films share, as these bones show it.

        The drift that they measure counts as an error, beside the standard error of its median: it is never taken off.

        Examples
        --------
        >>> round(Control(0.03, 0.03 - 0.0784, 0.03 + 0.0784, spread=0.1, bones=19, allowed=0.1).shared_sd, 3)
        0.05
        """
        return math.hypot(self.log_ratio, (self.high - self.low) / (2 * Z95))

    @property
    def floor(self) -> float:
        """The pair's error floor: 95 in 100 shafts that did not change differ by less than this log ratio."""
        return abs(self.log_ratio) + Z95 * self.spread

    @property
    def words(self) -> str:
        """What it measured, in percent, as reasons and pages print it.

        Examples
        --------
        >>> Control(0.0198, 0.01, 0.03, spread=0.01, bones=19, allowed=0.08).words
        '+2.0 % (+1.0 to +3.0 %) on 19 bones'
        """
        middle, low, high = (f"{100 * math.expm1(value):+.1f}" for value in (self.log_ratio, self.low, self.high))
        return f"{middle} % ({low} to {high} %) on {self.bones} bones"


@dataclass(frozen=True)
class FilmPair:
    """Two films of one hand: a row of `pairs.csv`.

    Parameters
    ----------
    film_from, film_to, laterality
        The films, the earlier one first, and the hand.
    date_from, date_to
        Their dates.
    control
        The negative control; None if it could not be measured.
    reason
        Why not.
    looks
        How each film shows the hand; None where its shafts could not be sampled.
    flags
        What makes the two films hard to compare, each in a few words.
    """

    film_from: str
    film_to: str
    laterality: str
    date_from: PartialDate | None
    date_to: PartialDate | None
    control: Control | None
    reason: str = ""
    looks: tuple[HandLook | None, HandLook | None] = (None, None)
    flags: tuple[str, ...] = ()
