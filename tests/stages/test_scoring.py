"""How sure it is that a candidate is a deposit, by where it lies on the hand."""

import numpy as np
import pytest

from lesionmeter.model.site import Landmarks
from lesionmeter.stages.segmentation.scoring import CARPUS, PLATE, confidence, placed
from tests.stages.deposit_worlds import HAND

LANDMARKS = (Landmarks(HAND, np.ones(21)),)


def test_a_candidate_beside_a_shaft_keeps_its_strength():
    assert placed(0.4, np.array([128.0, 92.0]), LANDMARKS) == pytest.approx(0.4, rel=0.01)


def test_a_candidate_over_the_carpus_loses_its_share():
    assert placed(0.4, np.array([275.0, 125.0]), LANDMARKS) == pytest.approx(0.4 * (1 - CARPUS), rel=0.01)


def test_a_candidate_on_a_growth_plate_loses_its_share():
    base, joint = HAND[9], HAND[10]
    plate = base + 0.08 * (joint - base)
    assert placed(0.4, plate, LANDMARKS) == pytest.approx(0.4 * (1 - PLATE), rel=0.02)


def test_even_odds_are_a_confidence_of_one_half():
    assert confidence(0.22) == 0.5
