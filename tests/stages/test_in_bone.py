"""What lies within a bone is as sure as the network is of it, whatever its border."""

import numpy as np
import pytest

from lesionmeter.model.deposit import Deposit, DepositMap, Origin
from lesionmeter.stages.segmentation import doubted_in_bone

PITCH = 0.1
BONE = np.zeros((80, 80), dtype=bool)
BONE[10:70, 10:70] = True


def found_at(first: int, chance: float, origin: Origin = Origin.AUTOMATIC) -> DepositMap:
    """A square deposit of 1 mm with a strong border, whose first row and column of pixels are given."""
    labels = np.zeros(BONE.shape, dtype=np.uint16)
    labels[first : first + 10, first : first + 10] = 1
    middle = np.full(2, first + 4.5)
    deposit = Deposit(
        1, "L", middle, (), 100.0, 40.0, 0.3, 0.2, 0.01, 1.0, confidence=0.99, origin=origin, chance=chance
    )
    return DepositMap("film.tif", labels, (deposit,))


def confidence_of(found: DepositMap) -> float:
    (deposit,) = doubted_in_bone(found, BONE, PITCH).deposits
    return deposit.confidence


def test_within_a_bone_even_chances_leave_the_odds_that_it_is_bone() -> None:
    assert confidence_of(found_at(35, chance=0.5)) == pytest.approx(1 / (1 + np.exp(1.5)))


def test_within_a_bone_what_the_network_is_sure_of_stays_as_sure_as_it_was() -> None:
    assert confidence_of(found_at(35, chance=0.96)) == 0.99


def test_what_lies_within_04_mm_of_the_bones_edge_may_lie_beside_it() -> None:
    assert confidence_of(found_at(13, chance=0.5)) == 0.99  # its border is 3 pixels, 0.3 mm, inside the bone
    assert confidence_of(found_at(14, chance=0.5)) < 0.2


def test_what_lies_beside_a_bone_is_left_as_it_is() -> None:
    assert confidence_of(found_at(0, chance=0.5)) == 0.99


@pytest.mark.parametrize("origin", [Origin.HINT, Origin.REVIEWED])
def test_what_a_reader_clicked_or_drew_in_a_bone_is_left_as_it_is(origin: Origin) -> None:
    assert confidence_of(found_at(35, chance=0.5, origin=origin)) == 0.99
