"""Whether a sighting is a whole hand, and if not, why not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.site import LANDMARK_NAMES
from lesionmeter.stages.anatomy.locate import Sighting
from lesionmeter.stages.anatomy.settings import AnatomySettings

_SEEN = 0.5
_MAY_BE_CUT = (0, 1)  # wrist and thumb's base: the film may end right beside them
_MOST_MISSING = 8  # of 21 points; with more of them unseen it is no hand at all


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
    missing = [name for name, sure in zip(LANDMARK_NAMES, sighting.confidence, strict=True) if sure < _SEEN]
    if len(missing) > _MOST_MISSING or sighting.misfit > settings.most_misfit:
        return (
            f"no whole hand found: mean confidence {sighting.confidence.mean():.2f}, palm misfit "
            f"{100 * sighting.misfit:.1f} % of hand length"
        )
    cut = _names(_at_edge(sighting, shape, settings.least_margin))
    if cut:
        return f"partial hand: {cut} at the film's edge"
    unseen = _names(sighting.confidence < settings.least_confidence)
    if unseen:
        return f"partial hand: {unseen} not seen"
    if sighting.confidence.mean() < settings.least_mean_confidence:
        least = settings.least_mean_confidence
        return f"uncertain hand: mean confidence {sighting.confidence.mean():.2f}, expected {least:.2f} or more"
    if sighting.unrest > settings.most_unrest:
        return f"uncertain hand: points move by {100 * sighting.unrest:.1f} % of hand length between looks"
    return ""


def _at_edge(sighting: Sighting, shape: tuple[int, int], least_margin: float) -> NDArray[np.bool_]:
    """Points with less soft tissue between them and the film's edge than a whole finger has; the wrist may be cut."""
    room = np.minimum(sighting.points, np.array(shape) - 1 - sighting.points).min(axis=1)
    needed = np.where(np.isin(np.arange(len(room)), _MAY_BE_CUT), 0.0, least_margin * sighting.length)
    return np.asarray(room < needed)


def _names(chosen: NDArray[np.bool_]) -> str:
    return ", ".join(name for name, one in zip(LANDMARK_NAMES, chosen, strict=True) if one)
