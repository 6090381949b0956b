"""Lengths, places and motions: pixel spacing, polyaffine blends, registrations."""

from lesionmeter.model.geometry.polyaffine import (
    Affine,
    Capsule,
    PolyAffine,
    apply_affine,
    blend_weights,
    distance_to_segment,
    exp_affine,
    log_affine,
)
from lesionmeter.model.geometry.registration import BoneMotion, Registration, even_doubt
from lesionmeter.model.geometry.spacing import Points, Spacing, SpacingSource

__all__ = [
    "Affine",
    "BoneMotion",
    "Capsule",
    "Points",
    "PolyAffine",
    "Registration",
    "Spacing",
    "SpacingSource",
    "apply_affine",
    "blend_weights",
    "distance_to_segment",
    "even_doubt",
    "exp_affine",
    "log_affine",
]
