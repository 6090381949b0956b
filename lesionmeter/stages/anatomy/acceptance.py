"""Whether a sighting is a whole hand, and if not, why not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.site import LANDMARK_NAMES
from lesionmeter.stages.anatomy.locate import Sighting
from lesionmeter.stages.anatomy.settings import AnatomySettings

_SEEN = 0.5
_MOST_MISSING = 8  # of 21 points; with more of them unseen it is no hand at all
_MAY_BE_CUT = (0, 1)  # wrist and thumb's base: the film may end right beside them


def refusal(sighting: Sighting, shape: tuple[int, int], settings: AnatomySettings) -> str:
    """Why a sighting is not taken as a whole hand; empty if it is.

    Parameters
    ----------
    sighting
        What was found.
    shape
        (rows, columns) of the picture it was found in.
    settings
        The thresholds.
    """
    room = np.minimum(sighting.points, np.array(shape) - 1 - sighting.points).min(axis=1)
    return (
        _rolled(sighting, settings)
        or _no_hand(sighting, settings)
        or _cut(room / sighting.length, settings)
        or _unseen(sighting.confidence, settings)
        or _uncertain(sighting, settings)
    )


def seen_enough(sighting: Sighting) -> bool:
    """Whether a hand lies there at all, whole or not."""
    return int((sighting.confidence < _SEEN).sum()) <= _MOST_MISSING


def fits_a_hand(sighting: Sighting, settings: AnatomySettings) -> bool:
    """Whether the points keep the proportions of one hand; those of two hands mixed do not."""
    return sighting.misfit <= settings.most_misfit and sighting.stretch <= settings.most_stretch


def _rolled(sighting: Sighting, settings: AnatomySettings) -> str:
    if sighting.rolled > settings.most_rolled:
        return f"oblique or lateral hand: chance {sighting.rolled:.2f}, expected one that lies flat"
    return ""


def _no_hand(sighting: Sighting, settings: AnatomySettings) -> str:
    if not seen_enough(sighting):
        missing = int((sighting.confidence < _SEEN).sum())
        return f"no whole hand found: {missing} of 21 landmarks not seen"
    if sighting.misfit > settings.most_misfit:
        return f"no whole hand found: palm misfit {100 * sighting.misfit:.1f} % of hand length"
    if sighting.stretch > settings.most_stretch:
        return f"no whole hand found: a bone {sighting.stretch:.1f} times as long as the others allow"
    return ""


def _cut(room: NDArray[np.float64], settings: AnatomySettings) -> str:
    """Points with less between them and the film's edge than a whole finger's flesh."""
    needed = np.where(np.isin(np.arange(len(room)), _MAY_BE_CUT), 0.0, settings.least_margin)
    cut = _names(room < needed)
    return f"partial hand: {cut} at the film's edge" if cut else ""


def _unseen(confidence: NDArray[np.float64], settings: AnatomySettings) -> str:
    unseen = _names(confidence < settings.least_confidence)
    return f"partial hand: {unseen} not seen" if unseen else ""


def _uncertain(sighting: Sighting, settings: AnatomySettings) -> str:
    mean, least = float(sighting.confidence.mean()), settings.least_mean_confidence
    if mean < least:
        return f"uncertain hand: mean confidence {mean:.2f}, expected {least:.2f} or more"
    if sighting.unrest > settings.most_unrest:
        return f"uncertain hand: points move by {100 * sighting.unrest:.1f} % of hand length between looks"
    return ""


def _names(chosen: NDArray[np.bool_]) -> str:
    return ", ".join(name for name, one in zip(LANDMARK_NAMES, chosen, strict=True) if one)
