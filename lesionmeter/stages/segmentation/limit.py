"""Down to what area a deposit would have been seen on a film, and measured: deposits are put in, and looked for."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.deposit import SizeLimits
from lesionmeter.model.geometry import Points
from lesionmeter.model.patient import HandView
from lesionmeter.model.repeatability import Z95
from lesionmeter.model.site import BONES
from lesionmeter.stages.segmentation.candidates import FINE, smoothed
from lesionmeter.stages.segmentation.field import SearchField, prepare
from lesionmeter.stages.segmentation.inserted import CONTRAST, with_deposits
from lesionmeter.stages.segmentation.network import deposit_network
from lesionmeter.stages.segmentation.outlines import from_rays
from lesionmeter.stages.segmentation.rays import polygons, trace
from lesionmeter.stages.segmentation.scoring import confidence, strength
from lesionmeter.stages.segmentation.settings import SegmentationSettings

Areas = NDArray[np.float64]

LEAST_MM2: Final = 1.0
"""Smaller limits are never claimed: dust looks the same."""

MOST_MM2: Final = 14.0
"""Largest area tried; a limit over it is not known."""

PASSES: Final = ((0.3, 0.7), (0.5, 0.85))
"""Where along the bones deposits are put, far enough from each other, in each pass over the film."""

ASIDE: Final = 0.035
"""Their distance from the bones' axes, as a share of the hand's length: in soft tissue beside the bone."""

FOUND: Final = 0.95
"""Share of deposits of the limit's area that are found."""

LEAST_TRIED: Final = 60
"""Fewer insertions carry no statement on 95 in 100: its standard error would be over 3 in 100."""

WELL_MEASURED: Final = math.log(4 / 3)
"""Error of a logarithmic area within which 95 in 100 lie at the limit of quantification: the least change called."""

FLATTEST: Final = 0.1
"""Least slope of the curve: larger deposits are not harder to find."""

SLOPE: Final = (4.0, 2.0)
"""Prior of the curve's slope, mean and standard deviation: without one, a clean split of sizes has no best slope."""

_DEFAULTS = SegmentationSettings()


def size_limits(view: HandView, settings: SegmentationSettings = _DEFAULTS) -> SizeLimits:
    """From what area on a deposit beside the bones of this hand is found, and its area told, 95 times in 100.

    Deposits of a faint but usual contrast and of 1 to 14 mm2 are put into this very film, about a hundred in two
    passes, and looked for. A logistic curve of the chance to be found against the logarithm of the area is fitted to
    all of them; the limit of detection is where it reaches 95 in 100 (standard error about 2 in 100). The limit of
    quantification is the area, at least that, at which the areas of 95 in 100 scatter by less than a third, by the
    robust spread of those found. Fainter deposits may be missed above the limit, and deposits are looked for where
    they were put: a search of the whole film is not repeated.

    Parameters
    ----------
    view
        One hand on a film.
    settings
        The choices of the search.

    Returns
    -------
    SizeLimits
        In the area unit of the film.
    """
    field = prepare((view,))
    rng = np.random.default_rng(len(BONES))
    put, got = [], []
    for shares in PASSES:
        places = np.concatenate([_places(view, field, share) for share in shares])
        areas = np.exp(rng.uniform(math.log(LEAST_MM2), math.log(MOST_MM2), len(places)))
        if len(places):
            put.append(areas)
            got.append(found_on_rays(with_deposits(field, places, areas, rng), places, settings.doubtful))
    return limits_of(np.concatenate(put), np.concatenate(got)) if put else SizeLimits(None, None, 0)


def limits_of(put: Areas, got: Areas) -> SizeLimits:
    """The limits that these trials show.

    Parameters
    ----------
    put
        (n,) areas put in, mm2.
    got
        (n,) areas found, not a number where nothing was.
    """
    found = np.isfinite(got) & (got > put / 3)
    detection = found_from(np.log(put), found) if len(put) >= LEAST_TRIED else None
    if detection is None:
        return SizeLimits(None, None, len(put))
    off = np.log(got[found] / put[found])
    # The border's uncertain place s makes a relative error of s sqrt(4 pi / A).
    moved = np.abs(off - np.median(off)) * np.sqrt(put[found] / (4 * math.pi))
    border = 1.4826 * float(np.median(moved))
    told = 4 * math.pi * (Z95 * border / WELL_MEASURED) ** 2
    return SizeLimits(detection, max(detection, told), len(put))


def found_from(log_areas: Areas, found: NDArray[np.bool_]) -> float | None:
    """The area from which 95 in 100 are found, by the curve; None if that is over the largest tried."""
    slope, level = logistic_fit(log_areas, found)
    at = (math.log(FOUND / (1 - FOUND)) - level) / slope
    return None if at > math.log(MOST_MM2) else max(math.exp(at), LEAST_MM2)


def logistic_fit(x: Areas, found: NDArray[np.bool_], prior: tuple[float, float] = SLOPE) -> tuple[float, float]:
    """Slope and level of the logistic curve 1 / (1 + exp(-(slope x + level))), by Newton's method.

    Parameters
    ----------
    x
        (n,) predictor.
    found
        (n,) outcome.
    prior
        Mean and standard deviation of the slope's normal prior; the level has one of 10.
    """
    design = np.stack([x, np.ones_like(x)], axis=1)
    mean, weight = np.array([prior[0], 0.0]), np.diag([prior[1] ** -2, 0.01])
    at = mean.copy()
    for _ in range(50):
        chance = 1 / (1 + np.exp(-design @ at))
        hessian = design.T @ (design * (chance * (1 - chance))[:, None]) + weight
        step = np.linalg.solve(hessian, design.T @ (found - chance) - weight @ (at - mean))
        at = at + step / max(1.0, float(np.abs(step).max()))  # no step over 1: far off, the curve is flat
        if np.abs(step).max() < 1e-9:
            break
    return max(float(at[0]), FLATTEST), float(at[1])


def found_on_rays(field: SearchField, places: Points, threshold: float) -> Areas:
    """The areas inside the steepest closed borders on rays round these places; not a number where they are unsure.

    Parameters
    ----------
    field
        The film.
    places
        (n, 2) as (row, column) pixels.
    threshold
        Least confidence.
    """
    smooth, maps = smoothed(field), deposit_network()(field)
    borders = trace(smooth, field.pitch, places, FINE)
    outlines = [from_rays(smooth, field.pitch, corners, CONTRAST) for corners in polygons(borders, field.pitch, FINE)]
    sure = [confidence(strength(outline), maps.chance(outline)) >= threshold for outline in outlines]
    return np.where(sure, [outline.area_mm2 for outline in outlines], np.nan)


def _places(view: HandView, field: SearchField, share: float) -> Points:
    """Places beside every finger bone at a share of its length, on both sides, inside the tissue."""
    points, length = view.hand.landmarks.points, view.hand.landmarks.hand_length
    places = []
    for proximal, distal in BONES.values():
        axis = points[distal] - points[proximal]
        aside = ASIDE * length * np.array([axis[1], -axis[0]]) / (np.linalg.norm(axis) + 1e-6)
        places += [points[proximal] + share * axis + way * aside for way in (-1, 1)]
    inside = np.array([_inside(field.tissue, p) for p in places])
    return np.asarray(np.array(places)[inside], dtype=np.float64)


def _inside(tissue: NDArray[np.bool_], place: Points) -> bool:
    row, column = np.rint(place).astype(int)
    return bool(0 <= row < tissue.shape[0] and 0 <= column < tissue.shape[1] and tissue[row, column])
