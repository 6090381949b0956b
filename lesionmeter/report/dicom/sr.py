"""One structured report (TID 1500) over all dates of a hand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import highdicom as hd
from highdicom.sr import (
    DeviceObserverIdentifyingAttributes,
    MeasurementReport,
    ObservationContext,
    ObserverContext,
)
from pydicom.dataset import Dataset

from lesionmeter.model import codes
from lesionmeter.model.dates import PartialDate
from lesionmeter.model.findings import Assessment, Change, DepositFinding, FilmFinding
from lesionmeter.report.dicom.changes import HandContext, change_group
from lesionmeter.report.dicom.content import coded, extended, text
from lesionmeter.report.dicom.groups import (
    Sighted,
    TimeContext,
    deposit_group,
    film_group,
    outline_groups,
)
from lesionmeter.report.dicom.identity import Place, Tracking
from lesionmeter.report.dicom.seg import Segments
from lesionmeter.report.dicom.source import MAKER, Source, made_uid


@dataclass(frozen=True, eq=False)
class Cited:
    """A film with its Segmentation, as a report cites them; `segmentation` is None where nothing is segmented."""

    source: Source
    segments: Segments | None
    segmentation: Dataset | None


@dataclass(frozen=True, eq=False)
class HandReport:
    """What one report is made from.

    Parameters
    ----------
    assessment
        All of the patient.
    side
        The hand.
    cited
        Films with their Segmentations, by the film's name.
    tracking
        The tracking UID of each deposit on each film.
    corrections
        A reader's corrections as texts, kept so that nothing is lost.
    """

    assessment: Assessment
    side: str
    cited: Mapping[str, Cited]
    tracking: Mapping[Place, Tracking]
    corrections: tuple[str, ...] = ()


def hand_report(report: HandReport) -> Dataset:
    """The Comprehensive SR of one hand, still to be stamped; it lies in the study of the hand's last film.

    Parameters
    ----------
    report
        What it is made from.
    """
    last = [report.cited[film.film] for film in _films(report) if film.film in report.cited][-1]
    content = MeasurementReport(
        observation_context=ObservationContext(observer_device_context=_observer()),
        procedure_reported=coded(codes.PLAIN_RADIOGRAPHY),
        imaging_measurements=list(_groups(report)),
        title=coded(codes.REPORT),
    )
    evidence = [last.source.header, *(part for part in _evidence(report) if part is not last.source.header)]
    document = hd.sr.ComprehensiveSR(
        evidence=evidence,
        content=content[0],
        series_instance_uid=made_uid("report", report.side, str(last.source.header.SeriesInstanceUID)),
        series_number=9002,
        sop_instance_uid=made_uid("unnamed"),
        instance_number=1 if report.side == "L" else 2,
        is_complete=True,
        series_description=f"lesionmeter: findings on hand {report.side}",
        **MAKER,
    )
    document.CodingSchemeIdentificationSequence = [_scheme()]
    return document


def _evidence(report: HandReport) -> list[Dataset]:
    cited = [report.cited[film.film] for film in _films(report) if film.film in report.cited]
    return [part for one in cited for part in (one.source.header, one.segmentation) if part is not None]


def _observer() -> ObserverContext:
    device = DeviceObserverIdentifyingAttributes(
        uid=made_uid("device", codes.PROGRAM),
        name=codes.PROGRAM,
        manufacturer_name=MAKER["manufacturer"],
        model_name=f"{codes.PROGRAM} {MAKER['software_versions']}",
    )
    return ObserverContext(coded(codes.Code("121007", "DCM", "Device")), device)


def _scheme() -> Dataset:
    item = Dataset()
    item.CodingSchemeDesignator = codes.SCHEME
    item.CodingSchemeUID = codes.SCHEME_UID
    item.CodingSchemeName = codes.SCHEME_NAME
    item.CodingSchemeResponsibleOrganization = "The lesionmeter developers"
    return item


def _films(report: HandReport) -> list[FilmFinding]:
    """Films that show the hand, or may show it, in order of date."""
    return [film for film in report.assessment.films if report.side in film.hands or not film.hands]


def _times(report: HandReport) -> Mapping[str, TimeContext]:
    films = _films(report)
    baseline: PartialDate | None = next((film.date for film in films if film.date), None)
    return {film.film: TimeContext(film.date, order, baseline) for order, film in enumerate(films, 1)}


def _groups(report: HandReport) -> Iterator[Any]:
    times = _times(report)
    hand = HandContext(report.side, _patient_key(report.assessment), _parameters(report.assessment.settings))
    for number, film in enumerate(_films(report)):
        cited = report.cited.get(film.film)
        group = film_group(film, cited.source if cited else None, hand, times[film.film])
        said = () if number else report.corrections
        yield extended(group, (text(codes.CORRECTION, correction) for correction in said))
    for finding in report.assessment.deposits:
        if finding.laterality == report.side:
            yield from _deposit(report, finding, times)
    for change in report.assessment.changes:
        if change.laterality in (report.side, None):
            yield change_group(change, hand)


def _deposit(report: HandReport, finding: DepositFinding, times: Mapping[str, TimeContext]) -> Iterator[Any]:
    cited, when = report.cited[finding.film], times.get(finding.film)
    when = when or TimeContext(finding.date, len(times) + 1, None)
    number = cited.segments.number(finding.identity) if cited.segments else None
    seen = _sighted(report, finding)
    segment = (cited.segmentation, number) if cited.segmentation is not None and number is not None else None
    yield deposit_group(seen, cited.source, segment, when)
    yield from outline_groups(seen, cited.source, when)


def _sighted(report: HandReport, finding: DepositFinding) -> Sighted:
    assessment = report.assessment
    cited = report.cited[finding.film]
    film = next(film for film in assessment.films if film.film == finding.film)
    sighting = next(
        (
            sighting
            for track in assessment.tracks
            if (track.laterality, track.identity) == (finding.laterality, finding.identity)
            for sighting in track.sightings
            if sighting.film == finding.film
        ),
        None,
    )
    found = assessment.maps.get(finding.film)
    label = cited.segments.labels.get(finding.identity) if cited.segments else None
    return Sighted(
        finding=finding,
        parts=tuple(found.deposit(part) for part in finding.labels) if found and label else (),
        mask_label=label or None,
        tracking=report.tracking[finding.identity, finding.film],
        probability=sighting.probability if sighting else 0.0,
        spacing=film.spacing,
        since_baseline=_since_baseline(assessment.changes, finding),
    )


def _since_baseline(changes: tuple[Change, ...], finding: DepositFinding) -> Change | None:
    """The change of this deposit from the earliest film to this one."""
    mine = [
        change
        for change in changes
        if (change.level, change.laterality, change.identity, change.film_to)
        == ("deposit", finding.laterality, finding.identity, finding.film)
    ]
    return min(mine, key=lambda change: change.date_from.middle, default=None)


def _patient_key(assessment: Assessment) -> str:
    """What tells this patient's groups from another's: the films, since patient IDs of two hospitals may agree."""
    return "|".join(film.sha256 for film in assessment.films)


def _parameters(settings: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(f"{stage}: {json.dumps(values, sort_keys=True, default=str)}" for stage, values in settings.items())
