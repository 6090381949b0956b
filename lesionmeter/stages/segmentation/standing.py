"""Whether a border that one film shows still stands on another one: the film itself is asked, not what was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.geometry import Points
from lesionmeter.model.patient import HandView
from lesionmeter.stages.segmentation.candidates import smoothed
from lesionmeter.stages.segmentation.field import SearchField, prepare
from lesionmeter.stages.segmentation.outlines import border_falls, signed_area

REACH_MM: Final = 1.0
"""How far a carried border is shifted to look for it: about the local error of a registration."""

OF_RADIUS: Final = 0.5
"""And at most so much of its radius: a small border is soon moved onto another edge."""

STEP_MM: Final = 0.5
"""Between the shifts that are tried: less than a usual film's blur reaches."""


def median_falls(view: HandView, borders: Sequence[Sequence[Points]], *, shifted: Sequence[bool]) -> list[float]:
    """The median fall of the film's values outwards across each border, per mm.

    Where a border stands, at least half of it falls; a bone's edge that crosses its place is straight, and makes up
    less than half.

    Parameters
    ----------
    view
        One hand on a film.
    borders
        Each of one or several (n, 2) polygons, (row, column) pixels of the film.
    shifted
        Whether to look for each within a registration's error: the largest of the medians is given then.
    """
    field = prepare((view,))
    smooth = smoothed(field)
    return [_fall(smooth, field, border, _shifts(border, field) if far else np.zeros((1, 2)))
            for border, far in zip(borders, shifted, strict=True)]  # fmt: skip


def area_within(border: Sequence[Points], pitch: float) -> float:
    """Area in mm2 inside (n, 2) polygons in pixels of so many mm."""
    return sum(abs(signed_area(_closed(polygon))) for polygon in border) * pitch**2


def _shifts(border: Sequence[Points], field: SearchField) -> Points:
    reach = min(REACH_MM, OF_RADIUS * float(np.sqrt(area_within(border, field.pitch) / np.pi)))
    along = np.arange(-int(reach / STEP_MM), int(reach / STEP_MM) + 1) * STEP_MM / field.pitch
    return np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)


def _fall(smooth: NDArray[np.float32], field: SearchField, border: Sequence[Points], shifts: Points) -> float:
    closed = [_closed(polygon) for polygon in border]
    signs = [float(np.sign(signed_area(polygon))) for polygon in closed]
    return max(
        float(
            np.median(
                np.concatenate(
                    [
                        border_falls(smooth, field.pitch, polygon + shift, sign)
                        for polygon, sign in zip(closed, signs, strict=True)
                    ]
                )
            )
        )
        for shift in shifts
    )


def _closed(polygon: Points) -> Points:
    return np.concatenate([polygon, polygon[:1]])
