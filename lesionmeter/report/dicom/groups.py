"""The measurement groups of a structured report: a film, a deposit on a film, an outline, a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from highdicom.sr import (
    LongitudinalTemporalOffsetFromEvent,
    MeasurementsAndQualitativeEvaluations,
    PlanarROIMeasurementsAndQualitativeEvaluations,
    TimePointContext,
    TrackingIdentifier,
)
from pydicom.dataset import Dataset

from lesionmeter.model import codes
from lesionmeter.model.codes import Code, Quantity
from lesionmeter.model.dates import PartialDate
from lesionmeter.model.deposit import Deposit
from lesionmeter.model.findings import Change, DepositFinding, Estimate, FilmFinding, Status
from lesionmeter.model.geometry import Points, Spacing
from lesionmeter.report.dicom.changes import HandContext
from lesionmeter.report.dicom.content import (
    coded,
    estimate,
    evaluation,
    extended,
    hand_site,
    moment,
    number,
    numbers,
    sites,
    text,
    texts,
)
from lesionmeter.report.dicom.identity import Tracking
from lesionmeter.report.dicom.references import algorithm, region, segment_frame, source_image, tracked
from lesionmeter.report.dicom.source import Source


@dataclass(frozen=True)
class TimeContext:
    """When a film was taken: its place among the films of its hand, from 1, and the baseline's date."""

    date: PartialDate | None
    order: int
    baseline: PartialDate | None


@dataclass(frozen=True, eq=False)
class Sighted:
    """One deposit on one film, with all that its groups say.

    Parameters
    ----------
    finding
        What was found.
    parts
        The outlined deposits that make it up.
    mask_label
        Its label in the film's mask; None if it is not there.
    tracking
        Its tracking UID, and whether that is a reader's word.
    probability
        How sure the identity over the dates is.
    spacing
        Size of the film's pixels.
    since_baseline
        The change from the baseline film, if there is one.
    """

    finding: DepositFinding
    parts: tuple[Deposit, ...]
    mask_label: int | None
    tracking: Tracking
    probability: float
    spacing: Spacing | None
    since_baseline: Change | None


def film_group(film: FilmFinding, source: Source | None, hand: HandContext, when: TimeContext) -> Any:
    """What the report knows of one film of a hand: TID 1501."""
    spacing = film.spacing
    scale = {} if spacing is None else {"row_mm": spacing.row_mm, "column_mm": spacing.column_mm, "cv": spacing.cv}
    rows, columns = film.shape or (None, None)
    group = MeasurementsAndQualitativeEvaluations(
        tracked("film", film.film, hand.side, film.sha256),
        time_point_context=_time_point(when),
        finding_type=coded(codes.FILM),
        finding_sites=hand_site(hand.side),
        algorithm_id=algorithm(hand.settings),
        measurements=numbers(codes.FILM_NUMBERS, {"rows": rows, "columns": columns, "bits": film.bits, **scale}),
        qualitative_evaluations=evaluation(codes.STATUS, film.status, codes.STATUSES),
        source_images=[source_image(source)] if source else None,
    )
    items = [
        *texts(codes.FILM_TEXTS, {name: getattr(film, name) for name in codes.FILM_TEXTS}),
        *(text(codes.REMARK, remark) for remark in film.remarks),
        *([text(codes.SPACING_SOURCE, str(spacing.source))] if spacing else []),
        *moment(codes.DATE, film.date),
    ]
    return extended(group, items)


def deposit_group(seen: Sighted, source: Source, segment: tuple[Dataset, int] | None, when: TimeContext) -> Any:
    """One deposit on one film: TID 1410 on its segment, also where that is empty; TID 1501 if not assessable.

    Parameters
    ----------
    seen
        The deposit.
    source
        The film.
    segment
        The film's Segmentation and the segment's number; None for a deposit that is not assessable.
    when
        When the film was taken.
    """
    finding = seen.finding
    common: dict[str, Any] = {
        "tracking_identifier": TrackingIdentifier(uid=seen.tracking.uid, identifier=finding.identity),
        "time_point_context": _time_point(when),
        "finding_category": coded(codes.ABNORMAL),
        "finding_type": coded(codes.CALCIFICATION),
        "finding_sites": sites(finding.site, finding.laterality),
        "algorithm_id": algorithm(),
        "measurements": _deposit_numbers(seen) or None,
        "qualitative_evaluations": _deposit_words(seen),
    }
    group: Any
    if segment is None:
        group = MeasurementsAndQualitativeEvaluations(source_images=[source_image(source)], **common)
    else:
        frame = segment_frame(source, *segment)
        group = PlanarROIMeasurementsAndQualitativeEvaluations(referenced_segment=frame, **common)
    return extended(
        group,
        [
            *texts(codes.DEPOSIT_TEXTS, {name: getattr(finding, name) for name in codes.DEPOSIT_TEXTS}),
            text(codes.FILM_TEXTS["film"], finding.film),
        ],
    )


def outline_groups(seen: Sighted, source: Source, when: TimeContext) -> list[Any]:
    """Each outline of a deposit as a polygon, for viewers that show no segments: TID 1410, with the area inside."""
    finding = seen.finding
    since = seen.since_baseline
    words = evaluation(codes.CALL_SINCE_BASELINE, since.call if since else "", codes.CALLS)
    return [
        PlanarROIMeasurementsAndQualitativeEvaluations(
            TrackingIdentifier(uid=seen.tracking.uid, identifier=finding.identity),
            referenced_region=region(outline, source),
            time_point_context=_time_point(when),
            finding_category=coded(codes.ABNORMAL),
            finding_type=coded(codes.CALCIFICATION),
            finding_sites=sites(finding.site, finding.laterality),
            measurements=_region_area(outline, seen) or None,
            qualitative_evaluations=words or None,
        )
        for part in seen.parts
        for outline in part.outlines
    ]


def _time_point(when: TimeContext) -> TimePointContext:
    """TID 1502; days since baseline only where both dates are known to the day."""
    known = when.date is not None and when.date.day and when.baseline is not None and when.baseline.day
    offset = None
    if known and when.date and when.baseline:
        days = (when.date.earliest - when.baseline.earliest).days
        offset = LongitudinalTemporalOffsetFromEvent(days, coded(codes.DAY), coded(codes.BASELINE))
    return TimePointContext(
        str(when.date or "date not known"),
        time_point_type=coded(codes.BASELINE) if when.order == 1 else None,
        time_point_order=when.order,
        subject_time_point_identifier=str(when.order),
        temporal_offset_from_event=offset,
    )


def _deposit_numbers(seen: Sighted) -> list[Any]:
    finding, measured = seen.finding, seen.finding.measurement
    relative = seen.spacing is None or (measured is not None and measured.unit != "mm2")
    unit = codes.ONE if relative else codes.MM2
    area = measured.area if measured else Estimate(0.0, 0.0, finding.detection_limit)
    row, column = finding.position or (None, None)
    place = {"x": column, "y": row, "mask_label": seen.mask_label, "bone_overlap": finding.bone_overlap}
    sure = {"probability": seen.probability, "confidence": max((p.confidence for p in seen.parts), default=None)}
    return [
        *([] if finding.status is Status.NOT_ASSESSABLE else _area(area, unit)),
        *number(Quantity(codes.AREA_PARTS["sd_own"], unit), measured.sd_own if measured else None),
        *number(Quantity(codes.AREA_PARTS["sd_choice"], unit), measured.sd_choice if measured else None),
        *number(codes.CV_SHARED, measured.cv_shared if measured else None),
        *number(Quantity(codes.AREA_PARTS["detection_limit"], unit), finding.detection_limit),
        *number(Quantity(codes.AREA_PARTS["quantification_limit"], unit), finding.quantification_limit),
        *numbers(codes.DEPOSIT_NUMBERS, place | sure),
        *_since_baseline(seen.since_baseline),
    ]


def _area(area: Estimate, unit: Code) -> list[Any]:
    return estimate(Quantity(codes.AREA, unit), area, codes.POLYGON_AREA)


def _since_baseline(change: Change | None) -> list[Any]:
    """The change from baseline, beside the area that it is about; the changes' own groups have all pairs of dates."""
    if change is None or change.unit != "mm2":
        return []
    return estimate(Quantity(codes.DIFFERENCE, codes.MM2), change.difference) + number(
        codes.CHANGE_NUMBERS["percent"], change.percent
    )


def _deposit_words(seen: Sighted) -> list[Any]:
    finding, since = seen.finding, seen.since_baseline
    return [
        *evaluation(codes.STATUS, finding.status, codes.STATUSES),
        *evaluation(codes.ORIGIN, finding.origin, codes.ORIGINS),
        *evaluation(codes.LINK, "affirmed" if seen.tracking.affirmed else "proposed", codes.LINKS),
        *evaluation(codes.EVENT, finding.note, codes.EVENTS),
        *evaluation(codes.CALL_SINCE_BASELINE, since.call if since else "", codes.CALLS),
    ]


def _region_area(outline: Points, seen: Sighted) -> list[Any]:
    if seen.spacing is None or seen.finding.measurement is None or seen.finding.measurement.unit != "mm2":
        return []
    rows, columns = outline[:, 0], outline[:, 1]
    inside = abs(float(rows @ np.roll(columns, 1) - columns @ np.roll(rows, 1))) / 2
    return number(Quantity(codes.REGION_AREA, codes.MM2), inside * seen.spacing.pixel_area_mm2)
