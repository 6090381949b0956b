"""Radiograph -> CalibratedRadiograph by what the film states; without a statement a relative scale, never mm.

The length of a hand's bones does not change in an adult. So bones lend a film of unknown scale a nominal one, by which
areas can be compared over the dates of one hand, and they check the scales that films state against each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.findings import ScaleCheck
from lesionmeter.model.geometry import Points, Registration, Spacing, SpacingSource
from lesionmeter.model.patient import HandView
from lesionmeter.model.radiograph import CalibratedRadiograph, Radiograph, RelativeRadiograph
from lesionmeter.model.site import BONES, METACARPALS, WRIST, Landmarks

AVERAGE_ADULT_MM: Final = {
    "1 metacarpal": 46.22,
    "1 proximal phalanx": 31.57,
    "1 distal phalanx": 21.67,
    "2 proximal phalanx": 39.78,
    "2 middle phalanx": 22.38,
    "2 distal phalanx": 15.82,
    "3 proximal phalanx": 44.63,
    "3 middle phalanx": 26.33,
    "3 distal phalanx": 17.40,
    "4 proximal phalanx": 41.37,
    "4 middle phalanx": 25.65,
    "4 distal phalanx": 17.30,
    "5 proximal phalanx": 32.74,
    "5 middle phalanx": 18.11,
    "5 distal phalanx": 15.96,
}
"""Mean bone lengths of adult hands on radiographs: Buryanov and Kotiuk, Proportions of hand segments,
Int J Morphol 2010; 28(3):755-758. One adult's hand is within about 10 % of them: they name a size, and measure nothing.
"""

SEGMENTS: Final = (*BONES.values(), *((WRIST, head) for head in METACARPALS.values()))
"""Pairs of landmarks that keep their distance: the bones, and the wrist to each metacarpal head.

The latter cross the carpus, which bends little in the film's plane; they steady the scale where fingers are flexed.
"""

MIN_MATCHED_BONES: Final = 5
"""Fewer bones may all belong to one bent finger."""

OFF_THE_HAND: Final = frozenset(
    {SpacingSource.PIXEL_SPACING, SpacingSource.IMAGER_PIXEL_SPACING, SpacingSource.RESOLUTION_TAG}
)
"""Sources that mean the detector or the film itself, or do not say which plane they mean."""


@dataclass(frozen=True)
class CalibrationSettings:
    """What a stated scale is worth.

    Parameters
    ----------
    magnification_cv
        Added to the relative uncertainty of a length for scales that hold at the detector. A hand lies 5 to 30 mm off
        it at 1 m, and is shown 0.5 to 3 % too large: the root mean square of that is 1.9 %. It is widened for and
        never corrected. It overstates the error of a *change* between two films of one technique, whose magnifications
        agree; state both spacings in films.csv then.
    nominal_cv
        Relative uncertainty of a length by bone lengths where no other film of the hand has a scale: what landmarks
        0.7 % of the hand's length off leave in the median over the bones.
    drift
        Relative difference of bone lengths between two dates from which their scales are flagged.
    """

    magnification_cv: float = 0.019
    nominal_cv: float = 0.012
    drift: float = 0.02


def calibrate(film: Radiograph, settings: CalibrationSettings | None = None) -> CalibratedRadiograph | None:
    """Give a film the most trusted scale that it claims, with the uncertainty of its plane.

    Returns
    -------
    CalibratedRadiograph or None
        None if the film claims none: nothing is guessed.

    Examples
    --------
    >>> claim = Spacing(0.1, 0.1, SpacingSource.RESOLUTION_TAG, 0.01)
    >>> film = Radiograph("hand.tif", np.zeros((2, 2)), 8, claims=(claim,))
    >>> calibrated = calibrate(film)
    >>> calibrated is not None and round(calibrated.spacing.cv, 3)
    0.021
    """
    if not film.claims:
        return None
    settings = settings or CalibrationSettings()
    claim = film.claims[0]
    extra = settings.magnification_cv if claim.source in OFF_THE_HAND else 0.0
    return CalibratedRadiograph(film, replace(claim, cv=math.hypot(claim.cv, extra)))


def relative(
    film: Radiograph,
    landmarks: Landmarks,
    reference_mm: Points | None = None,
    settings: CalibrationSettings | None = None,
) -> RelativeRadiograph:
    """Give a film of unknown scale a nominal one, by the lengths of its hand's bones.

    Parameters
    ----------
    film
        The film; its pixels are taken as square.
    landmarks
        The hand on it.
    reference_mm
        (21, 2) landmarks in (row, column) mm of the same hand on a film of known scale; an average adult's bone
        lengths if None.
    settings
        How to calibrate.

    Raises
    ------
    ValueError
        If the landmarks coincide, so that no bone has a length.
    """
    settings = settings or CalibrationSettings()
    if reference_mm is None:
        pairs, lengths_mm = tuple(BONES[name] for name in AVERAGE_ADULT_MM), np.array(list(AVERAGE_ADULT_MM.values()))
    else:
        pairs, lengths_mm = SEGMENTS, _lengths(reference_mm, SEGMENTS)
    ratio, error = _common_ratio(lengths_mm, _lengths(landmarks.points, pairs))
    cv = settings.nominal_cv if reference_mm is None else max(error, settings.nominal_cv / 2)
    return RelativeRadiograph(film, Spacing(ratio, ratio, SpacingSource.ASSUMED, cv))


def check_scales(
    views: tuple[HandView, ...],
    settings: CalibrationSettings | None = None,
    *,
    registrations: Iterable[Registration] = (),
) -> tuple[ScaleCheck, ...]:
    """Compare the bone lengths of one hand, each by its own film's scale, with those on its first film.

    Films of a relative scale are left out: their scale comes from these lengths. A flag asks for a look and corrects
    nothing; a growing hand drifts by itself.

    Parameters
    ----------
    views
        One hand, in order of date.
    settings
        From what drift to flag.
    registrations
        From the first film to later ones. Where one is accepted, the scales of its matched bones decide, which are
        good to a few parts in a thousand; else landmarks do, which leave 1.3 % (so one film in eight is flagged that
        need not be) if they are 0.6 % of the hand's length off.
    """
    settings = settings or CalibrationSettings()
    scaled = [view for view in views if isinstance(view.film, CalibratedRadiograph)]
    if not scaled:
        return ()
    baseline = scaled[0]
    matched = {r.film_to: r for r in registrations if r.film_from == baseline.hand.film and r.accepted}
    return tuple(
        _check(baseline, later, _matched_ratio(matched.get(later.hand.film), later), settings.drift)
        for later in scaled[1:]
    )


def _matched_ratio(registration: Registration | None, later: HandView) -> float | None:
    """Median scale of the bones that a registration matched; None if it is another hand's or matched too few."""
    if registration is None or registration.laterality != later.hand.laterality:
        return None
    scales = [motion.scale for motion in registration.motions if motion.ok]
    return float(np.median(scales)) if len(scales) >= MIN_MATCHED_BONES else None


def _check(baseline: HandView, later: HandView, ratio: float | None, drift: float) -> ScaleCheck:
    if ratio is None:
        before, after = (
            _lengths(view.film.spacing.to_mm(view.hand.landmarks.points), SEGMENTS) for view in (baseline, later)
        )
        ratio, _ = _common_ratio(after, before)
    return ScaleCheck(
        film=later.hand.film,
        baseline=baseline.hand.film,
        laterality=later.hand.laterality,
        ratio=ratio,
        flagged=abs(ratio - 1) > drift,
    )


def _lengths(points: Points, pairs: tuple[tuple[int, int], ...]) -> NDArray[np.float64]:
    ends = np.asarray(points, dtype=np.float64)[np.array(pairs)]
    return np.asarray(np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1), dtype=np.float64)


def _common_ratio(lengths: NDArray[np.float64], references: NDArray[np.float64]) -> tuple[float, float]:
    """Median of `lengths / references`, weighted by length, and its relative standard error.

    A flexed finger shortens some bones, which the median does not follow; long bones feel a landmark's error less.

    Raises
    ------
    ValueError
        If a length is not positive.
    """
    if not (np.all(lengths > 0) and np.all(references > 0)):
        raise ValueError("landmarks: expected bones of some length, came two landmarks on one point")
    ratios = lengths / references
    order = np.argsort(ratios)
    weights = np.cumsum(references[order] / references.sum())
    ratio = float(ratios[order][np.searchsorted(weights, 0.5)])
    spread = 1.4826 * float(np.median(np.abs(ratios / ratio - 1)))
    return ratio, 1.25 * spread / math.sqrt(ratios.size)
