"""A binary Segmentation of one radiograph -> its segments, each with its pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from lesionmeter.io.dicom.findings.content import code_in
from lesionmeter.model.codes import SIDES

Mask = NDArray[np.bool_]
"""(rows, columns)."""


@dataclass(frozen=True, eq=False)
class Segment:
    """One segment.

    Parameters
    ----------
    number, label, tracking_uid
        As the object has them; the UID is empty if there is none.
    algorithm_type, algorithm
        `AUTOMATIC`, `SEMIAUTOMATIC` or `MANUAL`, and the program's name.
    side
        `L`, `R` or empty.
    mask
        Its pixels on the film's grid.
    """

    number: int
    label: str
    tracking_uid: str
    algorithm_type: str
    algorithm: str
    side: str
    mask: Mask


@dataclass(frozen=True, eq=False)
class Segmented:
    """A Segmentation: the UID of the film that it is of, and its segments."""

    image: str
    segments: tuple[Segment, ...]


def segmented(dataset: Dataset) -> Segmented:
    """Read a Segmentation of one film.

    Parameters
    ----------
    dataset
        The object, pixels included.

    Raises
    ------
    ValueError
        If it is not binary, or of several images, or a frame says not which segment it is.
    """
    kind = str(dataset.get("SegmentationType") or "no type")
    if kind != "BINARY":
        raise ValueError(f"expected a binary segmentation, came {kind}; save it as BINARY")
    images = _images(dataset)
    if len(images) != 1:
        raise ValueError(f"expected a segmentation of one film, came one of {len(images)} images")
    shape = (int(dataset.Rows), int(dataset.Columns))
    frames = np.asarray(dataset.pixel_array).reshape(-1, *shape) > 0
    masks: dict[int, Mask] = {}
    for number, frame in zip(_segment_numbers(dataset), frames, strict=True):
        masks[number] = masks[number] | frame if number in masks else frame
    return Segmented(images.pop(), tuple(_segment(item, masks, shape) for item in dataset.SegmentSequence))


def _images(dataset: Dataset) -> set[str]:
    groups = [*dataset.get("SharedFunctionalGroupsSequence", []), *dataset.get("PerFrameFunctionalGroupsSequence", [])]
    derived = {
        str(source.ReferencedSOPInstanceUID)
        for group in groups
        for derivation in group.get("DerivationImageSequence", [])
        for source in derivation.get("SourceImageSequence", [])
    }
    if derived:
        return derived
    return {
        str(instance.ReferencedSOPInstanceUID)
        for series in dataset.get("ReferencedSeriesSequence", [])
        for instance in series.get("ReferencedInstanceSequence", [])
    }


def _segment_numbers(dataset: Dataset) -> list[int]:
    shared = dataset.get("SharedFunctionalGroupsSequence") or [Dataset()]
    return [
        int(
            (group.get("SegmentIdentificationSequence") or shared[0].SegmentIdentificationSequence)[
                0
            ].ReferencedSegmentNumber
        )
        for group in dataset.PerFrameFunctionalGroupsSequence
    ]


def _segment(item: Dataset, masks: Mapping[int, Mask], shape: tuple[int, int]) -> Segment:
    number = int(item.SegmentNumber)
    return Segment(
        number=number,
        label=str(item.get("SegmentLabel") or number),
        tracking_uid=str(item.get("TrackingUID") or ""),
        algorithm_type=str(item.get("SegmentAlgorithmType") or ""),
        algorithm=str(item.get("SegmentAlgorithmName") or ""),
        side=_side(item),
        mask=masks.get(number, np.zeros(shape, dtype=bool)),
    )


def _side(item: Dataset) -> str:
    sides = {code.key: side for side, code in SIDES.items()}
    for region in item.get("AnatomicRegionSequence") or []:
        code = code_in(region, "AnatomicRegionModifierSequence")
        if code and code.key in sides:
            return sides[code.key]
    return ""
