"""Find and outline calcific deposits on a film's own pixels: seeds, outlines, a score, specks joined."""

from lesionmeter.stages.segmentation.click import ClickField, click_field, outline_at_click
from lesionmeter.stages.segmentation.level import at_level
from lesionmeter.stages.segmentation.limit import size_limits
from lesionmeter.stages.segmentation.search import LUMP_MM2, segment
from lesionmeter.stages.segmentation.settings import SegmentationSettings

__all__ = [
    "LUMP_MM2",
    "ClickField",
    "SegmentationSettings",
    "at_level",
    "click_field",
    "outline_at_click",
    "segment",
    "size_limits",
]
