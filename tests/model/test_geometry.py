"""Motions: affine logarithms, blends of bones, and registrations."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lesionmeter.model.geometry import (
    BoneMotion,
    Capsule,
    PolyAffine,
    Registration,
    Spacing,
    SpacingSource,
    apply_affine,
    blend_weights,
    even_doubt,
    exp_affine,
    log_affine,
)

UPPER = Capsule(np.array([0.0, 0.0]), np.array([40.0, 0.0]), 6.0)
LOWER = Capsule(np.array([40.0, 0.0]), np.array([70.0, 0.0]), 5.0)
SPACING = Spacing(0.1, 0.2, SpacingSource.READER, 0.01)


def turn(degrees: float, row: float = 0.0, column: float = 0.0) -> np.ndarray:
    """A turn about (row, column)."""
    angle, centre = np.deg2rad(degrees), np.array([row, column])
    motion = np.eye(3)
    motion[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    motion[:2, 2] = centre - motion[:2, :2] @ centre
    return motion


def finger(bend_deg: float) -> PolyAffine:
    """Two bones end to end; the lower one bends about their joint while all move by (3, -2) mm."""
    shift = np.array([[1.0, 0, 3], [0, 1, -2], [0, 0, 1]])
    return PolyAffine.from_motions((UPPER, LOWER), (shift, shift @ turn(bend_deg, 40.0)), shift)


def registration(accepted: bool = True) -> Registration:
    """The finger bent by 10 degrees between two films of 0.1 by 0.2 mm pixels; the lower bone was not matched."""
    blend = finger(10.0)
    motions = (
        BoneMotion("2 proximal phalanx", UPPER, blend.common, 0.9, ok=True, doubt=even_doubt(0.1)),
        BoneMotion("2 middle phalanx", LOWER, blend.common @ turn(10.0, 40.0), 0.2, ok=False, doubt=even_doubt(2.0)),
    )
    reason = "" if accepted else "other hand"
    return Registration("a.tif", "b.tif", "L", SPACING, SPACING, motions, blend.common, accepted, reason)


@given(st.floats(-160, 160), st.floats(0.7, 1.4), st.floats(-300, 300))
def test_the_exponential_undoes_the_logarithm(degrees: float, scale: float, shift: float) -> None:
    motion = turn(degrees, shift, 10.0) @ np.diag([scale, 1.0, 1.0])
    np.testing.assert_allclose(exp_affine(log_affine(motion)), motion, atol=1e-4)


def test_a_point_on_a_bone_weighs_with_that_bone_alone() -> None:
    weights = blend_weights(np.array([[20.0, 0.0], [60.0, 1.0]]), (UPPER, LOWER))
    np.testing.assert_allclose(weights, np.eye(2), atol=0.005)


def test_a_point_on_the_joint_is_shared() -> None:
    weights = blend_weights(np.array([[40.0, 0.0]]), (UPPER, dataclasses.replace(LOWER, radius=6.0)))
    np.testing.assert_allclose(weights, [[0.5, 0.5]])


def test_a_bone_goes_where_its_own_motion_says() -> None:
    points = np.array([[10.0, 2.0], [55.0, -1.0]])
    expected = apply_affine(turn(10.0, 40.0), points[1:])[0] + [3.0, -2.0]
    np.testing.assert_allclose(finger(10.0).carry(points), [[13.0, 0.0], expected], atol=0.02)


def test_a_bone_that_swings_far_from_its_place_still_goes_its_own_way() -> None:
    tip, shifted = np.array([[66.0, 0.0]]), np.array([[3.0, -2.0]])
    np.testing.assert_allclose(finger(50.0).carry(tip), apply_affine(turn(50.0, 40.0), tip) + shifted, atol=0.02)


@given(st.floats(-25, 25), st.floats(-10, 80), st.floats(-30, 30))
def test_carrying_back_returns_every_point(bend: float, row: float, column: float) -> None:
    point = np.array([[row, column]])
    np.testing.assert_allclose(finger(bend).carry_back(finger(bend).carry(point)), point, atol=0.01)


def test_the_field_does_not_fold() -> None:
    rows, columns = np.meshgrid(np.arange(-10, 80, 0.5), np.arange(-25, 25, 0.5), indexing="ij")
    points = np.stack([rows, columns], axis=-1)
    carried = finger(20.0).carry(points.reshape(-1, 2)).reshape(points.shape)
    slopes = np.stack([np.gradient(carried, 0.5, axis=axis) for axis in (0, 1)], axis=-1)
    assert np.linalg.det(slopes).min() > 0.2


def test_a_registration_carries_pixels_of_unequal_sides() -> None:
    np.testing.assert_allclose(registration().carry(np.array([[100.0, 5.0]])), [[130.0, -5.0]], atol=0.05)


def test_the_predicted_error_is_that_of_the_nearest_bone() -> None:
    errors = registration().error_mm(np.array([[200.0, 0.0], [600.0, 0.0]]))
    np.testing.assert_allclose(errors, [0.1, 2.0], atol=0.05)


def test_the_predicted_error_grows_off_the_bones() -> None:
    near, far = registration().error_mm(np.array([[100.0, 40.0], [100.0, 80.0]]))  # 8 and 16 mm off the axis
    assert far - near > 0.05 * (16.0 - 8.0)


def test_the_predicted_error_grows_where_a_point_may_belong_to_either_of_two_bones_that_part() -> None:
    # Beside the joint, 6 mm off its middle: the lower bone's turn by 10 degrees puts the two places 1.05 mm apart.
    beside, shaft = registration().error_mm(np.array([[400.0, 30.0], [200.0, 15.0]]))
    assert 0.5 * 1.05 < beside - shaft < 1.5 * 1.05


def test_a_bones_own_error_grows_with_the_distance_from_its_middle() -> None:
    doubt = np.diag([0.01, 0.01, 0.04])  # 0.2 mm at the origin, and 0.1 mm more for each mm, as squares
    bone = BoneMotion("ulna", UPPER, np.eye(3), 0.9, ok=True, doubt=doubt)
    np.testing.assert_allclose(bone.squared_error(np.array([[0.0, 0.0], [3.0, 4.0]])), [0.04, 0.29])
    assert bone.error_mm == pytest.approx(1.73 * np.sqrt(np.mean([0.04, 4.04, 16.04])))


def test_a_refused_registration_carries_nothing() -> None:
    with pytest.raises(ValueError, match=r"expected an accepted registration, came a refused one \(other hand\)"):
        registration(accepted=False).carry(np.zeros((1, 2)))
    with pytest.raises(ValueError, match=r"a\.tif to b\.tif, hand L"):
        registration(accepted=False).error_mm(np.zeros((1, 2)))


def test_a_bones_figures_are_those_of_its_motion() -> None:
    bone = BoneMotion("ulna", UPPER, 1.02 * turn(-10.0, 20.0), 0.9, ok=True)
    assert bone.rotation_deg == pytest.approx(10.0)
    assert bone.scale == pytest.approx(1.02)


def test_a_tilted_bone_is_shorter_and_as_wide_as_before() -> None:
    tilted = np.diag([np.cos(np.deg2rad(20.0)), 1.0, 1.0])  # along the axis, which runs down the rows
    bone = BoneMotion("ulna", UPPER, 1.02 * turn(10.0, 20.0) @ tilted, 0.9, ok=True)
    palm = 1.02 * turn(-5.0)
    assert bone.length_ratio == pytest.approx(1.02 * np.cos(np.deg2rad(20.0)))
    assert bone.width_ratio == pytest.approx(1.02)
    assert bone.tilt_deg(palm) == pytest.approx(20.0)
    assert bone.turn_deg(palm) == pytest.approx(-15.0, abs=0.2)
