"""From the palm outwards: each bone is started where its landmarks and its parent say, searched, and fitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from lesionmeter.model.geometry import Affine, Capsule, Points, apply_affine
from lesionmeter.stages.registration.pictures import HandPicture
from lesionmeter.stages.registration.refine import MISMATCH, Fit, Patch, Prior, align, correlation, edges_of, patch_of
from lesionmeter.stages.registration.search import Hit, SearchRange, find_bone
from lesionmeter.stages.registration.settings import RegistrationSettings
from lesionmeter.stages.registration.skeleton import RIGID_WITH_PALM, Bone, palm_start, similarity

_COARSEST, _COARSE, _MIDDLE, _FINE = -1, -2, -3, -4  # the palm needs the last two only
_DEGREE = np.pi / 180.0
_MISPLACED = 0.006  # of the hand's length: a bone whose end moves by more is fitted again


@dataclass(frozen=True, eq=False)
class Pair:
    """The two pictures of a hand, its landmarks on both (mm), and its length (mm)."""

    first: HandPicture
    second: HandPicture
    points_from: Points
    points_to: Points
    unit_mm: float
    settings: RegistrationSettings


@dataclass(frozen=True, eq=False)
class Matched:
    """A bone with its fit, its prior, and how far its joint opened against its parent (mm)."""

    bone: Bone
    fit: Fit
    prior: Prior
    gap_mm: float


@dataclass(frozen=True, eq=False)
class MatchedHand:
    """The palm's fit, and each bone's, from the palm outwards."""

    palm: Fit
    bones: tuple[Matched, ...]


def match_hand(pair: Pair, bones: tuple[Bone, ...], palm: Fit) -> MatchedHand:
    """Match every bone, from the palm outwards, each started from the bone it hangs on."""
    scale = float(np.sqrt(np.linalg.det(palm.motion[:2, :2])))
    motions, matched = {"palm": palm.motion}, []
    for bone in bones:
        each = match_bone(pair, bone, motions[bone.parent], scale)
        trusted = each.fit.correlation >= pair.settings.least_correlation
        motions[bone.name] = each.fit.motion if trusted else motions[bone.parent]
        matched.append(each)
    return MatchedHand(palm, tuple(matched))


def match_again(pair: Pair, hand: MatchedHand, capsules: Mapping[str, Capsule]) -> MatchedHand:
    """Fit those bones again that turned out to lie elsewhere than their landmarks said."""
    motions, matched = {"palm": hand.palm.motion}, []
    scale = float(np.sqrt(np.linalg.det(hand.palm.motion[:2, :2])))
    for each in hand.bones:
        capsule, before = capsules[each.bone.name], each.bone.capsule
        moved = np.abs([capsule.start - before.start, capsule.end - before.end]).max()
        if moved > _MISPLACED * pair.unit_mm and each.fit.correlation > -1.0:
            bone, parent = replace(each.bone, capsule=capsule), motions[each.bone.parent]
            prior = _prior(pair, bone, parent, scale)
            fit = _fine_fit(pair, bone, _coarse_fit(pair, bone, each.fit.motion, prior), prior)
            each = Matched(bone, fit, prior, _gap(bone, fit.motion, parent))  # noqa: PLW2901
        motions[each.bone.name] = each.fit.motion
        matched.append(each)
    return MatchedHand(hand.palm, tuple(matched))


def _gap(bone: Bone, motion: Affine, parent: Affine) -> float:
    joint = bone.capsule.start[None]
    return float(np.linalg.norm(apply_affine(motion, joint) - apply_affine(parent, joint)))


def match_palm(pair: Pair, bones: tuple[Bone, ...]) -> Fit:
    """Fit of the whole palm: metacarpals 2 to 5 and carpus as one."""
    capsules = tuple(bone.capsule for bone in bones if bone.name in RIGID_WITH_PALM)
    middle = np.mean([0.5 * (c.start + c.end) for c in capsules], axis=0)
    start = palm_start(pair.points_from, pair.points_to)
    levels = pair.first.levels[_COARSEST], pair.second.levels[_COARSEST]
    hits = find_bone(levels, capsules, start, SearchRange(12.0, 2.0, 0.05 * pair.unit_mm), middle)
    axis = np.array([1.0, 0.0])
    spreads = np.array([0.02 * pair.unit_mm, 0.02 * pair.unit_mm, 6 * _DEGREE, 0.015, 0.015, 0.01])
    best = Fit(start, -1.0)
    for hit in _distinct(hits, capsules, 0.02 * pair.unit_mm, most=3):
        fit = Fit(hit.motion, hit.correlation)
        for level in (_COARSEST, _COARSE):
            prior = Prior(hit.motion, middle, axis, spreads)
            fit = align(_patch(pair, level, capsules), pair.second.levels[level], fit.motion, prior)
        best = max(best, fit, key=lambda each: each.correlation)
    return best


def match_bone(pair: Pair, bone: Bone, parent: Affine, scale: float) -> Matched:
    """Search and fit one bone.

    Parameters
    ----------
    pair
        The two pictures.
    bone
        What to match.
    parent
        Motion of the bone it hangs on.
    scale
        Enlargement of the palm from the first film to the second; a finger's own is expected to be near it.
    """
    prior = _prior(pair, bone, parent, scale)
    best, best_score = Fit(prior.motion, -1.0), -np.inf
    for start in _starts(pair, bone, prior):
        fit = _coarse_fit(pair, bone, start, prior)
        score = fit.correlation - 0.02 * (_gap(bone, fit.motion, parent) / (0.006 * pair.unit_mm)) ** 2
        if score > best_score:
            best, best_score = fit, score
    fit = _fine_fit(pair, bone, best, prior)
    return Matched(bone, fit, prior, _gap(bone, fit.motion, parent))


def _prior(pair: Pair, bone: Bone, parent: Affine, scale: float) -> Prior:
    along = bone.capsule.end - bone.capsule.start
    axis = along / np.linalg.norm(along)
    u, _, vt = np.linalg.svd(parent[:2, :2])
    motion = np.eye(3)
    motion[:2, :2] = scale * u @ vt
    rigid = bone.name in RIGID_WITH_PALM
    pivot = 0.5 * (bone.capsule.start + bone.capsule.end) if rigid else bone.capsule.start
    motion[:2, 2] = apply_affine(parent, pivot[None])[0] - motion[:2, :2] @ pivot
    shift, turn, stretch = (0.006, 2.5, 0.015) if rigid else (0.007, 12.0, 0.15)
    unit = pair.unit_mm
    return Prior(motion, pivot, axis, np.array([shift * unit, shift * unit, turn * _DEGREE, stretch, 0.015, 0.015]))


def _starts(pair: Pair, bone: Bone, prior: Prior) -> list[Affine]:
    levels = pair.first.levels[_COARSE], pair.second.levels[_COARSE]
    rigid, unit, own = bone.name in RIGID_WITH_PALM or bone.ends is None, pair.unit_mm, (bone.capsule,)
    reach = 0.015 * unit if rigid else pair.settings.search_reach * unit
    tried = SearchRange(6.0 if rigid else pair.settings.search_turn_deg, 3.0, reach)
    guesses = [prior.motion]
    if bone.ends is not None:
        landmark_start = similarity(pair.points_from[list(bone.ends)], pair.points_to[list(bone.ends)])
        if 0.8 < np.sqrt(np.linalg.det(landmark_start[:2, :2])) < 1.25:
            guesses.append(landmark_start)
    hits: list[Hit] = []
    for guess in guesses:
        hits += find_bone(levels, own, guess, tried, bone.capsule.start)
    hits.sort(key=lambda hit: -hit.correlation)
    hits.append(Hit(-1.0, prior.motion))
    return [hit.motion for hit in _distinct(hits, own, 0.007 * unit, most=2 if rigid else 4)]


def _distinct(hits: list[Hit], capsules: tuple[Capsule, ...], apart_mm: float, most: int) -> list[Hit]:
    ends = np.concatenate([[c.start, c.end] for c in capsules])
    kept: list[Hit] = []
    for hit in hits:
        places = apply_affine(hit.motion, ends)
        if all(np.abs(places - apply_affine(other.motion, ends)).max() > apart_mm for other in kept):
            kept.append(hit)
        if len(kept) == most:
            break
    return kept


def _coarse_fit(pair: Pair, bone: Bone, start: Affine, prior: Prior) -> Fit:
    patch = _patch(pair, _COARSE, (bone.capsule,))
    fit = align(patch, pair.second.levels[_COARSE], start, prior.narrowed(0.01))
    return align(patch, pair.second.levels[_COARSE], fit.motion, prior)


def _fine_fit(pair: Pair, bone: Bone, fit: Fit, prior: Prior) -> Fit:
    middle = _patch(pair, _MIDDLE, (bone.capsule,))
    fit = align(edges_of(middle), pair.second.levels[_MIDDLE], fit.motion, prior)
    agreed = correlation(middle, pair.second.levels[_MIDDLE], fit.motion)
    fine = _edges(pair, _FINE, (bone.capsule,))
    fit = align(fine, pair.second.levels[_FINE], fit.motion, prior, MISMATCH)
    return Fit(fit.motion, agreed if fit.correlation > -1 else -1.0, fit.covariance)


def _edges(pair: Pair, level: int, capsules: tuple[Capsule, ...]) -> Patch:
    return edges_of(_patch(pair, level, capsules))


def _patch(pair: Pair, level: int, capsules: tuple[Capsule, ...]) -> Patch:
    return patch_of(pair.first.levels[level], capsules)
