"""The measurement group of a change between two dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from highdicom.sr import Measurement, MeasurementsAndQualitativeEvaluations

from lesionmeter.model import codes
from lesionmeter.model.codes import Quantity
from lesionmeter.model.findings import Change
from lesionmeter.report.dicom.content import (
    coded,
    estimate,
    evaluation,
    extended,
    hand_site,
    moment,
    numbers,
    sites,
    texts,
)
from lesionmeter.report.dicom.references import tracked


@dataclass(frozen=True)
class HandContext:
    """Whose hand: its side, what tells the patient from others, and the program's settings as TID 4019 has them."""

    side: str
    patient: str
    settings: tuple[str, ...]


def change_group(change: Change, hand: HandContext) -> Any:
    """One change between two dates: TID 1501."""
    where = sites(change.site, change.laterality) if change.site else hand_site(change.laterality or hand.side)
    words = evaluation(codes.LEVEL, change.level, codes.LEVELS) + evaluation(codes.CALL, change.call, codes.CALLS)
    group = MeasurementsAndQualitativeEvaluations(
        tracked("change", _name(change), change.laterality or "", hand.patient),
        finding_type=coded(codes.DIFFERENCE_IN_SIZE),
        finding_sites=where,
        measurements=list(_numbers(change)),
        qualitative_evaluations=words,
    )
    dates = [item for name, code in codes.CHANGE_DATES.items() for item in moment(code, getattr(change, name))]
    return extended(group, [*dates, *texts(codes.CHANGE_TEXTS, _fields(change, codes.CHANGE_TEXTS))])


def _name(change: Change) -> str:
    """What the change is of, in the 64 letters that a name may have."""
    subject = change.identity or str(change.site or "")
    return " ".join(filter(None, (change.level, subject, f"{change.date_from} to {change.date_to}")))[:64]


def _numbers(change: Change) -> Iterator[Measurement]:
    unit = codes.MM2 if change.unit == "mm2" else codes.ONE
    areas = {name: Quantity(code, unit) for name, code in codes.CHANGE_AREAS.items()}
    yield from numbers(codes.INTERVALS, {name: getattr(change.interval, name) for name in codes.INTERVALS})
    yield from numbers(areas, _fields(change, codes.CHANGE_AREAS))
    yield from estimate(Quantity(codes.DIFFERENCE, unit), change.difference)
    yield from numbers(codes.CHANGE_NUMBERS, _fields(change, codes.CHANGE_NUMBERS))
    for name, quantity in codes.CHANGE_ESTIMATES.items():
        yield from estimate(quantity, getattr(change, name))


def _fields(change: Change, names: Mapping[str, Any]) -> dict[str, Any]:
    return {name: getattr(change, name) for name in names}
