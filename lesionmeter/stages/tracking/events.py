"""What happens to a deposit from film to film: new, resolved, reappeared, split, merged."""

from __future__ import annotations

from dataclasses import replace

from lesionmeter.model.deposit import Sighting


def with_events(sightings: tuple[Sighting, ...]) -> tuple[Sighting, ...]:
    """The sightings of one deposit, in order of date, each with its event as `note`.

    Films on which the place could not be looked at are passed over: an event needs two films that show the place.

    Examples
    --------
    >>> seen, gone = Sighting("a", (1,), (5.0, 5.0)), Sighting("b", (), (5.0, 5.0))
    >>> [s.note for s in with_events((seen, gone, seen))]
    ['', 'resolved', 'reappeared']
    """
    noted: list[Sighting] = []
    history: list[Sighting] = []
    for sighting in sightings:
        noted.append(replace(sighting, note=_event(history, sighting)) if sighting.assessable else sighting)
        if sighting.assessable:
            history.append(sighting)
    return tuple(noted)


def _event(history: list[Sighting], now: Sighting) -> str:
    if not history:
        return ""
    before = history[-1]
    if not now.labels:
        return "resolved" if before.labels else ""
    if not before.labels:
        return "reappeared" if any(past.labels for past in history) else "new"
    if len(now.labels) == len(before.labels):
        return ""
    return "split" if len(now.labels) > len(before.labels) else "merged"
