"""The order of the acts: a patient's films in, an assessment out. Only this room knows which stage follows which."""

from __future__ import annotations

from lesionmeter.errors import UsageError
from lesionmeter.model.corrections import Correction
from lesionmeter.model.findings import Assessment
from lesionmeter.model.patient import FilmAnatomy, Patient
from lesionmeter.model.radiograph import Radiograph
from lesionmeter.pipeline.carry import carry_points, check_points
from lesionmeter.pipeline.progress import Progress, Teller
from lesionmeter.pipeline.run import run_all, run_registration
from lesionmeter.pipeline.settings import Settings, settings_of
from lesionmeter.pipeline.work import Work, films_named
from lesionmeter.stages import anatomy

__all__ = [
    "Progress",
    "Settings",
    "assess",
    "carry_points",
    "check_points",
    "find_landmarks",
    "register_hands",
    "revise",
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
    return run_all(Work(patient, settings or Settings(), corrections, {}, Teller(progress)))


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
    patient = assessment.patient
    if patient is None:
        came = f"one of {assessment.patient_id} that was read from an output folder"
        raise UsageError(f"revise: expected an assessment with its films, came {came}; assess the films again")
    films = {film.film for film in patient.films}
    if not films_named(correction) <= films:
        raise UsageError(f"revise: expected one of the films {sorted(films)}, came {sorted(films_named(correction))}")
    corrections = (*assessment.corrections, correction)
    return run_all(
        Work(patient, settings_of(assessment.settings), corrections, dict(assessment.memo), Teller(progress))
    )


def register_hands(patient: Patient, settings: Settings | None = None, progress: Progress | None = None) -> Assessment:
    """Find and register the hands only: an assessment without deposits, enough to carry points.

    Parameters
    ----------
    patient, settings, progress
        As for `assess`.
    """
    return run_registration(Work(patient, settings or Settings(), (), {}, Teller(progress)))


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
