"""Deposits that are missing, or much smaller, on a film where the border that another date shows still stands."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from lesionmeter.model.corrections import Rejection
from lesionmeter.model.deposit import Sighting, Track
from lesionmeter.model.geometry import Points, Registration
from lesionmeter.pipeline.borders import Borders
from lesionmeter.pipeline.pairs import Maps, Views
from lesionmeter.pipeline.work import Work, checksum, view_key
from lesionmeter.stages import segmentation, tracking

STILL_THERE: Final = "the border that {} shows still stands here: outline it, or affirm that it is absent"
"""Why a deposit that was not outlined is not called absent."""

A_PART: Final = "the larger border that {} shows still stands here: this may be a part of it"
"""Why the area of an outline is open."""

STANDS: Final = 0.3
"""Fall across a carried border, as a share of that on its own film, from which it stands. On the films of 12 simulated
patients 72 of 73 borders of deposits that were gone, or but for 1.1 mm2, have under 0.23, and five of six of deposits
that were there and not outlined over 0.37."""

STANDS_WHOLE: Final = 0.5
"""The same for a border round one that is outlined: what shrank a little is still as bright inside."""

PARTED_MM2: Final = 40.0
"""Least size of what may be outlined in part elsewhere. Of smaller ones the larger outline rather took in too much
(all three of 31 to 37 mm2 on simulated films), and a bone's edge stands on every film."""

MOVED_MM: Final = 0.7
"""How far two borders must lie apart, by their areas, for the larger one to fall off where the smaller one is right:
over the blur of a usual film and the width that a fall is taken over."""


@dataclass(frozen=True, eq=False)
class _Check:
    """One border, on the film that shows it and carried to another."""

    track: int
    here: int
    there: int
    own: tuple[Points, ...]
    carried: tuple[Points, ...]


@dataclass(frozen=True, eq=False)
class Standing:
    """What the films say of borders of other dates.

    Parameters
    ----------
    tracks
        With what still stands no longer assessable where it was not outlined.
    larger
        By identity and film: the film whose larger border stands round the outline, and that area in mm2.
    """

    tracks: tuple[Track, ...]
    larger: Mapping[tuple[str, str], tuple[str, float]]


def standing(
    work: Work, views: Views, maps: Maps, registrations: Mapping[str, Registration], tracks: tuple[Track, ...]
) -> Standing:
    """Ask each film whether the borders of other dates stand on it, where they should not by what was found.

    Parameters
    ----------
    work
        Remembers what was asked.
    views, maps
        One hand's films and what was found on them.
    registrations
        From the baseline film to each later one.
    tracks
        The hand's deposits.
    """
    world = _World(Borders(views, maps, registrations), tracks, tuple(work.said(Rejection)))
    checks = world.checks()
    ratios = _ratios(work, world, checks)
    kept = [list(track.sightings) for track in tracks]
    larger: dict[tuple[str, str], tuple[str, float]] = {}
    for check, ratio in zip(checks, ratios, strict=True):
        sighting = kept[check.track][check.here]
        source = tracks[check.track].sightings[check.there]
        if not sighting.labels and ratio >= STANDS:
            reason = STILL_THERE.format(source.film)
            kept[check.track][check.here] = replace(sighting, assessable=False, reason=reason)
        elif sighting.labels and ratio >= STANDS_WHOLE:
            larger[tracks[check.track].identity, sighting.film] = (source.film, world.borders.area(source))
    changed = tuple(replace(track, sightings=_with_events(s)) for track, s in zip(tracks, kept, strict=True))
    return Standing(changed, larger)


def _with_events(sightings: list[Sighting]) -> tuple[Sighting, ...]:
    """What is not absent after all is not resolved either."""
    return tracking.with_events(tuple(replace(sighting, note="") for sighting in sightings))


def _ratios(work: Work, world: _World, checks: list[_Check]) -> list[float]:
    """The fall across each carried border over that on its own film; 0 if it has none there to be found again."""
    asked = [(world.film(c, c.there), c.own, False) for c in checks] + [
        (world.film(c, c.here), c.carried, True) for c in checks
    ]
    falls = _falls(work, world.borders.views, asked)
    return [got / own if own > 0 else 0.0 for own, got in zip(falls[: len(checks)], falls[len(checks) :], strict=True)]


def _falls(work: Work, views: Views, asked: list[tuple[str, tuple[Points, ...], bool]]) -> list[float]:
    """Film by film, so that one at a time is prepared; what was asked before is not asked again."""
    keys = [_key(views, *one) for one in asked]
    for film in dict.fromkeys(film for film, *_ in asked):
        new = {key: one for key, one in zip(keys, asked, strict=True) if one[0] == film and key not in work.memo}
        if new:
            borders, shifted = [one[1] for one in new.values()], [one[2] for one in new.values()]
            falls = segmentation.median_falls(views[film], borders, shifted=shifted)
            work.memo.update(zip(new, falls, strict=True))
    return [float(work.memo[key]) for key in keys]


def _key(views: Views, film: str, border: tuple[Points, ...], shifted: bool) -> Hashable:
    return "fall", view_key(views[film]), checksum(*border), shifted


@dataclass(frozen=True, eq=False)
class _World:
    """One hand's deposits, their borders, and what a reader rejected."""

    borders: Borders
    tracks: tuple[Track, ...]
    rejections: tuple[Rejection, ...]

    def film(self, check: _Check, when: int) -> str:
        return self.tracks[check.track].sightings[when].film

    def checks(self) -> list[_Check]:
        """Each deposit on each film where it is missing, or much smaller than on another."""
        return [
            check
            for number, track in enumerate(self.tracks)
            for when in range(len(track.sightings))
            for check in self._check(number, track.sightings, when)
        ]

    def _check(self, number: int, sightings: tuple[Sighting, ...], when: int) -> Iterable[_Check]:
        here, shown = sightings[when], self.borders.telling(sightings, when)
        if not here.assessable or not shown or not self.borders.found_alone(here):
            return
        if here.labels:
            source = max(shown, key=lambda n: self.borders.area(sightings[n]))
            most, least = self.borders.area(sightings[source]), self.borders.area(here)
            if most < PARTED_MM2 or math.sqrt(most / math.pi) - math.sqrt(least / math.pi) < MOVED_MM:
                return
        else:
            source = shown[0]
            if self._rejected(here, math.sqrt(self.borders.area(sightings[source]) / math.pi)):
                return
        there = sightings[source]
        yield _Check(number, when, source, self.borders.of(there), self.borders.carried(there, here.film))

    def _rejected(self, here: Sighting, radius_mm: float) -> bool:
        """Whether a reader said on this film that what lies at its place is none."""
        within = (radius_mm + tracking.UNCLEAR_MM) / self.borders.views[here.film].film.spacing.mean_mm
        points = [said.point for said in self.rejections if said.film == here.film]
        return here.position is not None and any(np.linalg.norm(here.position - point) <= within for point in points)
