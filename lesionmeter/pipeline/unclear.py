"""Where something large is seen that is in no area: places for a reader to look at."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.deposit import DepositMap, Track
from lesionmeter.model.findings import UnclearPlace
from lesionmeter.model.radiograph import ScaledRadiograph
from lesionmeter.model.site import SiteMap
from lesionmeter.stages import segmentation, tracking


def unclear_places(
    film: ScaledRadiograph, found: DepositMap, sites: SiteMap, tracks: tuple[Track, ...]
) -> tuple[UnclearPlace, ...]:
    """What is seen on one hand that is as large as a lump, has no outline, and belongs to no deposit of another date.

    Smaller ones are most often nothing, and are asked about only where another date shows a deposit.

    Parameters
    ----------
    film
        The film with its scale.
    found
        Its deposits, as a reader left them.
    sites
        The hand's sites on it.
    tracks
        The hand's deposits: what may be one of them on this film is told with it.
    """
    areas = math.pi * found.unclear[:, 2] ** 2 * film.spacing.pixel_area_mm2
    told = _within_a_larger_one(found) | _told_with_a_deposit(film, found, tracks)
    large = np.flatnonzero((areas >= segmentation.LUMP_MM2) & ~told)
    places = found.unclear[large]
    return tuple(
        UnclearPlace(found.film, sites.laterality, site, place[:2], float(place[2]), float(area), film.area_unit)
        for place, area, site in zip(places, areas[large], sites.at(places[:, :2]), strict=True)
        if site is not None
    )


def _within_a_larger_one(found: DepositMap) -> NDArray[np.bool_]:
    """(n,) which of the unclear places have their middle in a larger one: both networks may see the same."""
    order = np.argsort(-found.unclear[:, 2], kind="stable")
    rank = np.argsort(order)
    inner = [np.any(found.unclear_near(place[:2], 0.0) & (rank < rank[n])) for n, place in enumerate(found.unclear)]
    return np.array(inner, dtype=bool)


def _told_with_a_deposit(film: ScaledRadiograph, found: DepositMap, tracks: tuple[Track, ...]) -> NDArray[np.bool_]:
    """(n,) which of the unclear places are why a deposit of another date is not assessable on this film."""
    here = (sighting for track in tracks for sighting in track.sightings if sighting.film == found.film)
    points = [s.position for s in here if s.position is not None and s.reason == tracking.UNCLEAR]
    within = tracking.UNCLEAR_MM / film.spacing.mean_mm
    told = np.zeros(len(found.unclear), dtype=bool)
    for point in points:
        told |= found.unclear_near(point, within)
    return told
