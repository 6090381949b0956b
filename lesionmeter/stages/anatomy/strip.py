"""A straight strip of a film: grey values along a finger and across it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.model.geometry import Points
from lesionmeter.stages.anatomy.picture import Grey

Line = NDArray[np.float64]
Places = NDArray[np.floating[Any]]


def direction(start: Points, end: Points) -> Points:
    """Unit vector from one (row, column) point to another; zero if they are one."""
    way = end - start
    return np.asarray(way / max(float(np.linalg.norm(way)), 1e-9))


def strip(grey: Grey, point: Points, way: Points, along: Places, aside: Places) -> Grey:
    """Grey values round a point.

    Parameters
    ----------
    grey
        (rows, columns).
    point
        (2,) as (row, column) pixels.
    way
        (2,) unit vector along the strip.
    along, aside
        Places along it and across it, in pixels from the point.

    Returns
    -------
    numpy.ndarray
        (along, aside), bilinear; the film's edge value beyond the film.
    """
    across = np.array([-way[1], way[0]])
    places = point + along[:, None, None] * way + aside[None, :, None] * across
    return ndimage.map_coordinates(grey, np.moveaxis(places, -1, 0), order=1, mode="nearest")
