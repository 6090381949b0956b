"""Each film is asked again for what other dates show there: what is faint alone is a deposit where one is known."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping
from functools import partial

from lesionmeter.model.geometry import Points, Registration
from lesionmeter.model.patient import HandView
from lesionmeter.pipeline.borders import Borders
from lesionmeter.pipeline.pairs import Maps, Views
from lesionmeter.pipeline.tracks import tracks_of
from lesionmeter.pipeline.work import Work, checksum, view_key
from lesionmeter.stages import segmentation


def asked(
    work: Work,
    views: Views,
    maps: Maps,
    registrations: Mapping[str, Registration],
    by_film: Mapping[str, tuple[HandView, ...]],
) -> Maps:
    """The deposits of all films, with those that one hand's films show each other.

    Nothing that a reader corrects matters here, so that what is outlined, and its label, stays under corrections.

    Parameters
    ----------
    work
        What is known already.
    views, maps
        The hand's films, and what each film shows alone.
    registrations
        From its baseline film to each later one.
    by_film
        All hands of each film.
    """
    found = dict(maps)
    for film, borders in _missing(work, views, maps, registrations).items():
        hands, chosen = by_film[film], work.settings.segmentation
        key = ("asked", *map(view_key, hands), checksum(*itertools.chain(*borders)), checksum(found[film].labels))
        found[film] = work.once(key, partial(segmentation.with_asked, hands, found[film], borders, chosen))
    return found


def _missing(
    work: Work, views: Views, maps: Maps, registrations: Mapping[str, Registration]
) -> Mapping[str, list[tuple[Points, ...]]]:
    """For each film, the borders that next other dates show of deposits that it lacks, carried to it."""
    borders = Borders(views, maps, registrations)
    missing: defaultdict[str, list[tuple[Points, ...]]] = defaultdict(list)
    for track in tracks_of(work, views, maps, registrations):
        for when, here in enumerate(track.sightings):
            telling = borders.telling(track.sightings, when)
            if not here.labels and here.position is not None and telling:
                missing[here.film].append(borders.carried(track.sightings[telling[0]], here.film))
    return missing
