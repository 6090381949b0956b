"""One site on all its films, at equal scale and orientation: as the baseline film shows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.findings import Assessment, DepositFinding, Status
from lesionmeter.model.geometry import Points, Registration, distance_to_segment
from lesionmeter.model.points import AskedPoint
from lesionmeter.model.site import BONES
from lesionmeter.pipeline.carry import carry_points


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
        Why no registration says where the deposit is: the place and the turn are then those of the nearest bone between
        its two landmarks, for looking only. Empty if a registration leads here.
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

    Notes
    -----
    A film whose registration was refused is there too, placed by its landmarks, so that a reader can look and link.
    """
    return _frames(assessment, [finding for finding in assessment.deposits if finding.identity == identity])


def frames_at(assessment: Assessment, film: str, laterality: str, point: tuple[float, float]) -> tuple[SiteFrame, ...]:
    """The frames of a place where no deposit is known yet, on every film of that hand, in order of date.

    Parameters
    ----------
    assessment
        With the hand in it.
    film, laterality, point
        The film, the hand on it, and a (row, column) pixel.
    """
    carried = carry_points(assessment, [AskedPoint(film, "place", point)])
    places = {there.film: there.position for there in carried} | {film: point}
    shown = {hand.film for hand in assessment.hands if hand.laterality == laterality}
    unknown = Status.NOT_ASSESSABLE
    findings = [
        DepositFinding(row.film, row.date, laterality, "", None, unknown, position=places.get(row.film))
        for row in assessment.films
        if row.film in shown
    ]
    return _frames(assessment, findings)


def _frames(assessment: Assessment, findings: list[DepositFinding]) -> tuple[SiteFrame, ...]:
    world = _World.of(assessment, findings)
    frames = (_frame(world, finding) for finding in findings)
    return tuple(frame for frame in frames if frame is not None)


@dataclass(frozen=True, eq=False)
class _World:
    """A deposit and its hand on all films: the films' shapes and spacings, and the landmarks in (row, column) mm."""

    findings: tuple[DepositFinding, ...]
    shapes: dict[str, tuple[int, int]]
    steps: dict[str, NDArray[np.float64]]
    ways: dict[str, Registration]
    hands: dict[str, Points]

    @classmethod
    def of(cls, assessment: Assessment, findings: list[DepositFinding]) -> _World:
        side = findings[0].laterality if findings else ""
        shapes = {row.film: row.shape for row in assessment.films if row.shape is not None}
        steps = {row.film: row.spacing.step for row in assessment.films if row.spacing is not None}
        ways = {way.film_to: way for way in assessment.registrations if way.laterality == side}
        hands = {
            hand.film: hand.landmarks.points * steps[hand.film]
            for hand in assessment.hands
            if hand.laterality == side and hand.film in steps
        }
        return cls(tuple(findings), shapes, steps, ways, hands)

    def parted(self, first: str, second: str) -> bool:
        """Whether both films show the hand, and a registration of one of them was refused."""
        refused = any(film in self.ways and not self.ways[film].accepted for film in (first, second))
        return refused and first in self.hands and second in self.hands

    def carried(self, place: Points, start: str, end: str) -> tuple[Points, NDArray[np.float64]] | None:
        """A place of one film on another one by the landmarks of the nearest bone, and the rotation; (2,) mm."""
        if start not in self.hands or end not in self.hands:
            return None
        first, second = self.hands[start], self.hands[end]
        near = min(BONES.values(), key=lambda b: float(distance_to_segment(place[None], first[b[0]], first[b[1]])[0]))
        (down, right), (low, aside) = first[near[1]] - first[near[0]], second[near[1]] - second[near[0]]
        motion = complex(low, aside) / complex(down, right)
        matrix = np.array([[motion.real, -motion.imag], [motion.imag, motion.real]])
        return second[near[0]] + matrix @ (place - first[near[0]]), matrix / abs(motion)


def _frame(world: _World, finding: DepositFinding) -> SiteFrame | None:
    step, way = world.steps.get(finding.film), world.ways.get(finding.film)
    place = _place(world, finding)
    if step is None or place is None or not _within(place, world.shapes.get(finding.film)):
        return None
    reason, error = "", None
    if way is None:
        turn = np.eye(2)
    elif way.accepted:
        turn = _turn(way, place, step)
        error = float(way.error_mm(way.carry_back(place[None]))[0]) if finding.position is not None else None
    else:
        back = world.carried(place * step, finding.film, way.film_from)
        turn, reason = back[1] if back else np.eye(2), way.reason
    if finding.position is None:
        reason = reason or "it is seen only on a film that is not registered"
    matrix = np.eye(3)
    matrix[:2, :2] = turn @ np.diag(step)
    matrix[:2, 2] = -matrix[:2, :2] @ place
    return SiteFrame(finding.film, (float(place[0]), float(place[1])), matrix, error, reason)


def _place(world: _World, finding: DepositFinding) -> Points | None:
    """(row, column) pixel of the deposit; by landmarks from a film that shows it, where no registration leads."""
    if finding.position is not None:
        return np.array(finding.position)
    for shown in world.findings:
        if shown.position is not None and world.parted(shown.film, finding.film):
            there = np.array(shown.position) * world.steps[shown.film]
            moved = world.carried(there, shown.film, finding.film)
            return None if moved is None else np.asarray(moved[0] / world.steps[finding.film])
    return None


def _within(place: Points, shape: tuple[int, int] | None) -> bool:
    return shape is not None and bool(np.all(place >= -0.5) and np.all(place < np.array(shape) - 0.5))


def _turn(way: Registration, place: Points, step: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rotation nearest to how the registration turns the surroundings of a pixel back to the baseline film."""
    around = place + np.array([[0.0, 0.0], [2.0 / step[0], 0.0], [0.0, 2.0 / step[1]]])
    at, down, right = way.spacing_from.to_mm(way.carry_back(around))
    left, _, other = np.linalg.svd(np.stack([down - at, right - at], axis=1))
    return np.asarray(left @ np.diag([1.0, np.linalg.det(left @ other)]) @ other)
