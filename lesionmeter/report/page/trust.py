"""What limits trust in an assessment, in plain sentences; what is not said here is in the tables."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from lesionmeter.model.corrections import Correction
from lesionmeter.model.deposit import Origin
from lesionmeter.model.findings import Assessment, FilmFinding, Status
from lesionmeter.model.geometry import SpacingSource
from lesionmeter.model.repeatability import BUILT_IN
from lesionmeter.report.cut_offs import cut_offs

UNSURE_LINK: Final = 0.7

_SOURCES: Final = {
    SpacingSource.FILMS_CSV: "stated in films.csv",
    SpacingSource.READER: "set by the reader",
    SpacingSource.PIXEL_SPACING_FIDUCIAL: "DICOM pixel spacing, calibrated by a marker in the image",
    SpacingSource.PIXEL_SPACING_GEOMETRY: "DICOM pixel spacing, calibrated by the distances of the tube",
    SpacingSource.PIXEL_SPACING: "DICOM pixel spacing, calibration not stated",
    SpacingSource.IMAGER_PIXEL_SPACING_CORRECTED: "DICOM imager pixel spacing, corrected by the distances of the tube",
    SpacingSource.IMAGER_PIXEL_SPACING: "DICOM imager pixel spacing at the detector, with an assumed magnification",
    SpacingSource.RESOLUTION_TAG: "the file's resolution tag, which a scaled copy keeps and which nobody has checked",
    SpacingSource.ASSUMED: "assumed",
}


@dataclass(frozen=True)
class Limit:
    """One thing that limits trust: what it is about, and the sentences on it; `grave` if it forbids a conclusion."""

    topic: str
    lines: tuple[str, ...]
    grave: bool = False


def limits(assessment: Assessment) -> tuple[Limit, ...]:
    """Everything that a reader of the page has to know before the numbers, most important first."""
    topics: tuple[tuple[str, Callable[[Assessment], Iterator[str]], bool], ...] = (
        ("Films not assessed", _films, True),
        ("Scale", _scale, False),
        ("Bone lengths over the dates", _bone_lengths, True),
        ("Negative control", _control, True),
        ("Films hard to compare", _unlike, False),
        ("Registration", _registration, True),
        ("Deposits not assessable", _not_assessable, False),
        ("Deposits over bone", _over_bone, False),
        ("Outlines that are not settled", _open_choice, False),
        ("Identity over the dates", _identity, False),
        ("Remarks on films and hands", _remarks, False),
        ("A reader's part", _reader, False),
        ("Error of an area", _error_of_area, False),
        ("Conventions", _conventions, False),
    )
    found = ((topic, tuple(say(assessment)), grave) for topic, say, grave in topics)
    return tuple(Limit(topic, lines, grave) for topic, lines, grave in found if lines)


def _films(assessment: Assessment) -> Iterator[str]:
    for film in assessment.films:
        if film.status is not Status.MEASURED:
            yield f"{film.film}: {film.reason or 'no reason given'}."


def _scale(assessment: Assessment) -> Iterator[str]:
    measured = [film for film in assessment.films if film.status is Status.MEASURED]
    groups: dict[tuple[SpacingSource, float], list[FilmFinding]] = {}
    for film in measured:
        if film.spacing is not None:
            groups.setdefault((film.spacing.source, film.spacing.cv), []).append(film)
    for (source, cv), films in groups.items():
        yield (
            f"{_listed([f.film for f in films])}: {_SOURCES[source]}; "
            f"standard uncertainty {100 * cv:.1f} % of a length, so {200 * cv:.1f} % of an area."
        )
    if unknown := [film.film for film in measured if film.spacing is None]:
        yield f"{_listed(unknown)}: nobody states the scale. Ratios over the dates only, by bone length; no mm²."


def _bone_lengths(assessment: Assessment) -> Iterator[str]:
    for check in assessment.scale_checks:
        if check.flagged:
            off = 100 * (check.ratio - 1)
            yield (
                f"Hand {check.laterality}: bones on {check.film} are {abs(off):.1f} % "
                f"{'longer' if off > 0 else 'shorter'} than on {check.baseline} by the films' own scales. Bones of "
                "adults keep their length, so a scale or the pose is off, "
                f"and areas by up to {2 * abs(off):.0f} %. Nothing was corrected."
            )


def _control(assessment: Assessment) -> Iterator[str]:
    for pair in assessment.pairs:
        if pair.control is not None and pair.control.off:
            yield (
                f"Hand {pair.laterality}, {pair.film_from} to {pair.film_to}: off. Shafts of bones, which do not "
                f"change in adults, measure {pair.control.words}; the films' shared error explains "
                f"{100 * math.expm1(pair.control.allowed):.1f} %. Scale or pose is off, or bones grew: "
                "trust no change between these films. Nothing was corrected."
            )


def _unlike(assessment: Assessment) -> Iterator[str]:
    for pair in assessment.pairs:
        if pair.flags:
            yield f"Hand {pair.laterality}, {pair.film_from} to {pair.film_to}: {'; '.join(pair.flags)}."


def _registration(assessment: Assessment) -> Iterator[str]:
    for pair in assessment.registrations:
        name = f"Hand {pair.laterality}, {pair.film_from} to {pair.film_to}"
        if not pair.accepted:
            yield f"{name}: refused; {pair.reason}. No deposit is followed between these films."
        elif lost := [motion.bone for motion in pair.motions if not motion.ok]:
            yield f"{name}: {len(lost)} of {len(pair.motions)} bones follow their neighbours ({_listed(lost)})."
        if pair.accepted and pair.reason:
            yield f"{name}: {pair.reason}."


def _not_assessable(assessment: Assessment) -> Iterator[str]:
    lost = [d for d in assessment.deposits if d.status is Status.NOT_ASSESSABLE]
    groups: dict[tuple[str, str], list[str]] = {}
    for finding in lost:
        groups.setdefault((finding.film, finding.reason), []).append(finding.identity)
    for (film, reason), identities in groups.items():
        yield f"{film}: {_listed(identities)}; {reason or 'no reason given'}."


def _over_bone(assessment: Assessment) -> Iterator[str]:
    most = cut_offs(assessment).over_bone
    hidden = Counter(d.identity for d in assessment.deposits if (d.bone_overlap or 0.0) > most)
    if hidden:
        yield (
            f"More than {100 * most:.0f} % of the area lies over bone, where the border is hard to see: "
            f"{_listed(list(hidden))}."
        )


def _open_choice(assessment: Assessment) -> Iterator[str]:
    areas = ((d, d.measurement) for d in assessment.deposits if d.measurement is not None)
    least = cut_offs(assessment).open_choice
    unsettled = [
        f"{deposit.identity} on {deposit.film} ({100 * area.sd_choice / area.area.value:.0f} %)"
        for deposit, area in areas
        if area.sd_choice > least * area.area.value
    ]
    if unsettled:
        yield (
            f"How far these go is open by over {100 * least:.0f} % of their area (one standard deviation): other "
            "outlines come close, or more is seen beside them. Look at them; a drawn outline "
            "tells, or a click where there was none: "
            f"{_listed(unsettled)}."
        )


def _identity(assessment: Assessment) -> Iterator[str]:
    unsure = [
        f"{track.identity} on {sighting.film} ({100 * sighting.probability:.0f} %)"
        for track in assessment.tracks
        for sighting in track.sightings
        if sighting.labels and sighting.probability < UNSURE_LINK
    ]
    if unsure:
        yield f"Not sure to be the same deposit as on the first film: {_listed(unsure)}."


def _remarks(assessment: Assessment) -> Iterator[str]:
    for film in assessment.films:
        for remark in film.remarks:
            yield f"{film.film}: {remark}."
    for hand in assessment.hands:
        for remark in hand.remarks:
            yield f"{hand.film}, hand {hand.laterality}: {remark}."


def _reader(assessment: Assessment) -> Iterator[str]:
    for origin, words in ((Origin.HINT, "found by a reader's click"), (Origin.REVIEWED, "outlined by a reader")):
        named = sorted({d.identity for d in assessment.deposits if d.origin is origin})
        if named:
            yield f"{_listed(named)}: {words}, not by the program alone."
    for correction in assessment.corrections:
        yield _correction(correction)


def _correction(correction: Correction) -> str:
    what = {
        "ScaleCorrection": "set the scale",
        "LandmarkCorrection": "moved a landmark",
        "OutlineCorrection": "drew an outline",
        "Rejection": "rejected a deposit",
        "LinkCorrection": "linked or parted deposits",
        "NotAssessable": "called a deposit not assessable",
        "FilmCorrection": "stated a date, side or polarity",
        "Acceptance": "affirmed a finding",
    }[type(correction).__name__]
    film = getattr(correction, "film", "")
    return f"{correction.signature.reader} {what}{' on ' + film if film else ''}, {correction.signature.at}."


def _error_of_area(assessment: Assessment) -> Iterator[str]:
    sizes = (assessment.settings.get("evidence") or {}).get("repeatability") or {}
    source = sizes.get("source", BUILT_IN)
    if source != BUILT_IN:
        yield (
            f"The calls are made with an error of one area from {source}, not with the built-in one: floor "
            f"{sizes['s0_mm2']:g} mm², border {sizes['border_mm']:g} mm, {100 * sizes['k_own']:.3g} % of the area for "
            f"each deposit, {100 * sizes['k_shared']:.3g} % shared by a film's deposits. They hold as far as those "
            "repeats are like these films."
        )


def _conventions(assessment: Assessment) -> Iterator[str]:
    used = cut_offs(assessment)
    yield (
        f"The cut-offs behind the calls ({100 * used.least_share:.0f} % and {used.least_mm2:g} mm² for a change, "
        f"{used.stable_words} for stable, 2 % for bone lengths) are conventions and have not been validated for "
        "calcinosis."
    )
    yield (
        "Areas are projections on a film: they are no volume and no mass, and a change of pose changes them. "
        "The intervals hold the border's place, grain, scale and pose as far as these are modelled."
    )
    if len({film.date for film in assessment.films if film.date}) <= 3:
        yield "Three dates or fewer show a difference, no trend; without controls they show no effect of a treatment."


def _listed(words: list[str], most: int = 6) -> str:
    rest = len(words) - most
    return ", ".join(words[:most]) + (f" and {rest} more" if rest > 0 else "")
