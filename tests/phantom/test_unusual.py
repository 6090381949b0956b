"""Hands that are not whole or do not lie flat keep the truth of what they show."""

from __future__ import annotations

import numpy as np
import pytest

from lesionmeter.phantom.skeleton import Pose, frames, landmarks, random_skeleton
from lesionmeter.phantom.unusual import HIDDEN, SHOWN, amputated, foot, rolled, worn

SKELETON = random_skeleton(np.random.default_rng(1), child=False)
PLACED = frames(SKELETON, Pose({}, {}))


def palm_breadth(placed) -> float:
    points = landmarks(SKELETON, placed)
    return float(abs(points[5, 1] - points[17, 1]))


def test_a_hand_that_is_not_rolled_has_the_palm_it_had() -> None:
    still = rolled(np.random.default_rng(2), SKELETON, PLACED, 0.0)
    assert palm_breadth(still.placed) == pytest.approx(palm_breadth(PLACED))
    assert still.breadth == pytest.approx(1.0)


def test_a_hand_rolled_by_sixty_degrees_has_about_half_its_breadth() -> None:
    oblique = rolled(np.random.default_rng(2), SKELETON, PLACED, 60.0)
    assert palm_breadth(oblique.placed) == pytest.approx(0.5 * palm_breadth(PLACED), abs=5.0 * SKELETON.build.size)


def test_joints_stay_together_when_a_hand_is_rolled() -> None:
    lateral = rolled(np.random.default_rng(3), SKELETON, PLACED, 85.0)
    proximal = SKELETON.segment("3 proximal phalanx")
    end = lateral.placed["3 proximal phalanx"] @ [proximal.length, 0.0, 1.0]
    np.testing.assert_allclose(end[:2], lateral.placed["3 middle phalanx"][:2, 2], atol=1.0)


def test_a_lost_finger_hides_its_points_from_the_loss_on() -> None:
    hand = amputated(np.random.default_rng(4), SKELETON, PLACED)
    rays = hand.shown[1:].reshape(5, 4)
    assert (rays[:, -1] == HIDDEN).any()
    assert hand.shown[0] == SHOWN
    assert (np.diff(rays, axis=1) <= 0).all()


def test_a_lost_finger_leaves_the_other_bones_as_they_were() -> None:
    hand = amputated(np.random.default_rng(4), SKELETON, PLACED)
    changed = {old.name[0] for old, new in zip(SKELETON.segments, hand.skeleton.segments, strict=True) if old != new}
    assert 1 <= len(changed) <= 3


def test_worn_tips_shorten_distal_phalanges_only() -> None:
    after = worn(np.random.default_rng(5), SKELETON)
    shorter = [old.name for old, new in zip(SKELETON.segments, after.segments, strict=True) if new.length < old.length]
    assert shorter
    assert all(name.endswith("distal phalanx") for name in shorter)


def test_a_foot_shows_no_landmark_of_a_hand() -> None:
    assert (foot(np.random.default_rng(6)).shown == HIDDEN).all()
