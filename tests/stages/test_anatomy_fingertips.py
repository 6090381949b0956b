"""Tips that are not there: a stump on which the landmarks of a whole finger were set."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.phantom.training import landmark_sample
from lesionmeter.stages.anatomy.fingertips import bone_seen, cut_by_film, cut_straight
from lesionmeter.stages.anatomy.network import landmark_network
from lesionmeter.stages.anatomy.proportions import doubtful_fingers, short_ends, short_tips

WHOLE = np.ones(5)
MIDDLE, LENGTH = 300, 1000  # the middle finger's column, and the hand's length in pixels
TIP, DIP, PIP, WRIST = 100, 200, 330, 1100  # rows; fingers up


def finger(bone_ends: int = TIP) -> NDArray[np.float32]:
    """A finger's flesh with bones up to some row."""
    film = np.zeros((1200, 600), np.float32)
    film[TIP - 30 :, MIDDLE - 45 : MIDDLE + 46] = 0.35
    film[bone_ends:, MIDDLE - 20 : MIDDLE + 21] = 0.65
    return film


def landmarks() -> NDArray[np.float64]:
    points = np.full((21, 2), (1150.0, 500.0))
    points[[0, 10, 11, 12]] = [(row, MIDDLE) for row in (WRIST, PIP, DIP, TIP)]
    return points


@pytest.mark.parametrize("share", [1.0, 0.6, 0.2])
def test_bone_is_seen_as_far_as_it_was_drawn(share: float) -> None:
    film = finger(bone_ends=round(DIP - share * (DIP - TIP)))
    assert bone_seen(film, landmarks())[2] == pytest.approx(share, abs=0.03)


def test_a_tip_set_in_flesh_beyond_a_stump_is_remarked() -> None:
    template = landmark_network().template
    seen = np.array([0.5, 1.0, 1.0, 1.0, 1.0])
    (remark,) = doubtful_fingers(template, seen, template)
    assert remark.startswith("1 distal phalanx: 0.5 of the expected length")


def test_two_joints_guessed_on_a_stump_are_remarked_once() -> None:
    template = landmark_network().template
    guessed = template.copy()
    for joint in (19, 20):
        guessed[joint] = template[18] + 0.76 * (template[joint] - template[18])
    assert short_tips(guessed, WHOLE, template) == ()
    (remark,) = doubtful_fingers(guessed, WHOLE, template)
    assert remark == "5 middle phalanx and distal: 0.8 of the expected length; partly lost, or bent"


def test_a_whole_finger_is_not_remarked() -> None:
    template = landmark_network().template
    assert doubtful_fingers(template, WHOLE, template) == ()
    assert short_ends(template, np.full(5, 0.85), template) == ()


def test_simulated_whole_hands_show_bone_to_their_tips() -> None:
    rng = np.random.default_rng(8)
    samples = [landmark_sample(rng, kind="whole") for _ in range(4)]
    bright = [1 - sample.picture if sample.negative else sample.picture for sample in samples]
    seen = [bone_seen(grey, sample.points) for grey, sample in zip(bright, samples, strict=True)]
    assert np.median(seen) > 0.9


def round_finger() -> NDArray[np.float32]:
    """A finger whose flesh ends round, 30 pixels beyond its bone."""
    film = finger()
    rows, columns = np.ogrid[:1200, :600]
    beyond = (rows < TIP + 15) & ((rows - TIP - 15) ** 2 + (columns - MIDDLE) ** 2 > 45**2)
    return ndimage.gaussian_filter(np.where(beyond, np.float32(0), film), 6.0)


def blade(film: NDArray[np.float32], degrees: float, beyond: float, tone: float) -> NDArray[np.float32]:
    """A film hidden beyond a straight edge, turned from across the finger, so many pixels past the phalanx' middle."""
    rows, columns = np.ogrid[:1200, :600]
    turn = np.deg2rad(degrees)
    past = (columns - MIDDLE) * np.sin(turn) - (rows - (TIP + DIP) / 2) * np.cos(turn)
    return np.where(past > beyond, np.float32(tone), film).astype(np.float32)


@pytest.mark.parametrize("tone", [0.0, 1.0])
@pytest.mark.parametrize(("degrees", "beyond"), [(0, 47), (-20, 40), (50, 30), (90, 5), (-90, 10)])
def test_a_straight_edge_across_a_finger_or_along_it_is_a_cut(degrees: float, beyond: float, tone: float) -> None:
    assert cut_straight(blade(round_finger(), degrees, beyond, tone), landmarks()) == (3,)


@pytest.mark.parametrize(("degrees", "beyond"), [(0, 85), (90, 60), (-45, 80)])
def test_a_straight_edge_beside_a_finger_cuts_nothing(degrees: float, beyond: float) -> None:
    assert cut_straight(blade(round_finger(), degrees, beyond, 1.0), landmarks()) == ()


def test_the_round_end_of_a_finger_is_no_cut() -> None:
    assert cut_straight(round_finger(), landmarks()) == ()


def test_no_edge_is_told_on_a_film_of_coarse_pixels() -> None:
    film = blade(round_finger(), 0, 47, 0.0)
    assert cut_straight(film[::5, ::5], landmarks() / 5) == ()


@pytest.mark.parametrize(("flesh_left", "told"), [(20, (3,)), (44, (3,)), (60, ())])
def test_flesh_at_the_films_edge_beside_a_tip_may_be_cut(flesh_left: int, told: tuple[int, ...]) -> None:
    points = landmarks()
    points[points[:, 1] > MIDDLE, 1] = 100.0
    assert cut_by_film(finger()[:, : MIDDLE + flesh_left + 1], points) == told


@pytest.mark.parametrize(("degrees", "beyond"), [(-81, -48), (-63, -84), (54, -102), (0, 0), (-30, -6)])
def test_an_edge_that_runs_out_of_the_part_looked_at_is_told_or_not_but_no_error(degrees: float, beyond: float) -> None:
    points = landmarks()
    points[11] = (TIP + 310, MIDDLE)  # a joint guessed far from the tip
    film = blade(round_finger(), degrees, beyond, 0.0)[::3, ::3]
    assert set(cut_straight(film, points / 3)) <= {3}
