"""Is a change real? Areas with their errors in, changes with intervals, calls and plain words out.

The cut-offs behind the calls and the words are conventions, not validated; docs/method.md gives each with its reason.
"""

from __future__ import annotations

from lesionmeter.model.repeatability import Repeatability, smallest_detectable_change
from lesionmeter.stages.evidence.comparability import Shown, unlikeness
from lesionmeter.stages.evidence.compare import compare
from lesionmeter.stages.evidence.control import negative_control
from lesionmeter.stages.evidence.settings import EvidenceSettings

__all__ = [
    "EvidenceSettings",
    "Repeatability",
    "Shown",
    "compare",
    "negative_control",
    "smallest_detectable_change",
    "unlikeness",
]
