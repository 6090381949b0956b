"""Trial films show what their kind says."""

from __future__ import annotations

import numpy as np
import pytest

from lesionmeter.phantom.trials import LEFT, NOT_WHOLE, WHOLE, cut_top, hide_tip, side_of


@pytest.mark.parametrize("kind", WHOLE)
def test_a_whole_hand_lies_on_its_film_with_all_its_points(kind: str) -> None:
    trial = WHOLE[kind](np.random.default_rng(1))
    for side, points in trial.hands:
        assert side == side_of(points)
        assert (points > 0).all()
        assert (points < trial.picture.shape).all()


@pytest.mark.parametrize("kind", NOT_WHOLE)
def test_what_is_no_whole_hand_has_a_picture_and_no_hands(kind: str) -> None:
    trial = NOT_WHOLE[kind](np.random.default_rng(1))
    assert trial.hands == ()
    assert 0.0 <= trial.picture.min() < trial.picture.max() <= 1.0


def straight_finger() -> np.ndarray:
    """Landmarks whose middle finger points up: its last joint in row 40, its tip in row 20, the wrist in row 90."""
    points = np.zeros((21, 2))
    points[0], points[11], points[12] = (90, 50), (40, 50), (20, 50)
    return points


def test_a_collimator_leaves_a_share_of_the_distal_phalanx() -> None:
    hidden = hide_tip(np.ones((100, 100), np.float32), straight_finger(), 3, 0.0)
    assert np.flatnonzero(hidden[:, 50])[0] == 40 - LEFT * 20


def test_a_cut_film_starts_within_the_distal_phalanx() -> None:
    assert len(cut_top(np.ones((100, 100)), straight_finger(), 3)) == 100 - (40 - LEFT * 20)
