"""A report that lesionmeter wrote, back as the findings that it was written from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydicom.dataset import Dataset

from lesionmeter.io.assessment import correction_from_plain
from lesionmeter.io.dicom.findings.content import (
    ALGORITHM_PARAMETERS,
    ALGORITHM_VERSION,
    FINDING,
    TRACKING_ID,
    TRACKING_UID,
    Group,
    Region,
    groups,
)
from lesionmeter.model import codes
from lesionmeter.model.codes import Code, site_of, word_of
from lesionmeter.model.corrections import Correction
from lesionmeter.model.dates import Interval
from lesionmeter.model.deposit import Origin
from lesionmeter.model.findings import (
    Call,
    Change,
    DepositFinding,
    FilmFinding,
    Measurement,
    Status,
)
from lesionmeter.model.geometry import Spacing, SpacingSource
from lesionmeter.model.site import Site


@dataclass(frozen=True, eq=False)
class Sighted:
    """One deposit on one film, as the report has it.

    Parameters
    ----------
    finding
        What was found; its label is the mask's.
    tracking_uid
        By which a segment is known for this deposit.
    probability
        How sure the identity is.
    confidence
        How sure it is that it is a deposit.
    """

    finding: DepositFinding
    tracking_uid: str
    probability: float
    confidence: float


@dataclass(frozen=True, eq=False)
class OwnReport:
    """All that one of our reports says.

    Parameters
    ----------
    patient_id, version, settings
        As the assessment had them.
    images
        UID of each film that is a DICOM object, by the film's name.
    films, sighted, changes
        Its findings, in their order.
    outlines
        Polygons by the tracking UID of their deposit.
    corrections
        A reader's, oldest first.
    """

    patient_id: str
    version: str
    settings: Mapping[str, Any]
    images: Mapping[str, str]
    films: tuple[FilmFinding, ...]
    sighted: tuple[Sighted, ...]
    changes: tuple[Change, ...]
    outlines: Mapping[str, tuple[Region, ...]]
    corrections: tuple[Correction, ...]


def is_own(report: Dataset) -> bool:
    """Whether lesionmeter wrote this report: it names our coding scheme and says what became of a film."""
    schemes = report.get("CodingSchemeIdentificationSequence") or []
    return any(str(scheme.get("CodingSchemeUID", "")) == codes.SCHEME_UID for scheme in schemes)


def own_report(report: Dataset) -> OwnReport:
    """What a report by lesionmeter says.

    Raises
    ------
    ValueError
        If a group lacks what it must have.
    """
    found = list(groups(report))
    films = [group for group in found if _is(group, codes.FILM)]
    deposits = [group for group in found if _is(group, codes.CALCIFICATION) and codes.STATUS.key in group.words]
    if not films:
        raise ValueError("expected at least one film in the report, came none")
    findings = tuple(_film(group) for group in films)
    dates = {film.film: film.date for film in findings}
    return OwnReport(
        patient_id=str(report.get("PatientID") or ""),
        version=films[0].texts.get(ALGORITHM_VERSION, ""),
        settings=_settings(films[0]),
        images={group.text(codes.FILM_TEXTS["film"]): group.images[0] for group in films if group.images},
        films=findings,
        sighted=tuple(_sighted(group, dates) for group in deposits),
        changes=tuple(_change(group) for group in found if _is(group, codes.DIFFERENCE_IN_SIZE)),
        outlines=_outlines(found),
        corrections=tuple(correction for group in films for correction in _corrections(group)),
    )


def _outlines(found: list[Group]) -> Mapping[str, tuple[Region, ...]]:
    outlines: dict[str, tuple[Region, ...]] = {}
    for group in found:
        if group.regions:
            uid = group.texts[TRACKING_UID]
            outlines[uid] = (*outlines.get(uid, ()), *group.regions)
    return outlines


def _corrections(film: Group) -> Iterator[Correction]:
    for text in film.many.get(codes.CORRECTION.key, ()):
        yield correction_from_plain(json.loads(text))


def _is(group: Group, finding: Code) -> bool:
    code = group.words.get(FINDING)
    return code is not None and code.key == finding.key


def _settings(group: Group) -> Mapping[str, Any]:
    pairs = (text.partition(": ") for text in group.many.get(ALGORITHM_PARAMETERS, ()))
    return {stage: json.loads(values) for stage, _, values in pairs}


def _film(group: Group) -> FilmFinding:
    texts = {name: group.text(code) for name, code in codes.FILM_TEXTS.items()}
    numbers = {name: group.number(quantity) for name, quantity in codes.FILM_NUMBERS.items()}
    rows, columns, bits = (numbers[name] for name in ("rows", "columns", "bits"))
    return FilmFinding(
        date=group.date(codes.DATE),
        shape=None if rows is None or columns is None else (int(rows), int(columns)),
        bits=None if bits is None else int(bits),
        spacing=_spacing(group, numbers),
        status=Status(word_of(group.words[codes.STATUS.key], codes.STATUSES)),
        remarks=group.many.get(codes.REMARK.key, ()),
        **texts,
    )


def _spacing(group: Group, numbers: Mapping[str, float | None]) -> Spacing | None:
    row, column, cv = (numbers[name] for name in ("row_mm", "column_mm", "cv"))
    if row is None or column is None or cv is None:
        return None
    return Spacing(row, column, SpacingSource(group.text(codes.SPACING_SOURCE)), cv)


def _sighted(group: Group, dates: Mapping[str, Any]) -> Sighted:
    film = group.text(codes.FILM_TEXTS["film"])
    status = Status(word_of(group.words[codes.STATUS.key], codes.STATUSES))
    label, row, column = (group.number(codes.DEPOSIT_NUMBERS[name]) for name in ("mask_label", "y", "x"))
    event = group.words.get(codes.EVENT.key)
    finding = DepositFinding(
        film=film,
        date=dates[film],
        laterality=_side(group) or "",
        identity=group.texts[TRACKING_ID],
        site=_site(group),
        status=status,
        origin=Origin(word_of(group.words[codes.ORIGIN.key], codes.ORIGINS)),
        labels=() if label is None else (int(label),),
        position=None if row is None or column is None else (row, column),
        measurement=_measurement(group) if status is Status.MEASURED else None,
        bone_overlap=group.number(codes.DEPOSIT_NUMBERS["bone_overlap"]),
        detection_limit=group.number(codes.AREA_PARTS["detection_limit"]),
        quantification_limit=group.number(codes.AREA_PARTS["quantification_limit"]),
        note=word_of(event, codes.EVENTS) if event else "",
        **{name: group.text(code) for name, code in codes.DEPOSIT_TEXTS.items()},
    )
    probability, confidence = (group.number(codes.DEPOSIT_NUMBERS[name]) for name in ("probability", "confidence"))
    return Sighted(finding, group.texts[TRACKING_UID], probability or 0.0, confidence or 0.0)


def _measurement(group: Group) -> Measurement:
    area = group.numbers[codes.AREA.key]
    own, choice = (group.number(codes.AREA_PARTS[name]) or 0.0 for name in ("sd_own", "sd_choice"))
    unit = "mm2" if area.unit == codes.MM2.value else "relative"
    return Measurement(area.estimate, own, group.number(codes.CV_SHARED) or 0.0, unit, choice)


def _side(group: Group) -> str | None:
    sides = {code.key: side for side, code in codes.SIDES.items()}
    return next((sides[side.key] for _, side, _ in group.sites if side and side.key in sides), None)


def _site(group: Group) -> Site | None:
    return next((site_of(modifier) for _, _, modifier in group.sites if modifier), None)


def _change(group: Group) -> Change:
    level = word_of(group.words[codes.LEVEL.key], codes.LEVELS)
    dates = {name: group.date(code) for name, code in codes.CHANGE_DATES.items()}
    date_from, date_to = dates["date_from"], dates["date_to"]
    if date_from is None or date_to is None:
        raise ValueError("expected two dates with a change, came fewer")
    interval = {name: group.number(quantity) or 0.0 for name, quantity in codes.INTERVALS.items()}
    texts = {name: group.text(code) for name, code in codes.CHANGE_TEXTS.items()}
    return Change(
        level=level,
        laterality=None if level == "patient" else _side(group),
        site=_site(group),
        identity=texts["identity"] or None,
        date_from=date_from,
        date_to=date_to,
        interval=Interval(interval["years"], interval["shortest"], interval["longest"]),
        difference=group.estimate(codes.DIFFERENCE),
        call=Call(word_of(group.words[codes.CALL.key], codes.CALLS)),
        wording=texts["wording"],
        reason=texts["reason"],
        unit=texts["unit"],
        film_from=texts["film_from"] or None,
        film_to=texts["film_to"] or None,
        **dict(_change_numbers(group)),
    )


def _change_numbers(group: Group) -> Iterator[tuple[str, Any]]:
    for name, code in codes.CHANGE_AREAS.items():
        yield name, group.number(code)
    for name, quantity in codes.CHANGE_ESTIMATES.items():
        yield name, group.estimate(quantity.code)
    yield "percent", group.number(codes.CHANGE_NUMBERS["percent"])
    for name in ("n_from", "n_to"):
        count = group.number(codes.CHANGE_NUMBERS[name])
        yield name, None if count is None else int(count)
