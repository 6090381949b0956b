"""The settings of every stage, as one value."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lesionmeter.errors import UsageError
from lesionmeter.model.repeatability import Repeatability
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


def settings_of(plain: Mapping[str, Mapping[str, Any]]) -> Settings:
    """The settings that an assessment states as plain values; stages that it does not name have their defaults.

    Raises
    ------
    UsageError
        If a setting is unknown, as in an assessment of another version.

    Examples
    --------
    >>> settings_of({"segmentation": {"threshold": 0.7}}).segmentation.threshold
    0.7
    """
    try:
        settings: Settings = _with(Settings(), plain)
    except (AttributeError, TypeError) as error:
        raise UsageError(f"settings: expected those of this version, came {error}; assess the films again") from error
    return settings


def with_repeatability(settings: Settings, repeatability: Repeatability) -> Settings:
    """The settings with a study's own error of one area in place of the built-in one.

    Examples
    --------
    >>> with_repeatability(Settings(), Repeatability(k_own=0.05)).evidence.repeatability.k_own
    0.05
    """
    return dataclasses.replace(settings, evidence=dataclasses.replace(settings.evidence, repeatability=repeatability))


def _with(value: Any, plain: Mapping[str, Any]) -> Any:
    """A settings value with some of its fields set; fields that are settings themselves likewise."""
    changes = {
        name: _with(getattr(value, name), new) if dataclasses.is_dataclass(getattr(value, name)) else new
        for name, new in plain.items()
    }
    return dataclasses.replace(value, **changes)
