"""What a patient's films show: measurements, changes, calls, and all of it together."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from lesionmeter.model.corrections import Correction
from lesionmeter.model.dates import Interval, PartialDate
from lesionmeter.model.deposit import DepositMap, Origin, Track
from lesionmeter.model.film_pair import FilmPair
from lesionmeter.model.geometry import Points, Registration, Spacing
from lesionmeter.model.patient import Hand, Patient, Skipped
from lesionmeter.model.site import Site

BEWARE: Final = "beware: "
"""In the reason of a change: what follows speaks against trusting it, one thing after the other, parted by `; `."""


class Status(StrEnum):
    """What became of a deposit on a film; `not assessable` is never 0."""

    MEASURED = "measured"
    ABSENT = "absent"
    NOT_ASSESSABLE = "not assessable"


class Call(StrEnum):
    """What the change between two dates is called; `indeterminate` is never `stable`."""

    REGRESSION = "regression"
    PROGRESSION = "progression"
    STABLE = "stable"
    INDETERMINATE = "indeterminate"
    RESOLVED = "resolved"
    NEW = "new"
    NOT_ASSESSABLE = "not assessable"


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval; a bound is None when it is not known."""

    value: float
    lo: float | None
    hi: float | None


@dataclass(frozen=True)
class Measurement:
    """The projected area of one deposit on one film.

    Parameters
    ----------
    area
        In `unit`, with its 95 % interval.
    sd_own
        Standard error that belongs to this deposit alone (border, noise, choice), in `unit`.
    cv_shared
        Relative standard error that all deposits of this film share (scale, pose), of the area.
    unit
        `mm2`, or `relative` on a film of unknown scale.
    sd_choice
        The part of `sd_own` that is left by the choice between outlines of like worth, and by what is seen beside the
        one that was taken, in `unit`.
    """

    area: Estimate
    sd_own: float
    cv_shared: float
    unit: str
    sd_choice: float = 0.0

    @property
    def sd_border(self) -> float:
        """The other part of `sd_own`: from where the border of the outline lies, in `unit`."""
        return math.sqrt(max(self.sd_own**2 - self.sd_choice**2, 0.0))


@dataclass(frozen=True)
class DepositFinding:
    """One deposit identity on one film: a row of `deposits.csv`.

    `measurement` is None unless `status` is `measured`; an absent deposit's area is 0 and its `detection_limit` says
    down to what area (mm2 or relative) it would have been seen, and `quantification_limit` down to what area its size
    would have been told. `review` names who affirmed the finding; empty if nobody did.
    """

    film: str
    date: PartialDate | None
    laterality: str
    identity: str
    site: Site | None
    status: Status
    reason: str = ""
    origin: Origin = Origin.AUTOMATIC
    labels: tuple[int, ...] = ()
    position: tuple[float, float] | None = None
    measurement: Measurement | None = None
    bone_overlap: float | None = None
    detection_limit: float | None = None
    note: str = ""
    review: str = ""
    quantification_limit: float | None = None


@dataclass(frozen=True)
class Change:
    """The change between two dates at one level: a row of `changes.csv`.

    Parameters
    ----------
    level
        `deposit`, `site`, `hand` or `patient`.
    laterality, site, identity
        What it is about; None above its level.
    date_from, date_to, interval
        The two dates and the time between.
    area_from, area_to
        Areas (sums above the deposit level) in `unit`; None where not assessable.
    difference, log_ratio, percent, rate
        `area_to - area_from`; ln(`area_to` / `area_from`); 100 (ratio - 1); percent a year. None
        where they do not exist.
    n_from, n_to
        How many deposits were there on each date.
    call, wording, reason
        The call, the plain phrase, and the rule that decided with what speaks against trusting it.
    unit
        `mm2` or `relative`.
    film_from, film_to
        The films compared; None above the hand level.
    """

    level: str
    laterality: str | None
    site: Site | None
    identity: str | None
    date_from: PartialDate
    date_to: PartialDate
    interval: Interval
    area_from: float | None
    area_to: float | None
    difference: Estimate | None
    log_ratio: Estimate | None
    percent: float | None
    rate: Estimate | None
    n_from: int | None
    n_to: int | None
    call: Call
    wording: str
    reason: str
    unit: str = "mm2"
    film_from: str | None = None
    film_to: str | None = None


@dataclass(frozen=True)
class FilmFinding:
    """What became of one film: a row of `films.csv`.

    `status` is `measured` or `not assessable` with its `reason`; `remarks` limit trust without preventing
    measurement.
    """

    film: str
    sha256: str
    date: PartialDate | None
    date_source: str
    hands: str
    shape: tuple[int, int] | None
    bits: int | None
    polarity: str
    polarity_source: str
    spacing: Spacing | None
    status: Status
    reason: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScaleCheck:
    """Bone lengths of one hand on one film against its baseline film.

    `ratio` is the median over the bones of (length on this film) / (length on the baseline), by each film's own
    spacing; 1 is agreement, and `flagged` says that it is off by more than 2 %.
    """

    film: str
    baseline: str
    laterality: str
    ratio: float
    flagged: bool


@dataclass(frozen=True, eq=False)
class UnclearPlace:
    """Where something as large as a lump is seen on a film and no border of it: a deposit, or what looks like one.

    Parameters
    ----------
    film, laterality, site
        Where it is.
    position
        (2,) as (row, column) pixels of the film: the middle of what no outline takes.
    radius_px
        Radius of a disc of its area, in pixels.
    area
        About what it measures, in `unit`; an estimate without an interval, which enters no sum.
    unit
        The film's area unit.
    """

    film: str
    laterality: str
    site: Site
    position: Points
    radius_px: float
    area: float
    unit: str

    @property
    def words(self) -> str:
        """How much is seen, and where."""
        return f"{f'about {self.area:.0f} mm2' if self.unit == 'mm2' else 'something large'} at {self.site}"


@dataclass(frozen=True, eq=False)
class Assessment:
    """All that was found on one patient's films.

    Parameters
    ----------
    patient_id, version, settings
        Whose, by which version of lesionmeter, with which settings (plain values by name).
    films, hands, registrations, maps, tracks, deposits, changes, scale_checks
        The results, stage by stage. `maps` is by film.
    corrections
        The reader's corrections that are applied in these results, in order.
    patient
        The films themselves, if they are at hand; None for an assessment read back from an output folder.
    skipped
        Files of the folder that are no films (letters, label images, copies), with the reason. Files that claim to be
        films but cannot be read are rows of `films`.
    remarks
        What a reader of the tables should know about the folder.
    pairs
        Every two films of a hand: the negative control, and what makes them hard to compare.
    unclear
        Where something large is seen that is in no area.
    memo
        Stage results by their inputs, so that a revision repeats only what it touches; no part of the results.
    """

    patient_id: str
    version: str
    settings: Mapping[str, Any]
    films: tuple[FilmFinding, ...]
    hands: tuple[Hand, ...] = ()
    registrations: tuple[Registration, ...] = ()
    maps: Mapping[str, DepositMap] = field(default_factory=dict)
    tracks: tuple[Track, ...] = ()
    deposits: tuple[DepositFinding, ...] = ()
    changes: tuple[Change, ...] = ()
    scale_checks: tuple[ScaleCheck, ...] = ()
    corrections: tuple[Correction, ...] = ()
    patient: Patient | None = None
    skipped: tuple[Skipped, ...] = ()
    remarks: tuple[str, ...] = ()
    pairs: tuple[FilmPair, ...] = ()
    unclear: tuple[UnclearPlace, ...] = ()
    memo: Mapping[Hashable, Any] = field(default_factory=dict, repr=False)
