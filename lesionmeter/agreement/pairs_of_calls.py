"""Readers' calls of the same change, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from lesionmeter.agreement.rating import RatedFilm, Reading
from lesionmeter.model.agreement import CallPair
from lesionmeter.model.findings import Call, Change

Place = tuple[str, str, str, str]
"""(level, hand with site or deposit, date from, date to)."""


def call_pairs(readings: Sequence[Reading], films: Sequence[RatedFilm]) -> Iterator[CallPair]:
    """Every two readers' calls of every deposit, site, hand and patient that both have, between the same dates.

    A deposit is the same where most films match the two identities; one that only one reader has has no pair.

    Parameters
    ----------
    readings
        Of one patient.
    films
        Their films, matched.
    """
    for a, b in combinations(range(len(readings)), 2):
        same = _same_identity(films, a, b)
        first = {_place(change, None): change.call for change in readings[a].assessment.changes}
        second = {_place(change, same): change.call for change in readings[b].assessment.changes}
        names = readings[a].name, readings[b].name
        yield from _pairs(readings[a].assessment.patient_id, names, first, second)


def _pairs(
    patient: str, names: tuple[str, str], first: dict[Place, Call], second: dict[Place, Call]
) -> Iterator[CallPair]:
    for place, call in first.items():
        if place in second:
            yield CallPair(patient, *place, *names, call, second[place])


def _same_identity(films: Sequence[RatedFilm], a: int, b: int) -> dict[str, str]:
    """Identity of reader b to that of reader a, for most of the films."""
    counts = Counter((row[a], row[b]) for film in films for row in film.rows if row[a] and row[b])
    same: dict[str, str] = {}
    for (mine, theirs), _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if theirs not in same and mine not in same.values():
            same[theirs] = mine
    return same


def _place(change: Change, same: dict[str, str] | None) -> Place:
    what = change.laterality or ""
    if change.level == "site" and change.site:
        what = f"{what} {change.site.name}"
    if change.identity:
        # An identity that the first reader does not have is marked, so that it meets none of equal name.
        what = f"{what} {change.identity if same is None else same.get(change.identity, f'?{change.identity}')}"
    return change.level, what, str(change.date_from), str(change.date_to)
