"""What one pass through the stages works on."""

from __future__ import annotations

import dataclasses
import functools
import math
import zlib
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from numpy.typing import NDArray

from lesionmeter.inference import threads
from lesionmeter.model.corrections import Acceptance, Correction, FilmCorrection, LinkCorrection, NotAssessable
from lesionmeter.model.findings import DepositFinding
from lesionmeter.model.patient import HandView, Patient
from lesionmeter.model.radiograph import Radiograph
from lesionmeter.pipeline.progress import Teller
from lesionmeter.pipeline.settings import Settings

Result = TypeVar("Result")

SIDE_BY_SIDE: Final = 2
"""Jobs of one patient at a time: more share the interpreter's lock and are hardly faster, and each needs its memory."""

READER: Final = "reader"
"""The source of what a reader states, as tables print it."""


@dataclass(frozen=True, eq=False)
class Work:
    """One patient's films, what a reader said of them, and what is known already.

    Parameters
    ----------
    patient
        The films, with the dates, hands and polarities that a reader states.
    settings
        How each stage works.
    corrections
        A reader's, oldest first.
    memo
        Results of the stages by all that they depend on, so that a revision repeats little; it grows.
    teller
        Told what is being done.
    as_read
        The films without the reader's word.
    """

    patient: Patient
    settings: Settings
    corrections: tuple[Correction, ...]
    memo: dict[Hashable, Any]
    teller: Teller
    as_read: Patient

    @classmethod
    def of(
        cls,
        patient: Patient,
        settings: Settings,
        corrections: tuple[Correction, ...] = (),
        memo: dict[Hashable, Any] | None = None,
        teller: Teller | None = None,
    ) -> Work:
        """The work on films as they were read."""
        return cls(stated(patient, corrections), settings, corrections, memo or {}, teller or Teller(None), patient)

    def once(self, key: Hashable, make: Callable[[], Result]) -> Result:
        """The result of that key, made now if it is not known yet."""
        if key not in self.memo:
            self.memo[key] = make()
        result: Result = self.memo[key]
        return result

    def ahead(self, jobs: Iterable[tuple[str, Callable[[], object]]]) -> None:
        """Do jobs that need nothing of each other side by side; what they make is then known to `once`.

        Parameters
        ----------
        jobs
            What to tell of each, and the job. They are told of in this order, from this thread; if one fails, or the
            work is stopped, those not begun are left.
        """
        pool = ThreadPoolExecutor(min(SIDE_BY_SIDE, threads()))
        try:
            for words, job in [(words, pool.submit(job)) for words, job in jobs]:
                self.teller.begin(words)
                job.result()
        finally:
            pool.shutdown(cancel_futures=True)

    def said(self, kind: type[Result]) -> list[Result]:
        """The reader's corrections of one kind, oldest first."""
        return [correction for correction in self.corrections if isinstance(correction, kind)]

    def unapplied(self, deposits: Iterable[DepositFinding] | None) -> tuple[str, ...]:
        """A remark for each correction of a film, or of a deposit on a film, that is not there (any more).

        Parameters
        ----------
        deposits
            What was found of each deposit on each film; None if none were looked for.
        """
        films = {film.film for film in self.patient.films}
        there = None if deposits is None else {(finding.film, finding.identity) for finding in deposits}
        return tuple(remark for correction in self.corrections for remark in _missed(correction, films, there))


def _missed(correction: Correction, films: set[str], deposits: set[tuple[str, str]] | None) -> Iterator[str]:
    word = f"a reader's {type(correction).__name__} names"
    for film in sorted(films_named(correction) - films):
        yield f"{word} {film}, which is not among the films: not applied"
    if deposits is None or not isinstance(correction, Acceptance | NotAssessable) or correction.film not in films:
        return
    if (correction.film, correction.identity) not in deposits:
        name = f"deposit {correction.identity} on {correction.film}"
        yield f"{word} {name}, where none of that name is found: not applied"


def stated(patient: Patient, corrections: tuple[Correction, ...]) -> Patient:
    """The patient with each film's date, hands and polarity as a reader stated them last; in order of date again."""
    said = [c for c in corrections if isinstance(c, FilmCorrection)]
    if not said:
        return patient
    films = [_as_stated(film, [c for c in said if c.film == film.film]) for film in patient.films]
    if any(c.date for c in said):
        films.sort(key=lambda film: (film.date.middle if film.date else math.inf, film.film))
    return dataclasses.replace(patient, films=tuple(films))


def _as_stated(film: Radiograph, said: list[FilmCorrection]) -> Radiograph:
    for word in said:
        if word.date:
            film = dataclasses.replace(film, date=word.date, date_source=READER)
        if word.hands:
            film = dataclasses.replace(film, laterality=word.hands)
        if word.polarity:
            film = dataclasses.replace(film, polarity=word.polarity, polarity_source=READER)
    return film


def films_named(correction: Correction) -> set[str]:
    """Films that a correction is about."""
    if isinstance(correction, LinkCorrection):
        return {correction.first[0], correction.second[0]}
    return {correction.film}


def checksum(*arrays: NDArray[Any]) -> int:
    """One number for what arrays hold, for keys of what depends on them."""
    return functools.reduce(lambda total, array: zlib.crc32(array.tobytes(), total), arrays, 0)


def view_key(view: HandView) -> Hashable:
    """All of a view that a stage's result depends on; the pixels are named by their film."""
    spacing, hand = view.film.spacing, view.hand
    landmarks = hand.landmarks.points.tobytes(), hand.landmarks.confidence.tobytes()
    return (hand.film, hand.laterality, spacing, view.film.area_unit, view.polarity, *landmarks)
