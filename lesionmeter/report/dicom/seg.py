"""The deposits of one film as a binary Segmentation: one segment a deposit, an empty frame for one that is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import highdicom as hd
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes

from lesionmeter.model.codes import ABNORMAL, CALCIFICATION, PROGRAM, SIDES, place_codes
from lesionmeter.model.deposit import Origin
from lesionmeter.model.findings import DepositFinding, Status
from lesionmeter.report.dicom.content import coded
from lesionmeter.report.dicom.identity import Place, Tracking
from lesionmeter.report.dicom.source import MAKER, Source, made_uid

ALGORITHM_TYPES: Final = {Origin.AUTOMATIC: "AUTOMATIC", Origin.HINT: "SEMIAUTOMATIC", Origin.REVIEWED: "MANUAL"}


@dataclass(frozen=True, eq=False)
class Segments:
    """What is segmented on one film.

    Parameters
    ----------
    source
        The film.
    mask
        (rows, columns) labels of the film's mask.
    labels
        Identity to its label in the mask; 0 for a deposit that is absent.
    findings
        The deposits that are measured or absent on the film, in order of their segments.
    """

    source: Source
    mask: NDArray[np.uint16]
    labels: Mapping[str, int]
    findings: tuple[DepositFinding, ...]

    def number(self, identity: str) -> int | None:
        """The segment's number, which is its frame's too; None if the deposit has no segment here."""
        names = [finding.identity for finding in self.findings]
        return names.index(identity) + 1 if identity in names else None


def segmentation(segments: Segments, tracking: Mapping[Place, Tracking]) -> Dataset:
    """The Segmentation of one film, still to be stamped.

    Parameters
    ----------
    segments
        What is segmented.
    tracking
        The tracking UID of each deposit on each film.
    """
    source = segments.source
    planes = [segments.mask == (segments.labels[f.identity] or -1) for f in segments.findings]
    series = made_uid("segmentations", str(source.header.SeriesInstanceUID))
    made = hd.seg.Segmentation(
        source_images=[source.header],
        pixel_array=np.stack(planes, axis=-1)[np.newaxis],
        segmentation_type="BINARY",
        segment_descriptions=_descriptions(segments.findings, tracking),
        series_instance_uid=series,
        series_number=9001,
        sop_instance_uid=made_uid("unnamed"),
        instance_number=1,
        content_label="DEPOSITS",
        content_description="Calcific deposits by lesionmeter",
        omit_empty_frames=False,
        series_description="lesionmeter: calcific deposits",
        **MAKER,
    )
    made.PatientOrientation = source.header.PatientOrientation
    return made


def _descriptions(
    findings: Sequence[DepositFinding], tracking: Mapping[Place, Tracking]
) -> list[hd.seg.SegmentDescription]:
    return [
        _description(number, finding, tracking[finding.identity, finding.film])
        for number, finding in enumerate(findings, 1)
    ]


def _description(number: int, finding: DepositFinding, tracked: Tracking) -> hd.seg.SegmentDescription:
    algorithm = hd.AlgorithmIdentificationSequence(
        PROGRAM, codes.DCM.ArtificialIntelligence, MAKER["software_versions"], source=PROGRAM
    )
    description = hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=finding.identity,
        segmented_property_category=coded(ABNORMAL),
        segmented_property_type=coded(CALCIFICATION),
        algorithm_type=ALGORITHM_TYPES[finding.origin],
        algorithm_identification=None if finding.origin is Origin.REVIEWED else algorithm,
        tracking_uid=tracked.uid,
        tracking_id=finding.identity,
        anatomic_regions=[coded(place_codes(finding.site)[0])],
    )
    description.AnatomicRegionSequence[0].AnatomicRegionModifierSequence = [coded(SIDES[finding.laterality])]
    if finding.status is Status.ABSENT:
        description.SegmentDescription = "looked for on this film and not seen"
    return description
