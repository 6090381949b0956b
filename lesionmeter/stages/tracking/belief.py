"""Which of the followed deposits are believed: a doubtful find counts only where another date shows a sure one."""

from __future__ import annotations

from collections.abc import Mapping

from lesionmeter.model.deposit import Deposit, DepositMap, Origin, Track


def believed(tracks: tuple[Track, ...], maps: Mapping[str, DepositMap], threshold: float) -> tuple[Track, ...]:
    """The tracks that at least one date shows surely, or a reader put there.

    Parameters
    ----------
    tracks
        One hand's deposits over its films.
    maps
        What was found on each film, doubtful candidates included.
    threshold
        Confidence, 0 to 1, from which a find is sure.
    """

    def is_sure(found: Deposit) -> bool:
        return found.origin is not Origin.AUTOMATIC or found.confidence >= threshold

    return tuple(track for track in tracks if any(map(is_sure, _finds(track, maps))))


def _finds(track: Track, maps: Mapping[str, DepositMap]) -> tuple[Deposit, ...]:
    return tuple(maps[s.film].deposit(label) for s in track.sightings for label in s.labels)
