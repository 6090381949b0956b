"""Similarities: fits that can be worked out by hand."""

from __future__ import annotations

import numpy as np

from lesionmeter.stages.anatomy.picture import make_picture, shrink, warp
from lesionmeter.stages.anatomy.polarity import bones_are_bright
from lesionmeter.stages.anatomy.pose import Similarity, fit_similarity, rotation

CORNERS = np.array([[0.0, 0.0], [0.0, 4.0], [3.0, 0.0], [5.0, 6.0]])


def test_a_turned_enlarged_and_moved_shape_is_fitted_exactly() -> None:
    truth = Similarity(2 * rotation(30), np.array([5.0, -1.0]))
    fit, residual = fit_similarity(CORNERS, truth(CORNERS), np.ones(4))
    np.testing.assert_allclose(fit.linear, truth.linear, atol=1e-9)
    assert residual < 1e-9
    assert not fit.mirrored


def test_a_mirrored_shape_is_fitted_by_a_mirror() -> None:
    fit, residual = fit_similarity(CORNERS, CORNERS * [1, -1], np.ones(4))
    assert fit.mirrored
    assert residual < 1e-9


def test_a_point_without_weight_does_not_count() -> None:
    moved = CORNERS.copy()
    moved[3] += 100
    fit, _ = fit_similarity(CORNERS, moved, np.array([1.0, 1.0, 1.0, 0.0]))
    np.testing.assert_allclose(fit(CORNERS[:3]), CORNERS[:3], atol=1e-9)


def test_the_inverse_brings_points_back() -> None:
    pose = Similarity(1.5 * rotation(200) @ np.diag([1, -1]), np.array([7.0, 9.0]))
    np.testing.assert_allclose(pose.inverse()(pose(CORNERS)), CORNERS, atol=1e-9)


def test_a_bright_spot_lands_where_the_pose_says() -> None:
    grey = np.zeros((256, 256), np.float32)
    grey[96:104, 160:168] = 1.0
    pose = Similarity(0.25 * np.eye(2), np.zeros(2))
    small = warp(make_picture(grey), [pose], 64)[0]
    mass = small / small.sum()
    centre = [(mass.sum(1) * np.arange(64)).sum(), (mass.sum(0) * np.arange(64)).sum()]
    np.testing.assert_allclose(centre, [99.5 / 4, 163.5 / 4], atol=0.05)


def test_shrinking_keeps_block_means_and_blackens_padding() -> None:
    values = np.repeat(np.arange(8.0), 8).reshape(8, 8)
    padding = np.zeros((8, 8), bool)
    padding[:2] = True
    small, block = shrink(values, 4, padding)
    assert block == 2
    np.testing.assert_allclose(small[:, 0], [0, 0, 0.5, 1], atol=0.01)


def test_bones_brighter_than_their_sides_are_bright() -> None:
    points = np.array([[200, 0], [180, 25], [150, 50], [125, 65], [105, 75]], float)
    fingers = [[row, column] for column in (20, 0, -20, -40) for row in (100, 55, 25, 0)]
    points = np.vstack([points, fingers]) + np.array([20, 60])
    grey = np.zeros((260, 180), np.float32)
    for column in (80, 60, 40, 20):
        grey[20:120, column - 3 : column + 4] = 1.0
    assert bones_are_bright(grey, points)
    assert not bones_are_bright(1 - grey, points)
