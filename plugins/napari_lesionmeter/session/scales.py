"""A film's scale as a reader states it: by a ruler, by the scanner's resolution, or as on another film."""

from __future__ import annotations

import math

import lesionmeter
from napari_lesionmeter.session.controller import Session
from napari_lesionmeter.session.decisions import state_scale
from napari_lesionmeter.session.open_patient import UNSTATED

END_PX = 0.7
"""Standard error of each end of a drawn ruler, in pixels. Assumed: half a pixel along both axes."""

KNOWN_CV = 0.005
"""Relative standard uncertainty of a length that a reader reads off a scale."""

DPI_CV = 0.01
"""The same of a scanner's resolution, as where a file states it."""

MM_PER_INCH = 25.4


def scale_by_ruler(
    session: Session,
    film: str,
    ends: tuple[tuple[float, float], tuple[float, float]],
    length_mm: float,
    *,
    beside_hand: bool,
) -> None:
    """State a film's scale by a known length between two (row, column) pixels.

    Parameters
    ----------
    session, film
        Where.
    ends
        The ends of the length, each a (row, column) pixel.
    length_mm
        The length.
    beside_hand
        Whether it lay at the height of the hand; if not, the hand's magnification is added to the uncertainty.

    Raises
    ------
    lesionmeter.LesionmeterError
        If the length is none, the ends coincide, or the film's pixels are not square.
    """
    pixels = math.dist(*ends)
    if pixels < 2 or not length_mm > 0:
        raise lesionmeter.LesionmeterError(
            f"{film}: expected a line of 2 pixels or more and its length, came {pixels:.1f} pixels and {length_mm} mm"
        )
    _check_square(session, film)
    own = math.hypot(KNOWN_CV, math.sqrt(2) * END_PX / pixels)
    state_scale(session, film, length_mm / pixels, own if beside_hand else math.hypot(own, _magnification()))


def scale_by_dpi(session: Session, film: str, dpi: float) -> None:
    """State a film's scale by the resolution at which it was scanned; it holds on the film, not at the hand.

    Raises
    ------
    lesionmeter.LesionmeterError
        If the resolution is none, or the film's pixels are not square.
    """
    if not dpi > 0:
        raise lesionmeter.LesionmeterError(f"{film}: expected pixels an inch, came {dpi}")
    _check_square(session, film)
    state_scale(session, film, MM_PER_INCH / dpi, math.hypot(DPI_CV, _magnification()))


def scale_as(session: Session, film: str, other: str) -> None:
    """State that a film has the scale of another one, with its uncertainty.

    Raises
    ------
    lesionmeter.LesionmeterError
        If the other one's scale is unknown too, or pixels are not square.
    """
    spacing = spacing_of(session, other)
    if spacing is None or spacing.source == UNSTATED:
        raise lesionmeter.LesionmeterError(f"{other}: expected a film of known scale, came one of unknown scale")
    _check_square(session, film)
    _check_square(session, other)
    state_scale(session, film, spacing.mean_mm, spacing.cv)


def spacing_of(session: Session, film: str) -> lesionmeter.Spacing | None:
    """A film's spacing with its source and uncertainty; None if nothing states one."""
    rows = session.results.films if session.results else ()
    for row in rows:
        if row.film == film:
            return row.spacing
    read = session.patient.films if session.patient else ()
    for radiograph in read:
        calibrated = lesionmeter.calibrate(radiograph) if radiograph.film == film else None
        if calibrated:
            return calibrated.spacing
    return None


def drift_words(session: Session) -> tuple[str, ...]:
    """A sentence for each film on which bones are longer or shorter than they can be."""
    checks = session.results.scale_checks if session.results else ()
    return tuple(_drift(session, check) for check in checks if check.flagged)


def _drift(session: Session, check: lesionmeter.ScaleCheck) -> str:
    longer, shorter = session.film_name(check.film), session.film_name(check.baseline)
    ratio = check.ratio
    if ratio < 1:
        longer, shorter, ratio = shorter, longer, 1 / ratio
    more = f"{100 * (ratio - 1):.1f} % longer on {longer} than on {shorter}"
    return (
        f"! Bones of hand {check.laterality} are {more}: one of the two scales is wrong, or the hand "
        "lay differently; areas would be off by twice that"
    )


def _check_square(session: Session, film: str) -> None:
    spacing = spacing_of(session, film)
    if spacing is not None and abs(spacing.row_mm / spacing.column_mm - 1) > 1e-3:
        raise lesionmeter.LesionmeterError(
            f"{film}: expected square pixels, came {spacing.row_mm:.4f} by {spacing.column_mm:.4f} mm; state both "
            "spacings in films.csv"
        )


def _magnification() -> float:
    return lesionmeter.Settings().calibration.magnification_cv
