"""The act itself: two views of a hand in, one registration out."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.geometry import BoneMotion, Points, Registration
from lesionmeter.model.patient import HandView
from lesionmeter.model.site import MIDDLE_TIP, WRIST
from lesionmeter.stages.registration.chain import MatchedHand, Pair, match_again, match_hand, match_palm
from lesionmeter.stages.registration.joints import settle_joints
from lesionmeter.stages.registration.pictures import hand_picture
from lesionmeter.stages.registration.refine import Fit
from lesionmeter.stages.registration.settings import RegistrationSettings
from lesionmeter.stages.registration.skeleton import palm_start, skeleton, turns_like
from lesionmeter.stages.registration.verdict import (
    fill_in,
    judge_bone,
    judge_pair,
    judge_poses,
    mark_torn,
    mark_unsure,
    unlike_palms,
)

_DEFAULTS = RegistrationSettings()


def register(
    baseline: HandView,
    later: HandView,
    settings: RegistrationSettings = _DEFAULTS,
    *,
    ignore_baseline: NDArray[np.bool_] | None = None,
    ignore_later: NDArray[np.bool_] | None = None,
) -> Registration:
    """Match a hand on two films.

    Parameters
    ----------
    baseline, later
        The same hand on the film that is carried from, and on the film that is carried to.
    settings
        See `RegistrationSettings`.
    ignore_baseline, ignore_later
        (rows, columns) of each film, true on deposits that are not to be compared; a margin is added.

    Returns
    -------
    Registration
        Accepted, with a motion for each of 22 bones; or refused with its reason, when the two are not the same hand or
        too little of it can be matched. The same films give the same digits on every run and any number of threads.
    """
    unlike = _unlike(baseline, later)
    if unlike:
        start = Fit(palm_start(_points_mm(baseline), _points_mm(later)), math.nan)
        return _registration(baseline, later, (), start, unlike)
    pair = _pair(baseline, later, (ignore_baseline, ignore_later), settings)
    bones = skeleton(pair.points_from, pair.unit_mm)
    palm = match_palm(pair, bones)
    unlike = unlike_palms(palm, settings)
    if unlike:
        return _registration(baseline, later, (), palm, unlike)
    hand = match_hand(pair, bones, palm)
    hand = match_again(pair, hand, {bone.bone: bone.capsule for bone in _settled(hand, pair)})
    motions = judge_poses(mark_torn(_settled(hand, pair), palm.motion, settings), palm.motion, settings)
    refused, remark = judge_pair(motions, palm, settings)
    if refused:
        return _registration(baseline, later, motions, palm, refused)
    return mark_unsure(replace(_registration(baseline, later, motions, palm, remark), accepted=True), settings)


def _pair(
    baseline: HandView,
    later: HandView,
    ignored: tuple[NDArray[np.bool_] | None, NDArray[np.bool_] | None],
    settings: RegistrationSettings,
) -> Pair:
    points = _points_mm(baseline)
    unit_mm = float(np.linalg.norm(points[MIDDLE_TIP] - points[WRIST]))
    first, second = (
        hand_picture(view, ignore, unit_mm, settings) for view, ignore in zip((baseline, later), ignored, strict=True)
    )
    return Pair(first, second, points, _points_mm(later), unit_mm, settings)


def _judged(hand: MatchedHand, pair: Pair) -> tuple[BoneMotion, ...]:
    return tuple(judge_bone(bone, pair.settings, pair.unit_mm) for bone in hand.bones)


def _settled(hand: MatchedHand, pair: Pair) -> tuple[BoneMotion, ...]:
    return settle_joints(fill_in(_judged(hand, pair), hand), pair.unit_mm)


def _points_mm(view: HandView) -> Points:
    return view.film.spacing.to_mm(view.hand.landmarks.points)


def _unlike(baseline: HandView, later: HandView) -> str:
    sides = baseline.hand.laterality, later.hand.laterality
    if sides[0] is not sides[1]:
        return f"expected the same hand on both films, came {sides[0]} and {sides[1]}"
    if not turns_like(_points_mm(baseline), _points_mm(later)):
        return "expected the same hand on both films, came one that is the mirror image of the other"
    return ""


def _registration(
    baseline: HandView, later: HandView, motions: tuple[BoneMotion, ...], palm: Fit, reason: str
) -> Registration:
    return Registration(
        film_from=baseline.film.radiograph.film,
        film_to=later.film.radiograph.film,
        laterality=baseline.hand.laterality,
        spacing_from=baseline.film.spacing,
        spacing_to=later.film.spacing,
        motions=motions,
        common=palm.motion,
        accepted=False,
        reason=reason,
        palm_correlation=palm.correlation,
    )
