"""All objects that say what was found on a patient's films."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from lesionmeter.errors import UsageError
from lesionmeter.model.deposit import one_label_each
from lesionmeter.model.findings import Assessment, Status
from lesionmeter.report.dicom.gsps import presentation_state
from lesionmeter.report.dicom.identity import Place, Tracking, trackings
from lesionmeter.report.dicom.seg import Segments, segmentation
from lesionmeter.report.dicom.source import Source, stamped
from lesionmeter.report.dicom.sr import Cited, HandReport, hand_report


@dataclass(frozen=True, eq=False)
class FindingObjects:
    """The objects of one assessment.

    Parameters
    ----------
    segmentations, presentations
        By the film's name; none for a film without deposits.
    reports
        By the side of the hand.
    """

    segmentations: Mapping[str, Dataset]
    presentations: Mapping[str, Dataset]
    reports: Mapping[str, Dataset]


def finding_objects(
    assessment: Assessment, sources: Mapping[str, Source], at: dt.datetime, corrections: tuple[str, ...] = ()
) -> FindingObjects:
    """Segmentations, presentation states and reports of an assessment.

    The same assessment, films and time give the same objects, UIDs included.

    Parameters
    ----------
    assessment
        What was found.
    sources
        Each film as DICOM has it, by its name; every film that could be read must be there.
    at
        When the findings were made: the content date of the objects.
    corrections
        A reader's corrections as texts, which the reports carry along.

    Raises
    ------
    UsageError
        If no hand was found on any film, so that there is nothing to say.
    """
    sides = sorted({hand.laterality.value for hand in assessment.hands} | {f.laterality for f in assessment.deposits})
    if not sides:
        raise UsageError("DICOM export: expected an assessment with a hand on a film, came one without any")
    tracking = trackings(assessment)
    cited = {film: _cited(assessment, source, tracking, at) for film, source in sources.items()}
    states = {
        film: stamped(presentation_state(one.segments, assessment.maps[film]), at)
        for film, one in cited.items()
        if one.segments and film in assessment.maps
    }
    reports = {
        side: stamped(hand_report(HandReport(assessment, side, cited, tracking, corrections)), at) for side in sides
    }
    segmentations = {film: one.segmentation for film, one in cited.items() if one.segmentation is not None}
    return FindingObjects(segmentations, states, reports)


def _cited(assessment: Assessment, source: Source, tracking: Mapping[Place, Tracking], at: dt.datetime) -> Cited:
    segments = _segments(assessment, source)
    made = stamped(segmentation(segments, tracking), at) if segments else None
    return Cited(source, segments, made)


def _segments(assessment: Assessment, source: Source) -> Segments | None:
    on_film = [finding for finding in assessment.deposits if finding.film == source.film]
    findings = tuple(finding for finding in on_film if finding.status is not Status.NOT_ASSESSABLE)
    found = assessment.maps.get(source.film)
    if not findings or found is None:
        return None
    numbers = one_label_each(finding.labels for finding in on_film)
    labels = {finding.identity: numbers[finding.labels[0]] if finding.labels else 0 for finding in findings}
    return Segments(source, _joined(found.labels, numbers), labels, findings)


def _joined(labels: NDArray[np.uint16], numbers: Mapping[int, int]) -> NDArray[np.uint16]:
    """The film's labels with those of one identity made one."""
    table = np.arange(2**16, dtype=np.uint16)
    table[list(numbers)] = list(numbers.values())
    return table[labels]
