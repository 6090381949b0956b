"""The borders of deposits, and where they would lie on the hand's other films."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lesionmeter.model.deposit import Deposit, Origin, Sighting
from lesionmeter.model.geometry import Points, Registration
from lesionmeter.pipeline.pairs import Maps, Views
from lesionmeter.stages.segmentation import has_border


@dataclass(frozen=True, eq=False)
class Borders:
    """One hand's films, what was found on them, and the ways between them.

    Parameters
    ----------
    views, maps
        The films and their deposits.
    registrations
        From the baseline film to each later one.
    """

    views: Views
    maps: Maps
    registrations: Mapping[str, Registration]

    def of(self, sighting: Sighting) -> tuple[Points, ...]:
        """The polygons of a deposit on its own film."""
        return tuple(polygon for part in self._parts(sighting) for polygon in part.outlines)

    def carried(self, sighting: Sighting, film: str) -> tuple[Points, ...]:
        """Where they would lie on another film."""
        return tuple(self._carried(polygon, sighting.film, film) for polygon in self.of(sighting))

    def area(self, sighting: Sighting) -> float:
        """Of a deposit on its own film, in the film's area unit."""
        area_px = sum(part.area_px for part in self._parts(sighting))
        return area_px * self.views[sighting.film].film.spacing.pixel_area_mm2

    def telling(self, sightings: Sequence[Sighting], when: int) -> list[int]:
        """The other films of one deposit that show a border to be looked for on the film `when`, the next ones first.

        It can be carried there, and is where its own film falls: it has a border, and no reader drew it.
        """
        shown = (n for n, s in enumerate(sightings) if s.labels and n != when and self._tells(s, sightings[when].film))
        return sorted(shown, key=lambda n: (abs(n - when), n))

    def found_alone(self, sighting: Sighting) -> bool:
        """Whether no reader drew it."""
        return all(part.origin is not Origin.REVIEWED for part in self._parts(sighting))

    def _tells(self, source: Sighting, film: str) -> bool:
        ways = (self.registrations[name] for name in (source.film, film) if name in self.registrations)
        bordered = all(has_border(part) for part in self._parts(source))
        return all(way.accepted for way in ways) and bordered and self.found_alone(source)

    def _parts(self, sighting: Sighting) -> tuple[Deposit, ...]:
        found = self.maps[sighting.film]
        return tuple(found.deposit(label) for label in sighting.labels)

    def _carried(self, polygon: Points, start: str, end: str) -> Points:
        if start in self.registrations:
            polygon = self.registrations[start].carry_back(polygon)
        return self.registrations[end].carry(polygon) if end in self.registrations else polygon
