"""Finding hands: simulated films whose landmarks are known, turned, mirrored, negated, paired and cut."""

from __future__ import annotations

import dataclasses
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.io.study import read_film
from lesionmeter.model.patient import FilmAnatomy
from lesionmeter.model.radiograph import Polarity, Radiograph
from lesionmeter.phantom import FilmSpec, StudySpec, simulate
from lesionmeter.phantom.training import landmark_sample
from lesionmeter.phantom.trials import NOT_WHOLE, hide_tip
from lesionmeter.stages.anatomy import find_hands, network
from lesionmeter.stages.anatomy.proportions import long_bones, overlaps, short_bones, short_tips

Grey = NDArray[np.float32]


@cache
def upright_left_hand() -> tuple[Grey, NDArray[np.float64]]:
    """A simulated film of a left hand, fingers up, dense bright, with its landmarks."""
    rng = np.random.default_rng(20)
    while True:
        sample = landmark_sample(rng, kind="whole")
        inside = sample.points.min() > 0 and sample.points.max() < 180
        if sample.upright and inside and not sample.negative:
            return sample.picture, sample.points


def film(grey: Grey, **stated: object) -> Radiograph:
    """Grey values from 0 to 1 as a film of 12 bits."""
    pixels = np.rint(4095 * grey).astype(np.uint16)
    return dataclasses.replace(Radiograph("hand.tif", pixels, bits=12), **stated)  # type: ignore[arg-type]


def error(found: FilmAnatomy, points: NDArray[np.float64]) -> float:
    """Mean distance of the one hand's points from the truth, in hand lengths."""
    (hand,) = found.hands
    length = np.linalg.norm(points[12] - points[0])
    return float(np.linalg.norm(hand.landmarks.points - points, axis=1).mean() / length)


def test_points_of_a_left_hand_lie_within_two_hundredths_of_its_length() -> None:
    grey, points = upright_left_hand()
    found = find_hands(film(grey))
    assert [hand.laterality for hand in found.hands] == ["L"]
    assert error(found, points) < 0.02


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_film_shows_the_same_hand(quarters: int) -> None:
    grey, _ = upright_left_hand()
    found = find_hands(film(np.rot90(grey, quarters)))
    assert [hand.laterality for hand in found.hands] == ["L"]


def test_a_mirrored_film_shows_the_other_hand() -> None:
    grey, points = upright_left_hand()
    found = find_hands(film(grey[:, ::-1]))
    assert [hand.laterality for hand in found.hands] == ["R"]
    assert error(found, np.array([0, grey.shape[1] - 1]) + points * [1, -1]) < 0.02


def test_a_negative_is_known_by_its_dark_bones() -> None:
    grey, points = upright_left_hand()
    found = find_hands(film(1 - grey))
    assert (found.polarity, found.polarity_source) == (Polarity.INVERTED, "found")
    assert error(found, points) < 0.02


def test_hands_that_a_first_look_misses_are_not_taken_for_negatives() -> None:
    (shown,) = simulate(StudySpec("two", (FilmSpec("1983", "LR", spacing_mm=0.15),), pose_degrees=4.0), 506).films
    found = find_hands(Radiograph(shown.name, shown.pixels, shown.spec.bits))
    assert ([str(hand.laterality) for hand in found.hands], found.polarity) == (["L", "R"], Polarity.NORMAL)


def test_a_wrong_polarity_in_the_file_is_remarked() -> None:
    grey, _ = upright_left_hand()
    stated = film(grey, polarity=Polarity.INVERTED, polarity_source="photometric interpretation")
    (hand,) = find_hands(stated).hands
    assert "polarity inverted is stated" in hand.remarks[0]


def test_a_stated_side_wins_and_the_disagreement_is_remarked() -> None:
    grey, _ = upright_left_hand()
    (hand,) = find_hands(film(grey, laterality="R")).hands
    assert hand.laterality == "R"
    assert "thumb lies as on L" in hand.remarks[0]


def test_two_hands_on_a_film_are_two_hands_left_first() -> None:
    grey, points = upright_left_hand()
    found = find_hands(film(np.hstack([grey[:, ::-1], grey])))
    assert [hand.laterality for hand in found.hands] == ["L", "R"]
    left = found.hands[0].landmarks.points - [0, grey.shape[1]]
    assert np.abs(left - points).mean() < 0.02 * np.linalg.norm(points[12] - points[0])


def test_two_hands_lying_aslant_are_two_hands() -> None:
    grey, _ = upright_left_hand()
    aslant = ndimage.rotate(np.hstack([grey[:, ::-1], grey]), 40.0, order=1)
    assert [hand.laterality for hand in find_hands(film(aslant.clip(0, 1))).hands] == ["L", "R"]


def test_a_hand_cut_through_its_fingers_is_refused() -> None:
    grey, points = upright_left_hand()
    found = find_hands(film(grey[int(points[[6, 10, 14], 0].mean()) :]))
    assert found.hands == ()
    assert "hand" in found.reason


def test_fingers_hidden_by_a_collimator_are_refused() -> None:
    grey, points = upright_left_hand()
    hidden = np.arange(len(grey))[:, None] < points[[6, 10, 14], 0].mean()
    found = find_hands(film(np.where(hidden, np.float32(0), grey)))
    assert found.hands == ()
    assert "hand" in found.reason


def test_a_tip_hidden_by_a_collimator_is_never_taken_without_a_word() -> None:
    grey, points = upright_left_hand()
    for finger in (2, 3, 4, 5):
        found = find_hands(film(hide_tip(grey, points, finger, 0.0)))
        assert not found.hands or found.hands[0].remarks
        assert found.hands or "hand" in found.reason


def test_an_oblique_hand_is_refused_as_such() -> None:
    found = find_hands(film(NOT_WHOLE["oblique, 35 to 60 degrees"](np.random.default_rng(1)).picture))
    assert found.hands == ()
    assert found.reason.startswith("oblique or lateral hand")


def test_fingers_that_lie_on_each_other_are_remarked() -> None:
    template = network.landmark_network().template
    assert overlaps(template) == ()
    crossed = template.copy()
    crossed[[14, 15, 16]] = template[[10, 11, 12]] + 0.005
    assert overlaps(crossed) == ("fingers 3 and 4 lie on each other: crossed, fused, or one missing",)


def test_a_bone_that_is_half_as_long_as_it_should_be_is_remarked() -> None:
    template = network.landmark_network().template
    bent = template.copy()
    bent[7:9] = template[7:9] + 0.55 * (template[6] - template[7])
    assert short_bones(bent, template) == ("2 middle phalanx: 0.5 of the expected length; bent, or partly missing",)


def test_a_bone_that_is_much_too_long_is_remarked() -> None:
    template = network.landmark_network().template
    wrong = template.copy()
    wrong[11] = template[11] + 0.8 * (template[12] - template[11])
    assert long_bones(wrong, template)[0].startswith("3 middle phalanx: 1.5 times the expected length")


def test_a_distal_phalanx_too_short_for_its_hand_is_remarked() -> None:
    template = network.landmark_network().template
    worn = template.copy()
    worn[12] = 0.4 * template[12] + 0.6 * template[11]
    (remark,) = short_tips(worn, np.ones(5), template)
    assert remark.startswith("3 distal phalanx: 0.4 of the expected length")


def test_a_film_without_a_hand_is_refused() -> None:
    grain = np.random.default_rng(0).normal(0.5, 0.1, (192, 192)).clip(0, 1).astype(np.float32)
    found = find_hands(film(grain))
    assert found.hands == ()
    assert "no whole hand found" in found.reason


def test_every_run_gives_the_same_digits() -> None:
    grey, _ = upright_left_hand()
    first, second = (find_hands(film(grey)).hands[0].landmarks for _ in range(2))
    np.testing.assert_array_equal(first.points, second.points)
    np.testing.assert_array_equal(first.confidence, second.confidence)


def test_development_films_show_their_hands(films: Path) -> None:
    truth = json.loads((films / "dev01" / "truth.json").read_text())["films"][0]
    points = np.array(truth["hands"]["left"]["landmarks_xy"])[:, ::-1]
    found = find_hands(read_film(films / "dev01" / f"{truth['file']}.tif"))
    assert [hand.laterality for hand in found.hands] == ["L"]
    assert error(found, points) < 0.02
