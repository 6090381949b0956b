"""One pass through the stages, in their order."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import partial
from importlib.metadata import version
from typing import Any, TypeVar

import numpy as np

from lesionmeter.model.corrections import (
    Correction,
    LandmarkCorrection,
    LinkCorrection,
    NotAssessable,
    OutlineCorrection,
    Rejection,
    ScaleCorrection,
)
from lesionmeter.model.deposit import DepositMap, Sighting, Track
from lesionmeter.model.findings import Assessment, DepositFinding, ScaleCheck, Status
from lesionmeter.model.geometry import Points, Registration, Spacing, SpacingSource
from lesionmeter.model.patient import FilmAnatomy, Hand, HandView, Patient, Timepoint
from lesionmeter.model.radiograph import CalibratedRadiograph, Laterality, Radiograph, RelativeRadiograph
from lesionmeter.model.site import Site, SiteMap
from lesionmeter.pipeline.rows import by_film, film_finding, moved, origin, refused, site_of, view_key
from lesionmeter.pipeline.settings import Settings
from lesionmeter.stages import anatomy, calibration, evidence, measurement, registration, review, segmentation, tracking

Progress = Callable[[float, str], None]
"""Told the share done (0 to 1) and what is being done now."""

Result = TypeVar("Result")


class Run:
    """One pass through the stages; `memo` keeps each stage's results by its inputs, so a revision repeats little."""

    def __init__(
        self,
        patient: Patient,
        settings: Settings,
        corrections: tuple[Correction, ...],
        progress: Progress | None,
        memo: dict[Hashable, Any],
    ) -> None:
        self.patient, self.settings, self.corrections = patient, settings, corrections
        self.progress, self.memo = progress, memo
        self.memo["settings"] = settings
        self.steps_done, self.steps = 0, 5 * max(len(patient.films), 1)

    def registered(self) -> Assessment:
        """Hands and registrations only."""
        anatomies = {film.film: self._anatomy(film) for film in self.patient.films}
        views = self._views(anatomies)
        registrations = tuple(r for side in Laterality for r in self._registrations(views, side).values())
        hands = tuple(hand for found in anatomies.values() for hand in found.hands)
        return self._assessment(anatomies, views, hands=hands, registrations=registrations)

    def assessment(self) -> Assessment:
        """All stages."""
        anatomies = {film.film: self._anatomy(film) for film in self.patient.films}
        views = self._views(anatomies)
        maps = {film: self._deposits(film, on_film) for film, on_film in by_film(views).items()}
        registrations: list[Registration] = []
        tracks: list[Track] = []
        findings: list[DepositFinding] = []
        for side in Laterality:
            of_side = self._registrations(views, side)
            followed = self._tracks(views, maps, of_side, side)
            registrations += of_side.values()
            tracks += followed
            findings += self._findings(views, maps, followed, side)
        findings += self._unseen(anatomies, tracks, findings)
        self._tell("comparing the dates")
        return self._assessment(
            anatomies,
            views,
            hands=tuple(hand for found in anatomies.values() for hand in found.hands),
            registrations=tuple(registrations),
            maps=maps,
            tracks=tuple(tracks),
            deposits=tuple(findings),
            changes=evidence.compare(tuple(findings), self.settings.evidence),
        )

    # ------------------------------------------------------------------ films to views

    def _anatomy(self, film: Radiograph) -> FilmAnatomy:
        self._tell(f"{film.film}: finding the hand")
        found = self._once(("anatomy", film.film), lambda: anatomy.find_hands(film, self.settings.anatomy))
        moves = [c for c in self._corrections(LandmarkCorrection) if c.film == film.film]
        if not moves:
            return found
        return dataclasses.replace(found, hands=tuple(moved(hand, moves) for hand in found.hands))

    def _views(self, anatomies: Mapping[str, FilmAnatomy]) -> tuple[HandView, ...]:
        films = [film for film in self.patient.films if anatomies[film.film].hands]
        stated = {
            film.film: calibration.calibrate(self._stated_scale(film), self.settings.calibration) for film in films
        }
        references = _bone_references(stated, anatomies)
        views: list[HandView] = []
        for film in films:
            found = anatomies[film.film]
            scaled = stated[film.film] or self._relative(film, found.hands[0], references)
            views += [HandView(scaled, hand, found.polarity) for hand in found.hands]
        return tuple(views)

    def _stated_scale(self, film: Radiograph) -> Radiograph:
        stated = [c for c in self._corrections(ScaleCorrection) if c.film == film.film]
        if not stated:
            return film
        last = stated[-1]
        claim = Spacing(last.spacing_mm, last.spacing_mm, SpacingSource.READER, last.cv)
        return dataclasses.replace(film, claims=(claim, *film.claims))

    def _relative(self, film: Radiograph, hand: Hand, references: dict[Laterality, Points]) -> RelativeRadiograph:
        """The film by bone lengths: those of a film of known scale, else of the hand's first film, else an adult's."""
        known = references.get(hand.laterality)
        scaled = calibration.relative(film, hand.landmarks, known, self.settings.calibration)
        references.setdefault(hand.laterality, scaled.spacing.to_mm(hand.landmarks.points))
        return scaled

    # ------------------------------------------------------------------ views to findings

    def _deposits(self, film: str, views: tuple[HandView, ...]) -> DepositMap:
        self._tell(f"{film}: looking for deposits", 2)
        hints = tuple(hint for hint in self.patient.hints if hint.film == film)
        key = ("segmentation", film, *(view_key(view) for view in views))
        found = self._once(key, lambda: segmentation.segment(views, hints, self.settings.segmentation))
        edits = tuple(c for c in self.corrections if isinstance(c, OutlineCorrection | Rejection) and c.film == film)
        return review.apply_edits(found, views, edits) if edits else found

    def _registrations(self, views: tuple[HandView, ...], side: Laterality) -> dict[str, Registration]:
        """From the hand's first film to each later one, by the later film's name."""
        mine = [view for view in views if view.hand.laterality is side]
        result = {}
        for later in mine[1:]:
            name = later.hand.film
            self._tell(f"{name}: registering hand {side.value} to {mine[0].hand.film}")
            key = ("registration", view_key(mine[0]), view_key(later))
            result[name] = self._once(key, partial(registration.register, mine[0], later, self.settings.registration))
        return result

    def _tracks(
        self,
        views: tuple[HandView, ...],
        maps: Mapping[str, DepositMap],
        registrations: Mapping[str, Registration],
        side: Laterality,
    ) -> tuple[Track, ...]:
        mine = {view.hand.film: view for view in views if view.hand.laterality is side}
        if not mine:
            return ()
        dates = {film.film: film.date for film in self.patient.films}
        timepoints = tuple(Timepoint(film, dates[film], side) for film in mine)
        return tracking.track(
            timepoints,
            {film: maps[film] for film in mine},
            registrations,
            {film: view.film.spacing for film, view in mine.items()},
            self.settings.tracking,
            links=tuple(self._corrections(LinkCorrection)),
        )

    def _findings(
        self,
        views: tuple[HandView, ...],
        maps: Mapping[str, DepositMap],
        tracks: tuple[Track, ...],
        side: Laterality,
    ) -> list[DepositFinding]:
        mine = {view.hand.film: view for view in views if view.hand.laterality is side}
        sites = {film: self._site_map(view) for film, view in mine.items()}
        findings = []
        for track in tracks:
            site = site_of(track, sites)
            findings += [self._finding(track, s, mine[s.film], maps[s.film], site) for s in track.sightings]
        return findings

    def _finding(
        self, track: Track, sighting: Sighting, view: HandView, found: DepositMap, site: Site | None
    ) -> DepositFinding:
        date = view.film.radiograph.date
        blank = DepositFinding(
            sighting.film, date, track.laterality, track.identity, site, Status.NOT_ASSESSABLE,
            reason=sighting.reason, position=sighting.position, note=sighting.note,
        )  # fmt: skip
        refusal = self._refusal(track.identity, sighting.film)
        if refusal or not sighting.assessable:
            return dataclasses.replace(blank, reason=refusal or sighting.reason)
        if not sighting.labels:
            limit = self._detection_limit(view)
            reason = f"looked for, not seen down to {limit:.1f} {view.film.area_unit}"
            return dataclasses.replace(blank, status=Status.ABSENT, detection_limit=limit, reason=reason)
        family = [found.deposit(label) for label in sighting.labels]
        parts = [measurement.measure(view.film, part, self.settings.measurement) for part in family]
        return dataclasses.replace(
            blank,
            status=Status.MEASURED,
            origin=origin(family),
            labels=sighting.labels,
            measurement=measurement.combine(tuple(parts)),
            bone_overlap=float(np.average([d.bone_overlap for d in family], weights=[d.area_px for d in family])),
            detection_limit=self._detection_limit(view),
        )

    def _unseen(
        self, anatomies: Mapping[str, FilmAnatomy], tracks: Iterable[Track], findings: Iterable[DepositFinding]
    ) -> list[DepositFinding]:
        """Rows for deposits of a hand on films where that hand was not found: not assessable, never 0."""
        sites = {finding.identity: finding.site for finding in findings}
        return [
            DepositFinding(
                film.film,
                film.date,
                track.laterality,
                track.identity,
                sites.get(track.identity),
                Status.NOT_ASSESSABLE,
                reason=anatomies[film.film].reason,
            )
            for film in self.patient.films
            for track in tracks
            if not anatomies[film.film].hands and track.laterality in (film.laterality or "LR")
        ]

    def _site_map(self, view: HandView) -> SiteMap:
        return self._once(("sites", view_key(view)), lambda: anatomy.site_map(view, self.settings.anatomy))

    def _detection_limit(self, view: HandView) -> float:
        key = ("limit", view_key(view))
        return self._once(key, lambda: segmentation.detection_limit(view, self.settings.segmentation))

    def _refusal(self, identity: str, film: str) -> str:
        said = [c for c in self._corrections(NotAssessable) if (c.identity, c.film) == (identity, film)]
        return f"reader: {said[-1].reason}" if said else ""

    # ------------------------------------------------------------------ the whole

    def _assessment(
        self, anatomies: Mapping[str, FilmAnatomy], views: tuple[HandView, ...], **results: Any
    ) -> Assessment:
        checks = tuple(check for side in Laterality for check in self._scale_checks(views, side, results))
        spacings = {view.hand.film: view.film for view in views}
        return Assessment(
            patient_id=self.patient.patient_id,
            version=version("lesionmeter"),
            settings=dataclasses.asdict(self.settings),
            films=(
                *(film_finding(f, anatomies[f.film], spacings.get(f.film), checks) for f in self.patient.films),
                *(refused(s) for s in self.patient.skipped if s.refused),
            ),
            scale_checks=checks,
            corrections=self.corrections,
            skipped=tuple(s for s in self.patient.skipped if not s.refused),
            remarks=self.patient.remarks,
            patient=self.patient,
            memo=self.memo,
            **results,
        )

    def _scale_checks(
        self, views: tuple[HandView, ...], side: Laterality, results: Mapping[str, Any]
    ) -> tuple[ScaleCheck, ...]:
        mine = tuple(view for view in views if view.hand.laterality is side)
        matched = [r for r in results["registrations"] if r.laterality == side]
        return calibration.check_scales(mine, self.settings.calibration, registrations=matched)

    def _corrections(self, kind: type[Result]) -> list[Result]:
        return [correction for correction in self.corrections if isinstance(correction, kind)]

    def _once(self, key: Hashable, make: Callable[[], Result]) -> Result:
        if key not in self.memo:
            self.memo[key] = make()
        result: Result = self.memo[key]
        return result

    def _tell(self, words: str, steps: int = 1) -> None:
        if self.progress is not None:
            self.progress(min(self.steps_done / self.steps, 1.0), words)
        self.steps_done += steps


def _bone_references(
    stated: Mapping[str, CalibratedRadiograph | None], anatomies: Mapping[str, FilmAnatomy]
) -> dict[Laterality, Points]:
    """Landmarks in mm of each hand on its first film of known scale."""
    references: dict[Laterality, Points] = {}
    for name, film in stated.items():
        if film is None:
            continue
        for hand in anatomies[name].hands:
            references.setdefault(hand.laterality, film.spacing.to_mm(hand.landmarks.points))
    return references
