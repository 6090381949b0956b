"""Four ways to register a pair of films, behind one face; `bench/registration.py` runs each in a process of its own.

A way takes two `Plate`s and gives a function that carries (n, 2) mm of the earlier film to mm of the later one. The
general programs get what they need to do well: dense tissue bright on both films, millimetres, and a start that lays
one hand's middle on the other's.
"""

from __future__ import annotations

import contextlib
import importlib.util
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk  # noqa: N813
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.model.patient import HandView
from lesionmeter.stages.registration import register

Points = NDArray[np.float64]
Carry = Callable[[Points], Points]
Changes = dict[str, list[str]]

TUNED_GRID = (5, 8.0)
"""Resolutions, and millimetres between the B-spline's control points on the finest one."""

BACKGROUND_SHARE = 0.15
"""Part of the way from the film's darkest percentile to its brightest above which a pixel counts as hand."""


@dataclass(frozen=True, eq=False)
class Plate:
    """One film as every way gets it.

    Parameters
    ----------
    view
        The hand with its landmarks, for the way that needs them.
    picture
        (rows, columns) float32, dense tissue bright, 0 to 1.
    pitch
        Millimetres a pixel.
    """

    view: HandView
    picture: NDArray[np.float32]
    pitch: float

    @property
    def landmarks_mm(self) -> Points:
        """(21, 2) automatic landmarks, (row, column) mm."""
        return np.asarray(self.view.hand.landmarks.points * self.pitch)

    @property
    def mask(self) -> NDArray[np.uint8]:
        """(rows, columns) 1 on the hand and 8 mm round it, as a reader would draw it roughly."""
        small = ndimage.gaussian_filter(self.picture, 2 / self.pitch)[::8, ::8]
        low, high = np.percentile(small, [5, 99])
        reach = int(np.ceil(8 / self.pitch / 8))
        hand = ndimage.binary_dilation(small > low + BACKGROUND_SHARE * (high - low), iterations=reach)
        rows, columns = self.picture.shape
        return np.asarray(np.kron(hand, np.ones((8, 8)))[:rows, :columns], dtype=np.uint8)


def ours(first: Plate, second: Plate, with_landmarks: bool) -> Carry:
    """Bone by bone, by this package; it always starts from its own landmarks."""
    registration = register(first.view, second.view)
    if not registration.accepted:
        raise RuntimeError(f"refused: {registration.reason}")
    return lambda points: registration.carry(points / first.pitch) * second.pitch


def elastix_default(first: Plate, second: Plate, with_landmarks: bool) -> Carry:
    """The elastix program with its default rigid, affine and B-spline parameter maps."""
    return _elastix(first, second, None, masked=False, with_landmarks=with_landmarks)


def elastix_tuned(first: Plate, second: Plate, with_landmarks: bool) -> Carry:
    """The elastix program with a mask, more resolutions, samples and steps, and a B-spline grid of 8 mm."""
    tuned = {
        "MaximumNumberOfIterations": ["500"],
        "NumberOfSpatialSamples": ["5000"],
        "ImageSampler": ["RandomCoordinate"],
    }
    return _elastix(first, second, tuned, masked=True, with_landmarks=with_landmarks)


def sitk_bspline(first: Plate, second: Plate, with_landmarks: bool) -> Carry:
    """SimpleITK: affine by mutual information, then a B-spline of 10 mm by LBFGS-B, on pixels of 0.25 mm."""
    fixed, moving = (_shrunk(plate, 0.25) for plate in (first, second))
    start = sitk.CenteredTransformInitializer(
        fixed, moving, sitk.AffineTransform(2), sitk.CenteredTransformInitializerFilter.MOMENTS
    )
    affine = _sitk_method((4, 2, 1))
    affine.SetInitialTransform(start)
    affine.SetOptimizerAsRegularStepGradientDescent(1.0, 1e-4, 300)
    affine.SetOptimizerScalesFromPhysicalShift()
    rough = affine.Execute(fixed, moving)
    mesh = [int(size * step / 10) for size, step in zip(fixed.GetSize(), fixed.GetSpacing(), strict=True)]
    spline = _sitk_method((2, 1))
    spline.SetMovingInitialTransform(rough)
    spline.SetInitialTransform(sitk.BSplineTransformInitializer(fixed, mesh), inPlace=True)
    spline.SetOptimizerAsLBFGSB(numberOfIterations=30, maximumNumberOfFunctionEvaluations=100)
    whole = sitk.CompositeTransform([rough, spline.Execute(fixed, moving)])
    return lambda points: np.array([whole.TransformPoint((x, y))[::-1] for y, x in points.tolist()])


OURS = "lesionmeter"

WAYS = {
    OURS: ours,
    "elastix default": elastix_default,
    "elastix tuned, mask": elastix_tuned,
    "SimpleITK affine + B-spline": sitk_bspline,
}


def available() -> dict[str, Callable[[Plate, Plate, bool], Carry]]:
    """The ways that can run here: elastix only where `pip install itk-elastix` was done."""
    elastix = importlib.util.find_spec("itk") is not None
    return {name: way for name, way in WAYS.items() if elastix or "elastix" not in name}


def _sitk_method(shrink: tuple[int, ...]) -> sitk.ImageRegistrationMethod:
    method = sitk.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(50)
    method.SetMetricSamplingStrategy(method.RANDOM)
    method.SetMetricSamplingPercentage(0.1, seed=1)
    method.SetInterpolator(sitk.sitkLinear)
    method.SetShrinkFactorsPerLevel(shrink)
    method.SetSmoothingSigmasPerLevel([factor / 2 for factor in shrink])
    return method


def _shrunk(plate: Plate, pitch: float) -> sitk.Image:
    image = sitk.GetImageFromArray(plate.picture)
    image.SetSpacing((plate.pitch, plate.pitch))
    ratio = pitch / plate.pitch
    smooth = sitk.DiscreteGaussian(image, 0.25 * pitch**2)
    size = [int(side / ratio) for side in image.GetSize()]
    middle = (pitch - plate.pitch) / 2
    return sitk.Resample(smooth, size, sitk.Transform(), sitk.sitkLinear, (middle, middle), (pitch, pitch))


def _elastix(first: Plate, second: Plate, changes: Changes | None, masked: bool, with_landmarks: bool) -> Carry:
    import itk

    settings = itk.ParameterObject.New()
    for kind in ("rigid", "affine", "bspline"):
        given = (
            settings.GetDefaultParameterMap(kind) if changes is None else settings.GetDefaultParameterMap(kind, 5, 8.0)
        )
        given["AutomaticTransformInitialization"] = ["true"]
        for name, value in (changes or {}).items():
            given[name] = value
        if with_landmarks:
            _with_points(given)
        settings.AddParameterMap(given)
    fixed, moving = (_itk_image(itk, plate.picture, plate.pitch) for plate in (first, second))
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):  # transformix writes where it stands
        extras: dict[str, Any] = {"log_to_console": False}
        if masked:
            extras["fixed_mask"] = _itk_image(itk, first.mask, first.pitch)
        if with_landmarks:
            extras |= _point_files(Path(folder), first, second)
        _, found = itk.elastix_registration_method(fixed, moving, parameter_object=settings, **extras)
        field = np.asarray(itk.array_from_image(itk.transformix_deformation_field(moving, found)), dtype=np.float64)
    return lambda points: (
        points
        + np.column_stack(
            [
                ndimage.map_coordinates(field[..., axis], points.T / first.pitch, order=1, mode="nearest")
                for axis in (1, 0)
            ]
        )
    )


def _with_points(given: Any) -> None:
    """The landmarks as a second metric, as the elastix manual has it (section 5.5)."""
    given["Registration"] = ["MultiMetricMultiResolutionRegistration"]
    given["Metric"] = [*given["Metric"][:1], "CorrespondingPointsEuclideanDistanceMetric"]
    given["Metric0Weight"], given["Metric1Weight"] = ["1.0"], ["0.01"]


def _point_files(folder: Path, first: Plate, second: Plate) -> dict[str, str]:
    names = {}
    for name, plate in (("fixed", first), ("moving", second)):
        lines = [f"{column:.4f} {row:.4f}" for row, column in plate.landmarks_mm.tolist()]
        path = folder / f"{name}.txt"
        path.write_text("\n".join(["point", str(len(lines)), *lines]) + "\n")
        names[f"{name}_point_set_file_name"] = str(path)
    return names


def _itk_image(itk: Any, values: NDArray[Any], pitch: float) -> Any:
    image = itk.image_from_array(np.ascontiguousarray(values))
    image.SetSpacing([pitch, pitch])
    return image
