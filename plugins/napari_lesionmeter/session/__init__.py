"""The controller of one patient under review. It knows no Qt and no napari, and alone asks lesionmeter to measure."""

from napari_lesionmeter.session.controller import Session
from napari_lesionmeter.session.order import MARKS, Place, decision, in_order, undecided

__all__ = ["MARKS", "Place", "Session", "decision", "in_order", "undecided"]
