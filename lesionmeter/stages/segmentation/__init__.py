"""Find and outline calcific deposits on a film's own pixels: seeds, outlines, a score, specks joined."""

from lesionmeter.stages.segmentation.asked import with_asked
from lesionmeter.stages.segmentation.click import ClickField, click_field, outline_at_click
from lesionmeter.stages.segmentation.in_bone import doubted_in_bone
from lesionmeter.stages.segmentation.level import at_level
from lesionmeter.stages.segmentation.limit import size_limits
from lesionmeter.stages.segmentation.search import segment
from lesionmeter.stages.segmentation.selection import has_border
from lesionmeter.stages.segmentation.settings import SegmentationSettings
from lesionmeter.stages.segmentation.standing import median_falls

__all__ = [
    "ClickField",
    "SegmentationSettings",
    "at_level",
    "click_field",
    "doubted_in_bone",
    "has_border",
    "median_falls",
    "outline_at_click",
    "segment",
    "size_limits",
    "with_asked",
]
