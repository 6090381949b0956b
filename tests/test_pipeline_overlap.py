"""How much of a deposit lies over bone, and the hands of an assessment as the stages see them."""

import dataclasses

import numpy as np
import pytest

from lesionmeter.errors import UsageError
from lesionmeter.model.bones import BoneMap
from lesionmeter.model.patient import HandView
from lesionmeter.model.radiograph import CalibratedRadiograph, Polarity
from lesionmeter.pipeline import Settings, hand_views
from lesionmeter.pipeline.overlap import bones_key, over_bone
from lesionmeter.pipeline.work import Work
from tests import worlds


def test_the_share_of_a_deposit_over_bone_is_that_of_its_pixels_on_the_bone_map():
    patient = worlds.patient_world()
    film = patient.patient.films[0]
    view = HandView(CalibratedRadiograph(film, patient.films[0].spacing), patient.hands[0], Polarity.NORMAL)
    found = patient.maps[film.film]
    first = found.deposits[0]
    bone = np.zeros(film.shape, dtype=np.uint8)
    bone[: int(first.centre[0])] = 1  # the upper half of the first deposit, without its middle row
    known = {("bones", *bones_key(view, found)): BoneMap(film.film, "L", bone, ())}
    work = Work.of(patient.patient, Settings(), (), known)
    upper = np.count_nonzero(found.labels[: int(first.centre[0])] == first.label)
    expected = upper / np.count_nonzero(found.labels == first.label)
    assert over_bone(work, found, (view,)).deposit(first.label).bone_overlap == pytest.approx(expected)
    assert 0.35 < expected < 0.5


def test_a_film_without_deposits_asks_for_no_bone_map():
    patient = worlds.patient_world()
    empty = worlds.without_deposits(patient).maps[worlds.FILMS[0]]
    assert over_bone(Work.of(patient.patient, Settings()), empty, ()) is empty


def test_hands_of_an_assessment_without_its_films_are_refused():
    alone = dataclasses.replace(worlds.patient_world(), patient=None)
    with pytest.raises(UsageError, match="expected an assessment with its films, came one of P017"):
        hand_views(alone)
