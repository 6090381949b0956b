"""Outlines and names of one film's deposits as a presentation state, for viewers that show no segments."""

from __future__ import annotations

from collections.abc import Iterator

import highdicom as hd
import numpy as np
from pydicom.dataset import Dataset

from lesionmeter.model.deposit import Deposit, DepositMap
from lesionmeter.model.geometry import Points
from lesionmeter.report.dicom.references import PIXEL_CORNER
from lesionmeter.report.dicom.seg import Segments
from lesionmeter.report.dicom.source import MAKER, made_uid

APART = 6.0
"""Pixels between a deposit's lowest place and its name."""


def presentation_state(segments: Segments, found: DepositMap) -> Dataset:
    """The presentation state of one film, still to be stamped.

    Parameters
    ----------
    segments
        What is segmented on the film.
    found
        Its outlines.
    """
    header = segments.source.header
    layer = hd.pr.GraphicLayer("DEPOSITS", order=1, description="Calcific deposits")
    annotation = hd.pr.GraphicAnnotation(
        referenced_images=[header],
        graphic_layer=layer,
        graphic_objects=list(_outlines(segments, found)) or None,
        text_objects=list(_names(segments, found)) or None,
    )
    inverse = header.PhotometricInterpretation == "MONOCHROME1"
    state = hd.pr.GrayscaleSoftcopyPresentationState(
        referenced_images=[header],
        series_instance_uid=made_uid("presentations", str(header.SeriesInstanceUID)),
        series_number=9003,
        sop_instance_uid=made_uid("unnamed"),
        instance_number=1,
        content_label="DEPOSITS",
        content_description="Calcific deposits by lesionmeter",
        graphic_annotations=[annotation],
        graphic_layers=[layer],
        presentation_lut_transformation=hd.PresentationLUTTransformation(
            presentation_lut_shape="INVERSE" if inverse else "IDENTITY"
        ),
        series_description="lesionmeter: outlines",
        **MAKER,
    )
    # A presentation state has no Image Laterality of its own: that of its series is asked for, empty for both hands.
    side = header.get("Laterality") or header.get("ImageLaterality", "")
    state.Laterality = side if side in ("L", "R") else ""
    return state


def _parts(segments: Segments, found: DepositMap) -> Iterator[tuple[str, tuple[Deposit, ...]]]:
    for finding in segments.findings:
        if finding.labels:
            yield finding.identity, tuple(found.deposit(label) for label in finding.labels)


def _outlines(segments: Segments, found: DepositMap) -> Iterator[hd.pr.GraphicObject]:
    outlines = (outline for _, parts in _parts(segments, found) for part in parts for outline in part.outlines)
    for outline in outlines:
        yield hd.pr.GraphicObject("POLYLINE", _as_drawn(np.vstack([outline, outline[:1]])), "PIXEL")


def _names(segments: Segments, found: DepositMap) -> Iterator[hd.pr.TextObject]:
    rows, columns = segments.mask.shape
    for identity, parts in _parts(segments, found):
        points = np.vstack([outline for part in parts for outline in part.outlines])
        lowest = points[points[:, 0].argmax()] + np.array([APART, 0.0])
        ((column, row),) = _as_drawn(np.clip(lowest, 0, [rows - 1, columns - 1])[np.newaxis]).tolist()
        yield hd.pr.TextObject(identity, "PIXEL", anchor_point=(column, row))


def _as_drawn(points: Points) -> Points:
    """(row, column) with the first pixel's centre at 0 to (column, row) with its corner there."""
    return points[:, ::-1] + PIXEL_CORNER
