"""Which deposit is which over the dates: the deposits of every film of a hand linked into identities.

The films are compared in the baseline film's frame, into which the registrations carry every outline. Links are
proposals with a probability; a reader's word (a correction, or clicks of one name) always wins.
"""

from __future__ import annotations

from lesionmeter.stages.tracking.belief import believed
from lesionmeter.stages.tracking.events import with_events
from lesionmeter.stages.tracking.follow import UNCLEAR, UNCLEAR_MM, track
from lesionmeter.stages.tracking.likelihood import TrackingSettings

__all__ = ["UNCLEAR", "UNCLEAR_MM", "TrackingSettings", "believed", "track", "with_events"]
