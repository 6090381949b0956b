"""What a DICOM film states about its scale, each statement kept with its meaning (PS3.3, 10.7.1)."""

from __future__ import annotations

import math
from typing import Final

from pydicom.dataset import Dataset

from lesionmeter.io.dicom.header import number, numbers, text
from lesionmeter.io.greyscale import implausible
from lesionmeter.model.geometry import Spacing, SpacingSource

STATED_CV: Final = {
    SpacingSource.PIXEL_SPACING_FIDUCIAL: 0.01,  # 0.5 mm in reading a 50 mm object
    SpacingSource.PIXEL_SPACING_GEOMETRY: 0.01,  # 10 mm in the object's assumed distance, at 1 m
    SpacingSource.PIXEL_SPACING: 0.005,
    SpacingSource.IMAGER_PIXEL_SPACING_CORRECTED: 0.01,  # 10 mm in the distance to the patient, at 1 m
    SpacingSource.IMAGER_PIXEL_SPACING: 0.002,
}
"""Relative standard uncertainty of a length *in the plane stated*; calibration adds magnification."""

CALIBRATED: Final = {
    "FIDUCIAL": SpacingSource.PIXEL_SPACING_FIDUCIAL,
    "GEOMETRY": SpacingSource.PIXEL_SPACING_GEOMETRY,
}

MAX_MAGNIFICATION: Final = 1.5
"""A hand lies on or near the detector; a larger ratio is a mammography cone view or a wrong entry."""

Pair = tuple[float, float]


def spacing_claims(dataset: Dataset, shape: tuple[int, ...]) -> tuple[tuple[Spacing, ...], tuple[str, ...]]:
    """Spacings that the file states, the most trusted first, and remarks on what was not believed.

    Pixel Spacing (0028,0030) holds as stated if it has a calibration type or differs from Imager Pixel Spacing
    (0018,1164). Where both are equal it is the detector's, by the standard: it then stays the first claim, since every
    viewer measures with it, and a correction by the stated distances is offered after it. Imager Pixel Spacing alone
    is corrected by the source-object ratio if the file states that.

    Parameters
    ----------
    dataset
        The header.
    shape
        (rows, columns) of the film.
    """
    pixel, pixel_remarks = _pair(dataset, "PixelSpacing", shape)
    imager, imager_remarks = _pair(dataset, "ImagerPixelSpacing", shape)
    if imager is None:
        imager, scanned_remarks = _pair(dataset, "NominalScannedPixelSpacing", shape)
        imager_remarks += scanned_remarks
    magnification, geometry_remarks = _magnification(dataset)
    remarks = pixel_remarks + imager_remarks + (geometry_remarks if imager else ())
    if pixel and imager and not _calibration(dataset) and _equal(pixel, imager):
        offered = _at_detector(imager, magnification)[::-1]
        note = () if len(offered) == 1 else (_offer(offered[1]),)
        return offered, remarks + note
    stated = (_claim(pixel, _calibration(dataset) or SpacingSource.PIXEL_SPACING),) if pixel else ()
    return stated + (_at_detector(imager, magnification) if imager else ()), remarks


def _pair(dataset: Dataset, keyword: str, shape: tuple[int, ...]) -> tuple[Pair | None, tuple[str, ...]]:
    values = numbers(dataset, keyword)
    if not values:
        return None, ()
    stated = " x ".join(f"{value:g}" for value in values)
    if len(values) != 2 or not all(math.isfinite(value) and value > 0 for value in values):
        return None, (f"{keyword} {stated} is no spacing",)
    if reason := implausible(values, (shape[0], shape[1])):
        return None, (f"{keyword} {stated} mm {reason}: not believed",)
    return (values[0], values[1]), ()


def _calibration(dataset: Dataset) -> SpacingSource | None:
    return CALIBRATED.get(text(dataset, "PixelSpacingCalibrationType").upper())


def _equal(first: Pair, second: Pair) -> bool:
    return all(math.isclose(a, b, rel_tol=1e-4) for a, b in zip(first, second, strict=True))


def _magnification(dataset: Dataset) -> tuple[float | None, tuple[str, ...]]:
    """Detector size over object size, by the stated factor, else by the two distances; None if neither is usable."""
    factor = number(dataset, "EstimatedRadiographicMagnificationFactor")
    detector, patient = (number(dataset, f"DistanceSourceTo{end}") for end in ("Detector", "Patient"))
    if (factor is None or factor == 1) and detector and patient:
        factor = detector / patient
    if factor is None or factor == 1:
        return None, ()
    if not 1 < factor <= MAX_MAGNIFICATION:
        return None, (f"a magnification of {factor:g} was not believed",)
    return factor, ()


def _at_detector(imager: Pair, magnification: float | None) -> tuple[Spacing, ...]:
    plain = _claim(imager, SpacingSource.IMAGER_PIXEL_SPACING)
    if magnification is None:
        return (plain,)
    body = (imager[0] / magnification, imager[1] / magnification)
    return _claim(body, SpacingSource.IMAGER_PIXEL_SPACING_CORRECTED), plain


def _claim(pair: Pair, source: SpacingSource) -> Spacing:
    return Spacing(pair[0], pair[1], source, STATED_CV[source])


def _offer(corrected: Spacing) -> str:
    return (
        "its distances make a pixel "
        f"{corrected.row_mm:.5g} mm in the hand's plane; state that in films.csv to measure with it"
    )
