"""One site on all its films, at equal scale and orientation: as the baseline film shows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.findings import Assessment, DepositFinding, FilmFinding
from lesionmeter.model.geometry import Points, Registration


@dataclass(frozen=True, eq=False)
class SiteFrame:
    """Where a deposit's surroundings lie on one film.

    Parameters
    ----------
    film
        The film's name.
    centre
        (row, column) pixel of the film at the deposit, or where it would be.
    to_mm
        (3, 3): (row, column, 1) pixels of the film to (down, right, 1) mm from the deposit, turned as the baseline
        film shows it; only turned and scaled by the film's own spacing, never stretched.
    error_mm
        Predicted error (95 %) of the place; None where the film is not registered.
    reason
        Why the film is shown as it lies; empty if it is turned through the registration.
    """

    film: str
    centre: tuple[float, float]
    to_mm: NDArray[np.float64]
    error_mm: float | None
    reason: str = ""


def site_frames(assessment: Assessment, identity: str) -> tuple[SiteFrame, ...]:
    """The frames of one deposit on every film that has a place for it, in order of date.

    Parameters
    ----------
    assessment
        With the deposit in it.
    identity
        Such as `L07`.
    """
    rows = {row.film: row for row in assessment.films}
    mine = [finding for finding in assessment.deposits if finding.identity == identity]
    ways = {way.film_to: way for way in assessment.registrations if mine and way.laterality == mine[0].laterality}
    frames = (_frame(finding, rows.get(finding.film), ways.get(finding.film)) for finding in mine)
    return tuple(frame for frame in frames if frame is not None)


def _frame(finding: DepositFinding, row: FilmFinding | None, way: Registration | None) -> SiteFrame | None:
    if finding.position is None or row is None or row.spacing is None:
        return None
    place, step = np.array(finding.position), row.spacing.step
    reason, error, turn = "", None, np.eye(2)
    if way is not None and way.accepted:
        turn = _turn(way, place, step)
        error = float(way.error_mm(way.carry_back(place[None]))[0])
    elif way is not None:
        reason = f"shown as it lies: {way.reason}"
    matrix = np.eye(3)
    matrix[:2, :2] = turn @ np.diag(step)
    matrix[:2, 2] = -matrix[:2, :2] @ place
    return SiteFrame(finding.film, finding.position, matrix, error, reason)


def _turn(way: Registration, place: Points, step: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rotation nearest to how the registration turns the surroundings of a pixel back to the baseline film."""
    around = place + np.array([[0.0, 0.0], [2.0 / step[0], 0.0], [0.0, 2.0 / step[1]]])
    at, down, right = way.spacing_from.to_mm(way.carry_back(around))
    left, _, other = np.linalg.svd(np.stack([down - at, right - at], axis=1))
    return np.asarray(left @ np.diag([1.0, np.linalg.det(left @ other)]) @ other)
