"""Training samples carry their truth in the pixels of the picture that they belong to."""

import numpy as np
import pytest
from scipy import ndimage

from lesionmeter.phantom.patches import LUMP_PATCHES, deposit_film, deposit_patches
from lesionmeter.phantom.training import landmark_sample


@pytest.fixture(scope="module")
def film():
    return deposit_film(np.random.default_rng(3), pitch=0.5)


def test_a_landmark_sample_holds_21_points_in_a_picture_from_0_to_1() -> None:
    sample = landmark_sample(np.random.default_rng(1), size=96)
    assert sample.picture.shape == (96, 96)
    assert sample.points.shape == (21, 2)
    assert 0.0 <= sample.picture.min() < sample.picture.max() <= 1.0


def test_an_upright_sample_has_its_fingers_up_and_its_thumb_right() -> None:
    rng = np.random.default_rng(1)
    samples = [landmark_sample(rng, 64, "whole") for _ in range(8)]
    upright = [sample.points for sample in samples if sample.upright]
    assert upright
    assert all(p[12, 0] < p[0, 0] and p[4, 1] > p[20, 1] for p in upright)


def test_the_same_seed_gives_the_same_sample() -> None:
    first, again = (landmark_sample(np.random.default_rng(2), 64).picture for _ in range(2))
    assert np.array_equal(first, again)


def test_a_deposit_film_marks_bones_and_deposits_on_its_own_grid(film) -> None:
    assert film.image.shape == film.deposits.shape == film.bones.shape
    assert 0 < film.deposits.sum() < film.bones.sum()


def test_every_deposit_of_a_film_has_a_middle_on_the_film(film) -> None:
    assert len(film.middles) > 0
    assert ((film.middles >= 0) & (film.middles < film.image.shape)).all()


def test_patches_cut_picture_and_truth_alike(film) -> None:
    patches = deposit_patches(np.random.default_rng(1), film, count=5, size=32)
    assert [(image.shape, truth.shape) for image, truth in patches] == [((32, 32), (2, 32, 32))] * 5


def test_a_film_with_lumps_has_deposits_larger_than_any_usual_one() -> None:
    film = deposit_film(np.random.default_rng(3), pitch=0.5, lumps=True)
    pieces, _ = ndimage.label(film.deposits)
    assert np.bincount(pieces.ravel())[1:].max() * 0.5**2 > 45.0


def test_a_lump_is_drawn_more_often_than_a_usual_deposit() -> None:
    film = deposit_film(np.random.default_rng(3), pitch=0.5, lumps=True)
    _, times = np.unique(film.middles, axis=0, return_counts=True)
    assert set(times.tolist()) == {1, LUMP_PATCHES}
