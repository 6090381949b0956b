"""Findings in DICOM objects -> model: our own reports to the last digit, those of other programs as outlines."""

from lesionmeter.io.dicom.findings.folder import Findings, Refusal, read_findings
from lesionmeter.io.dicom.findings.foreign import ForeignOutline

__all__ = ["Findings", "ForeignOutline", "Refusal", "read_findings"]
