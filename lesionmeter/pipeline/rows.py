"""What became of each film, and of deposits where their hand was not found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from lesionmeter.model.deposit import Track
from lesionmeter.model.findings import DepositFinding, FilmFinding, ScaleCheck, Status, UnclearPlace
from lesionmeter.model.patient import FilmAnatomy, Patient, Skipped
from lesionmeter.model.radiograph import Radiograph, ScaledRadiograph
from lesionmeter.model.site import Site

UNCLEAR: Final = "seen without a clear border, and in no area: {}; outline it if it is a deposit, or reject it"
"""What is said of something large on a film."""


def film_rows(
    patient: Patient,
    anatomies: Mapping[str, FilmAnatomy],
    scaled: Mapping[str, ScaledRadiograph],
    checks: tuple[ScaleCheck, ...],
    unclear: tuple[UnclearPlace, ...] = (),
) -> tuple[FilmFinding, ...]:
    """A row for each film that was read, then for each file that claims to be a film and cannot be read as one."""
    read = (
        _film_row(
            film, anatomies[film.film], scaled.get(film.film), _remarks(film, anatomies[film.film], checks, unclear)
        )
        for film in patient.films
    )
    return (*read, *(_refused(file) for file in patient.skipped if file.refused))


def unseen(
    patient: Patient, anatomies: Mapping[str, FilmAnatomy], tracks: tuple[Track, ...], sites: Mapping[str, Site | None]
) -> Iterator[DepositFinding]:
    """Rows for deposits of a hand on films where that hand was not found: not assessable, never 0.

    Parameters
    ----------
    patient, anatomies
        The films and what was found on each.
    tracks
        The deposits of both hands.
    sites
        The site of each identity.
    """
    for film in patient.films:
        found = anatomies[film.film]
        for track in tracks:
            if track.laterality in _missing(film, found):
                reason = found.reason or f"hand {track.laterality} was not found"
                yield DepositFinding(
                    film=film.film,
                    date=film.date,
                    laterality=track.laterality,
                    identity=track.identity,
                    site=sites[track.identity],
                    status=Status.NOT_ASSESSABLE,
                    reason=reason,
                )


def _missing(film: Radiograph, found: FilmAnatomy) -> set[str]:
    """Hands that should be on a film, or may be, and were not found."""
    seen = {hand.laterality.value for hand in found.hands}
    stated = film.laterality or ("LR" if found.reason or not seen else "")
    return set(stated) - seen


def _film_row(
    film: Radiograph, found: FilmAnatomy, scaled: ScaledRadiograph | None, remarks: Iterable[str]
) -> FilmFinding:
    return FilmFinding(
        film=film.film,
        sha256=film.sha256,
        date=film.date,
        date_source=film.date_source,
        hands="".join(hand.laterality.value for hand in found.hands),
        shape=film.shape,
        bits=film.bits,
        polarity=found.polarity.value,
        polarity_source=found.polarity_source,
        spacing=scaled.spacing if scaled else (film.claims[0] if film.claims else None),
        status=Status.MEASURED if found.hands else Status.NOT_ASSESSABLE,
        reason="" if found.hands else found.reason,
        remarks=tuple(remarks),
    )


def _remarks(
    film: Radiograph, found: FilmAnatomy, checks: tuple[ScaleCheck, ...], unclear: tuple[UnclearPlace, ...]
) -> Iterator[str]:
    yield from film.remarks
    for hand in found.hands:
        yield from hand.remarks
    for check in checks:
        if check.film == film.film and check.flagged:
            yield f"bones of hand {check.laterality} are {100 * (check.ratio - 1):+.1f} % against {check.baseline}"
    if found.hands and found.reason:
        yield found.reason
    for place in unclear:
        if place.film == film.film:
            yield f"hand {place.laterality}: {UNCLEAR.format(place.words)}"


def _refused(file: Skipped) -> FilmFinding:
    return FilmFinding(
        film=file.file,
        sha256="",
        date=None,
        date_source="",
        hands="",
        shape=None,
        bits=None,
        polarity="",
        polarity_source="",
        spacing=None,
        status=Status.NOT_ASSESSABLE,
        reason=file.reason,
    )


def labels_of(tracks: Iterable[Track], film: str) -> tuple[int, ...]:
    """The labels on a film that belong to any of the tracks."""
    return tuple(label for track in tracks for s in track.sightings if s.film == film for label in s.labels)
