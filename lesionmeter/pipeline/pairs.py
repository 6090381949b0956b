"""Every two films of one hand: the negative control, and what makes them hard to compare."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from lesionmeter.model.bones import TUBULAR, BoneMap, MidShaft
from lesionmeter.model.deposit import DepositMap
from lesionmeter.model.film_pair import FilmPair, HandLook
from lesionmeter.model.geometry import Registration
from lesionmeter.model.patient import HandView
from lesionmeter.pipeline.overlap import bones_key, bones_of
from lesionmeter.pipeline.work import Work
from lesionmeter.stages import anatomy, evidence, measurement

Ways = Mapping[str, Registration]
"""Registrations of one hand's first film to the later ones, by the later film."""

Views = Mapping[str, HandView]
"""One hand on each of its films, by the film's name, in order of date."""

Maps = Mapping[str, DepositMap]
"""The deposits of each film, by the film's name."""

Labels = Mapping[str, frozenset[int]]
"""Labels of some of them."""


def film_pairs(work: Work, views: Views, maps: Maps, ways: Ways) -> tuple[FilmPair, ...]:
    """Every two films of a hand, in order of date.

    Parameters
    ----------
    work
        What is known already.
    views
        The hand on each of its films, by film, in order of date.
    maps
        The deposits of these films, which the bones' borders bridge.
    ways
        Its first film registered to each later one.
    """
    seen = tuple(Seen(view, maps[film]) for film, view in views.items())
    return tuple(_pair(work, first, second, ways, seen[0]) for first, second in combinations(seen, 2))


@dataclass(frozen=True, eq=False)
class Seen:
    """A hand on a film, and the deposits of that film."""

    view: HandView
    found: DepositMap

    def bones(self, work: Work) -> BoneMap:
        """The hand's bones."""
        return bones_of(work, self.view, self.found)

    @property
    def key(self) -> tuple[Hashable, ...]:
        """What is known of its bones depends on this."""
        return bones_key(self.view, self.found)


def _pair(work: Work, one: Seen, other: Seen, ways: Ways, baseline: Seen) -> FilmPair:
    first, second = one.view, other.view
    names = first.hand.film, second.hand.film
    control, reason = None, _unregistered(names, ways)
    if not reason:
        earlier, later = (_shafts(work, seen, baseline, ways) for seen in (one, other))
        control = evidence.negative_control(earlier, later, _shared_sd(work, first, second))
        reason = "" if control else "too few shafts are clear on both films"
    looks = _look(work, one), _look(work, other)
    shown = (
        evidence.Shown(v.hand.film, v.film.radiograph.technique, v.film.spacing.mean_mm, look)
        for v, look in zip((first, second), looks, strict=True)
    )
    return FilmPair(
        *names,
        first.hand.laterality.value,
        first.film.radiograph.date,
        second.film.radiograph.date,
        control,
        reason,
        looks,
        (*evidence.unlikeness(*shown), *_posed(names, ways)),
    )


def _unregistered(names: tuple[str, str], ways: Ways) -> str:
    refused = [f"registration of {film} was refused" for film in names if film in ways and not ways[film].accepted]
    return "; ".join(refused)


def _shafts(work: Work, seen: Seen, baseline: Seen, ways: Ways) -> tuple[MidShaft, ...]:
    """The mid-shafts on one film between the baseline's ends, carried; only of bones that were matched."""
    key = ("shafts", seen.key, baseline.key)
    return work.once(key, lambda: _carried_shafts(work, seen, baseline, ways.get(seen.view.hand.film)))


def _carried_shafts(work: Work, seen: Seen, baseline: Seen, way: Registration | None) -> tuple[MidShaft, ...]:
    ends = {b.name: np.stack([b.start, b.end]) for b in baseline.bones(work).bones if b.name in TUBULAR}
    matched = {name: ends[name] for name in ends if way is None or _matched(way, name)}
    there = {name: place if way is None else way.carry(place) for name, place in matched.items()}
    shafts = anatomy.mid_shafts(seen.view, seen.bones(work), {name: (p[0], p[1]) for name, p in there.items()})
    return tuple(shaft for shaft in shafts if shaft.bone in there)


def _matched(way: Registration, bone: str) -> bool:
    return all(motion.ok for motion in way.motions if motion.bone == bone)


def _shared_sd(work: Work, *views: HandView) -> float:
    """Standard deviation of a log ratio by all errors that the two films' areas share."""
    chosen, own = work.settings.measurement, work.settings.evidence.repeatability.k_shared
    return math.hypot(*(math.hypot(measurement.shared_cv(view.film, chosen), own) for view in views))


def _look(work: Work, seen: Seen) -> HandLook | None:
    return work.once(("look", seen.key), lambda: anatomy.hand_look(seen.view, seen.bones(work)))


def _posed(names: tuple[str, str], ways: Ways) -> tuple[str, ...]:
    """On which of the two films bones lie in another pose than on the hand's first film."""
    posed = {film: [motion.bone for motion in ways[film].motions if motion.pose] for film in names if film in ways}
    return tuple(
        f"pose: {len(bones)} bone{'s' if len(bones) > 1 else ''} turned or tilted by over 15 degrees on {film} "
        f"against {ways[film].film_from} ({', '.join(bones)})"
        for film, bones in posed.items()
        if bones
    )
