"""What the readers of all scanned formats hand over, and what a resolution tag is worth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

from numpy.typing import NDArray

from lesionmeter.io.greyscale import implausible
from lesionmeter.model.geometry import Spacing, SpacingSource
from lesionmeter.model.radiograph import Polarity

SCREEN_DPI: Final = (72.0, 96.0)
"""What programs write that know of no resolution; no film scanner has them as a step."""

RESOLUTION_TAG_CV: Final = 0.01
"""Relative standard uncertainty of a length *on the film* for a tag that is true: scanner error and film shrinkage.

It misleads where a copy was scaled and kept the tag, which nothing in the file shows: compare bone lengths then.
"""


@dataclass(frozen=True, eq=False)
class Scan:
    """A scanned film as its file has it.

    Parameters
    ----------
    values
        (rows, columns) or (rows, columns, channels).
    spacing_mm
        (row, column) distance in mm by the file's resolution tag; None if there is none.
    polarity
        What the file states.
    remarks
        What a reader of the tables should know.
    device
        Maker and model of the scanner, if the file names them.
    """

    values: NDArray[Any]
    spacing_mm: tuple[float, float] | None = None
    polarity: Polarity | None = None
    remarks: tuple[str, ...] = ()
    device: str = ""


def spacing_claims(scan: Scan, shape: tuple[int, ...]) -> tuple[tuple[Spacing, ...], tuple[str, ...]]:
    """The resolution tag as a claim, unless it is a screen's default or no film could have it; and remarks.

    Examples
    --------
    >>> import numpy as np
    >>> scan = Scan(np.zeros((2000, 1500)), (25.4 / 96, 25.4 / 96))
    >>> spacing_claims(scan, (2000, 1500))
    ((), ('its resolution tag of 96 dpi is a default of screens: not believed',))
    """
    if scan.spacing_mm is None or not all(math.isfinite(mm) and mm > 0 for mm in scan.spacing_mm):
        return (), ()
    dpi = [25.4 / mm for mm in scan.spacing_mm]
    if any(all(abs(d - screen) < 0.5 for d in dpi) for screen in SCREEN_DPI):
        return (), (f"its resolution tag of {dpi[0]:.0f} dpi is a default of screens: not believed",)
    if reason := implausible(scan.spacing_mm, (shape[0], shape[1])):
        return (), (f"its resolution tag of {dpi[0]:.4g} dpi {reason}: not believed",)
    return (Spacing(*scan.spacing_mm, SpacingSource.RESOLUTION_TAG, RESOLUTION_TAG_CV),), ()
