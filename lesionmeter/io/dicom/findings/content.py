"""A structured report's measurement groups as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from pydicom.dataset import Dataset

from lesionmeter.model.codes import LOWER_UNCERTAINTY, UPPER_UNCERTAINTY, Code, Quantity
from lesionmeter.model.dates import PartialDate
from lesionmeter.model.findings import Estimate
from lesionmeter.model.geometry import Points

Key = tuple[str, str]
"""Value and scheme of a code."""

IMAGING_MEASUREMENTS: Final = ("126010", "DCM")
MEASUREMENT_GROUP: Final = ("125007", "DCM")
TRACKING_ID: Final = ("112039", "DCM")
TRACKING_UID: Final = ("112040", "DCM")
FINDING: Final = ("121071", "DCM")
FINDING_SITE: Final = ("363698007", "SCT")
LATERALITY: Final = ("272741003", "SCT")
MODIFIER: Final = ("106233006", "SCT")
ALGORITHM_PARAMETERS: Final = ("111002", "DCM")
ALGORITHM_VERSION: Final = ("111003", "DCM")
PIXEL_CORNER: Final = 0.5
"""In reports the first pixel's outer corner is (0, 0); here its centre is."""


@dataclass(frozen=True)
class Number:
    """A number with its unit, and how far its interval reaches below and above it where that is known."""

    value: float
    unit: str
    below: float | None
    above: float | None

    @property
    def estimate(self) -> Estimate:
        """The number with its interval."""
        low = None if self.below is None else self.value - self.below
        return Estimate(self.value, low, None if self.above is None else self.value + self.above)


@dataclass(frozen=True, eq=False)
class Region:
    """A polygon, (n, 2) (row, column) pixels, on the image of that UID."""

    image: str
    outline: Points


@dataclass(frozen=True, eq=False)
class Group:
    """One measurement group.

    Parameters
    ----------
    texts
        Texts and dates by their concept; the last of several.
    many
        All texts of a concept, in order.
    numbers
        Numbers that the group holds straight.
    words
        Coded values by their concept.
    sites
        Finding sites: (place, side, modifier), the latter two None if not stated.
    images
        UIDs of the images that the group cites.
    regions
        Its polygons.
    """

    texts: Mapping[Key, str]
    many: Mapping[Key, tuple[str, ...]]
    numbers: Mapping[Key, Number]
    words: Mapping[Key, Code]
    sites: tuple[tuple[Code, Code | None, Code | None], ...]
    images: tuple[str, ...]
    regions: tuple[Region, ...]

    def text(self, code: Code) -> str:
        """A text by its concept; empty if there is none."""
        return self.texts.get(code.key, "")

    def number(self, quantity: Quantity | Code) -> float | None:
        """A number by its concept; None if there is none."""
        code = quantity.code if isinstance(quantity, Quantity) else quantity
        found = self.numbers.get(code.key)
        return None if found is None else found.value

    def estimate(self, code: Code) -> Estimate | None:
        """A number with its interval by its concept."""
        found = self.numbers.get(code.key)
        return None if found is None else found.estimate

    def date(self, code: Code) -> PartialDate | None:
        """A date by its concept, as precise as it is written."""
        return date_of(self.text(code))


def groups(report: Dataset) -> Iterator[Group]:
    """The measurement groups of a report by TID 1500; none if it is of another kind."""
    for container in _children(report):
        if _name(container) == IMAGING_MEASUREMENTS:
            for item in _children(container):
                if _name(item) == MEASUREMENT_GROUP:
                    yield _group(item)


def date_of(text: str) -> PartialDate | None:
    """The date of a DICOM date-time that may end after the year or the month.

    Examples
    --------
    >>> str(date_of("198405"))
    '1984-05'
    """
    digits = text[:8]
    if not digits.isdecimal() or len(digits) not in (4, 6, 8):
        return None
    return PartialDate.parse("-".join(filter(None, (digits[:4], digits[4:6], digits[6:]))))


def _children(item: Dataset) -> list[Dataset]:
    return list(item.get("ContentSequence") or [])


def code_in(item: Dataset, keyword: str) -> Code | None:
    """The first code of a code sequence; None if there is none."""
    sequence = item.get(keyword)
    if not sequence:
        return None
    coded = sequence[0]
    value = coded.get("CodeValue") or coded.get("LongCodeValue") or coded.get("URNCodeValue") or ""
    return Code(str(value), str(coded.get("CodingSchemeDesignator") or ""), str(coded.get("CodeMeaning") or ""))


def _name(item: Dataset) -> Key:
    code = code_in(item, "ConceptNameCodeSequence")
    return code.key if code else ("", "")


def _group(item: Dataset) -> Group:
    children = _children(item)
    many: dict[Key, list[str]] = {}
    for child in children:
        if (text := _text(child)) is not None:
            many.setdefault(_name(child), []).append(text)
    coded = ((_name(child), code_in(child, "ConceptCodeSequence")) for child in children)
    return Group(
        texts={key: values[-1] for key, values in many.items()},
        many={key: tuple(values) for key, values in many.items()},
        numbers={_name(c): number for c in children if (number := _number(c)) is not None},
        words={key: code for key, code in coded if code is not None},
        sites=tuple(_site(child) for child in children if _name(child) == FINDING_SITE),
        images=tuple(uid for child in children for uid in _cited(child)),
        regions=tuple(region for child in children for region in _regions(child)),
    )


def _text(item: Dataset) -> str | None:
    for keyword in ("TextValue", "UID", "DateTime"):
        if keyword in item:
            return str(getattr(item[keyword].value, "original_string", None) or item[keyword].value)
    return None


def _number(item: Dataset) -> Number | None:
    measured = item.get("MeasuredValueSequence")
    if not measured:
        return None
    exact = measured[0].get("FloatingPointValue")
    value = float(measured[0].NumericValue) if exact is None else float(exact)
    unit = code_in(measured[0], "MeasurementUnitsCodeSequence")
    inner = {_name(child): found.value for child in _children(item) if (found := _number(child)) is not None}
    return Number(value, unit.value if unit else "", inner.get(LOWER_UNCERTAINTY.key), inner.get(UPPER_UNCERTAINTY.key))


def _site(item: Dataset) -> tuple[Code, Code | None, Code | None]:
    place = code_in(item, "ConceptCodeSequence") or Code("", "", "")
    inner = {_name(child): code_in(child, "ConceptCodeSequence") for child in _children(item)}
    return place, inner.get(LATERALITY), inner.get(MODIFIER)


def _cited(item: Dataset) -> list[str]:
    return [str(part.ReferencedSOPInstanceUID) for part in item.get("ReferencedSOPSequence") or []]


def _regions(item: Dataset) -> Iterator[Region]:
    if item.get("ValueType") != "SCOORD" or item.get("GraphicType") != "POLYLINE":
        return
    points = np.array(item.GraphicData, dtype=np.float64).reshape(-1, 2)[:, ::-1] - PIXEL_CORNER
    closed = len(points) > 3 and bool(np.all(points[0] == points[-1]))
    images = [uid for child in _children(item) for uid in _cited(child)]
    if closed and images:
        yield Region(images[0], points[:-1])
