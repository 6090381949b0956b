"""The order of the acts: a patient's films in, an assessment out. Only this room knows which stage follows which."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Iterator
from typing import Any

from lesionmeter.errors import UsageError
from lesionmeter.model.corrections import Correction
from lesionmeter.model.findings import Assessment
from lesionmeter.model.patient import FilmAnatomy, Patient
from lesionmeter.model.radiograph import Radiograph
from lesionmeter.pipeline.carry import carry_points, check_points
from lesionmeter.pipeline.progress import Progress, Teller
from lesionmeter.pipeline.run import run_all, run_registration
from lesionmeter.pipeline.settings import Settings, settings_of, with_repeatability
from lesionmeter.pipeline.views import hand_views
from lesionmeter.pipeline.work import Work, films_named, stated
from lesionmeter.stages import anatomy
from lesionmeter.stages.anatomy import bone_map, mid_shafts

__all__ = [
    "Progress",
    "Settings",
    "assess",
    "assess_film_by_film",
    "bone_map",
    "carry_points",
    "check_points",
    "find_landmarks",
    "hand_views",
    "mid_shafts",
    "reassess",
    "register_hands",
    "revise",
    "with_repeatability",
]


def assess(
    patient: Patient,
    settings: Settings | None = None,
    corrections: tuple[Correction, ...] = (),
    progress: Progress | None = None,
) -> Assessment:
    """Measure all films of one patient and compare the dates.

    Parameters
    ----------
    patient
        The films, from `read_patient`.
    settings
        How each stage works; the defaults if None.
    corrections
        A reader's corrections, applied in order on top of what is found automatically. One that names a film which is
        not there (any more) is kept, has no effect, and is a remark.
    progress
        Called with the share done and a few words, from this thread.

    Returns
    -------
    Assessment
        Films, hands, registrations, deposits and changes. What could not be assessed is there with its reason.
    """
    return run_all(Work.of(patient, settings or Settings(), corrections, teller=Teller(progress)))


def revise(assessment: Assessment, correction: Correction, progress: Progress | None = None) -> Assessment:
    """Apply one more correction, and repeat only the stages that it touches.

    The result equals, to the last digit, `assess` on the same films with the same settings and corrections.

    Parameters
    ----------
    assessment
        From `assess` or `revise`; it stays as it is.
    correction
        What a reader says.
    progress
        As for `assess`.

    Raises
    ------
    UsageError
        If the assessment was read from an output folder and has no films at hand, or the correction names a film that
        it does not have.
    """
    films = {film.film for film in _films_of(assessment).films}
    if not films_named(correction) <= films:
        raise UsageError(f"revise: expected one of the films {sorted(films)}, came {sorted(films_named(correction))}")
    return reassess(assessment, (*assessment.corrections, correction), progress)


def reassess(
    assessment: Assessment, corrections: tuple[Correction, ...], progress: Progress | None = None
) -> Assessment:
    """The same films with other corrections, such as those that are left after an undo; repeats little.

    The result equals, to the last digit, `assess` on the same films with the same settings and these corrections.

    Parameters
    ----------
    assessment
        From `assess`, `revise` or `reassess`; it stays as it is.
    corrections
        All that hold from now on, oldest first.
    progress
        As for `assess`.

    Raises
    ------
    UsageError
        If the assessment was read from an output folder and has no films at hand.
    """
    patient, settings = _films_of(assessment), settings_of(assessment.settings)
    return run_all(Work.of(patient, settings, corrections, dict(assessment.memo), Teller(progress)))


def _films_of(assessment: Assessment) -> Patient:
    if assessment.patient is None:
        came = f"one of {assessment.patient_id} that was read from an output folder"
        raise UsageError(f"revise: expected an assessment with its films, came {came}; assess the films again")
    return assessment.patient


def assess_film_by_film(
    patient: Patient,
    settings: Settings | None = None,
    corrections: tuple[Correction, ...] = (),
    progress: Progress | None = None,
) -> Iterator[Assessment]:
    """What is known after the first film, after the first two, and so on; the last is what `assess` gives.

    Parameters
    ----------
    patient, settings, corrections, progress
        As for `assess`.

    Yields
    ------
    Assessment
        Of the films in order of date, one more each time. Nothing is measured twice but the comparison of the dates.
    """
    memo: dict[Hashable, Any] = {}
    order = [film.film for film in stated(patient, corrections).films]
    for number in range(1, len(order) + 1):
        films = tuple(film for film in patient.films if film.film in order[:number])
        part = dataclasses.replace(patient, films=films)
        teller = Teller(_share_of(progress, number - 1, len(order)))
        result = run_all(Work.of(part, settings or Settings(), corrections, memo, teller))
        memo = dict(result.memo)
        yield dataclasses.replace(result, patient=patient)


def _share_of(progress: Progress | None, part: int, parts: int) -> Progress | None:
    if progress is None:
        return None
    return lambda share, words: progress((part + share) / parts, words)


def register_hands(patient: Patient, settings: Settings | None = None, progress: Progress | None = None) -> Assessment:
    """Find and register the hands only: an assessment without deposits, enough to carry points.

    Parameters
    ----------
    patient, settings, progress
        As for `assess`.
    """
    return run_registration(Work.of(patient, settings or Settings(), teller=Teller(progress)))


def find_landmarks(film: Radiograph, settings: Settings | None = None) -> FilmAnatomy:
    """Find the hands of one film with their landmarks, polarity and side.

    Parameters
    ----------
    film
        One film, from `read_film`.
    settings
        The defaults if None.
    """
    return anatomy.find_hands(film, (settings or Settings()).anatomy)
