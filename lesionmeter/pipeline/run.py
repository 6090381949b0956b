"""One pass through the stages, in their order."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from functools import partial
from importlib.metadata import version
from itertools import chain
from typing import Any

from lesionmeter.model.corrections import OutlineCorrection, Rejection
from lesionmeter.model.deposit import DepositMap
from lesionmeter.model.findings import Assessment
from lesionmeter.model.patient import HandView
from lesionmeter.model.radiograph import Laterality
from lesionmeter.pipeline.anatomical import doubted
from lesionmeter.pipeline.asked import asked
from lesionmeter.pipeline.followup import (
    FollowUp,
    followed,
    registered,
    registering,
    registrations_of,
    size_limits_of,
    views_of_side,
)
from lesionmeter.pipeline.hands import Anatomies, anatomies_of, views_of
from lesionmeter.pipeline.overlap import over_bone
from lesionmeter.pipeline.pairs import Labels, Maps
from lesionmeter.pipeline.rows import film_rows, labels_of, unseen
from lesionmeter.pipeline.work import Work, view_key
from lesionmeter.stages import evidence, review, segmentation

FOUND = 0.2
"""Share of the work that is done when the hands are found."""


def run_registration(work: Work) -> Assessment:
    """Hands and registrations only."""
    anatomies, views = _hands(work, films_to_search=False)
    work.ahead(chain.from_iterable(registering(work, side) for side in _sides(views)))
    return _assessment(work, anatomies, views, [registered(work, side) for side in _sides(views)])


def run_all(work: Work) -> Assessment:
    """All stages."""
    anatomies, views = _hands(work, films_to_search=True)
    looking = [
        (f"{film}: looking for deposits", partial(_searched, work, film, on_film))
        for film, on_film in _by_film(views).items()
    ]
    work.ahead(chain(looking, *(registering(work, side) for side in _sides(views))))
    maps, asked_for = _deposits(work, views)
    hands = [followed(work, side, maps, asked_for) for side in _sides(views)]
    tracks = tuple(chain.from_iterable(hand.tracks for hand in hands))
    seen = tuple(chain.from_iterable(hand.findings for hand in hands))
    sites = {finding.identity: finding.site for finding in seen}
    findings = (*seen, *unseen(work.patient, anatomies, tracks, sites))
    work.teller.begin("comparing the dates")
    pairs = tuple(chain.from_iterable(hand.pairs for hand in hands))
    unclear = tuple(chain.from_iterable(hand.unclear for hand in hands))
    changes = evidence.compare(findings, work.settings.evidence, pairs, unclear)
    maps = {film: found.only(labels_of(tracks, film)) for film, found in maps.items()}
    return _assessment(
        work,
        anatomies,
        views,
        hands,
        maps=maps,
        tracks=tracks,
        deposits=findings,
        changes=changes,
        pairs=pairs,
        unclear=unclear,
    )


def _hands(work: Work, *, films_to_search: bool) -> tuple[Anatomies, tuple[HandView, ...]]:
    work.teller.plan(len(work.patient.films), until=FOUND)
    anatomies = anatomies_of(work)
    views = views_of(work, anatomies)
    pairs = sum(len(side) - 1 for side in _sides(views))
    work.teller.plan(pairs + (len(_by_film(views)) + 1 if films_to_search else 0), until=1.0)
    return anatomies, views


def _sides(views: tuple[HandView, ...]) -> list[dict[str, HandView]]:
    """The views of each hand that was seen, left first."""
    return [dict(side) for side in (views_of_side(views, laterality) for laterality in Laterality) if side]


def _by_film(views: tuple[HandView, ...]) -> dict[str, tuple[HandView, ...]]:
    films: dict[str, tuple[HandView, ...]] = {}
    for view in views:
        films[view.hand.film] = (*films.get(view.hand.film, ()), view)
    return films


def _deposits(work: Work, views: tuple[HandView, ...]) -> tuple[Maps, Labels]:
    """The deposits of each film: what it shows alone, what its hands' other films show there, as the reader left it.

    And the labels of those that another date showed.
    """
    by_film = _by_film(views)
    alone: Maps = {film: _searched(work, film, on_film) for film, on_film in by_film.items()}
    found = alone
    for side in _sides(views):
        found = asked(work, side, found, registrations_of(work, side), by_film)
    asked_for = {film: found[film].numbers - alone[film].numbers for film in by_film}
    return {film: _as_left(work, found[film], on_film) for film, on_film in by_film.items()}, asked_for


def _as_left(work: Work, found: DepositMap, views: tuple[HandView, ...]) -> DepositMap:
    """The deposits of one film as the reader left them."""
    edits = (edit for edit in work.corrections if isinstance(edit, OutlineCorrection | Rejection))
    left = review.apply_edits(found, views, tuple(edit for edit in edits if edit.film == found.film))
    return over_bone(work, left, views)


def _searched(work: Work, film: str, views: tuple[HandView, ...]) -> DepositMap:
    """The deposits of one film; if there are any, what else will be asked of its pixels is found on the way."""
    hints = tuple(hint for hint in work.patient.hints if hint.film == film)
    key = ("segmentation", film, *(view_key(view) for view in views))
    found = work.once(key, lambda: segmentation.segment(views, hints, work.settings.segmentation))
    if not found.deposits:
        return found
    for view in views:
        size_limits_of(work, view)
    return doubted(work, found, views)


def _assessment(
    work: Work, anatomies: Anatomies, views: tuple[HandView, ...], hands: Iterable[FollowUp], **results: Any
) -> Assessment:
    hands = list(hands)
    checks = tuple(chain.from_iterable(hand.scale_checks for hand in hands))
    patient = work.patient
    assessment = Assessment(
        patient_id=patient.patient_id,
        version=version("lesionmeter"),
        settings=dataclasses.asdict(work.settings),
        films=film_rows(
            patient,
            anatomies,
            {view.hand.film: view.film for view in views},
            checks,
            results.get("unclear", ()),
        ),
        hands=tuple(chain.from_iterable(found.hands for found in anatomies.values())),
        registrations=tuple(chain.from_iterable(hand.registrations.values() for hand in hands)),
        scale_checks=checks,
        corrections=work.corrections,
        skipped=tuple(file for file in patient.skipped if not file.refused),
        remarks=(*patient.remarks, *work.unapplied(results.get("deposits"))),
        patient=work.as_read,
        memo=work.memo,
        **results,
    )
    work.teller.finish()
    return assessment
