"""Which of the followed deposits are believed: a doubtful find counts only where another date shows a sure one."""

from __future__ import annotations

from collections.abc import Mapping

from lesionmeter.model.deposit import DepositMap, Origin, Track


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
    return tuple(track for track in tracks if _is_sure(track, maps, threshold))


def _is_sure(track: Track, maps: Mapping[str, DepositMap], threshold: float) -> bool:
    found = (maps[s.film].deposit(label) for s in track.sightings for label in s.labels)
    return any(d.origin is not Origin.AUTOMATIC or d.confidence >= threshold for d in found)
