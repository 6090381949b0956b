"""One hand over all its films: registered to the first, its deposits followed, each described on each film."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from lesionmeter.model.corrections import Acceptance, LinkCorrection, NotAssessable
from lesionmeter.model.deposit import Deposit, DepositMap, Origin, Sighting, SizeLimits, Track
from lesionmeter.model.film_pair import FilmPair
from lesionmeter.model.findings import DepositFinding, ScaleCheck, Status, UnclearPlace
from lesionmeter.model.geometry import Registration
from lesionmeter.model.patient import HandView
from lesionmeter.model.radiograph import Laterality
from lesionmeter.model.site import Site, SiteMap
from lesionmeter.pipeline.pairs import Labels, Maps, Views, film_pairs
from lesionmeter.pipeline.standing import A_PART, standing
from lesionmeter.pipeline.tracks import tracks_of
from lesionmeter.pipeline.unclear import unclear_places
from lesionmeter.pipeline.work import Work, view_key
from lesionmeter.stages import anatomy, calibration, measurement, registration, segmentation

UNSEEN: Final = "not seen, which says nothing here: deposits put into this film are found less than 95 times in 100"
"""Why a deposit that is not seen is not called absent."""

BORDERLESS: Final = "clicked, but nothing tells it from what lies beside it: outline it"
"""Why what a reader clicked is not measured."""

ASKED: Final = "faint: outlined only because another date shows it"
"""What is said of an outline that its film alone did not show, unless a reader drew or affirmed it."""

SESAMOID: Final = "small, and where the thumb has a sesamoid: it may be one"
"""What is said of a find that no reader clicked, drew or affirmed."""


@dataclass(frozen=True, eq=False)
class FollowUp:
    """One hand over all its films."""

    registrations: Mapping[str, Registration]
    scale_checks: tuple[ScaleCheck, ...]
    tracks: tuple[Track, ...] = ()
    findings: tuple[DepositFinding, ...] = ()
    pairs: tuple[FilmPair, ...] = ()
    unclear: tuple[UnclearPlace, ...] = ()


def registering(work: Work, views: Views) -> Iterator[tuple[str, Callable[[], Registration]]]:
    """The registrations of one hand as jobs for `Work.ahead`, and what to tell of each."""
    baseline, *later_views = views.values()
    for later in later_views:
        words = f"{later.hand.film}: registering hand {later.hand.laterality} to {baseline.hand.film}"
        yield words, partial(_registration, work, baseline, later)


def registered(work: Work, views: Views) -> FollowUp:
    """The hand's first film registered to each later one."""
    registrations = registrations_of(work, views)
    checks = calibration.check_scales(
        tuple(views.values()), work.settings.calibration, registrations=registrations.values()
    )
    return FollowUp(registrations, checks)


def followed(work: Work, views: Views, maps: Maps, asked_for: Labels) -> FollowUp:
    """The hand registered, and its deposits followed and described.

    Parameters
    ----------
    work
        What is known already.
    views, maps
        The hand's films, and the deposits on each.
    asked_for
        Labels of those that a film showed only when it was asked for what another date shows.
    """
    hand = registered(work, views)
    tracks = tracks_of(work, views, maps, hand.registrations, tuple(work.said(LinkCorrection)))
    stood = standing(work, views, maps, hand.registrations, tracks)
    tracks = stood.tracks
    sites = {film: _site_map(work, view) for film, view in views.items()}
    findings = tuple(
        _posed(_suspected(found, view), hand.registrations.get(sighting.film))
        for track in tracks
        for site in [_site(track, sites)]
        for sighting in track.sightings
        for view in [views[sighting.film]]
        for found in [_finding(work, track, sighting, view, maps[sighting.film], site)]
        for found in [_opened(found, stood.larger.get((track.identity, sighting.film)))]
        for found in [_lent(_affirmed(work, found), asked_for[sighting.film])]
    )
    pairs = film_pairs(work, views, maps, hand.registrations)
    unclear = tuple(
        place for film, view in views.items() for place in unclear_places(view.film, maps[film], sites[film], tracks)
    )
    return dataclasses.replace(hand, tracks=tracks, findings=findings, pairs=pairs, unclear=unclear)


def views_of_side(views: tuple[HandView, ...], side: Laterality) -> Views:
    """The views of one hand."""
    return {view.hand.film: view for view in views if view.hand.laterality is side}


def registrations_of(work: Work, views: Views) -> dict[str, Registration]:
    """One hand's first film registered to each later one, by the later film."""
    baseline, *later_views = views.values()
    return {later.hand.film: _registration(work, baseline, later) for later in later_views}


def _registration(work: Work, baseline: HandView, later: HandView) -> Registration:
    key = ("registration", view_key(baseline), view_key(later))
    return work.once(key, partial(registration.register, baseline, later, work.settings.registration))


def _site(track: Track, sites: Mapping[str, SiteMap]) -> Site | None:
    """The site where the deposit was first seen; one identity has one site, whatever its size later."""
    for sighting in track.sightings:
        if sighting.labels and sighting.position is not None:
            return sites[sighting.film].at(np.array([sighting.position]))[0]
    return None


def _finding(
    work: Work, track: Track, sighting: Sighting, view: HandView, found: DepositMap, site: Site | None
) -> DepositFinding:
    refusal = _refusal(work, track.identity, sighting.film)
    family = tuple(found.deposit(label) for label in sighting.labels)
    blank = DepositFinding(
        film=sighting.film,
        date=view.film.radiograph.date,
        laterality=track.laterality,
        identity=track.identity,
        site=site,
        status=Status.NOT_ASSESSABLE,
        reason=refusal or sighting.reason,
        origin=_origin(family),
        labels=sighting.labels,
        position=sighting.position,
        note=sighting.note,
    )
    if refusal or not (sighting.assessable or _cleared(work, sighting, blank)):
        return blank
    limits = size_limits_of(work, view)
    blank = dataclasses.replace(blank, detection_limit=limits.detection, quantification_limit=limits.quantification)
    if family:
        return _measured(work, blank, view, family)
    if limits.detection is None:
        return dataclasses.replace(blank, reason=UNSEEN)
    reason = f"looked for, not seen down to {limits.detection:.1f} {view.film.area_unit}"
    return dataclasses.replace(blank, status=Status.ABSENT, reason=reason)


def _cleared(work: Work, sighting: Sighting, blank: DepositFinding) -> bool:
    """Whether a reader says that what is unclear at a deposit's place is not the deposit."""
    said = _accepted(work, blank)
    unclear = sighting.position is not None and not sighting.labels and not sighting.assessable
    return unclear and said is not None and said.finding == Status.ABSENT.value


def _measured(work: Work, blank: DepositFinding, view: HandView, family: tuple[Deposit, ...]) -> DepositFinding:
    if not all(segmentation.has_border(part) for part in family):
        return dataclasses.replace(blank, reason=BORDERLESS)
    assessable, saturated = measurement.saturation(family, work.settings.measurement)
    if not assessable:
        return dataclasses.replace(blank, reason=saturated)
    parts = tuple(measurement.measure(view.film, part, work.settings.measurement) for part in family)
    over_bone = np.average([part.bone_overlap for part in family], weights=[part.area_px for part in family])
    return dataclasses.replace(
        blank,
        status=Status.MEASURED,
        reason=saturated,
        measurement=measurement.combine(parts),
        bone_overlap=float(over_bone),
    )


def _opened(finding: DepositFinding, larger: tuple[str, float] | None) -> DepositFinding:
    """A measured finding, whose area is open up to that of a larger border that still stands round it."""
    if finding.measurement is None or larger is None:
        return finding
    film, area = larger
    opened = measurement.opened(finding.measurement, area - finding.measurement.area.value)
    return _saying(dataclasses.replace(finding, measurement=opened), A_PART.format(film))


def _posed(finding: DepositFinding, way: Registration | None) -> DepositFinding:
    """A measured finding, which says so if its bone lies in another pose than on the hand's first film."""
    if finding.status is not Status.MEASURED or finding.position is None or way is None or not way.accepted:
        return finding
    if not any(bone.pose for bone in way.motions):
        return finding
    bone = way.bones_at(way.carry_back(np.array([finding.position])))[0]
    if not bone.pose:
        return finding
    return _saying(finding, f"{bone.bone} {bone.pose} against {way.film_from}")


def _lent(finding: DepositFinding, asked_for: frozenset[int]) -> DepositFinding:
    """A finding, which says so if another date's border led to its outline, unless a reader said what it is."""
    led = asked_for.intersection(finding.labels) and finding.origin is Origin.AUTOMATIC
    return _saying(finding, ASKED) if led and not finding.review else finding


def _suspected(finding: DepositFinding, view: HandView) -> DepositFinding:
    """A measured finding, which says so if it may be a sesamoid, unless a reader said what it is."""
    if finding.measurement is None or finding.position is None or finding.review:
        return finding
    area_px = finding.measurement.area.value / view.film.spacing.pixel_area_mm2
    found_alone = finding.origin is Origin.AUTOMATIC
    if found_alone and anatomy.looks_sesamoid(finding.position, area_px, view.hand.landmarks):
        return _saying(finding, SESAMOID)
    return finding


def _saying(finding: DepositFinding, words: str) -> DepositFinding:
    return dataclasses.replace(finding, reason="; ".join(filter(None, (finding.reason, words))))


def _origin(family: tuple[Deposit, ...]) -> Origin:
    """Who outlined a family of deposits: a reader if any of them was, else a hint, else nobody."""
    origins = {deposit.origin for deposit in family}
    return next((origin for origin in (Origin.REVIEWED, Origin.HINT) if origin in origins), Origin.AUTOMATIC)


def _refusal(work: Work, identity: str, film: str) -> str:
    """Why a reader says that a deposit cannot be assessed on a film; empty if nobody does."""
    said = [c for c in work.said(NotAssessable) if (c.identity, c.film) == (identity, film)]
    return f"reader: {said[-1].reason}" if said else ""


def _accepted(work: Work, finding: DepositFinding) -> Acceptance | None:
    """What a reader last affirmed of a deposit on a film; None if nothing."""
    said = [c for c in work.said(Acceptance) if (c.identity, c.film) == (finding.identity, finding.film)]
    return said[-1] if said else None


def _affirmed(work: Work, finding: DepositFinding) -> DepositFinding:
    """The finding with the name of the reader who affirmed it, if what was affirmed is what is found."""
    said = _accepted(work, finding)
    shown = {finding.status.value, finding.note}
    holds = said is not None and said.finding in shown and finding.status is not Status.NOT_ASSESSABLE
    return dataclasses.replace(finding, review=said.signature.reader) if said and holds else finding


def _site_map(work: Work, view: HandView) -> SiteMap:
    return work.once(("sites", view_key(view)), lambda: anatomy.site_map(view, work.settings.anatomy))


def size_limits_of(work: Work, view: HandView) -> SizeLimits:
    """Down to what area a deposit would be found on a hand's film, told once."""
    key = ("limit", view_key(view))
    return work.once(key, lambda: segmentation.size_limits(view, work.settings.segmentation))
