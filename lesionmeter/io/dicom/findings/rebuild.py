"""Our own reports and segmentations of one patient -> the assessment that they were written from."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from lesionmeter.errors import StudyError
from lesionmeter.io.dicom.findings.own import OwnReport, Sighted
from lesionmeter.io.dicom.findings.segments import Segmented
from lesionmeter.model.corrections import Correction, LinkCorrection
from lesionmeter.model.deposit import Deposit, DepositMap, Sighting, Track
from lesionmeter.model.findings import Assessment, Change, DepositFinding, FilmFinding, Status
from lesionmeter.model.geometry import Points

LEVELS: Final = ("deposit", "site", "hand", "patient")


def rebuilt(reports: tuple[OwnReport, ...], segmentations: Mapping[str, Segmented]) -> Assessment:
    """The assessment that these reports of one patient were written from.

    What reports do not hold stays empty: landmarks and registrations.

    Parameters
    ----------
    reports
        One a hand.
    segmentations
        The Segmentation of each film, by the film's name.

    Raises
    ------
    StudyError
        If the reports are of two patients, or a deposit that was measured has no segment.
    """
    reports = tuple(sorted(reports, key=_side_of))
    patients = {report.patient_id for report in reports}
    if len(patients) > 1:
        raise StudyError(f"expected reports of one patient, came those of {len(patients)}; give each patient a folder")
    films = _films(reports)
    sighted = _in_order([one for report in reports for one in report.sighted], films)
    outlines = {uid: regions for report in reports for uid, regions in report.outlines.items()}
    shapes = {uid: tuple(region.outline for region in regions) for uid, regions in outlines.items()}
    return Assessment(
        patient_id=patients.pop(),
        version=reports[0].version,
        settings=reports[0].settings,
        films=films,
        maps=dict(_maps(films, sighted, segmentations, shapes)),
        tracks=tuple(_tracks(sighted, films)),
        deposits=tuple(one.finding for one in sighted),
        changes=tuple(_changes(reports)),
        corrections=max((report.corrections for report in reports), key=len),
        remarks=("rebuilt from DICOM reports and segmentations: landmarks and registrations are not in them",),
    )


def _side_of(report: OwnReport) -> str:
    return report.sighted[0].finding.laterality if report.sighted else ""


def _films(reports: Iterable[OwnReport]) -> tuple[FilmFinding, ...]:
    """Films by date, undated ones after them, those that could not be read last."""
    found = {film.film: film for report in reports for film in report.films}
    return tuple(
        sorted(
            found.values(), key=lambda f: (f.shape is None, f.date is None, f.date.middle if f.date else 0.0, f.film)
        )
    )


def _in_order(sighted: list[Sighted], films: tuple[FilmFinding, ...]) -> list[Sighted]:
    """Each hand's deposits; then, film by film, those of hands that were not found on it."""
    hands = {film.film: film.hands for film in films}
    place = {film.film: number for number, film in enumerate(films)}

    def unseen(one: Sighted) -> bool:
        return one.finding.laterality not in hands[one.finding.film]

    later = sorted((one for one in sighted if unseen(one)), key=lambda one: place[one.finding.film])
    return [one for one in sighted if not unseen(one)] + later


def _changes(reports: Iterable[OwnReport]) -> Iterable[Change]:
    """By level, then hand; every report holds the patient's."""
    seen: list[Change] = []
    for level in LEVELS:
        for report in reports:
            seen += [c for c in report.changes if c.level == level and (level != "patient" or c not in seen)]
    return seen


def _tracks(sighted: Iterable[Sighted], films: tuple[FilmFinding, ...]) -> Iterable[Track]:
    hands = {film.film: film.hands for film in films}
    found: dict[tuple[str, str], list[Sighting]] = {}
    for one in sighted:
        finding = one.finding
        if finding.laterality in hands[finding.film]:
            sightings = found.setdefault((finding.laterality, finding.identity), [])
            sightings.append(_sighting(finding, one.probability))
    return [Track(identity, side, tuple(sightings)) for (side, identity), sightings in found.items()]


def _sighting(finding: DepositFinding, probability: float) -> Sighting:
    missed = finding.status is Status.NOT_ASSESSABLE
    return Sighting(
        finding.film,
        finding.labels,
        finding.position,
        finding.note,
        assessable=not missed,
        reason=finding.reason if missed else "",
        probability=probability,
    )


def _maps(
    films: tuple[FilmFinding, ...],
    sighted: Iterable[Sighted],
    segmentations: Mapping[str, Segmented],
    outlines: Mapping[str, tuple[Points, ...]],
) -> Iterable[tuple[str, DepositMap]]:
    sighted = list(sighted)
    for film in films:
        if film.hands and film.shape:
            here = [one for one in sighted if one.finding.film == film.film and one.finding.labels]
            yield film.film, _map(film, here, segmentations.get(film.film), outlines)


def _map(
    film: FilmFinding, here: list[Sighted], segmented: Segmented | None, outlines: Mapping[str, tuple[Points, ...]]
) -> DepositMap:
    labels = np.zeros(film.shape or (0, 0), dtype=np.uint16)
    masks = {segment.tracking_uid: segment.mask for segment in segmented.segments} if segmented else {}
    deposits: dict[int, Deposit] = {}
    for one in here:
        label, uid = one.finding.labels[0], one.tracking_uid
        if uid not in masks or masks[uid].shape != labels.shape:
            came = "none" if uid not in masks else f"one of {masks[uid].shape} pixels"
            raise StudyError(f"{film.film}: expected a segment of {labels.shape} pixels for each deposit, came {came}")
        labels[masks[uid]] = label
        deposits.setdefault(label, _deposit(one, film, outlines.get(uid, ())))
    return DepositMap(film.film, labels, tuple(deposits[label] for label in sorted(deposits)))


def _deposit(one: Sighted, film: FilmFinding, outlines: tuple[Points, ...]) -> Deposit:
    """What the report holds of a deposit; border, contrast and noise are not in it."""
    finding, measured = one.finding, one.finding.measurement
    pixel = film.spacing.pixel_area_mm2 if film.spacing else float("nan")
    unknown = float("nan")
    return Deposit(
        label=finding.labels[0],
        laterality=finding.laterality,
        centre=np.array(finding.position if finding.position else (unknown, unknown)),
        outlines=outlines,
        area_px=measured.area.value / pixel if measured else unknown,
        perimeter_px=sum(float(np.linalg.norm(o - np.roll(o, 1, axis=0), axis=1).sum()) for o in outlines),
        border_px=unknown,
        contrast=unknown,
        noise=unknown,
        bone_overlap=unknown if finding.bone_overlap is None else finding.bone_overlap,
        confidence=one.confidence,
        origin=finding.origin,
    )


def renamed(report: OwnReport, names: Mapping[str, tuple[str, str]]) -> OwnReport:
    """The report with its films called as they are here.

    Parameters
    ----------
    report
        A report that names films as they were called where it was written.
    names
        (name, SHA-256) of each film's file here, by the film's UID; films that are not here keep their names.
    """
    new = {old: names[uid][0] for old, uid in report.images.items() if uid in names}
    checksums = {old: names[uid][1] for old, uid in report.images.items() if uid in names}

    def name(old: str | None) -> str | None:
        return new.get(old, old) if old else old

    return dataclasses.replace(
        report,
        images={new.get(film, film): uid for film, uid in report.images.items()},
        films=tuple(
            dataclasses.replace(f, film=new.get(f.film, f.film), sha256=checksums.get(f.film, f.sha256))
            for f in report.films
        ),
        sighted=tuple(
            dataclasses.replace(
                one, finding=dataclasses.replace(one.finding, film=new.get(one.finding.film, one.finding.film))
            )
            for one in report.sighted
        ),
        corrections=tuple(_renamed(correction, new) for correction in report.corrections),
        changes=tuple(
            dataclasses.replace(c, film_from=name(c.film_from), film_to=name(c.film_to)) for c in report.changes
        ),
    )


def _renamed(correction: Correction, new: Mapping[str, str]) -> Correction:
    if isinstance(correction, LinkCorrection):
        (first, a), (second, b) = correction.first, correction.second
        return dataclasses.replace(correction, first=(new.get(first, first), a), second=(new.get(second, second), b))
    return dataclasses.replace(correction, film=new.get(correction.film, correction.film))
