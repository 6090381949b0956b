"""The settings of every stage, as one value."""

from __future__ import annotations

from dataclasses import dataclass, field

from lesionmeter.stages import anatomy, calibration, evidence, measurement, registration, segmentation, tracking


@dataclass(frozen=True)
class Settings:
    """The settings of every stage; their defaults are defended where they are defined."""

    calibration: calibration.CalibrationSettings = field(default_factory=calibration.CalibrationSettings)
    anatomy: anatomy.AnatomySettings = field(default_factory=anatomy.AnatomySettings)
    registration: registration.RegistrationSettings = field(default_factory=registration.RegistrationSettings)
    segmentation: segmentation.SegmentationSettings = field(default_factory=segmentation.SegmentationSettings)
    tracking: tracking.TrackingSettings = field(default_factory=tracking.TrackingSettings)
    measurement: measurement.MeasurementSettings = field(default_factory=measurement.MeasurementSettings)
    evidence: evidence.EvidenceSettings = field(default_factory=evidence.EvidenceSettings)
