"""The order of the acts: a patient's films in, an assessment out. Only this room knows which stage follows which."""

from __future__ import annotations

from lesionmeter.errors import UsageError
from lesionmeter.model.corrections import Correction
from lesionmeter.model.findings import Assessment
from lesionmeter.model.patient import FilmAnatomy, Patient
from lesionmeter.model.radiograph import Radiograph
from lesionmeter.pipeline.carry import carry_points
from lesionmeter.pipeline.run import Progress, Run
from lesionmeter.pipeline.settings import Settings
from lesionmeter.stages import anatomy

__all__ = ["Progress", "Settings", "assess", "carry_points", "find_landmarks", "register_hands", "revise"]


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
        A reader's corrections, applied in order on top of what is found automatically.
    progress
        Called with the share done and a few words, from this thread.

    Returns
    -------
    Assessment
        Films, hands, registrations, deposits and changes. What could not be assessed is there with its reason.
    """
    return Run(patient, settings or Settings(), corrections, progress, {}).assessment()


def revise(assessment: Assessment, correction: Correction, progress: Progress | None = None) -> Assessment:
    """Apply one more correction, and repeat only the stages that it touches.

    The result equals, to the last digit, `assess` on the same films with the same corrections.

    Raises
    ------
    UsageError
        If the assessment was read from an output folder and has no films at hand.
    """
    if assessment.patient is None:
        came = f"one of {assessment.patient_id} that was read from an output folder"
        raise UsageError(f"revise: expected an assessment with its films, came {came}; assess the films again")
    settings = assessment.memo.get("settings", Settings())
    run = Run(assessment.patient, settings, (*assessment.corrections, correction), progress, dict(assessment.memo))
    return run.assessment()


def register_hands(patient: Patient, settings: Settings | None = None, progress: Progress | None = None) -> Assessment:
    """Find and register the hands only: an assessment without deposits, enough to carry points."""
    return Run(patient, settings or Settings(), (), progress, {}).registered()


def find_landmarks(film: Radiograph, settings: Settings | None = None) -> FilmAnatomy:
    """Find the hands of one film with their landmarks, polarity and side."""
    return anatomy.find_hands(film, (settings or Settings()).anatomy)
