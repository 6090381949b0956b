"""The bone map: a drawn hand whose bones are known, with deposits, a curve and grain; and the middles of its shafts."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy import ndimage

from lesionmeter.model.bones import TUBULAR, Bone, BoneMap, MidShaft
from lesionmeter.model.film_pair import HandLook
from lesionmeter.model.geometry import Spacing, SpacingSource
from lesionmeter.model.patient import Hand, HandView
from lesionmeter.model.radiograph import CalibratedRadiograph, Laterality, Polarity, Radiograph
from lesionmeter.model.site import Landmarks
from lesionmeter.phantom import FilmSpec, StudySpec, simulate
from lesionmeter.phantom.relief import detailed_bones
from lesionmeter.phantom.study import PhantomFilm
from lesionmeter.stages.anatomy import bone_map, hand_look, mid_shafts

MILLIMETRE = Spacing(1.0, 1.0, SpacingSource.FILMS_CSV, 0.01)


@cache
def drawn() -> PhantomFilm:
    return simulate(StudySpec("P1", (FilmSpec("1990", spacing_mm=0.25),)), seed=3).films[0]


def view_of(pixels: np.ndarray, points: np.ndarray, polarity: Polarity = Polarity.NORMAL) -> HandView:
    film = CalibratedRadiograph(Radiograph("a.tif", pixels, bits=12), MILLIMETRE.scaled(0.25))
    return HandView(film, Hand("a.tif", Laterality.LEFT, Landmarks(points, np.ones(21))), polarity)


def hand() -> HandView:
    return view_of(drawn().pixels, drawn().hands[0].landmarks)


@cache
def found() -> BoneMap:
    return bone_map(hand())


def dice(bones: BoneMap, name: str) -> float:
    """Overlap of a bone with the drawn one."""
    laid = drawn().hands[0]
    at, path = detailed_bones(laid.subject.skeleton, laid.placed, laid.place, laid.subject.texture)[name]
    truth = np.zeros(laid.place.shape, dtype=bool)
    truth[at] = ndimage.binary_closing(path > 0, iterations=4)
    number = next(number for number, each in bones.names.items() if each == name)
    mine = bones.labels == number
    return float(2 * np.count_nonzero(mine & truth) / (np.count_nonzero(mine) + np.count_nonzero(truth)))


def test_every_bone_of_a_whole_hand_is_found() -> None:
    assert set(found().names.values()) == {*TUBULAR, "carpus", "radius", "ulna"}


@pytest.mark.parametrize("name", ["1 metacarpal", "2 middle phalanx", "3 proximal phalanx", "4 metacarpal"])
def test_a_bone_covers_the_drawn_one(name: str) -> None:
    assert dice(found(), name) > 0.9


def test_axes_run_from_the_palm_to_the_tip() -> None:
    wrist = drawn().hands[0].landmarks[0]
    for bone in found().bones[3:]:
        assert np.linalg.norm(bone.end - wrist) > np.linalg.norm(bone.start - wrist)


def test_a_negative_shows_the_same_bones() -> None:
    grey = drawn().pixels
    negative = bone_map(view_of(grey.max() - grey, drawn().hands[0].landmarks, Polarity.INVERTED))
    assert np.mean((negative.labels > 0) != (found().labels > 0)) < 0.001  # blurring rounds the last digit differently


def shaft_with_deposit() -> tuple[HandView, np.ndarray]:
    """The hand with a bright disc of 4 mm beside the shaft of the middle finger's proximal phalanx, and the disc."""
    grey, bone = drawn().pixels.astype(float), found().bone("3 proximal phalanx")
    middle = 0.5 * (bone.start + bone.end) + np.array([0, 16])
    disc = np.hypot(*(np.indices(grey.shape) - middle[:, None, None])) < 8
    return view_of(np.where(disc, grey.max(), grey).astype(np.uint16), drawn().hands[0].landmarks), disc


def shaft_area(view: HandView, bones: BoneMap) -> float:
    return next(shaft.area for shaft in mid_shafts(view, bones) if shaft.bone == "3 proximal phalanx")


def test_a_deposit_on_the_shaft_moves_its_border_little() -> None:
    view, _ = shaft_with_deposit()
    assert shaft_area(view, bone_map(view)) == pytest.approx(shaft_area(hand(), found()), rel=0.1)


def test_a_deposit_that_is_told_moves_the_border_less_and_is_not_taken_for_bone() -> None:
    view, disc = shaft_with_deposit()
    bones = bone_map(view, disc)
    assert shaft_area(view, bones) == pytest.approx(shaft_area(hand(), found()), rel=0.02)
    assert bones.share_over_bone(disc) == pytest.approx(found().share_over_bone(disc), abs=0.05)


def test_forearm_bones_that_the_film_cuts_off_are_left_out() -> None:
    points = drawn().hands[0].landmarks
    pixels = drawn().pixels[: int(points[0, 0]) + 20]
    assert not {"radius", "ulna"} & set(bone_map(view_of(pixels, points)).names.values())


def shaft_of_a_bar(ends: dict[str, tuple[np.ndarray, np.ndarray]] | None = None) -> MidShaft:
    """A bar 10 mm wide and 40 long, from row 50 up to row 10, on a film of 1 mm pixels."""
    outline = np.array([[10.0, 0.0], [10.0, 10.0], [50.0, 10.0], [50.0, 0.0]])
    bar = Bone("3 metacarpal", np.array([50.0, 5.0]), np.array([10.0, 5.0]), outline, 0.9)
    film = CalibratedRadiograph(Radiograph("a", np.zeros((60, 20)), 8), MILLIMETRE)
    view = HandView(film, hand().hand, Polarity.NORMAL)
    (shaft,) = mid_shafts(view, BoneMap("a", "L", np.zeros((60, 20), np.uint8), (bar,)), ends)
    return shaft


def test_the_middle_of_a_shaft_is_what_lies_between_two_shares_of_its_axis() -> None:
    shaft = shaft_of_a_bar()  # 0.35 to 0.65 of 40 mm is 12 mm, times 10 mm
    assert (shaft.area, shaft.width_mm, shaft.length_mm) == pytest.approx((120.0, 10.0, 40.0))
    assert shaft.unit == "mm2"


def test_ends_given_from_elsewhere_say_which_piece_is_measured() -> None:
    shaft = shaft_of_a_bar({"3 metacarpal": (np.array([40.0, 5.0]), np.array([20.0, 5.0]))})
    assert shaft.area == pytest.approx(60.0)  # 0.3 of 20 mm, times 10 mm


def bar_look(blur: float, veil: float = 0.0) -> HandLook:
    """Three bars of 1000 in flesh of 500 on air of 0, on a film of 0.1 mm pixels."""
    film = np.zeros((600, 700), dtype=np.float32)
    film[50:550, 50:] = 500
    bars = []
    for number, left in enumerate((120, 320, 520)):
        film[100:500, left : left + 100] = 1000
        rows = np.linspace(100.0, 499.5, 41)
        sides = np.concatenate([np.full(41, left - 0.5), np.full(41, left + 99.5)])
        outline = np.stack([np.concatenate([rows, rows[::-1]]), sides], axis=1)
        start, end = np.array([500.0, left + 50.0]), np.array([100.0, left + 50.0])
        bars.append(Bone(f"{number + 2} metacarpal", start, end, outline, 1.0))
    film = ndimage.gaussian_filter(film, blur / 0.1) + np.float32(veil)
    tenth = Spacing(0.1, 0.1, SpacingSource.FILMS_CSV, 0.01)
    view = HandView(CalibratedRadiograph(Radiograph("a", film, 12), tenth), hand().hand, Polarity.NORMAL)
    look = hand_look(view, BoneMap("a", "L", np.zeros(film.shape, np.uint8), tuple(bars)))
    assert look is not None
    return look


def test_contrast_is_how_far_bone_stands_over_flesh_against_air() -> None:
    assert bar_look(0.2).contrast == pytest.approx(0.5, abs=0.02)


def test_contrast_does_not_change_with_a_film_that_is_brighter_all_over() -> None:
    assert bar_look(0.2, veil=300.0).contrast == pytest.approx(bar_look(0.2).contrast, abs=1e-6)


def test_a_blurred_step_is_as_wide_as_its_blur_says() -> None:
    # height over steepest fall of a step blurred by s is s sqrt(2 pi)
    assert bar_look(0.2).edge_mm == pytest.approx(0.2 * np.sqrt(2 * np.pi), rel=0.1)


def test_a_hand_without_shafts_has_no_look() -> None:
    film = CalibratedRadiograph(Radiograph("a", np.zeros((60, 20)), 8), MILLIMETRE)
    view = HandView(film, hand().hand, Polarity.NORMAL)
    assert hand_look(view, BoneMap("a", "L", np.zeros((60, 20), np.uint8), ())) is None
