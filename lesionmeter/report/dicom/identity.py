"""Which findings may share a tracking UID: those whose identity over the dates a reader affirmed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lesionmeter.model.corrections import LinkCorrection
from lesionmeter.model.deposit import Sighting, Track
from lesionmeter.model.findings import Assessment
from lesionmeter.report.dicom.source import made_uid

Place = tuple[str, str]
"""(identity, film)."""


@dataclass(frozen=True)
class Tracking:
    """The tracking UID of one deposit on one film.

    `affirmed` says that the deposit shares it with another film, on a reader's word; otherwise the identity over the
    dates is the program's proposal, and the UID is this film's alone.
    """

    uid: str
    affirmed: bool


def trackings(assessment: Assessment) -> Mapping[Place, Tracking]:
    """The tracking UID of every deposit on every film; it follows from the first film that a reader ties it to."""
    checksums = {film.film: film.sha256 for film in assessment.films}
    said = {
        frozenset((link.first, link.second)): link.same
        for link in assessment.corrections
        if isinstance(link, LinkCorrection)
    }
    result: dict[Place, Tracking] = {}
    for track in assessment.tracks:
        first = _first_linked(track, assessment, said)
        films = list(first.values())
        for film, root in first.items():
            uid = made_uid("tracking", checksums[root], track.laterality, track.identity)
            result[track.identity, film] = Tracking(uid, films.count(root) > 1)
    for finding in assessment.deposits:  # on a film where the hand was not found, no track has a sighting
        uid = made_uid("tracking", checksums[finding.film], finding.laterality, finding.identity)
        result.setdefault((finding.identity, finding.film), Tracking(uid, affirmed=False))
    return result


def _first_linked(
    track: Track, assessment: Assessment, said: Mapping[frozenset[tuple[str, int]], bool]
) -> dict[str, str]:
    """Film to the earliest film that a reader's words tie it to, maybe itself."""
    first: dict[str, str] = {}
    for later in track.sightings:
        tied = [early for early in track.sightings if early.film in first and _affirmed(early, later, assessment, said)]
        roots = sorted({first[early.film] for early in tied}, key=list(first).index)
        first[later.film] = roots[0] if roots else later.film
        first.update({film: roots[0] for film, root in first.items() if root in roots})
    return first


def _affirmed(
    early: Sighting, later: Sighting, assessment: Assessment, said: Mapping[frozenset[tuple[str, int]], bool]
) -> bool:
    """Whether a reader says that two sightings are one deposit: by a link, or by clicks of one name."""
    pairs = [((early.film, a), (later.film, b)) for a in early.labels for b in later.labels]
    words = [said[frozenset(pair)] for pair in pairs if frozenset(pair) in said]
    if words:
        return all(words)
    names = _names(early, assessment) & _names(later, assessment)
    return bool(names)


def _names(sighting: Sighting, assessment: Assessment) -> set[str]:
    found = assessment.maps.get(sighting.film)
    deposits = found.deposits if found else ()
    return {deposit.hint for deposit in deposits if deposit.label in sighting.labels} - {""}
