"""Lengths, places and motions: pixel spacing, polyaffine blends, registrations."""

from lesionmeter.model.geometry.affine import Affine, apply_affine, exp_affine, log_affine
from lesionmeter.model.geometry.capsule import Capsule, blend_weights, distance_to_segment
from lesionmeter.model.geometry.polyaffine import PolyAffine
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
