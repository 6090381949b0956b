"""A doubtful find counts only where another date shows a sure one."""

import numpy as np
import pytest

from lesionmeter.model.corrections import LinkCorrection, Signature
from lesionmeter.model.deposit import Deposit, DepositMap, Origin, Sighting, Track
from lesionmeter.stages.tracking import believed


def found(film, confidence, origin=Origin.AUTOMATIC):
    labels = np.ones((4, 4), np.uint16)
    square = np.array([[0.0, 0.0], [0.0, 3.0], [3.0, 3.0], [3.0, 0.0]])
    middle = np.array([1.0, 1.0])
    deposit = Deposit(1, "L", middle, (square,), 9.0, 12.0, 0.5, 0.2, 0.01, 0.0, confidence, origin)
    return DepositMap(film, labels, (deposit,))


def seen_on(*films):
    return Track("L01", "L", tuple(Sighting(film, (1,), (1.0, 1.0)) for film in films))


def test_a_deposit_that_is_doubtful_on_every_date_is_not_believed():
    maps = {"a": found("a", 0.4), "b": found("b", 0.45)}
    assert believed((seen_on("a", "b"),), maps, threshold=0.5) == ()


def test_a_sure_find_of_one_date_vouches_for_a_doubtful_one_of_another():
    maps = {"a": found("a", 0.4), "b": found("b", 0.9)}
    assert believed((seen_on("a", "b"),), maps, threshold=0.5) == (seen_on("a", "b"),)


@pytest.mark.parametrize("origin", [Origin.HINT, Origin.REVIEWED])
def test_what_a_reader_put_there_is_believed(origin):
    assert len(believed((seen_on("a"),), {"a": found("a", 0.1, origin)}, threshold=0.5)) == 1


def test_a_doubtful_outline_that_a_reader_unlinks_stays_as_a_deposit_of_its_own():
    maps = {"a": found("a", 0.4), "b": found("b", 0.9)}
    apart = LinkCorrection(Signature("AB", "2026-01-01T00:00:00"), ("a", 1), ("b", 1), same=False)
    assert believed((seen_on("a"), seen_on("b")), maps, 0.5, (apart,)) == (seen_on("a"), seen_on("b"))


def test_a_map_of_no_label_is_empty_and_keeps_its_grid():
    empty = found("a", 0.9).only(())
    assert empty.deposits == ()
    assert empty.labels.shape == (4, 4)
    assert not empty.labels.any()
