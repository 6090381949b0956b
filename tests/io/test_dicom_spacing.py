"""What a DICOM film states about its scale keeps its meaning."""

import pytest

from lesionmeter.io.dicom import read_dicom
from lesionmeter.model.geometry import SpacingSource

STATED = [2.0, 1.5]
DETECTOR = [2.1, 1.575]


def claims(path):
    """(source, row spacing in mm) of each claim, and the remarks; films are 64 x 48 pixels."""
    film = read_dicom(path, path.name).radiograph
    return [(claim.source, round(claim.row_mm, 4)) for claim in film.claims], film.remarks


@pytest.mark.parametrize(
    ("calibration", "source"),
    [
        (None, SpacingSource.PIXEL_SPACING),
        ("FIDUCIAL", SpacingSource.PIXEL_SPACING_FIDUCIAL),
        ("GEOMETRY", SpacingSource.PIXEL_SPACING_GEOMETRY),
    ],
)
def test_pixel_spacing_keeps_its_calibration_type(dicom, calibration, source):
    assert claims(dicom(PixelSpacing=STATED, PixelSpacingCalibrationType=calibration)) == ([(source, 2.0)], ())


def test_the_first_value_is_between_rows(dicom):
    claim = read_dicom(dicom(PixelSpacing=STATED), "film.dcm").radiograph.claims[0]
    assert (claim.row_mm, claim.column_mm) == (2.0, 1.5)


def test_pixel_spacing_that_differs_from_the_detectors_comes_first(dicom):
    found, _ = claims(dicom(PixelSpacing=STATED, ImagerPixelSpacing=DETECTOR))
    assert found == [(SpacingSource.PIXEL_SPACING, 2.0), (SpacingSource.IMAGER_PIXEL_SPACING, 2.1)]


def test_pixel_spacing_equal_to_the_detectors_holds_at_the_detector(dicom):
    found, _ = claims(dicom(PixelSpacing=STATED, ImagerPixelSpacing=STATED))
    assert found == [(SpacingSource.IMAGER_PIXEL_SPACING, 2.0)]


def test_pixel_spacing_equal_to_the_detectors_holds_as_stated_if_it_was_calibrated(dicom):
    both = {"PixelSpacing": STATED, "ImagerPixelSpacing": STATED, "PixelSpacingCalibrationType": "FIDUCIAL"}
    found, _ = claims(dicom(**both))
    assert found[0] == (SpacingSource.PIXEL_SPACING_FIDUCIAL, 2.0)


def test_detector_spacing_alone_is_corrected_by_the_source_object_ratio(dicom):
    found, _ = claims(dicom(ImagerPixelSpacing=STATED, DistanceSourceToDetector=1000, DistanceSourceToPatient=980))
    assert found == [
        (SpacingSource.IMAGER_PIXEL_SPACING_CORRECTED, 1.96),
        (SpacingSource.IMAGER_PIXEL_SPACING, 2.0),
    ]


def test_the_stated_magnification_wins_over_the_distances(dicom):
    distances = {"DistanceSourceToDetector": 1000, "DistanceSourceToPatient": 980}
    found, _ = claims(dicom(ImagerPixelSpacing=STATED, EstimatedRadiographicMagnificationFactor=1.25, **distances))
    assert found[0] == (SpacingSource.IMAGER_PIXEL_SPACING_CORRECTED, 1.6)


def test_where_both_spacings_agree_the_correction_is_offered_and_not_applied(dicom):
    distances = {"DistanceSourceToDetector": 1000, "DistanceSourceToPatient": 980}
    found, remarks = claims(dicom(PixelSpacing=STATED, ImagerPixelSpacing=STATED, **distances))
    assert found[0] == (SpacingSource.IMAGER_PIXEL_SPACING, 2.0)
    assert found[1] == (SpacingSource.IMAGER_PIXEL_SPACING_CORRECTED, 1.96)
    assert remarks == (
        "its distances make a pixel 1.96 mm in the hand's plane; state that in films.csv to measure with it",
    )


@pytest.mark.parametrize("distances", [(980, 1000), (1000, 300), (1000, None), (0, 0)])
def test_distances_that_no_hand_film_has_correct_nothing(dicom, distances):
    detector, patient = distances
    path = dicom(ImagerPixelSpacing=STATED, DistanceSourceToDetector=detector, DistanceSourceToPatient=patient)
    assert claims(path)[0] == [(SpacingSource.IMAGER_PIXEL_SPACING, 2.0)]


def test_a_scanned_film_has_its_spacing_on_the_film(dicom):
    found, _ = claims(dicom(NominalScannedPixelSpacing=STATED))
    assert found == [(SpacingSource.IMAGER_PIXEL_SPACING, 2.0)]


def test_zero_spacing_is_no_claim(dicom):
    assert claims(dicom(PixelSpacing=[0, 0])) == ([], ("PixelSpacing 0 x 0 is no spacing",))


def test_a_spacing_that_makes_the_film_too_large_for_a_hand_is_no_claim(dicom):
    assert claims(dicom(PixelSpacing=[100, 100])) == (
        [],
        ("PixelSpacing 100 x 100 mm makes the film 640 cm long: not believed",),
    )


def test_missing_spacing_is_no_claim(dicom):
    assert claims(dicom()) == ([], ())
