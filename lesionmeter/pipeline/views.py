"""An assessment's hands as the stages see them: each on its film with a scale, a polarity and landmarks."""

from __future__ import annotations

from lesionmeter.errors import UsageError
from lesionmeter.model.findings import Assessment
from lesionmeter.model.patient import HandView
from lesionmeter.pipeline.hands import anatomies_of, views_of
from lesionmeter.pipeline.settings import settings_of
from lesionmeter.pipeline.work import Work


def hand_views(assessment: Assessment) -> tuple[HandView, ...]:
    """Every hand of an assessment on its film, as it was measured: with the corrections that are applied.

    Parameters
    ----------
    assessment
        From `assess`, `revise` or `register_hands`, with its films.

    Returns
    -------
    tuple of HandView
        In the order of the films; what `bone_map` and `mid_shafts` take.

    Raises
    ------
    UsageError
        If the assessment was read from an output folder and has no films at hand.
    """
    if assessment.patient is None:
        came = f"one of {assessment.patient_id} that was read from an output folder"
        raise UsageError(f"hand_views: expected an assessment with its films, came {came}; assess the films again")
    known = dict(assessment.memo)
    work = Work.of(assessment.patient, settings_of(assessment.settings), assessment.corrections, known)
    return views_of(work, anatomies_of(work))
