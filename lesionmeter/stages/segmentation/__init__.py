"""Find and outline calcific deposits on a film's own pixels: seeds, outlines, a score, specks joined."""

from lesionmeter.stages.segmentation.limit import detection_limit
from lesionmeter.stages.segmentation.search import segment
from lesionmeter.stages.segmentation.settings import SegmentationSettings

__all__ = ["SegmentationSettings", "detection_limit", "segment"]
