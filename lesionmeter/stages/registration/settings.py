"""What the registration may be told, with defended defaults."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RegistrationSettings:
    """Settings of the bone-by-bone registration; lengths are shares of the hand's length, wrist to middle tip.

    Parameters
    ----------
    pitch
        Pixel of the finest working picture: 1/1900 is 0.1 mm on a hand of 190 mm, about the pixel of a hand film.
        Coarser is faster and loses accuracy in proportion.
    contrast_window
        Side of the square in which contrast is made even. Wider than a cortex, narrower than a finger.
    search_reach, search_turn_deg
        How far a bone is looked for from where its landmarks, or its parent, say it is. Landmarks that err by 2 % of
        the hand's length are still recovered.
    ignore_margin
        How far round an ignored deposit pixels are left out too.
    least_correlation
        A bone below this counts as not matched, and follows its neighbours.
    accept_palm, accept_median, weak_correlation, accept_weak_share
        A pair is accepted if the palm, moved as one piece, correlates by `accept_palm`, the median bone by
        `accept_median`, and at most this share of the bones is below `weak_correlation`. Bones alone can be bent to fit
        another person's, to 0.59 in the median; the palm as a whole cannot: right pairs reached 0.79 and more, even on
        films whose bone texture was exchanged, other people's hands 0.53, the same person's other hand mirrored 0.60.
    joint_gap
        A bone whose joint opens by more than this against its parent counts as not matched.
    open_mm
        A bone whose own fit predicts a larger 95 % error counts as not matched: on grain, chance gives correlations.
    torn_mm
        A bone that the blend of all bones carries so far from where it was found is marked.
    unsure_mm
        A bone on which the blend predicts a larger 95 % error, half a finger's width, is marked.
    followed_error
        Predicted 95 % error of a bone that follows its neighbours.
    doubt_gain, doubt_floor_mm
        The expected error of a matched bone is `doubt_gain` times what its fit left open, and `doubt_floor_mm` (root
        mean square) more. Chosen on simulated pairs so that true errors are within the predicted 95 % error for 93 to
        99 % of places (`bench/predicted_error.py`).
    pose_change_deg
        Turn of a bone in the film's plane against the palm, or tilt out of it that its length shows, above which the
        pose counts as changed: a flat deposit that tilts by 15 degrees is shown 3 % smaller.
    """

    pitch: float = 1 / 1900
    contrast_window: float = 0.026
    search_reach: float = 0.025
    search_turn_deg: float = 15.0
    ignore_margin: float = 0.005
    least_correlation: float = 0.45
    accept_palm: float = 0.68
    accept_median: float = 0.6
    weak_correlation: float = 0.55
    accept_weak_share: float = 0.4
    joint_gap: float = 0.016
    open_mm: float = 1.0
    torn_mm: float = 1.0
    unsure_mm: float = 3.0
    followed_error: float = 0.01
    doubt_gain: float = 0.9
    doubt_floor_mm: float = 0.02
    pose_change_deg: float = 15.0
