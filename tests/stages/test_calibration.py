"""A film has the scale that it states, or none; bones check it and lend a nominal one."""

import math
from dataclasses import replace

import numpy as np
import pytest

from lesionmeter.model.geometry import BoneMotion, Capsule, Registration, Spacing, SpacingSource
from lesionmeter.model.patient import Hand, HandView
from lesionmeter.model.radiograph import CalibratedRadiograph, Laterality, Polarity, Radiograph
from lesionmeter.model.site import BONES, Landmarks
from lesionmeter.stages.calibration import (
    AVERAGE_ADULT_MM,
    CalibrationSettings,
    calibrate,
    check_scales,
    relative,
)

FLEXED_TIPS = (8, 12, 16, 20)


def film(*claims, name="hand.tif"):
    return Radiograph(name, np.zeros((4, 4), np.uint8), 8, claims=claims)


def points_mm(flexed=0.0):
    """A hand of rays side by side, its bones an average adult's; `flexed` shortens fingertips by that many mm."""
    points = np.zeros((21, 2))
    for ray in range(1, 6):
        first = 4 * ray - 3
        points[first] = (-20.0 if ray == 1 else -65.0), 20.0 * ray
        for name, (start, end) in BONES.items():
            if name.startswith(str(ray)):
                points[end] = points[start] - (AVERAGE_ADULT_MM[name], 0)
    points[list(FLEXED_TIPS), 0] += flexed
    points[0] = 0, 60
    return points


def landmarks(points):
    return Landmarks(np.asarray(points, dtype=np.float64), np.ones(21))


def view(name, stated_mm, true_mm, flexed=0.0):
    """A film that states one spacing, and shows the hand at another."""
    spacing = Spacing(stated_mm, stated_mm, SpacingSource.PIXEL_SPACING_FIDUCIAL, 0.01)
    hand = Hand(name, Laterality.LEFT, landmarks(points_mm(flexed) / true_mm))
    return HandView(CalibratedRadiograph(film(name=name), spacing), hand, Polarity.NORMAL)


def test_a_film_without_a_claim_is_not_calibrated():
    assert calibrate(film()) is None


def test_the_first_claim_is_taken():
    first = Spacing(0.125, 0.125, SpacingSource.FILMS_CSV, 0.01)
    second = Spacing(0.2, 0.2, SpacingSource.RESOLUTION_TAG, 0.01)
    calibrated = calibrate(film(first, second))
    assert calibrated is not None
    assert calibrated.spacing == first


@pytest.mark.parametrize(
    "source", [SpacingSource.IMAGER_PIXEL_SPACING, SpacingSource.RESOLUTION_TAG, SpacingSource.PIXEL_SPACING]
)
def test_a_scale_at_the_detector_is_widened_by_the_magnification_it_may_have_and_not_moved(source):
    calibrated = calibrate(film(Spacing(0.1, 0.1, source, 0.03)), CalibrationSettings(magnification_cv=0.04))
    assert calibrated is not None
    assert calibrated.spacing.cv == pytest.approx(0.05)
    assert calibrated.spacing.row_mm == 0.1


@pytest.mark.parametrize(
    "source",
    [
        SpacingSource.FILMS_CSV,
        SpacingSource.READER,
        SpacingSource.PIXEL_SPACING_FIDUCIAL,
        SpacingSource.PIXEL_SPACING_GEOMETRY,
        SpacingSource.IMAGER_PIXEL_SPACING_CORRECTED,
    ],
)
def test_a_scale_in_the_hands_plane_is_not_widened(source):
    calibrated = calibrate(film(Spacing(0.1, 0.1, source, 0.01)))
    assert calibrated is not None
    assert calibrated.spacing.cv == 0.01


def test_the_default_magnification_is_that_of_a_hand_5_to_30_mm_off_the_detector_at_1_m():
    shown_too_large = np.linspace(0.005, 0.03, 1001)
    assert CalibrationSettings().magnification_cv == pytest.approx(math.sqrt(np.mean(shown_too_large**2)), abs=1e-4)


def test_an_average_hand_gets_its_scale_back_from_its_bones():
    lent = relative(film(), landmarks(points_mm() / 0.125))
    assert lent.spacing.row_mm == pytest.approx(0.125)
    assert (lent.spacing.source, lent.area_unit) == (SpacingSource.ASSUMED, "relative")


def test_a_film_gets_the_scale_that_makes_its_bones_as_long_as_on_the_reference():
    large_hand = points_mm() * 1.2
    lent = relative(film(), landmarks(large_hand / 0.1), large_hand)
    assert lent.spacing.row_mm == pytest.approx(0.1)


def test_flexed_fingers_do_not_change_the_scale():
    lent = relative(film(), landmarks(points_mm(flexed=6) / 0.1), points_mm())
    assert lent.spacing.row_mm == pytest.approx(0.1)


def test_the_ratio_of_areas_over_two_films_of_unknown_scale_is_right():
    first, second = (relative(film(), landmarks(points_mm() * 1.3 / mm)) for mm in (0.1, 0.15))
    true_ratio = 0.1**2 / 0.15**2
    assert first.spacing.pixel_area_mm2 / second.spacing.pixel_area_mm2 == pytest.approx(true_ratio)


def test_scattered_bones_make_a_lent_scale_less_certain():
    rng = np.random.default_rng(0)
    scattered = points_mm() / 0.1 + rng.normal(0, 30, (21, 2))
    sure, unsure = (relative(film(), landmarks(p), points_mm()).spacing.cv for p in (points_mm() / 0.1, scattered))
    assert unsure > 2 * sure


def test_landmarks_on_one_point_raise():
    with pytest.raises(ValueError, match="expected bones of some length, came two landmarks on one point"):
        relative(film(), landmarks(np.zeros((21, 2))))


@pytest.mark.parametrize(
    ("true_mm", "ratio", "flagged"), [(0.1, 1.0, False), (0.0985, 1 / 0.985, False), (0.095, 1 / 0.95, True)]
)
def test_a_scale_that_makes_the_bones_grow_over_two_percent_is_flagged(true_mm, ratio, flagged):
    (check,) = check_scales((view("a", 0.125, 0.125), view("b", 0.1, true_mm)))
    assert check.ratio == pytest.approx(ratio)
    assert (check.film, check.baseline, check.flagged) == ("b", "a", flagged)


def test_a_bent_hand_is_no_drift():
    (check,) = check_scales((view("a", 0.125, 0.125), view("b", 0.1, 0.1, flexed=8)))
    assert not check.flagged


def test_films_of_a_lent_scale_are_not_checked():
    stated = view("a", 0.1, 0.1)
    lent = replace(stated, film=relative(film(), stated.hand.landmarks))
    assert check_scales((lent, stated)) == ()
    assert check_scales((lent,)) == ()


def registration(scales, ok=True, accepted=True, laterality=Laterality.LEFT):
    """From film a to film b, a bone for each scale."""
    motions = tuple(
        BoneMotion(f"bone {n}", Capsule(np.zeros(2), np.ones(2), 1.0), np.diag([scale, scale, 1.0]), 0.9, ok)
        for n, scale in enumerate(scales)
    )
    spacing = Spacing(0.1, 0.1, SpacingSource.READER, 0.01)
    return Registration("a", "b", laterality, spacing, spacing, motions, np.eye(3), accepted)


def test_matched_bones_decide_over_landmarks():
    views = view("a", 0.1, 0.1), view("b", 0.1, 0.095)
    (check,) = check_scales(views, registrations=[registration([0.9, 1.004, 1.004, 1.004, 1.2])])
    assert check.ratio == pytest.approx(1.004)
    assert not check.flagged


@pytest.mark.parametrize(
    "useless",
    [
        registration([1.5] * 9, ok=False),
        registration([1.5] * 9, accepted=False),
        registration([1.5] * 9, laterality=Laterality.RIGHT),
        registration([1.5] * 4),
    ],
    ids=["no bone matched", "refused", "another hand", "too few bones"],
)
def test_landmarks_decide_where_no_registration_does(useless):
    (check,) = check_scales((view("a", 0.1, 0.1), view("b", 0.1, 0.1)), registrations=[useless])
    assert check.ratio == pytest.approx(1.0)


def test_every_later_film_is_checked_against_the_first():
    checks = check_scales(tuple(view(name, 0.1, 0.1) for name in "abc"))
    assert [(check.baseline, check.film) for check in checks] == [("a", "b"), ("a", "c")]
