"""Registration: two films of a hand of bright bars with speckled texture, whose motion is known."""

import dataclasses
import functools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

from lesionmeter.model.geometry import (
    BoneMotion,
    Capsule,
    PolyAffine,
    Registration,
    Spacing,
    SpacingSource,
    apply_affine,
    even_doubt,
)
from lesionmeter.model.patient import Hand, HandView
from lesionmeter.model.radiograph import CalibratedRadiograph, Laterality, Polarity, Radiograph
from lesionmeter.model.site import Landmarks
from lesionmeter.stages.registration import RegistrationSettings, register
from lesionmeter.stages.registration.chain import Matched
from lesionmeter.stages.registration.joints import common_place
from lesionmeter.stages.registration.refine import Fit, Prior
from lesionmeter.stages.registration.skeleton import Bone, skeleton, turns_like
from lesionmeter.stages.registration.verdict import judge_bone, mark_torn, mark_unsure

PIXEL_MM = 0.4
SPACING = Spacing(PIXEL_MM, PIXEL_MM, SpacingSource.READER, 0.01)
SETTINGS = RegistrationSettings(pitch=1 / 500)
# A left hand of 180 mm: (row, column) mm of wrist; thumb CMC, MCP, IP, tip; and four joints of each finger.
JOINTS = np.array([
    *[(185, 75)],
    *[(165, 98), (130, 122), (104, 134), (84, 142)],
    *[(105, 95), (68, 102), (46, 106), (27, 109)],
    *[(100, 77), (58, 79), (32, 80), (8, 81)],
    *[(106, 60), (68, 55), (43, 52), (21, 50)],
    *[(116, 44), (88, 34), (70, 28), (52, 23)],
], dtype=float)  # fmt: skip
BENDS = {"2 proximal phalanx": 6.0, "2 middle phalanx": 9.0, "3 middle phalanx": -7.0, "5 proximal phalanx": 5.0}


def turn(degrees: float, centre: np.ndarray) -> np.ndarray:
    """A turn about (row, column) mm."""
    angle, motion = np.deg2rad(degrees), np.eye(3)
    motion[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    motion[:2, 2] = centre - motion[:2, :2] @ centre
    return motion


@functools.cache
def first_film(seed: int = 0) -> np.ndarray:
    """Bars for bones, each brighter at its borders, with speckles; the seed makes the person."""
    places = np.stack(np.meshgrid(np.arange(520), np.arange(400), indexing="ij"), axis=-1).reshape(-1, 2) * PIXEL_MM
    film = np.zeros(len(places))
    for bone in skeleton(JOINTS, 180.0):
        away = bone.capsule.outside(places)
        film += np.exp(-0.5 * (away / 1.0) ** 2) + 0.8 * np.exp(-0.5 * ((away - 1.2) / 0.7) ** 2)
    speckle = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=(520, 400)), 2.0)
    return 1000.0 + 600.0 * ndimage.gaussian_filter(film.reshape(520, 400), 1.0) + 2000.0 * speckle


@functools.cache
def motion(index_deg: float = 6.0) -> PolyAffine:
    """The hand turned by 5 degrees and shifted, and some joints bent."""
    moves = {"palm": turn(5.0, JOINTS[0]) + np.array([[0, 0, 2.0], [0, 0, 4.0], [0, 0, 0]])}
    bones = skeleton(JOINTS, 180.0)
    for bone in bones:
        bend = {**BENDS, "2 proximal phalanx": index_deg}.get(bone.name, 0.0)
        moves[bone.name] = moves[bone.parent] @ turn(bend, bone.capsule.start)
    capsules = tuple(bone.capsule for bone in bones)
    return PolyAffine.from_motions(capsules, tuple(moves[bone.name] for bone in bones), moves["palm"])


@functools.cache
def later_film(index_deg: float = 6.0, seed: int = 0) -> np.ndarray:
    """The first film as the motion leaves it, darker, with grain."""
    places = np.stack(np.meshgrid(np.arange(520), np.arange(400), indexing="ij"), axis=-1).reshape(-1, 2) * PIXEL_MM
    source = motion(index_deg).carry_back(places) / PIXEL_MM
    moved = ndimage.map_coordinates(first_film(seed), source.T, order=3, mode="nearest").reshape(520, 400)
    return 100.0 * np.sqrt(np.maximum(moved, 0.0)) + np.random.default_rng(9).normal(0.0, 20.0, moved.shape)


def view(film: str, pixels: np.ndarray, joints: np.ndarray, polarity: Polarity = Polarity.NORMAL) -> HandView:
    """A left hand on a film of 0.4 mm pixels."""
    radiograph = Radiograph(film, pixels.astype(np.float32), 32)
    hand = Hand(film, Laterality.LEFT, Landmarks(joints / PIXEL_MM, np.full(21, 0.9)))
    return HandView(CalibratedRadiograph(radiograph, SPACING), hand, polarity)


def baseline() -> HandView:
    return view("1983.tif", first_film(), JOINTS)


def later(index_deg: float = 6.0, seed: int = 0) -> HandView:
    """The later film, its landmarks 1 mm off."""
    noise = np.random.default_rng(5).normal(0.0, 1.0, (21, 2))
    return view("1984.tif", later_film(index_deg, seed), motion(index_deg).carry(JOINTS) + noise)


@functools.cache
def usual() -> Registration:
    return register(baseline(), later(), SETTINGS)


def errors_mm(found: Registration, index_deg: float = 6.0) -> dict[str, float]:
    """Greatest error along each bone's axis."""
    out = {}
    for bone in skeleton(JOINTS, 180.0):
        axis = np.linspace(bone.capsule.start, bone.capsule.end, 7)[1:-1]
        moved = found.carry(axis / PIXEL_MM) * PIXEL_MM
        out[bone.name] = float(np.linalg.norm(moved - motion(index_deg).carry(axis), axis=1).max())
    return out


def test_every_bone_is_carried_to_a_quarter_of_a_pixel() -> None:
    assert usual().accepted
    assert max(errors_mm(usual()).values()) < 0.1


def test_the_way_back_returns_every_point() -> None:
    points = JOINTS / PIXEL_MM + 5.0
    np.testing.assert_allclose(usual().carry_back(usual().carry(points)), points, atol=0.01)


def test_the_true_error_is_within_the_predicted_one() -> None:
    true = errors_mm(usual())
    assert np.mean([true[bone.bone] <= bone.error_mm for bone in usual().motions]) >= 0.9


def test_a_bent_joint_shows_as_the_bones_turn() -> None:
    turns = {bone.bone: bone.rotation_deg for bone in usual().motions}
    assert turns["2 metacarpal"] - turns["2 middle phalanx"] == pytest.approx(6.0 + 9.0, abs=0.5)


def test_a_turn_over_15_degrees_against_the_palm_is_flagged() -> None:
    found = register(baseline(), later(index_deg=16.0), SETTINGS)
    assert found.accepted
    assert "another pose: 2 proximal phalanx turned by 16 degrees" in found.reason


def test_a_negative_is_matched_like_a_positive() -> None:
    negative = later()
    radiograph = dataclasses.replace(negative.film.radiograph, pixels=5000.0 - negative.film.radiograph.pixels)
    film = dataclasses.replace(negative.film, radiograph=radiograph)
    found = register(baseline(), HandView(film, negative.hand, Polarity.INVERTED), SETTINGS)
    np.testing.assert_allclose(found.carry(JOINTS / PIXEL_MM), usual().carry(JOINTS / PIXEL_MM), atol=0.02)


def test_a_deposit_that_is_ignored_does_not_move_its_bone() -> None:
    grown = later_film().copy()
    row, column = np.rint(motion().carry(JOINTS[10:11])[0] / PIXEL_MM).astype(int)
    hidden = np.zeros(grown.shape, dtype=bool)
    hidden[row - 8 : row + 9, column - 8 : column + 9] = True
    grown[hidden] += 4000.0
    found = register(
        baseline(), view("1984.tif", grown, later().hand.landmarks.points * PIXEL_MM), SETTINGS, ignore_later=hidden
    )
    assert max(errors_mm(found).values()) < 0.12


def test_a_bone_that_cannot_be_seen_is_marked_and_follows_its_parent() -> None:
    blank = later_film().copy()
    tip = motion().carry(JOINTS[[15, 16]]).mean(axis=0) / PIXEL_MM
    far = np.hypot(*(np.indices(blank.shape) - tip[:, None, None])) < 14.0 / PIXEL_MM
    blank[far] = np.random.default_rng(3).normal(4000.0, 300.0, int(far.sum()))
    found = register(baseline(), view("1984.tif", blank, later().hand.landmarks.points * PIXEL_MM), SETTINGS)
    bones = {bone.bone: bone for bone in found.motions}
    assert not bones["4 distal phalanx"].ok
    assert "not matched, follow their neighbours: 4 distal phalanx" in found.reason
    np.testing.assert_allclose(bones["4 distal phalanx"].matrix, bones["4 middle phalanx"].matrix)
    assert bones["4 distal phalanx"].error_mm > 1.0


def test_landmarks_that_are_wrong_by_a_centimetre_are_overruled() -> None:
    wrong = later().hand.landmarks.points * PIXEL_MM
    wrong[[6, 14, 19]] += [[8.0, 6.0], [-9.0, 4.0], [0.0, 10.0]]
    found = register(baseline(), view("1984.tif", later_film(), wrong), SETTINGS)
    assert max(errors_mm(found).values()) < 0.12


def test_a_bone_that_crosses_another_is_marked() -> None:
    def finger(name: str, column: float, moved_by: float) -> BoneMotion:
        motion = np.eye(3)
        motion[1, 2] = moved_by
        return BoneMotion(name, Capsule(np.array([0.0, column]), np.array([40.0, column]), 5.0), motion, 0.9, ok=True)

    crossing = (finger("2 middle phalanx", 0.0, 30.0), finger("3 middle phalanx", 15.0, -30.0))
    marked = mark_torn(crossing, np.eye(3), SETTINGS)
    assert [bone.ok for bone in marked] == [False, False]
    assert "crosses another bone on one of the films: points on it are carried up to" in marked[0].reason
    assert marked[0].error_mm > 1.0


@pytest.mark.parametrize(("shift_mm", "reason"), [(0.1, ""), (1.0, "its pixels leave its place open by 2.2 mm")])
def test_a_bone_whose_fit_leaves_its_place_open_is_marked_whatever_its_correlation(
    shift_mm: float, reason: str
) -> None:
    # Along and across are open by shift_mm each: 1.73 sqrt((0.9 shift)^2 + (0.9 shift)^2 + 0.02^2)
    capsule, still = Capsule(np.array([0.0, 0.0]), np.array([40.0, 0.0]), 5.0), np.eye(3)
    prior = Prior(still, np.zeros(2), np.array([1.0, 0.0]), np.ones(6))
    fit = Fit(still, 0.9, np.diag([shift_mm**2, shift_mm**2, 0.0, 0.0, 0.0, 0.0]))
    judged = judge_bone(Matched(Bone("a", "palm", capsule, None), fit, prior, 0.0), RegistrationSettings(), 180.0)
    assert (judged.ok, judged.reason) == (not reason, reason)


@pytest.mark.parametrize(("error_mm", "marked"), [(2.9, []), (4.0, ["a"])])
def test_a_bone_on_which_the_blend_predicts_over_3_mm_is_marked(error_mm: float, marked: list[str]) -> None:
    def bone(name: str, column: float, doubt_mm: float) -> BoneMotion:
        axis = Capsule(np.array([0.0, column]), np.array([40.0, column]), 5.0)
        return BoneMotion(name, axis, np.eye(3), 0.9, ok=True, doubt=even_doubt(doubt_mm))

    bones = (bone("a", 0.0, error_mm), bone("b", 60.0, 0.1))
    found = mark_unsure(Registration("f", "g", "L", SPACING, SPACING, bones, np.eye(3), accepted=True), SETTINGS)
    assert [each.bone for each in found.motions if not each.ok] == marked
    assert ("its place is told to 4.0 mm only" in found.motions[0].reason) == bool(marked)
    assert ("placed to no better than 3 mm: a" in found.reason) == bool(marked)


def test_bones_that_pass_at_a_distance_are_not_marked() -> None:
    assert all(bone.ok for bone in mark_torn(usual().motions, usual().common, SETTINGS))


def test_another_persons_hand_is_refused() -> None:
    found = register(baseline(), later(seed=1), SETTINGS)
    assert not found.accepted
    assert found.reason.startswith("expected the same hand on both films (palm correlation 0.68")


def test_the_other_side_is_refused() -> None:
    right = dataclasses.replace(later().hand, laterality=Laterality.RIGHT)
    found = register(baseline(), dataclasses.replace(later(), hand=right), SETTINGS)
    assert found.reason == "expected the same hand on both films, came L and R"


def test_a_mirrored_film_is_refused() -> None:
    mirrored = motion().carry(JOINTS) * [1, -1] + [0, 159.6]
    found = register(baseline(), view("1984.tif", later_film()[:, ::-1], mirrored), SETTINGS)
    assert not found.accepted
    assert "mirror image" in found.reason


def test_the_same_films_give_the_same_digits() -> None:
    again = register(baseline(), later(), SETTINGS)
    assert [m.matrix.tolist() for m in again.motions] == [m.matrix.tolist() for m in usual().motions]


def test_any_number_of_threads_gives_the_same_digits(repository: Path) -> None:
    digest = (
        "import hashlib; from tests.stages.test_registration import usual; found = usual();"
        "print(hashlib.sha256(b''.join(m.matrix.tobytes() + m.doubt.tobytes() for m in found.motions)).hexdigest())"
    )
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS")
    digests = [
        subprocess.run(
            [sys.executable, "-c", digest],
            env={**os.environ, **dict.fromkeys(names, threads)},
            cwd=repository,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for threads in ("1", "2")
    ]
    assert digests[0] == digests[1]


def test_the_field_of_a_registration_does_not_fold() -> None:
    places = np.stack(np.meshgrid(np.arange(0, 200, 4.0), np.arange(10, 150, 4.0), indexing="ij"), -1).reshape(-1, 2)
    carried = [usual().field.carry(places + step) for step in ([0.0, 0.0], [0.05, 0.0], [0.0, 0.05])]
    slopes = np.stack([carried[1] - carried[0], carried[2] - carried[0]], axis=-1) / 0.05
    assert np.linalg.det(slopes).min() > 0.0


def test_the_way_back_is_good_to_a_twentieth_of_a_millimetre_all_over_the_hand() -> None:
    places = np.stack(np.meshgrid(np.arange(0, 200, 4.0), np.arange(10, 150, 4.0), indexing="ij"), -1).reshape(-1, 2)
    back = usual().field.carry_back(usual().field.carry(places))
    assert np.linalg.norm(back - places, axis=1).max() < 0.05


def test_a_mirror_is_told_from_a_turn() -> None:
    assert turns_like(JOINTS, apply_affine(turn(170.0, JOINTS[0]), JOINTS))
    assert not turns_like(JOINTS, JOINTS * [1, -1])


def test_a_joint_is_where_its_two_bones_agree() -> None:
    joint, landmark = np.array([50.0, 60.0]), np.array([52.0, 61.0])
    place = common_place(turn(0.0, joint), turn(12.0, joint), landmark, 180.0)
    np.testing.assert_allclose(place, joint, atol=0.4)


def test_bones_that_move_alike_leave_the_landmark_where_it_is() -> None:
    landmark = np.array([52.0, 61.0])
    np.testing.assert_allclose(common_place(np.eye(3), np.eye(3), landmark, 180.0), landmark)
