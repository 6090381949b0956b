"""Which of the followed deposits are believed: a doubtful find counts only where another date shows a sure one."""

from __future__ import annotations

from collections.abc import Mapping

from lesionmeter.model.corrections import LinkCorrection
from lesionmeter.model.deposit import DepositMap, Origin, Track


def believed(
    tracks: tuple[Track, ...],
    maps: Mapping[str, DepositMap],
    threshold: float,
    links: tuple[LinkCorrection, ...] = (),
) -> tuple[Track, ...]:
    """The tracks that at least one date shows surely, or a reader put there, or linked or kept apart.

    A doubtful outline that a reader unlinks stays as a deposit of its own: only a rejection takes it away.

    Parameters
    ----------
    tracks
        One hand's deposits over its films.
    maps
        What was found on each film, doubtful candidates included.
    threshold
        Confidence, 0 to 1, from which a find is sure.
    links
        What the reader said about links.
    """
    handled = {outline for link in links for outline in (link.first, link.second)}

    def is_sure(film: str, label: int) -> bool:
        found = maps[film].deposit(label)
        sure = found.origin is not Origin.AUTOMATIC or found.confidence >= threshold
        return sure or (film, label) in handled

    return tuple(
        track for track in tracks if any(is_sure(s.film, label) for s in track.sightings for label in s.labels)
    )
