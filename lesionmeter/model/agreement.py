"""What readers, or repeats of unchanged hands, say of the same deposits, and how far they agree."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

from lesionmeter.model.findings import Call, Estimate
from lesionmeter.model.repeatability import Repeatability
from lesionmeter.model.statistic import Statistic

Design = Literal["readers", "repeats"]

SIZE_EDGES: Final = (4.0, 9.0, 25.0)
"""mm2; relative error falls with size, so agreement is told by class."""

SIZE_CLASSES: Final = (
    f"under {SIZE_EDGES[0]:g} mm2",
    *(f"{low:g} to under {high:g} mm2" for low, high in pairwise(SIZE_EDGES)),
    f"{SIZE_EDGES[-1]:g} mm2 and over",
)
"""Size classes, smallest first."""


@dataclass(frozen=True)
class RatedDeposit:
    """One deposit as every reader, or every repeat, has it.

    Parameters
    ----------
    patient_id, laterality, site
        Whose, of which hand, and the name of its finding site (empty if it has none).
    film
        The film that all readers saw; empty for repeats, which are one film each.
    identities
        Its identity in each column; empty where the column does not have it.
    areas
        Its area in each column: 0 where it was looked for and not there, None where it could not be assessed.
    unit
        `mm2` or `relative`.

    Examples
    --------
    >>> deposit = RatedDeposit("P1", "L", "2 PIP", "a.tif", ("L01", "L04"), (4.0, 9.0), "mm2")
    >>> deposit.complete, deposit.size, deposit.size_class
    (True, 6.0, '4 to under 9 mm2')
    """

    patient_id: str
    laterality: str
    site: str
    film: str
    identities: tuple[str, ...]
    areas: tuple[float | None, ...]
    unit: str

    @property
    def complete(self) -> bool:
        """Whether every column measured it."""
        return all(area for area in self.areas)

    @property
    def size_class(self) -> str:
        """Its class by the geometric mean of its areas; empty where the scale is unknown."""
        size = self.size
        return SIZE_CLASSES[sum(size >= edge for edge in SIZE_EDGES)] if size is not None and self.unit == "mm2" else ""

    @property
    def size(self) -> float | None:
        """Geometric mean of the areas over 0; None if there are none."""
        logs = [math.log(area) for area in self.areas if area]
        return round(math.exp(sum(logs) / len(logs)), 9) if logs else None


@dataclass(frozen=True)
class Limits:
    """Bland and Altman's limits of agreement between two columns, as ratios second / first.

    Parameters
    ----------
    first, second
        Names of the columns.
    bias, low, high
        Geometric mean ratio, and the limits between which 95 % of the ratios are expected, each with its interval.
    points
        (geometric mean area, ratio) of each deposit.
    """

    first: str
    second: str
    bias: Estimate
    low: Estimate
    high: Estimate
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class OutlinePair:
    """How well two readers' outlines of one deposit on one film lie on each other.

    `distance_mm` is the mean distance between the two borders, both ways; `distance95_mm` the 95th percentile. Both are
    None on a film of unknown scale.
    """

    patient_id: str
    film: str
    first: str
    second: str
    deposit_first: str
    deposit_second: str
    dice: float
    distance_mm: float | None
    distance95_mm: float | None


@dataclass(frozen=True)
class CallPair:
    """Two readers' calls of one thing between the same two dates."""

    patient_id: str
    level: str
    where: str
    date_from: str
    date_to: str
    first: str
    second: str
    call_first: Call
    call_second: Call


@dataclass(frozen=True)
class StudyRepeatability:
    """The error of one area as a study's repeats show it, to be used in place of the built-in one.

    Parameters
    ----------
    error
        Its sizes; `source` names the study.
    n_deposits, n_patients
        What they were fitted to.
    degrees_of_freedom
        Of the deposits' own error, and of the error that a film's deposits share.
    widened
        By how much the fitted sizes were multiplied because so few repeats leave them uncertain: Student's t over the
        normal quantile.
    notes
        What limits trust in it.
    """

    error: Repeatability
    n_deposits: int
    n_patients: int
    degrees_of_freedom: tuple[int, int]
    widened: tuple[float, float]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Agreement:
    """A study of readers, or of repeats.

    Parameters
    ----------
    design
        `readers`: the columns are readers (or automatic and reviewed) of the same films. `repeats`: the columns are
        films of an unchanged hand.
    columns
        Their names.
    deposits, limits, outlines, calls
        What it rests on.
    statistics
        Every figure, by size class.
    repeatability
        Of repeats, where they carry it.
    remarks
        What a reader must know.
    """

    design: Design
    columns: tuple[str, ...]
    deposits: tuple[RatedDeposit, ...]
    statistics: tuple[Statistic, ...]
    limits: tuple[Limits, ...] = ()
    outlines: tuple[OutlinePair, ...] = ()
    calls: tuple[CallPair, ...] = ()
    repeatability: StudyRepeatability | None = None
    remarks: tuple[str, ...] = field(default_factory=tuple)
