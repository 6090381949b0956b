"""How far the area of one unchanged deposit moves when all is done again: new pose, exposure and reading."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

Z95: Final = 1.959963984540054
"""Half width of a 95 % interval in standard deviations."""

BUILT_IN: Final = "built in"
"""The source of the sizes that lesionmeter brings along."""

CHOICE_GROWTH: Final = 0.5
"""By how much the share of an open choice that differs between two films grows with the |ln| of their areas' ratio.

A deposit of another size is another shape, and what could be taken for it is not the same. Chosen on 266 simulated
changes (bench/areas.py), of whose intervals 0.92 held the true one without it, and 0.94 hold it with it. Repeats of
what did not change tell nothing of it."""


@dataclass(frozen=True)
class Repeatability:
    """The error of an area A: sigma^2 = s0^2 + (2 sqrt(pi) s_r sqrt(A))^2 + (k A)^2.

    The defaults are fitted to simulated repeats (bench/repeatability.py): the sizes to compact deposits, `border_share`
    to all habits; the floor, for specks smaller than those, is assumed. They mislead where films are unlike those:
    grainier, with fingers bent more, or with the border hidden by bone. A deposit's own border error, where it is
    larger, takes the place of the first two parts; what the choice of its outline leaves open is added.

    Parameters
    ----------
    s0_mm2
        Floor of the error, s0: what stays for the smallest deposits. The fit gives 0, without deposits under 2 mm2.
    border_mm
        Standard deviation of the place of the whole border, s_r; counted along a circle's outline.
    k_own
        Relative part that each deposit has for itself: its pose against the beam, the bone behind it.
    k_shared
        Relative part that all deposits of one film share beside the scale: exposure, processing.
    source
        Where these sizes come from: `BUILT_IN`, or a study's own repeats.
    border_share
        Share of a deposit's own border error that is not the same on both films. The rest, such as what half way means
        for a ragged border, is the same on both and leaves their ratio.
    choice_share
        The same share of what the choice between outlines of like worth leaves open: it often falls alike on both.
        It is that of an unchanged deposit, and grows by `CHOICE_GROWTH`, up to all of it.

    Examples
    --------
    >>> round(Repeatability(0.0, 0.1, 0.05, 0.0).sd(4.0), 3)
    0.737
    """

    s0_mm2: float = 0.05
    border_mm: float = 0.0
    k_own: float = 0.04
    k_shared: float = 0.02
    source: str = BUILT_IN
    border_share: float = 0.8
    choice_share: float = 0.3

    def variance_own(
        self, area: float, sd_border: float = 0.0, sd_choice: float = 0.0, log_ratio: float = 0.0
    ) -> float:
        """Variance (mm4) that belongs to one deposit of `area` mm2 alone.

        Parameters
        ----------
        area
            In mm2.
        sd_border
            The deposit's own standard error as measured on its film, mm2; `border_share` of it counts where that
            exceeds the model's.
        sd_choice
            What the choice of its outline leaves open, mm2; `choice_share` of it counts.
        log_ratio
            ln of its area's ratio to that which it is compared with: the less alike they are, the more of the choice
            counts.
        """
        share = min(max(self.choice_share, 1.0), self.choice_share + CHOICE_GROWTH * abs(log_ratio))
        border = self.s0_mm2**2 + 4.0 * math.pi * self.border_mm**2 * area
        own = max(border, (self.border_share * sd_border) ** 2) + (share * sd_choice) ** 2
        return own + (self.k_own * area) ** 2

    def sd(self, area: float) -> float:
        """Standard deviation (mm2) of the area of one deposit of `area` mm2, shared part included."""
        return math.sqrt(self.variance_own(area) + (self.k_shared * area) ** 2)


def smallest_detectable_change(area: float, repeatability: Repeatability) -> float:
    """Least change, as a share of `area`, that is unlikely (5 %) for one deposit that did not change.

    SDC = 1.96 sqrt(2) sigma(A) / A, with sigma from the repeatability; two films, each with its error.

    Parameters
    ----------
    area
        In mm2, over 0.
    repeatability
        The error of one area.

    Raises
    ------
    ValueError
        If the area is not over 0.

    References
    ----------
    Beckerman et al. 2001, Qual Life Res 10:571 (smallest real difference).

    Examples
    --------
    >>> coarse = Repeatability(s0_mm2=0.0, border_mm=0.1, k_own=0.05, k_shared=0.0)
    >>> [round(100 * smallest_detectable_change(area, coarse)) for area in (4.0, 9.0, 25.0, 100.0)]
    [51, 36, 24, 17]
    """
    if not area > 0:
        raise ValueError(f"expected an area over 0 mm2, came {area}")
    return Z95 * math.sqrt(2.0) * repeatability.sd(area) / area
