"""Down to what area a deposit would have been seen on a film: discs are put in, and looked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from lesionmeter.model.geometry import Points
from lesionmeter.model.patient import HandView
from lesionmeter.model.site import BONES
from lesionmeter.stages.segmentation.candidates import FINE, smoothed
from lesionmeter.stages.segmentation.field import SearchField, prepare
from lesionmeter.stages.segmentation.outlines import from_rays
from lesionmeter.stages.segmentation.rays import polygons, trace
from lesionmeter.stages.segmentation.scoring import confidence, strength
from lesionmeter.stages.segmentation.settings import SegmentationSettings

AREAS_MM2: Final = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 9.0, 14.0)
"""Areas tried. Smaller ones are never claimed: dust looks the same."""

CONTRAST: Final = 0.15
"""Contrast of the discs, as a share of the film's grey range: a faint but usual deposit."""

BLUR_MM: Final = 0.15
"""Blur of the discs' edges."""

FOUND_AT_LEAST: Final = 0.9
"""Share of the discs of an area that must be found."""

ASIDE: Final = 0.045
"""Distance of the discs from the bones' axes, as a share of the hand's length: in soft tissue beside the bone."""

_DEFAULTS = SegmentationSettings()


def detection_limit(view: HandView, settings: SegmentationSettings = _DEFAULTS) -> float:
    """The smallest area at which nine of ten discs put beside the bones of this hand are found.

    The discs are of a usual faint contrast; a fainter deposit may be missed above the limit. Discs are looked for where
    they were put, so that what is tested is the film's blur and grain, not the count of places looked at.

    Parameters
    ----------
    view
        One hand on a film.
    settings
        The choices of the search.

    Returns
    -------
    float
        In the area unit of the film; the largest area tried if even that is not found.
    """
    field = prepare((view,))
    places = _places(view, field)
    if len(places) == 0:
        return AREAS_MM2[-1]
    for area in AREAS_MM2:
        if _share_found(field, places, area, settings.threshold) >= FOUND_AT_LEAST:
            return area
    return AREAS_MM2[-1]


def _places(view: HandView, field: SearchField) -> Points:
    """Places beside the middle of every finger bone, on both sides, inside the tissue."""
    points, length = view.hand.landmarks.points, view.hand.landmarks.hand_length
    places = []
    for proximal, distal in BONES.values():
        axis = points[distal] - points[proximal]
        aside = ASIDE * length * np.array([axis[1], -axis[0]]) / (np.linalg.norm(axis) + 1e-6)
        places += [0.5 * (points[proximal] + points[distal]) + way * aside for way in (-1, 1)]
    inside = np.array([_inside(field.tissue, p) for p in places])
    return np.asarray(np.array(places)[inside], dtype=np.float64)


def _inside(tissue: NDArray[np.bool_], place: Points) -> bool:
    row, column = np.rint(place).astype(int)
    return bool(0 <= row < tissue.shape[0] and 0 <= column < tissue.shape[1] and tissue[row, column])


def _share_found(field: SearchField, places: Points, area: float, threshold: float) -> float:
    radius = np.sqrt(area / np.pi)
    smooth = smoothed(replace(field, values=_with_discs(field, places, radius)))
    borders = trace(smooth, field.pitch, places, FINE)
    sizes = borders.radii_mm.mean(axis=1)
    outlines = [from_rays(smooth, field.pitch, corners, CONTRAST) for corners in polygons(borders, field.pitch, FINE)]
    sure = np.array([confidence(strength(outline)) >= threshold for outline in outlines])
    return float((sure & (np.abs(sizes / radius - 1) < 0.3)).mean())


def _with_discs(field: SearchField, places: Points, radius: float) -> NDArray[np.float32]:
    values = field.values.copy()
    reach = int(np.ceil((radius + 4 * BLUR_MM) / field.pitch))
    for place in places:
        low = np.maximum(np.rint(place).astype(int) - reach, 0)
        high = np.minimum(np.rint(place).astype(int) + reach + 1, values.shape)
        rows, columns = np.mgrid[low[0] : high[0], low[1] : high[1]]
        away = np.hypot(rows - place[0], columns - place[1]) * field.pitch
        disc = ndi.gaussian_filter((away <= radius).astype(np.float32), BLUR_MM / field.pitch)
        values[low[0] : high[0], low[1] : high[1]] += np.float32(CONTRAST) * disc
    return values
