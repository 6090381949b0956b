"""From an outline to an area with its interval: mm2 on a calibrated film, relative area on one of unknown scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lesionmeter.errors import UsageError
from lesionmeter.model.deposit import Deposit, Origin
from lesionmeter.model.findings import Estimate, Measurement
from lesionmeter.model.radiograph import ScaledRadiograph

NORMAL_95: Final = 1.959964
"""Half width of a 95 % interval in standard errors."""


@dataclass(frozen=True)
class MeasurementSettings:
    """Sizes of the errors of one area: `sigma^2 = floor^2 + (perimeter * border)^2 + choice^2 + (shared * area)^2`.

    Parameters
    ----------
    floor_mm2
        Standard error that even the smallest deposit has.
    border_mm
        Standard uncertainty of a sharp border's place. A film's own blur and noise come on top, from the deposit.
        Compare repeats of one hand before lowering it: it decides how small a change can be called.
    pose_cv
        Relative standard error of the area from how the hand lay; shared by all deposits of a film. A flat deposit
        turned by 15 degrees loses 3 %.
    most_saturated
        Share of a deposit's pixels at the film's highest value from which it is not assessable: its own level is not
        known then, nor where it has fallen half way. A convention; a reader's outline is taken all the same.
    some_saturated
        The share from which the reason warns.
    """

    floor_mm2: float = 0.03
    border_mm: float = 0.015
    pose_cv: float = 0.02
    most_saturated: float = 0.5
    some_saturated: float = 0.05


_DEFAULTS = MeasurementSettings()


def measure(film: ScaledRadiograph, deposit: Deposit, settings: MeasurementSettings = _DEFAULTS) -> Measurement:
    """The projected area of one deposit, with its 95 % interval.

    The border's uncertainty moves the whole border in or out, so it counts with the perimeter: a ragged deposit is
    less certain than a round one of its area. Where another outline of it had almost been taken, how far the two differ
    is added. The interval is even in the logarithm and so never reaches 0.

    Parameters
    ----------
    film
        The film that it was outlined on.
    deposit
        Its outline.
    settings
        Sizes of the errors.

    Returns
    -------
    Measurement
        In the film's `area_unit`.
    """
    spacing = film.spacing
    area = deposit.area_px * spacing.pixel_area_mm2
    border = math.hypot(settings.border_mm, deposit.border_px * spacing.mean_mm)
    choice = deposit.choice_px * spacing.pixel_area_mm2
    sd_own = math.hypot(settings.floor_mm2, deposit.perimeter_px * spacing.mean_mm * border, choice)
    cv_shared = shared_cv(film, settings)
    return Measurement(_interval(area, sd_own, cv_shared), sd_own, cv_shared, film.area_unit, choice)


def shared_cv(film: ScaledRadiograph, settings: MeasurementSettings = _DEFAULTS) -> float:
    """Relative standard error that all areas of a film share: twice that of a length, with the pose's.

    Parameters
    ----------
    film
        The film with its scale.
    settings
        Sizes of the errors.
    """
    return math.hypot(2 * film.spacing.cv, settings.pose_cv)


def saturation(family: Sequence[Deposit], settings: MeasurementSettings = _DEFAULTS) -> tuple[bool, str]:
    """Whether the parts of one deposit can be measured for all that is saturated, and what to say of it.

    Parameters
    ----------
    family
        Its parts on one film.
    settings
        From what shares on.

    Returns
    -------
    tuple of bool and str
        Whether it is assessable; words for the reason, empty if little is saturated.
    """
    share = sum(part.saturated * part.area_px for part in family) / max(sum(part.area_px for part in family), 1e-9)
    if share < settings.some_saturated:
        return True, ""
    words = f"{100 * share:.0f} % of its pixels are saturated"
    reviewed = any(part.origin is Origin.REVIEWED for part in family)
    return (True, words) if reviewed or share < settings.most_saturated else (False, f"{words}: its border is not seen")


def combine(measurements: Sequence[Measurement]) -> Measurement:
    """The sum of the parts of one deposit on one film: own errors add as squares, the shared one stays.

    Raises
    ------
    UsageError
        If there is nothing to add, or the units differ.

    Examples
    --------
    >>> part = Measurement(Estimate(3.0, None, None), sd_own=0.3, cv_shared=0.02, unit="mm2")
    >>> round(combine([part, part]).sd_own, 3)
    0.424
    """
    units = {m.unit for m in measurements}
    if len(units) != 1:
        raise UsageError(f"combine: expected measurements in one unit, came {sorted(units) or 'none'}")
    area = sum(m.area.value for m in measurements)
    sd_own = math.hypot(*(m.sd_own for m in measurements))
    choice = math.hypot(*(m.sd_choice for m in measurements))
    cv_shared = max(m.cv_shared for m in measurements)
    return Measurement(_interval(area, sd_own, cv_shared), sd_own, cv_shared, units.pop(), choice)


def opened(measured: Measurement, choice: float) -> Measurement:
    """A measurement whose area is open by another standard error from the choice of its outline, in its unit."""
    sd_own, sd_choice = math.hypot(measured.sd_own, choice), math.hypot(measured.sd_choice, choice)
    area = _interval(measured.area.value, sd_own, measured.cv_shared)
    return Measurement(area, sd_own, measured.cv_shared, measured.unit, sd_choice)


def _interval(area: float, sd_own: float, cv_shared: float) -> Estimate:
    if area <= 0:
        return Estimate(0.0, 0.0, NORMAL_95 * sd_own)
    reach = math.exp(NORMAL_95 * math.hypot(sd_own / area, cv_shared))
    return Estimate(area, area / reach, area * reach)
