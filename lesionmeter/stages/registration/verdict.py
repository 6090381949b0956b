"""Which bones were matched, whether the pair is one hand, and what a bone does that was not matched."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from lesionmeter.model.geometry import (
    Affine,
    BoneMotion,
    Points,
    PolyAffine,
    Registration,
    apply_affine,
    even_doubt,
)
from lesionmeter.stages.registration.chain import Matched, MatchedHand
from lesionmeter.stages.registration.refine import Fit
from lesionmeter.stages.registration.settings import RegistrationSettings
from lesionmeter.stages.registration.skeleton import similarity

TORN: Final = "crosses another bone on one of the films"
"""How the reason begins of a bone that was found, but that the blend cannot carry there."""


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
    judged = BoneMotion(
        matched.bone.name, capsule, fit.motion, fit.correlation, ok=True, doubt=doubt_of(matched, settings)
    )
    if not reasons and judged.error_mm > settings.open_mm:
        reasons.append(f"its pixels leave its place open by {judged.error_mm:.1f} mm")
    if not reasons:
        return judged
    return replace(judged, ok=False, reason="; ".join(reasons), doubt=even_doubt(settings.followed_error * unit_mm))


def doubt_of(matched: Matched, settings: RegistrationSettings) -> Affine:
    """Expected squared error of a matched bone, as `BoneMotion.doubt`, from what its fit left open."""
    prior, corners = matched.prior, np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    velocity = prior.generators(corners)
    velocity[:2] -= velocity[2]  # now linear in (row, column, 1)
    doubt: Affine = settings.doubt_gain**2 * np.einsum("adk,kl,bdl->ab", velocity, matched.fit.covariance, velocity)
    doubt[2, 2] += settings.doubt_floor_mm**2
    return doubt


def unlike_palms(palm: Fit, settings: RegistrationSettings) -> str:
    """Why the two palms, each moved as one piece, are not of one hand; empty if they may be."""
    if palm.correlation >= settings.accept_palm:
        return ""
    return (
        f"expected the same hand on both films (palm correlation {settings.accept_palm:.2f} or more), "
        f"came {palm.correlation:.2f}"
    )


def judge_pair(bones: tuple[BoneMotion, ...], palm: Fit, settings: RegistrationSettings) -> tuple[str, str]:
    """Why a pair whose palms agree is refused (empty if it is not), and what to beware of if it is accepted."""
    seen = np.array([bone.correlation for bone in bones if bone.correlation > -1.0])
    median = float(np.median(seen)) if len(seen) else -1.0
    weak = int(np.count_nonzero(seen < settings.weak_correlation))
    too_weak = len(seen) < 10 or weak > settings.accept_weak_share * len(seen)
    if too_weak or median < settings.accept_median:
        return (
            f"expected the same hand on both films (median bone correlation {settings.accept_median:.2f} or more), "
            f"came {median:.2f} with {weak} of {len(seen)} bones below {settings.weak_correlation:.2f}"
        ), ""
    remarks = []
    torn = [bone.bone for bone in bones if bone.reason.startswith(TORN)]
    failed = [bone.bone for bone in bones if not bone.ok and bone.bone not in torn]
    if failed:
        remarks.append(f"not matched, follow their neighbours: {', '.join(failed)}")
    if torn:
        remarks.append(f"not carried to where they are, for they cross other bones: {', '.join(torn)}")
    posed = [f"{bone.bone} {bone.pose}" for bone in bones if bone.pose]
    if posed:
        remarks.append(f"another pose: {', '.join(posed)}")
    return "", "; ".join(remarks)


def judge_poses(bones: tuple[BoneMotion, ...], palm: Affine, settings: RegistrationSettings) -> tuple[BoneMotion, ...]:
    """Say of each matched finger bone whether it turned or tilted much against the palm."""
    return tuple(replace(bone, pose=_pose(bone, palm, settings.pose_change_deg)) if bone.ok else bone for bone in bones)


def _pose(bone: BoneMotion, palm: Affine, limit_deg: float) -> str:
    turn, tilt = abs(bone.turn_deg(palm)), bone.tilt_deg(palm)
    words = []
    if turn > limit_deg:
        words.append(f"turned by {turn:.0f} degrees")
    if tilt > limit_deg:
        change = "shorter" if bone.length_ratio < math.sqrt(abs(float(np.linalg.det(palm[:2, :2])))) else "longer"
        words.append(f"{change} as by a tilt of {tilt:.0f} degrees")
    return " and ".join(words)


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


def mark_torn(bones: tuple[BoneMotion, ...], common: Affine, settings: RegistrationSettings) -> tuple[BoneMotion, ...]:
    """Mark bones that the blend cannot carry to where they were found.

    A field without folds cannot take two bones past each other: where fingers lie over each other on one film only, the
    blend goes astray although each bone was found.
    """
    blend = PolyAffine.from_motions(tuple(bone.capsule for bone in bones), tuple(bone.matrix for bone in bones), common)
    axes = [_along(bone) for bone in bones]
    carried = np.split(blend.carry(np.concatenate(axes)), len(bones))
    out = []
    for bone, axis, there in zip(bones, axes, carried, strict=True):
        torn = float(np.linalg.norm(apply_affine(bone.matrix, axis) - there, axis=1).max())
        if bone.ok and torn > settings.torn_mm:
            reason = f"{TORN}: points on it are carried up to {torn:.1f} mm astray"
            bone = replace(bone, ok=False, reason=reason, doubt=even_doubt(torn))  # noqa: PLW2901
        out.append(bone)
    return tuple(out)


def mark_unsure(found: Registration, settings: RegistrationSettings) -> Registration:
    """Mark bones of an accepted pair on which its own predicted error is large, though they were matched.

    Where bones meet another way than on the first film, the blend takes a bone's place from several.
    """
    axes = [_along(bone) for bone in found.motions]
    errors = np.split(found.error_mm(found.spacing_from.to_pixels(np.concatenate(axes))), len(axes))
    unsure = {
        bone.bone: replace(bone, ok=False, reason=f"its place is told to {error.mean():.1f} mm only")
        for bone, error in zip(found.motions, errors, strict=True)
        if bone.ok and error.mean() > settings.unsure_mm
    }
    if not unsure:
        return found
    words = f"placed to no better than {settings.unsure_mm:g} mm: {', '.join(unsure)}"
    motions = tuple(unsure.get(bone.bone, bone) for bone in found.motions)
    return replace(found, motions=motions, reason="; ".join(filter(None, (found.reason, words))))


def _along(bone: BoneMotion) -> Points:
    """Four places along a bone's axis, mm of the film that is carried from."""
    start, end = bone.capsule.start, bone.capsule.end
    return start + np.linspace(0.2, 0.8, 4)[:, None] * (end - start)


def _between(each: Matched, moved: Mapping[str, Affine], children: Mapping[str, BoneMotion]) -> Affine:
    parent, child = moved[each.bone.parent], children.get(each.bone.name)
    if child is None:
        return parent
    ends: Points = np.stack([each.bone.capsule.start, each.bone.capsule.end])
    targets = np.concatenate([apply_affine(parent, ends[:1]), apply_affine(child.matrix, ends[1:])])
    motion = similarity(ends, targets)
    return motion if 0.8 < math.sqrt(float(np.linalg.det(motion[:2, :2]))) < 1.25 else parent
