"""A reader's outlines and rejections."""

import numpy as np
import pytest

from lesionmeter.errors import UsageError
from lesionmeter.model.corrections import OutlineCorrection, Rejection, Signature
from lesionmeter.model.deposit import Deposit, DepositMap, Origin
from lesionmeter.model.geometry import Spacing, SpacingSource
from lesionmeter.model.patient import Hand, HandView
from lesionmeter.model.radiograph import CalibratedRadiograph, Laterality, Polarity, Radiograph
from lesionmeter.model.site import Landmarks
from lesionmeter.stages.review import apply_edits

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
