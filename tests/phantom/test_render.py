"""Hands are laid on a film at its pitch, and deposits on hands at their size."""

import numpy as np
import pytest

from lesionmeter.phantom.deposits import Calcification
from lesionmeter.phantom.forms import Form
from lesionmeter.phantom.placement import lay, stamp, turned
from lesionmeter.phantom.relief import detailed_bones
from lesionmeter.phantom.render import Place, place_hand, raise_skin
from lesionmeter.phantom.skeleton import Pose, frames, landmarks, random_skeleton

HAND = random_skeleton(np.random.default_rng(1), child=False)
REST = frames(HAND)
MARKS = landmarks(HAND, REST)


def film(pitch: float = 0.2, mirrored: bool = False) -> Place:
    shape = (int(240 / pitch), int(160 / pitch))
    return place_hand(MARKS, shape, pitch, 0.0, mirrored, (100 / pitch, 80 / pitch))


def test_a_drawn_disc_has_the_area_pi_r_squared() -> None:
    disc = Form(lambda x, y: 3.0 - np.hypot(x, y), reach=4.0, heights=np.zeros(1, np.float32), soft=1.0, steep=0.5)
    drawn = stamp(disc, 28.0, 1.0, turned(0, (100.0, 100.0)) @ np.diag([10.0, 10.0, 1.0]), (200, 200))
    assert drawn is not None
    assert drawn[2].sum() / 100 == pytest.approx(np.pi * 3.0**2, rel=0.01)


def test_skin_is_raised_over_a_deposit_and_its_rim_and_never_lowered() -> None:
    soft = np.array([[9.0, 0.0, 0.0, 3.0, 0.0]], dtype=np.float32)
    raise_skin(soft, np.array([[False, False, True, False, False]]), pitch=0.5, rim=1.0, thick=4.0)
    assert soft[0] == pytest.approx(
        [9.0, 4 * np.sqrt(0.5), 4.0, 3.0, 0.0]
    )  # 4 sqrt(1 - away / rim), where that is more


def test_a_left_hand_stands_fingers_up_and_thumb_right() -> None:
    rows, columns = film().project(MARKS).T
    assert rows[12] < rows[0]
    assert columns[4] > columns[20]


def test_a_right_hand_is_its_mirror_image() -> None:
    columns = film(mirrored=True).project(MARKS)[:, 1]
    assert columns[4] < columns[20]


@pytest.mark.parametrize("pitch", [0.1, 0.5])
def test_distances_on_the_film_are_millimetres_over_the_pitch(pitch: float) -> None:
    laid = film(pitch).project(MARKS)
    assert np.linalg.norm(laid[12] - laid[0]) * pitch == pytest.approx(np.linalg.norm(MARKS[12] - MARKS[0]))


def test_a_bone_lies_between_its_landmarks() -> None:
    place = film()
    (rows, columns), path = detailed_bones(HAND, REST, place, seed=3)["3 proximal phalanx"]
    middle = place.project(MARKS[[9, 10]]).mean(axis=0).astype(int)
    assert path[middle[0] - rows.start, middle[1] - columns.start] > 0.5


def test_bones_keep_their_texture_from_film_to_film() -> None:
    first, again = (detailed_bones(HAND, REST, film(0.5), seed=3)["radius"][1] for _ in range(2))
    assert np.array_equal(first, again)


@pytest.mark.parametrize("stretch", [1.0, 0.8])
def test_a_deposit_keeps_its_area_when_its_bone_is_foreshortened(stretch: float) -> None:
    deposit = Calcification(3, "middle", "radial", "globular", (9.0,), 2.0, seed=1)
    placed = frames(HAND, Pose({}, {"3 middle phalanx": stretch}))
    drawn = lay(deposit, 9.0, HAND, placed, film(0.1))
    assert drawn is not None
    assert 0.01 * drawn[2].sum() == pytest.approx(9.0, rel=0.02)


def test_a_deposit_that_is_gone_is_not_drawn() -> None:
    deposit = Calcification(3, "tip", "midline", "globular", (9.0, 0.0), 2.0, seed=1)
    assert lay(deposit, 0.0, HAND, REST, film()) is None
