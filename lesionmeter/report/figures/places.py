"""Where to look: for each finding site the same piece of the hand on every film.

A piece is a square window around all deposits of the site, the bone's far end up, of one size in mm on all films.
Registration (or, where it was refused, the landmarks) brings it from the baseline film to the others by a rotation and
a shift only: a picture is never stretched, so what looks smaller is smaller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.findings import Assessment, DepositFinding, Status
from lesionmeter.model.geometry import Points, Registration, Spacing, SpacingSource, distance_to_segment
from lesionmeter.model.patient import Hand
from lesionmeter.model.site import Site

MARGIN_MM: Final = 4.0
SMALLEST_MM: Final = 16.0
LARGEST_MM: Final = 80.0
HAND_MM: Final = 185.0
"""Length of an average adult's hand: the scale to draw a film at that has none."""

_ALONG: Final = ("CMC", "metacarpal", "MCP", "proximal", "IP", "PIP", "middle", "DIP", "distal", "tip")

Way = Callable[[Points], Points]


@dataclass(frozen=True, eq=False)
class Window:
    """A square piece of one film, turned.

    Parameters
    ----------
    film
        The film's name.
    centre
        (2,) as (row, column) pixels of the film.
    basis
        (2, 2): film pixels (row, column) for one mm down, and for one mm to the right, in the picture.
    side_mm
        Side of the square.
    registered
        Whether registration put it there; else landmarks did.
    """

    film: str
    centre: Points
    basis: NDArray[np.float64]
    side_mm: float
    registered: bool = True

    def to_film(self, points_mm: Points) -> Points:
        """(n, 2) as (down, right) mm from the picture's middle to (row, column) pixels of the film."""
        return np.asarray(self.centre + np.asarray(points_mm) @ self.basis, dtype=np.float64)

    def to_picture(self, points: Points) -> Points:
        """(n, 2) pixels of the film to (down, right) mm from the picture's middle."""
        return np.asarray((np.asarray(points) - self.centre) @ np.linalg.inv(self.basis), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Place:
    """One finding site of one hand, with its deposits and its window on every film of that hand.

    Parameters
    ----------
    laterality, site
        Which place of which hand; `site` holds both of its sides (its aspect is empty), or is None where anatomy could
        not name it.
    identities
        Deposits of this site, in order.
    windows
        One for each film of the hand, in order of date.
    """

    laterality: str
    site: Site | None
    identities: tuple[str, ...]
    windows: tuple[Window, ...]


def places(assessment: Assessment) -> tuple[Place, ...]:
    """All finding sites with deposits, left hand first, then from the thumb to the little finger and off the rays."""
    groups: dict[str, dict[Site | None, list[str]]] = {}
    for identity, findings in by_identity(assessment).items():
        site = next((finding.site for finding in findings if finding.site), None)
        both_sides = site and Site(site.ray, site.name, "")
        groups.setdefault(findings[0].laterality, {}).setdefault(both_sides, []).append(identity)
    found: list[Place] = []
    for side, sites in sorted(groups.items()):
        ordered = sorted(sites.items(), key=lambda item: _rank(item[0]))
        found += _places_of_hand(_FollowUp.of(assessment, side), side, ordered)
    return tuple(found)


def by_identity(assessment: Assessment) -> Mapping[str, tuple[DepositFinding, ...]]:
    """The findings of each deposit identity, in the order of the films."""
    order = {film.film: number for number, film in enumerate(assessment.films)}
    groups: dict[str, list[DepositFinding]] = {}
    for finding in sorted(assessment.deposits, key=lambda d: (d.identity, order.get(d.film, len(order)))):
        groups.setdefault(finding.identity, []).append(finding)
    return {identity: tuple(findings) for identity, findings in groups.items()}


def name_of(finding: DepositFinding) -> str:
    """What a deposit is called in pictures: its identity, with a question mark where it could not be assessed."""
    return f"{finding.identity} ?" if finding.status is Status.NOT_ASSESSABLE else finding.identity


def outlines_of(assessment: Assessment, finding: DepositFinding) -> tuple[Points, ...]:
    """The outlines of a deposit on its film: (n, 2) polygons, (row, column) pixels."""
    found = assessment.maps.get(finding.film)
    deposits = found.deposits if found else ()
    return tuple(line for deposit in deposits if deposit.label in finding.labels for line in deposit.outlines)


def spacing_of(assessment: Assessment, hand: Hand) -> Spacing:
    """The film's own spacing; else the nominal one that registration used; else that of an average adult's hand."""
    for film in assessment.films:
        if film.film == hand.film and film.spacing is not None:
            return film.spacing
    for pair in assessment.registrations:
        if pair.laterality == hand.laterality and hand.film in (pair.film_from, pair.film_to):
            return pair.spacing_from if hand.film == pair.film_from else pair.spacing_to
    step = HAND_MM / max(hand.landmarks.hand_length, 1.0)
    return Spacing(step, step, SpacingSource.ASSUMED, 0.1)


def _rank(site: Site | None) -> tuple[int, int, str]:
    """By ray, and on a ray from the wrist to the tip; off the rays and unnamed last."""
    if site is None:
        return 9, 0, ""
    part = site.name.split(" ")[1] if site.ray and " " in site.name else ""
    return site.ray or 8, _ALONG.index(part) if part in _ALONG else len(_ALONG), site.name


@dataclass(frozen=True, eq=False)
class _FollowUp:
    """One hand over its films, and how its first film is carried to the others."""

    assessment: Assessment
    baseline: Hand
    hands: tuple[Hand, ...]
    pairs: Mapping[str, Registration]

    @classmethod
    def of(cls, assessment: Assessment, laterality: str) -> _FollowUp | None:
        order = {film.film: number for number, film in enumerate(assessment.films)}
        hands = [hand for hand in assessment.hands if hand.laterality == laterality]
        hands.sort(key=lambda hand: order.get(hand.film, len(order)))
        pairs = {pair.film_to: pair for pair in assessment.registrations if pair.laterality == laterality}
        starts = {pair.film_from for pair in pairs.values()}
        baseline = next((hand for hand in hands if hand.film in starts), hands[0] if hands else None)
        return None if baseline is None else cls(assessment, baseline, tuple(hands), pairs)

    def accepted(self, hand: Hand) -> bool:
        return hand.film == self.baseline.film or (hand.film in self.pairs and self.pairs[hand.film].accepted)

    def ways(self, hand: Hand) -> tuple[Way, Way]:
        """From pixels of the baseline to pixels of the hand's film, and back."""
        if hand.film == self.baseline.film:
            return _same, _same
        if self.accepted(hand):
            return self.pairs[hand.film].carry, self.pairs[hand.film].carry_back
        here, there = self.baseline.landmarks.points, hand.landmarks.points
        return partial(_similar, here, there), partial(_similar, there, here)


def _places_of_hand(follow_up: _FollowUp | None, side: str, sites: list[tuple[Site | None, list[str]]]) -> list[Place]:
    if follow_up is None:
        return [Place(side, site, tuple(identities), ()) for site, identities in sites]
    known = _points_on_baseline(follow_up)
    firsts = []
    for site, identities in sites:
        points = [known[identity] for identity in identities if identity in known]
        firsts.append(_first_window(follow_up, site, np.vstack(points or [follow_up.baseline.landmarks.points])))
    windows = zip(*(_carried(firsts, follow_up, hand) for hand in follow_up.hands), strict=True)
    return [
        Place(side, site, tuple(identities), tuple(row)) for (site, identities), row in zip(sites, windows, strict=True)
    ]


def _points_on_baseline(follow_up: _FollowUp) -> Mapping[str, Points]:
    """All that is known of each deposit's place, as (n, 2) pixels of the baseline film; one carry a film."""
    known: dict[str, list[Points]] = {}
    for hand in follow_up.hands:
        points = {
            finding.identity: np.vstack([[finding.position], *outlines_of(follow_up.assessment, finding)])
            for finding in follow_up.assessment.deposits
            if finding.film == hand.film and finding.position and finding.laterality == hand.laterality
        }
        for identity, there in _carry_all(follow_up.ways(hand)[1], points).items():
            known.setdefault(identity, []).append(there)
    return {identity: np.vstack(parts) for identity, parts in known.items()}


def _carry_all(way: Way, points: Mapping[str, Points]) -> Mapping[str, Points]:
    if not points:
        return {}
    ends = np.cumsum([len(part) for part in points.values()])[:-1]
    return dict(zip(points, np.split(way(np.vstack(list(points.values()))), ends), strict=True))


def _first_window(follow_up: _FollowUp, site: Site | None, points: Points) -> Window:
    hand = follow_up.baseline
    spacing = spacing_of(follow_up.assessment, hand)
    up = _bone_direction(hand, site, points.mean(axis=0), spacing)
    axes = np.array([-up, [up[1], -up[0]]])  # down and right in the picture, as (row, column) mm on the film
    within = spacing.to_mm(points) @ axes.T
    middle = (within.min(axis=0) + within.max(axis=0)) / 2
    side = float(np.clip(np.ptp(within, axis=0).max() + 2 * MARGIN_MM, SMALLEST_MM, LARGEST_MM))
    return Window(hand.film, spacing.to_pixels(middle @ axes), axes / spacing.step, side)


def _bone_direction(hand: Hand, site: Site | None, centre: Points, spacing: Spacing) -> Points:
    """Unit vector (row, column) in mm along the nearest bone of the site's ray, towards the fingertip."""
    marks = spacing.to_mm(hand.landmarks.points)
    ray = site.ray if site else None
    chain = [0, 9] if ray is None else [0, *range(4 * ray - 3, 4 * ray + 1)]
    at = spacing.to_mm(centre[None])
    bones = [(marks[a], marks[b]) for a, b in pairwise(chain)]
    start, end = min(bones, key=lambda bone: float(distance_to_segment(at, *bone)[0]))
    length = float(np.linalg.norm(end - start))
    return np.asarray((end - start) / length if length else np.array([-1.0, 0.0]), dtype=np.float64)


def _carried(firsts: list[Window], follow_up: _FollowUp, hand: Hand) -> list[Window]:
    """The baseline's windows on another film: moved and turned as the anatomy in them moved and turned."""
    if hand.film == follow_up.baseline.film:
        return firsts
    spacing, accepted = spacing_of(follow_up.assessment, hand), follow_up.accepted(hand)
    shares = np.stack(np.meshgrid(*[[-0.4, 0.0, 0.4]] * 2, indexing="ij"), axis=-1).reshape(-1, 2)
    there = follow_up.ways(hand)[0](np.vstack([first.to_film(shares * first.side_mm) for first in firsts]))
    windows = []
    for first, nine in zip(firsts, np.split(there, len(firsts)), strict=True):
        rotation, _ = _rotation_and_scale(shares, spacing.to_mm(nine))
        windows.append(Window(hand.film, nine[4], rotation / spacing.step, first.side_mm, accepted))
    return windows


def _same(points: Points) -> Points:
    return points


def _similar(here: Points, there: Points, points: Points) -> Points:
    rotation, scale = _rotation_and_scale(here, there)
    return np.asarray((points - here.mean(axis=0)) @ rotation * scale + there.mean(axis=0), dtype=np.float64)


def _rotation_and_scale(here: Points, there: Points) -> tuple[NDArray[np.float64], float]:
    """Least-squares rotation and scale with there = here @ rotation * scale, both centred (Umeyama 1991)."""
    a, b = here - here.mean(axis=0), there - there.mean(axis=0)
    u, strength, vt = np.linalg.svd(a.T @ b)
    turn = np.array([1.0, np.sign(np.linalg.det(u @ vt)) or 1.0])  # a turn, never a mirror image
    return (u * turn) @ vt, float((strength * turn).sum() / (a**2).sum())
