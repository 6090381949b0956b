"""Segmentations and reports of other programs on a film -> outlines, as a reader's or as a program's proposal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from pydicom.dataset import Dataset
from scipy.ndimage import binary_fill_holes
from skimage.measure import find_contours

from lesionmeter.io.dicom.findings.content import code_in, groups
from lesionmeter.io.dicom.findings.segments import Mask, Segmented
from lesionmeter.model.codes import SIDES
from lesionmeter.model.deposit import Origin
from lesionmeter.model.geometry import Points

OBSERVER_TYPE: Final = ("121005", "DCM")
PERSON: Final = ("121006", "DCM")
UNKNOWN_TIME: Final = "1970-01-01T00:00:00+00:00"


@dataclass(frozen=True, eq=False)
class ForeignOutline:
    """What another program outlined on a film.

    Parameters
    ----------
    image
        UID of the film.
    outlines
        Closed (n, 2) polygons, (row, column) pixels.
    side
        `L`, `R`, or empty if it does not say.
    origin
        Reviewed if a person outlined it, else automatic: a proposal.
    author
        Program or kind of author; never a person's name.
    at
        When, ISO 8601.
    """

    image: str
    outlines: tuple[Points, ...]
    side: str
    origin: Origin
    author: str
    at: str


def of_segmentation(dataset: Dataset, segmented: Segmented) -> Iterator[ForeignOutline]:
    """The segments of another program's Segmentation that are not empty."""
    for segment in segmented.segments:
        if segment.mask.any():
            manual = segment.algorithm_type == "MANUAL"
            origin = Origin.REVIEWED if manual else Origin.AUTOMATIC
            author = "reader" if manual else segment.algorithm or _program(dataset)
            outlines = tuple(outlines_of(segment.mask))
            yield ForeignOutline(segmented.image, outlines, segment.side, origin, author, _time(dataset))


def of_report(dataset: Dataset) -> Iterator[ForeignOutline]:
    """The polygons of another program's report by TID 1500."""
    observers = {
        code.key
        for item in dataset.get("ContentSequence") or []
        if (name := code_in(item, "ConceptNameCodeSequence")) and name.key == OBSERVER_TYPE
        if (code := code_in(item, "ConceptCodeSequence"))
    }
    person = PERSON in observers
    origin = Origin.REVIEWED if person else Origin.AUTOMATIC
    author = "reader" if person else _program(dataset)
    sides = {code.key: side for side, code in SIDES.items()}
    for group in groups(dataset):
        side = next((sides[stated.key] for _, stated, _ in group.sites if stated and stated.key in sides), "")
        for region in group.regions:
            yield ForeignOutline(region.image, (region.outline,), side, origin, author, _time(dataset))


def outlines_of(mask: Mask) -> Iterator[Points]:
    """Polygons round the pixels of a (rows, columns) mask, holes filled; filling them gives the mask again.

    They run half way between pixels inside and outside and cut the corners: half a pixel less for each part in all.
    """
    rows, columns = np.nonzero(mask)
    first = np.array([rows.min() - 1, columns.min() - 1])
    part = np.pad(mask[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1], 1)
    for contour in find_contours(binary_fill_holes(part).astype(float), 0.5):
        yield contour[:-1] + first


def _program(dataset: Dataset) -> str:
    words = (str(dataset.get(keyword) or "") for keyword in ("ManufacturerModelName", "Manufacturer"))
    return next((word for word in words if word), "another program")


def _time(dataset: Dataset) -> str:
    date, time = str(dataset.get("ContentDate") or ""), str(dataset.get("ContentTime") or "").ljust(6, "0")
    if len(date) != 8 or not (date + time[:6]).isdecimal():
        return UNKNOWN_TIME
    return f"{date[:4]}-{date[4:6]}-{date[6:]}T{time[:2]}:{time[2:4]}:{time[4:6]}+00:00"
