"""Which bones were matched, whether the pair is one hand, and what a bone does that was not matched."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from lesionmeter.model.geometry import Affine, BoneMotion, Points, apply_affine
from lesionmeter.stages.registration.chain import Matched, MatchedHand
from lesionmeter.stages.registration.refine import Fit
from lesionmeter.stages.registration.settings import RegistrationSettings
from lesionmeter.stages.registration.skeleton import similarity

_FOLLOWED_ERROR = 0.01
"""Predicted error of a bone that follows its neighbours, in shares of the hand's length."""


def judge_bone(matched: Matched, settings: RegistrationSettings, unit_mm: float) -> BoneMotion:
    """A bone's motion with the verdict on it."""
    fit, capsule = matched.fit, matched.bone.capsule
    reasons = []
    if fit.correlation == -1.0:
        reasons.append("too little of it is on both films")
    elif fit.correlation < settings.least_correlation:
        reasons.append(f"correlation {fit.correlation:.2f} is below {settings.least_correlation:.2f}")
    if matched.gap_mm > settings.joint_gap * unit_mm:
        reasons.append(f"joint opened by {matched.gap_mm:.1f} mm")
    error = predicted_error(matched) if not reasons else _FOLLOWED_ERROR * unit_mm
    return BoneMotion(
        matched.bone.name, capsule, fit.motion, fit.correlation, not reasons, "; ".join(reasons), round(error, 3)
    )


def predicted_error(matched: Matched) -> float:
    """95 % error in mm at the bone's ends and middle, from what the fit left open.

    1.73 standard deviations would do if the bone's outline were known; landmarks that misplace it add the rest.
    """
    capsule = matched.bone.capsule
    places = np.stack([capsule.start, 0.5 * (capsule.start + capsule.end), capsule.end])
    velocity = matched.prior.generators(places)
    variance = np.einsum("ndk,kl,ndl->n", velocity, matched.fit.covariance, velocity)
    return 0.03 + 2.2 * math.sqrt(float(variance.mean()))


def judge_pair(bones: tuple[BoneMotion, ...], palm: Fit, settings: RegistrationSettings) -> tuple[str, str]:
    """Why the pair is refused (empty if it is not), and what to beware of if it is accepted."""
    seen = np.array([bone.correlation for bone in bones if bone.correlation > -1.0])
    median = float(np.median(seen)) if len(seen) else -1.0
    weak = int(np.count_nonzero(seen < settings.weak_correlation))
    too_weak = len(seen) < 10 or weak > settings.accept_weak_share * len(seen)
    if too_weak or median < settings.accept_median or palm.correlation < settings.accept_palm:
        return (
            f"expected the same hand on both films (palm correlation {settings.accept_palm:.2f} or more, median bone "
            f"correlation {settings.accept_median:.2f} or more), came {palm.correlation:.2f} and {median:.2f} with "
            f"{weak} of {len(seen)} bones below {settings.weak_correlation:.2f}"
        ), ""
    remarks = []
    failed = [bone.bone for bone in bones if not bone.ok]
    if failed:
        remarks.append(f"not matched, follow their neighbours: {', '.join(failed)}")
    turns = {bone.bone: _turn(bone, palm.motion) for bone in bones if bone.ok}
    turned = [f"{name} {turn:.0f}" for name, turn in turns.items() if turn > settings.pose_change_deg]
    if turned:
        remarks.append(f"turned by over {settings.pose_change_deg:.0f} degrees against the palm: {', '.join(turned)}")
    return "", "; ".join(remarks)


def _turn(bone: BoneMotion, palm: Affine) -> float:
    palm_deg = math.degrees(math.atan2(palm[0, 1] - palm[1, 0], palm[0, 0] + palm[1, 1]))
    return abs((bone.rotation_deg - palm_deg + 180.0) % 360.0 - 180.0)


def fill_in(bones: tuple[BoneMotion, ...], hand: MatchedHand) -> tuple[BoneMotion, ...]:
    """Give each bone that was not matched a motion: from joint to joint between its neighbours, else its parent's."""
    moved: dict[str, Affine] = {"palm": hand.palm.motion}
    children = {each.bone.parent: bone for each, bone in zip(hand.bones, bones, strict=True) if bone.ok}
    out = []
    for each, bone in zip(hand.bones, bones, strict=True):
        motion = bone.matrix if bone.ok else _between(each, moved, children)
        moved[bone.bone] = motion
        out.append(replace(bone, matrix=motion))
    return tuple(out)


def _between(each: Matched, moved: Mapping[str, Affine], children: Mapping[str, BoneMotion]) -> Affine:
    parent, child = moved[each.bone.parent], children.get(each.bone.name)
    if child is None:
        return parent
    ends: Points = np.stack([each.bone.capsule.start, each.bone.capsule.end])
    targets = np.concatenate([apply_affine(parent, ends[:1]), apply_affine(child.matrix, ends[1:])])
    motion = similarity(ends, targets)
    return motion if 0.8 < math.sqrt(float(np.linalg.det(motion[:2, :2]))) < 1.25 else parent
