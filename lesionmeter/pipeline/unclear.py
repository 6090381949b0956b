"""Where something large is seen that is in no area: places for a reader to look at."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.deposit import DepositMap, Track, reaching
from lesionmeter.model.findings import UnclearPlace
from lesionmeter.model.radiograph import ScaledRadiograph
from lesionmeter.model.site import SiteMap
from lesionmeter.stages import tracking


def unclear_places(
    film: ScaledRadiograph, found: DepositMap, sites: SiteMap, tracks: tuple[Track, ...]
) -> tuple[UnclearPlace, ...]:
    """What is seen on one hand that is as large as a lump and in no area, and is told with no deposit.

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
        The hand's deposits.
    """
    left = found.lumps[~_told(film, found, tracks)]
    areas = math.pi * left[:, 2] ** 2 * film.spacing.pixel_area_mm2
    return tuple(
        UnclearPlace(found.film, sites.laterality, site, place[:2], float(place[2]), float(area), film.area_unit)
        for place, area, site in zip(left, areas, sites.at(left[:, :2]), strict=True)
        if site is not None
    )


def _told(film: ScaledRadiograph, found: DepositMap, tracks: tuple[Track, ...]) -> NDArray[np.bool_]:
    """(n,) which of the lumps lie in a deposit after all, or are why one of another date is not assessable here."""
    here = [sighting for track in tracks for sighting in track.sightings if sighting.film == found.film]
    kept = found.only(label for sighting in here for label in sighting.labels).labels > 0
    rows, columns = np.rint(found.lumps[:, :2]).astype(int).T
    told = kept[rows, columns]
    within = tracking.UNCLEAR_MM / film.spacing.mean_mm
    for sighting in here:
        if sighting.position is not None and not sighting.labels and not sighting.assessable:
            told = told | reaching(found.lumps, sighting.position, within)
    return np.asarray(told)
