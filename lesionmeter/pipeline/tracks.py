"""The deposits of one hand, followed over its films."""

from __future__ import annotations

from collections.abc import Mapping

from lesionmeter.model.corrections import LinkCorrection
from lesionmeter.model.deposit import Track
from lesionmeter.model.geometry import Registration
from lesionmeter.model.patient import Timepoint
from lesionmeter.pipeline.pairs import Maps, Views
from lesionmeter.pipeline.work import Work
from lesionmeter.stages import tracking


def tracks_of(
    work: Work,
    views: Views,
    maps: Maps,
    registrations: Mapping[str, Registration],
    links: tuple[LinkCorrection, ...] = (),
) -> tuple[Track, ...]:
    """The deposits that at least one film shows surely.

    Parameters
    ----------
    work
        How deposits are linked, and from which confidence they are sure.
    views, maps
        The hand's films and what was found on them.
    registrations
        From its baseline film to each later one.
    links
        What a reader says of links.
    """
    tracks = tracking.track(
        tuple(Timepoint(film, view.film.radiograph.date, view.hand.laterality) for film, view in views.items()),
        {film: maps[film] for film in views},
        registrations,
        {film: view.film.spacing for film, view in views.items()},
        work.settings.tracking,
        links=links,
    )
    return tracking.believed(tracks, maps, work.settings.segmentation.threshold, links)
