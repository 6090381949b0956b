"""A simulated hand hangs together at its joints, and its landmarks follow the pose."""

import numpy as np
import pytest

from lesionmeter.phantom.shapes import Plate
from lesionmeter.phantom.skeleton import LENGTHS, REST, Pose, frames, landmarks, random_skeleton

ADULT = random_skeleton(np.random.default_rng(1), child=False)
MIDDLE_TURNED = Pose({"3 proximal phalanx": 30.0}, {})


def points(pose: Pose = REST) -> np.ndarray:
    return landmarks(ADULT, frames(ADULT, pose))


def test_turning_a_finger_moves_that_finger_only() -> None:
    moved = np.linalg.norm(points(MIDDLE_TURNED) - points(), axis=1) > 1e-9
    assert np.flatnonzero(moved).tolist() == [10, 11, 12]


def test_a_turn_keeps_the_lengths_of_the_bones() -> None:
    rest, turned = (np.linalg.norm(np.diff(p[9:13], axis=0), axis=1) for p in (points(), points(MIDDLE_TURNED)))
    assert turned == pytest.approx(rest)


def test_a_foreshortened_bone_pulls_the_tip_back() -> None:
    short = points(Pose({}, {"3 distal phalanx": 0.5}))
    whole = np.linalg.norm(points()[12] - points()[11])
    assert np.linalg.norm(short[12] - short[11]) == pytest.approx(0.5 * whole)


def test_mean_bone_lengths_are_the_published_ones() -> None:
    hands = [random_skeleton(np.random.default_rng(seed), child=False) for seed in range(60)]
    lengths = [hand.segment("3 proximal phalanx").length for hand in hands]
    assert np.mean(lengths) == pytest.approx(LENGTHS[3][1], rel=0.03)


def test_an_open_growth_plate_adds_an_epiphysis() -> None:
    child = random_skeleton(np.random.default_rng(2), child=True)
    plates = [sum(isinstance(s, Plate) for s in h.segment("radius").shapes) for h in (child, ADULT)]
    assert plates == [1, 0]


def test_an_unknown_bone_is_refused() -> None:
    with pytest.raises(KeyError, match=r"expected one of .*radius.*, came 'femur'"):
        ADULT.segment("femur")
