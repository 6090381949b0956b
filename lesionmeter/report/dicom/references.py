"""What the groups of a report point to: films, segments, polygons, the program, and themselves over the dates."""

from __future__ import annotations

from typing import Final

import numpy as np
from highdicom.sr import (
    AlgorithmIdentification,
    ImageRegion,
    ReferencedSegmentationFrame,
    SourceImageForMeasurementGroup,
    SourceImageForRegion,
    SourceImageForSegmentation,
    TrackingIdentifier,
)
from pydicom.dataset import Dataset

from lesionmeter.model import codes
from lesionmeter.model.geometry import Points
from lesionmeter.report.dicom.source import MAKER, Source, made_uid

PIXEL_CORNER: Final = 0.5
"""In SR and presentation states the first pixel's outer corner is (0, 0); here its centre is."""


def tracked(kind: str, name: str, *parts: str) -> TrackingIdentifier:
    """A group's name, and a UID that follows from it and what tells it from others."""
    return TrackingIdentifier(uid=made_uid(kind, name, *parts), identifier=name)


def algorithm(settings: tuple[str, ...] = ()) -> AlgorithmIdentification:
    """The program, its version and its settings: TID 4019."""
    return AlgorithmIdentification(codes.PROGRAM, MAKER["software_versions"], list(settings) or None)


def source_image(source: Source) -> SourceImageForMeasurementGroup:
    """A whole film."""
    return SourceImageForMeasurementGroup(source.header.SOPClassUID, source.header.SOPInstanceUID)


def region(outline: Points, source: Source) -> ImageRegion:
    """A closed (n, 2) polygon, (row, column) pixels, on a film."""
    closed = np.vstack([outline, outline[:1]])[:, ::-1] + PIXEL_CORNER
    image = SourceImageForRegion(source.header.SOPClassUID, source.header.SOPInstanceUID)
    return ImageRegion("POLYLINE", closed, image)


def segment_frame(source: Source, segmentation: Dataset, number: int) -> ReferencedSegmentationFrame:
    """The frame of one segment of a film's Segmentation."""
    image = SourceImageForSegmentation(source.header.SOPClassUID, source.header.SOPInstanceUID)
    frame = ReferencedSegmentationFrame(
        segmentation.SOPClassUID, segmentation.SOPInstanceUID, number, segment_number=number, source_image=image
    )
    # A frame or a segment is cited, not both (PS3.3, table 10-3); each frame here holds one segment.
    del frame[0].ReferencedSOPSequence[0].ReferencedSegmentNumber
    return frame
