"""Films without identity: PS3.15 Basic Profile with clean pixel data, clean graphics and modified dates.

A preview shows what would be blanked, a person confirms it in a table, and the films are written anew. A key, kept
apart, undoes it for its owner.
"""

from lesionmeter.io.deidentify.regions import FindHands
from lesionmeter.io.deidentify.run import PatientRow, deidentify, preview, undo

__all__ = ["FindHands", "PatientRow", "deidentify", "preview", "undo"]
