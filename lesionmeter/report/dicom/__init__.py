"""An assessment as DICOM objects: segmentations, a report a hand, presentation states; films as secondary captures."""

from lesionmeter.report.dicom.capture import Owner, capture_of, owner_of
from lesionmeter.report.dicom.objects import FindingObjects, finding_objects
from lesionmeter.report.dicom.source import Source, source_of

__all__ = ["FindingObjects", "Owner", "Source", "capture_of", "finding_objects", "owner_of", "source_of"]
