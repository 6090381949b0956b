"""From the outlines of all films of a hand to one track for each deposit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from lesionmeter.model.corrections import LinkCorrection
from lesionmeter.model.deposit import DepositMap, Sighting, Track
from lesionmeter.model.geometry import Points, Registration, Spacing
from lesionmeter.model.patient import Timepoint
from lesionmeter.stages.tracking.events import with_events
from lesionmeter.stages.tracking.families import Families, Family, Film, Linker
from lesionmeter.stages.tracking.footprint import Node, footprints
from lesionmeter.stages.tracking.likelihood import TrackingSettings
from lesionmeter.stages.tracking.readers import reader_links

DEFAULTS = TrackingSettings()


UNCLEAR: Final = "something is there without a clear border: outline it, or affirm that it is absent"
"""Why a deposit that was not outlined is not called absent either."""

UNCLEAR_MM: Final = 2.0
"""How far from a deposit's place on another date what is unclear may be its rest: as far as specks are one deposit."""


def track(
    timepoints: tuple[Timepoint, ...],
    maps: Mapping[str, DepositMap],
    registrations: Mapping[str, Registration],
    spacings: Mapping[str, Spacing],
    settings: TrackingSettings = DEFAULTS,
    links: tuple[LinkCorrection, ...] = (),
) -> tuple[Track, ...]:
    """Link the deposits of all films of one hand into identities.

    Every film is compared, in the baseline film's frame, with where each deposit was last seen; each deposit takes at
    most one best partner (least total mismatch), then leftovers inside a deposit's former outline become its parts
    (split), and deposits whose place another one's outline covers are joined with it (merged): a family of parts is one
    identity on all films, so that its summed areas stay comparable.

    Parameters
    ----------
    timepoints
        The hand's films in order of date; the first is the baseline.
    maps
        The deposits of each film, by film.
    registrations
        From the baseline film to each later one, by the later film. Deposits of a film whose registration is missing
        or refused stay identities of their own, and nothing is said about the others there.
    spacings
        By film.
    settings
        How deposits are linked.
    links
        A reader's links, oldest first.

    Returns
    -------
    tuple of Track
        By the film on which each was first seen, then by label. The name is the hand and the label of its first
        outline: `L07` is label 7 of the baseline film, `L103` label 3 of the second film, `L203` of the third. So
        names stay when a film is added at the end or a reader links, parts or rejects others.

    Raises
    ------
    KeyError
        If a film of `timepoints` has no deposit map or no spacing.
    """
    if not timepoints:
        return ()
    carriers = {film: registration for film, registration in registrations.items() if registration.accepted}
    frame = _Frame(timepoints, maps, carriers, registrations, spacings, settings)
    films = [frame.outlines(when) for when in range(len(timepoints))]
    hints = {node: maps[node.film].deposit(node.label).hint for film in films for node in film.found}
    linker = Linker(reader_links(hints, links), settings)
    families: Families = ()
    for film in films:
        families = linker.add(families, film)
    hand = str(timepoints[0].laterality)
    ordered = sorted(families, key=lambda family: family.first)
    return tuple(Track(_name(hand, f.first, hints), hand, with_events(frame.sightings(f))) for f in ordered)


def _name(hand: str, first: Node, nodes: Iterable[Node]) -> str:
    # A hundred for each film after the baseline; a thousand where a film has more than 99 labels.
    hundred = max(100, int(10 ** len(str(max(node.label for node in nodes)))))
    return f"{hand}{hundred * first.when + first.label:02d}"


@dataclass(frozen=True, eq=False)
class _Frame:
    """The films of a hand and how the baseline film maps to each."""

    timepoints: tuple[Timepoint, ...]
    maps: Mapping[str, DepositMap]
    carriers: Mapping[str, Registration]
    registrations: Mapping[str, Registration]
    spacings: Mapping[str, Spacing]
    settings: TrackingSettings

    def outlines(self, when: int) -> Film:
        """The outlines of one film, with their footprints if it is registered."""
        film = self.timepoints[when].film
        hand = str(self.timepoints[when].laterality)
        labels = sorted(d.label for d in self.maps[film].deposits if d.laterality == hand)
        if not self.registered(when):
            return Film(when, {Node(when, film, label): None for label in labels})
        spacing = self.spacings[self.timepoints[0].film]
        ground = footprints(self.maps[film], hand, self.carriers.get(film), spacing)
        return Film(when, {Node(when, film, label): ground[label] for label in labels})

    def registered(self, when: int) -> bool:
        """Whether points of that film can be carried to the baseline film, which itself is."""
        return when == 0 or self.timepoints[when].film in self.carriers

    def sightings(self, family: Family) -> tuple[Sighting, ...]:
        """Where the family is, or would be, on every film."""
        return tuple(self._sighting(family, when) for when in range(len(self.timepoints)))

    def _sighting(self, family: Family, when: int) -> Sighting:
        film, nodes = self.timepoints[when].film, family.on(when)
        if nodes:
            return self._seen(family, nodes)
        if not self.registered(when):
            return Sighting(film, (), None, assessable=False, reason=self._refusal(when))
        return self._unseen(family, when)

    def _seen(self, family: Family, nodes: tuple[Node, ...]) -> Sighting:
        row, column = self._centre(nodes)
        sure = min(family.sure[node] for node in nodes)
        reason = f"link to the first sighting is doubtful (p = {sure:.2f})" if sure < self.settings.doubtful else ""
        if not self.registered(nodes[0].when) and len(family.sure) == len(nodes):
            reason = f"not linked to the other films: {self._refusal(nodes[0].when)}"
        labels = tuple(node.label for node in nodes)
        return Sighting(nodes[0].film, labels, (float(row), float(column)), reason=reason, probability=sure)

    def _unseen(self, family: Family, when: int) -> Sighting:
        film = self.timepoints[when].film
        seen = [node.when for node in family.sure if self.registered(node.when)]
        if not seen:
            return Sighting(film, (), None, assessable=False, reason=f"seen only on {self._lone_films(family)}")
        nearest = min(seen, key=lambda other: (abs(other - when), other))
        row, column = self._carried(self._centre(family.on(nearest)), nearest, when)
        rows, columns = self.maps[film].labels.shape
        if not (-0.5 <= row < rows - 0.5 and -0.5 <= column < columns - 0.5):
            return Sighting(film, (), None, assessable=False, reason="its place lies off the film")
        if self.maps[film].is_unclear((row, column), UNCLEAR_MM / self.spacings[film].mean_mm):
            return Sighting(film, (), (row, column), assessable=False, reason=UNCLEAR)
        return Sighting(film, (), (row, column))

    def _centre(self, nodes: tuple[Node, ...]) -> Points:
        # The largest part's centre lies inside the deposit; a mean over the parts might not.
        parts = [self.maps[node.film].deposit(node.label) for node in nodes]
        return np.asarray(max(parts, key=lambda part: (part.area_px, -part.label)).centre, dtype=np.float64)

    def _carried(self, point: Points, start: int, end: int) -> tuple[float, float]:
        points = point[None]
        if start:
            points = self.carriers[self.timepoints[start].film].carry_back(points)
        if end:
            points = self.carriers[self.timepoints[end].film].carry(points)
        return float(points[0, 0]), float(points[0, 1])

    def _refusal(self, when: int) -> str:
        registration = self.registrations.get(self.timepoints[when].film)
        why = registration.reason if registration else "there is none"
        return f"registration of {self.timepoints[when].film} refused ({why})"

    def _lone_films(self, family: Family) -> str:
        lone = sorted({node.when for node in family.sure})
        return ", ".join(f"{self.timepoints[when].film}, which is not registered" for when in lone)
