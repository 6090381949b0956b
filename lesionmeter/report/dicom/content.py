"""Content items of a structured report, from plain values; what is not known makes none."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from highdicom.sr import (
    CodedConcept,
    ContentItem,
    DateTimeContentItem,
    FindingSite,
    Measurement,
    MeasurementProperties,
    QualitativeEvaluation,
    RelationshipTypeValues,
    TextContentItem,
)

from lesionmeter.model.codes import HAND, SIDES, Code, Quantity, place_codes, site_code
from lesionmeter.model.dates import PartialDate
from lesionmeter.model.findings import Estimate
from lesionmeter.model.site import Site


def coded(code: Code) -> CodedConcept:
    """A code of ours as highdicom's."""
    return CodedConcept(code.value, code.scheme, code.meaning)


def number(quantity: Quantity, value: float | None) -> list[Measurement]:
    """A number to the last digit; none if it is not known."""
    if value is None or not math.isfinite(value):
        return []
    exact = int(value) if isinstance(value, int | np.integer) else float(value)
    return [Measurement(coded(quantity.code), exact, coded(quantity.unit))]


def numbers(quantities: Mapping[str, Quantity], values: Mapping[str, float | None]) -> list[Measurement]:
    """The numbers that are known, by their names."""
    return [item for name, value in values.items() for item in number(quantities[name], value)]


def estimate(quantity: Quantity, known: Estimate | None, method: Code | None = None) -> list[Measurement]:
    """A value with its 95 % interval, as the standard's ranges of lower and upper uncertainty."""
    if known is None or not math.isfinite(known.value):
        return []
    bounds = MeasurementProperties(
        upper_measurement_uncertainty=_reach(known.hi, known.value),
        lower_measurement_uncertainty=_reach(known.value, known.lo),
    )
    return [
        Measurement(
            coded(quantity.code),
            float(known.value),
            coded(quantity.unit),
            method=coded(method) if method else None,
            properties=bounds if len(bounds) else None,
        )
    ]


def _reach(high: float | None, low: float | None) -> float | None:
    known = high is not None and low is not None and math.isfinite(high) and math.isfinite(low)
    return float(high - low) if known and high is not None and low is not None else None


def evaluation(name: Code, word: str, words: Mapping[str, Code]) -> list[QualitativeEvaluation]:
    """A word of a list by its code; none for no word."""
    return [QualitativeEvaluation(coded(name), coded(words[word]))] if word else []


def texts(names: Mapping[str, Code], values: Mapping[str, Any]) -> Iterator[ContentItem]:
    """The texts that are not empty, by their names."""
    for name, value in values.items():
        if value:
            yield text(names[name], str(value))


def text(name: Code, value: str) -> ContentItem:
    """A text."""
    return TextContentItem(coded(name), value, RelationshipTypeValues.CONTAINS)


def moment(name: Code, date: PartialDate | None) -> list[ContentItem]:
    """A date as precisely as it is known: a DICOM date-time may end after the year or the month (PS3.5, 6.2)."""
    if date is None:
        return []
    return [DateTimeContentItem(coded(name), dicom_date(date), RelationshipTypeValues.CONTAINS)]


def dicom_date(date: PartialDate) -> str:
    """A date as a DICOM date-time of its own precision.

    Examples
    --------
    >>> dicom_date(PartialDate(1984, 5))
    '198405'
    """
    return str(date).replace("-", "")


def sites(site: Site | None, side: str | None) -> list[FindingSite]:
    """Where a finding is: the standard's finger (or hand, or wrist) and part, each with our exact site as modifier."""
    laterality = coded(SIDES[side]) if side else None
    exact = coded(site_code(site)) if site else None
    place, part = place_codes(site)
    found = [FindingSite(coded(place), laterality, exact)]
    return found if part is None else [*found, FindingSite(coded(part), laterality, exact)]


def hand_site(side: str) -> list[FindingSite]:
    """The whole hand of one side."""
    return [FindingSite(coded(HAND), coded(SIDES[side]))]


def extended(group: Any, items: Iterable[ContentItem]) -> Any:
    """A measurement group with further items in it."""
    group[0].ContentSequence.extend(items)
    return group
