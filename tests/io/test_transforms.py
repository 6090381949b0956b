"""Registrations that other programs open."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest
import SimpleITK

from lesionmeter.errors import UsageError
from lesionmeter.io.transforms import itk_transforms, write_transforms
from lesionmeter.model.geometry import BoneMotion, Capsule, Registration, Spacing, SpacingSource
from tests.stages.test_registration import JOINTS
from tests.stages.test_registration import usual as films_registered

SPACING = Spacing(0.1, 0.2, SpacingSource.READER, 0.01)


@pytest.fixture
def bent() -> Registration:
    """A finger whose end bends by 11.5 degrees about its joint, and a common shift of (3, -2) mm."""
    bend, shift = np.eye(3), np.array([[1.0, 0, 3], [0, 1, -2], [0, 0, 1]])
    bend[:2, :2] = [[0.98, -0.2], [0.2, 0.98]]
    bend[:2, 2] = np.array([40.0, 5.0]) - bend[:2, :2] @ [40.0, 5.0]
    bones = (
        Capsule(np.array([0.0, 5.0]), np.array([40.0, 5.0]), 6.0),
        Capsule(np.array([40.0, 5.0]), np.array([70.0, 5.0]), 5.0),
    )
    motions = (BoneMotion("a", bones[0], shift, 0.9, ok=True), BoneMotion("b", bones[1], shift @ bend, 0.9, ok=True))
    return Registration("1983/left.tif", "1984.dcm", "L", SPACING, SPACING, motions, shift, accepted=True)


POINTS = np.array([[100.0, 20.0], [390.0, 30.0], [420.0, 10.0], [650.0, 40.0], [500.0, 120.0]])


def carried_by_itk(path: Path, points: np.ndarray) -> np.ndarray:
    """(row, column) pixels through a transform file, by x and y in mm."""
    transform = SimpleITK.ReadTransform(str(path))
    moved = [transform.TransformPoint((column * 0.2, row * 0.1)) for row, column in points]
    return np.array([[y / 0.1, x / 0.2] for x, y in moved])


def test_a_file_and_its_inverse_are_named_by_films_and_hand(bent: Registration, tmp_path: Path) -> None:
    paths = write_transforms((bent,), tmp_path / "transforms")
    names = [path.relative_to(tmp_path / "transforms").as_posix() for path in paths]
    there, back = "1983_left__1984__L.h5", "1984__1983_left__L.h5"
    assert names == [there, f"3d/{there}", back, f"3d/{back}"]


def test_simpleitk_carries_points_as_the_registration_does(bent: Registration, tmp_path: Path) -> None:
    forward, _, back, _ = write_transforms((bent,), tmp_path)
    there = bent.carry(POINTS)
    np.testing.assert_allclose(carried_by_itk(forward, POINTS) * [0.1, 0.2], there * [0.1, 0.2], atol=0.02)
    np.testing.assert_allclose(carried_by_itk(back, there) * [0.1, 0.2], POINTS * [0.1, 0.2], atol=0.02)


def test_simpleitk_carries_points_through_a_registration_of_films(tmp_path: Path) -> None:
    found = films_registered()
    forward, solid, back, solid_back = (
        SimpleITK.ReadTransform(str(path)) for path in write_transforms((found,), tmp_path)
    )
    points = JOINTS + 3.0  # mm of films of square pixels
    there = found.field.carry(points)
    for transform, start, end in ((forward, points, there), (back, there, points)):
        carried = [transform.TransformPoint(place)[::-1] for place in start[:, ::-1].tolist()]
        assert np.linalg.norm(np.array(carried) - end, axis=1).max() < 0.02
    for transform, start, end in ((solid, points, there), (solid_back, there, points)):
        carried = [transform.TransformPoint((*place, 0.0))[1::-1] for place in start[:, ::-1].tolist()]
        assert np.linalg.norm(np.array(carried) - end, axis=1).max() < 0.02


@pytest.mark.parametrize("z", [-1.0, 0.0, 4.0])
def test_the_twin_in_space_moves_x_and_y_alike_and_leaves_z(bent: Registration, tmp_path: Path, z: float) -> None:
    paths = write_transforms((bent,), tmp_path)
    for flat, solid in (paths[:2], paths[2:]):
        plane, space = SimpleITK.ReadTransform(str(flat)), SimpleITK.ReadTransform(str(solid))
        assert (plane.GetDimension(), space.GetDimension()) == (2, 3)
        for row, column in POINTS * [0.1, 0.2]:
            x, y = plane.TransformPoint((column, row))
            assert space.TransformPoint((column, row, z)) == pytest.approx((x, y, z), abs=1e-9)


def test_the_twin_is_of_the_kinds_and_the_precision_that_slicer_converts(bent: Registration, tmp_path: Path) -> None:
    for path in write_transforms((bent,), tmp_path)[1::2]:
        kinds = set(re.findall(rb"\w+Transform_\w+_\d_\d", path.read_bytes()))
        names = (b"CompositeTransform", b"AffineTransform", b"DisplacementFieldTransform")
        assert kinds == {name + b"_double_3_3" for name in names}


def test_a_file_resamples_the_later_film_onto_the_earlier_ones_grid(bent: Registration, tmp_path: Path) -> None:
    later = SimpleITK.Image(300, 1200, SimpleITK.sitkFloat32)
    later.SetSpacing((0.2, 0.1))
    row, column = np.rint(bent.carry(POINTS[3:4])[0]).astype(int).tolist()
    later[column, row] = 1.0
    forward = SimpleITK.ReadTransform(str(write_transforms((bent,), tmp_path)[0]))
    shown = SimpleITK.GetArrayFromImage(SimpleITK.Resample(later, later, forward))
    assert np.unravel_index(shown.argmax(), shown.shape) == pytest.approx(POINTS[3], abs=1.0)


def test_the_file_holds_only_kinds_that_every_itk_reads(bent: Registration, tmp_path: Path) -> None:
    for path in write_transforms((bent,), tmp_path):
        parts = SimpleITK.CompositeTransform(SimpleITK.ReadTransform(str(path)))
        names = {parts.GetNthTransform(n).GetName() for n in range(parts.GetNumberOfTransforms())}
        assert names == {"AffineTransform", "DisplacementFieldTransform"}


def test_far_from_the_hand_only_the_common_motion_is_left(bent: Registration) -> None:
    forward, back = itk_transforms(bent)
    assert forward.TransformPoint((500.0, 500.0)) == pytest.approx((498.0, 503.0))
    assert back.TransformPoint((498.0, 503.0)) == pytest.approx((500.0, 500.0))


def test_a_field_ends_in_nothing_so_that_programs_that_go_on_with_its_rim_add_nothing(bent: Registration) -> None:
    for transform in itk_transforms(bent):
        parts = [transform.GetNthTransform(n).Downcast() for n in range(2)]
        field = next(part for part in parts if isinstance(part, SimpleITK.DisplacementFieldTransform))
        added = SimpleITK.GetArrayFromImage(field.GetDisplacementField())
        assert np.abs(added).max() > 1.0
        assert not added[[0, -1]].any()
        assert not added[:, [0, -1]].any()


def test_films_that_differ_by_their_ending_keep_it(bent: Registration, tmp_path: Path) -> None:
    twins = dataclasses.replace(bent, film_from="hand.tif", film_to="hand.dcm")
    assert write_transforms((twins,), tmp_path)[0].name == "hand.tif__hand.dcm__L.h5"


def test_a_refused_registration_is_not_written(bent: Registration, tmp_path: Path) -> None:
    refused = dataclasses.replace(bent, accepted=False, reason="other hand")
    assert write_transforms((refused,), tmp_path / "none") == ()
    with pytest.raises(UsageError, match="expected an accepted registration, came a refused one"):
        itk_transforms(refused)
