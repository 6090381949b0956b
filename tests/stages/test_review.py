"""A reader's outlines and rejections."""

import dataclasses

import numpy as np
import pytest

from lesionmeter.errors import UsageError
from lesionmeter.model.corrections import OutlineCorrection, Rejection, Signature
from lesionmeter.model.deposit import Deposit, DepositMap, Origin
from lesionmeter.model.geometry import Spacing, SpacingSource
from lesionmeter.model.patient import Hand, HandView
from lesionmeter.model.radiograph import CalibratedRadiograph, Laterality, Polarity, Radiograph
from lesionmeter.model.site import Landmarks
from lesionmeter.stages.review import apply_edits, fill, outlined_area, outlines_of, smoothed

READER = Signature("R1", "2026-01-01T12:00:00+00:00")


def square_found(label=1, top=10):
    labels = np.zeros((60, 60), np.uint16)
    labels[top : top + 10, 10:20] = label
    corners = np.array([[top, 10.0], [top, 20], [top + 10, 20], [top + 10, 10]])
    deposit = Deposit(label, "L", np.array([top + 5.0, 15.0]), (corners,), 100.0, 40.0, 0.5, 0.2, 0.01, 0.0, 0.9)
    return DepositMap("a.tif", labels, (deposit,))


def view():
    film = CalibratedRadiograph(
        Radiograph("a.tif", np.zeros((60, 60), np.uint8), 8), Spacing(0.2, 0.2, SpacingSource.FILMS_CSV, 0.01)
    )
    return HandView(film, Hand("a.tif", Laterality.LEFT, Landmarks(np.zeros((21, 2)), np.ones(21))), Polarity.NORMAL)


def test_a_rejected_deposit_leaves_the_map():
    edited = apply_edits(square_found(), (view(),), (Rejection(READER, "a.tif", np.array([15.0, 15.0])),))
    assert edited.deposits == ()
    assert edited.labels.max() == 0


def test_a_rejection_beside_every_deposit_changes_nothing():
    edited = apply_edits(square_found(), (view(),), (Rejection(READER, "a.tif", np.array([40.0, 40.0])),))
    assert [d.label for d in edited.deposits] == [1]


def test_an_outline_replaces_the_deposit_under_it_and_has_the_polygon_s_area():
    drawn = np.array([[8.0, 8.0], [8.0, 24.0], [18.0, 24.0], [18.0, 8.0]])
    edited = apply_edits(square_found(), (view(),), (OutlineCorrection(READER, "a.tif", "L", (drawn,)),))
    assert [(d.area_px, d.origin) for d in edited.deposits] == [(160.0, Origin.REVIEWED)]


def test_a_deposit_that_is_drawn_anew_keeps_its_label():
    drawn = np.array([[8.0, 8.0], [8.0, 24.0], [18.0, 24.0], [18.0, 8.0]])
    edited = apply_edits(square_found(label=7), (view(),), (OutlineCorrection(READER, "a.tif", "L", (drawn,)),))
    assert [d.label for d in edited.deposits] == [7]
    assert set(np.unique(edited.labels)) == {0, 7}


def test_an_outline_off_the_film_is_refused():
    drawn = np.array([[80.0, 80.0], [80.0, 90.0], [90.0, 90.0]])
    with pytest.raises(UsageError, match="expected an outline round at least one pixel of the film, came one round"):
        apply_edits(square_found(), (view(),), (OutlineCorrection(READER, "a.tif", "L", (drawn,)),))


def test_an_outline_leaves_the_deposits_beside_it_alone():
    drawn = np.array([[30.0, 30.0], [30.0, 40.0], [40.0, 40.0], [40.0, 30.0]])
    edited = apply_edits(square_found(), (view(),), (OutlineCorrection(READER, "a.tif", "L", (drawn,)),))
    assert [d.label for d in edited.deposits] == [1, 2]
    assert np.count_nonzero(edited.labels == 1) == 100


def test_the_map_that_was_given_is_not_changed():
    found = square_found()
    apply_edits(found, (view(),), (Rejection(READER, "a.tif", np.array([15.0, 15.0])),))
    assert np.count_nonzero(found.labels) == 100


RING = np.pad(np.ones((9, 9), dtype=bool), 3)
RING[6:9, 6:9] = False


def test_outlines_of_a_mask_fill_to_the_same_mask_with_its_hole():
    filled = fill(outlines_of(RING, (5, 7)), (60, 60))
    assert np.array_equal(filled[5:20, 7:22], RING)
    assert filled.sum() == 72


def test_the_area_of_a_painted_mask_is_its_pixels_less_half_a_pixel_an_island_and_plus_half_a_hole():
    assert outlined_area(outlines_of(RING, (0, 0))) == pytest.approx(81 - 0.5 - (9 - 0.5))


def test_a_hole_in_a_drawn_deposit_is_no_part_of_it():
    edited = apply_edits(
        square_found(), (view(),), (OutlineCorrection(READER, "a.tif", "L", outlines_of(RING, (5, 5))),)
    )
    (deposit,) = edited.deposits
    assert len(deposit.outlines) == 1
    assert (edited.labels > 0).sum() == 72


def test_smoothing_takes_away_a_wiggle_and_keeps_the_rest():
    wiggly = np.pad(np.ones((21, 21), dtype=bool), 5)
    wiggly[4, 15] = True
    assert not smoothed(wiggly, 1.5)[4, 15]
    assert smoothed(wiggly, 1.5).sum() == pytest.approx(21 * 21, abs=12)


def unclear_found():
    """A square deposit in rows 10 to 19, and something unclear of 6 pixels' radius round (40, 40)."""
    place = np.array([[40.0, 40.0, 6.0]])
    return dataclasses.replace(square_found(), unclear=place, lumps=place)


def test_what_a_reader_outlines_is_unclear_no_more():
    square = np.array([[35.0, 35.0], [35.0, 45.0], [45.0, 45.0], [45.0, 35.0]])
    beside = square + np.array([0.0, 6.0])
    left = [apply_edits(unclear_found(), (view(),), (OutlineCorrection(READER, "a.tif", "L", (drawn,)),))
            for drawn in (square, beside)]  # fmt: skip
    assert [(len(found.unclear), len(found.lumps)) for found in left] == [(0, 0), (1, 1)]


def test_a_rejection_of_what_is_not_outlined_clears_it_and_one_of_an_outline_does_not():
    points = ((44.0, 40.0), (47.0, 40.0), (15.0, 15.0))
    left = [apply_edits(unclear_found(), (view(),), (Rejection(READER, "a.tif", np.array(at)),)) for at in points]
    assert [(len(found.unclear), len(found.lumps)) for found in left] == [(0, 0), (1, 1), (1, 1)]
    assert [len(found.deposits) for found in left] == [1, 1, 0]
