"""A patient told in words, with every kind of finding: what tables, pages and output folders are tested on.

The left hand of patient P017 was filmed in April 1983, in May 1984 and in 1988 (only the year is known). Its bones are
bright bars and its deposits bright discs, on films of 0.5 mm pixels that lie a little turned and shifted against each
other; the last film is a negative.

- L01, beside the index middle phalanx, halves and then almost goes.
- L02, at the ring DIP, stays as it is.
- L03, at the index middle phalanx too, is there in 1983 and 1984 and resolved in 1988.
- L04, in the palm, is new in 1988.
- L05, at the little tip, is one in 1983, two specks in 1984, and off the film in 1988.
"""

from __future__ import annotations

import dataclasses
import math
from functools import cache
from typing import Final

import numpy as np

from lesionmeter.model.dates import Interval, PartialDate
from lesionmeter.model.deposit import Deposit, DepositMap, Origin, Sighting, Track
from lesionmeter.model.findings import (
    Assessment,
    Call,
    Change,
    DepositFinding,
    Estimate,
    FilmFinding,
    Measurement,
    ScaleCheck,
    Status,
)
from lesionmeter.model.geometry import (
    BoneMotion,
    Capsule,
    Registration,
    Spacing,
    SpacingSource,
    apply_affine,
    distance_to_segment,
)
from lesionmeter.model.patient import Hand, Patient
from lesionmeter.model.radiograph import Laterality, Polarity, Radiograph
from lesionmeter.model.site import BONES, Landmarks, Site

SHAPE: Final = (420, 320)
PIXEL_MM: Final = 0.5
FILMS: Final = ("1983/left.tif", "left 1984.dcm", "left_1988.tif")
DATES: Final = (PartialDate(1983, 4, 18), PartialDate(1984, 5, 2), PartialDate(1988))
TURNS: Final = (0.0, 4.0, -6.0)
INDEX: Final = Site(2, "2 middle phalanx", "radial")
SITES: Final = {
    "L01": INDEX,
    "L02": Site(4, "4 DIP", "ulnar"),
    "L03": INDEX,
    "L04": Site(None, "palm", "midline"),
    "L05": Site(5, "5 tip", "midline"),
}
PLACES: Final = {"L01": (118, 106), "L02": (80, 213), "L03": (104, 109), "L04": (262, 168), "L05": (103, 262)}
RADII: Final = {"L01": (6, 4.5, 2), "L02": (5, 5, 5), "L03": (4, 4, 0), "L04": (0, 0, 5), "L05": (4, 3, None)}
"""Radius in pixels on each film; 0 where it is not there, None where the place is off the film."""

# Wrist; then for each ray its base (thumb CMC or MCP), two joints and tip: (row, column) on the first film.
HAND: Final = np.array(
    [
        *[(385, 165)],
        *[(325, 105), (270, 66), (226, 45), (190, 32)],
        *[(220, 120), (150, 107), (110, 101), (75, 97)],
        *[(212, 155), (133, 153), (88, 152), (48, 152)],
        *[(218, 188), (147, 199), (100, 206), (62, 211)],
        *[(232, 217), (177, 238), (141, 250), (108, 259)],
    ],
    dtype=float,
)


@cache
def patient_world() -> Assessment:
    """The whole assessment of P017, with the films at hand."""
    maps = {film: _deposit_map(number) for number, film in enumerate(FILMS)}
    deposits = tuple(_finding(identity, n, maps[film]) for identity in SITES for n, film in enumerate(FILMS))
    return Assessment(
        patient_id="P017",
        version="0.1.0",
        settings={"segmentation": {"threshold": 0.5}},
        films=tuple(_film_finding(number) for number in range(3)),
        hands=tuple(Hand(film, Laterality.LEFT, _landmarks(n)) for n, film in enumerate(FILMS)),
        registrations=(_registration(1), _registration(2)),
        maps=maps,
        tracks=tuple(_track(identity, maps) for identity in SITES),
        deposits=deposits,
        changes=(*_deposit_changes(deposits), *_sums()),
        scale_checks=(ScaleCheck(FILMS[1], FILMS[0], "L", 1.031, flagged=True),),
        patient=Patient("P017", tuple(_film(number, maps[film]) for number, film in enumerate(FILMS))),
    )


def unknown_scale(assessment: Assessment) -> Assessment:
    """The same findings on films whose scale nobody states: areas are relative."""

    def relative(finding: DepositFinding) -> DepositFinding:
        measured = finding.measurement
        return dataclasses.replace(finding, measurement=measured and dataclasses.replace(measured, unit="relative"))

    return dataclasses.replace(
        assessment,
        films=tuple(dataclasses.replace(film, spacing=None) for film in assessment.films),
        deposits=tuple(relative(finding) for finding in assessment.deposits),
        changes=tuple(dataclasses.replace(change, unit="relative") for change in assessment.changes),
    )


def refused_pair(assessment: Assessment) -> Assessment:
    """The same, but the last film is refused as another hand."""
    first, last = assessment.registrations
    refused = dataclasses.replace(last, accepted=False, reason="median bone correlation 0.41, expected 0.6")
    return dataclasses.replace(assessment, registrations=(first, refused))


def without_deposits(assessment: Assessment) -> Assessment:
    """One film with a hand and nothing on it."""
    film = assessment.films[0].film
    empty = DepositMap(film, np.zeros(SHAPE, np.uint16), ())
    return dataclasses.replace(
        assessment,
        films=assessment.films[:1],
        hands=assessment.hands[:1],
        registrations=(),
        maps={film: empty},
        tracks=(),
        deposits=(),
        changes=(),
        scale_checks=(),
    )


def _motion(number: int) -> np.ndarray:
    """From the first film to another, (row, column, 1) pixels: a turn about the palm and a small shift."""
    turn, middle = math.radians(TURNS[number]), np.array([230.0, 150.0])
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    matrix = np.eye(3)
    matrix[:2, :2] = rotation
    matrix[:2, 2] = middle - rotation @ middle + np.array([3.0, -4.0]) * number
    return matrix


def _landmarks(number: int) -> Landmarks:
    return Landmarks(apply_affine(_motion(number), HAND), np.linspace(0.99, 0.79, 21))


def _place(identity: str, number: int) -> np.ndarray:
    return apply_affine(_motion(number), np.array([PLACES[identity]], dtype=float))[0]


def _specks(identity: str, number: int) -> list[tuple[np.ndarray, float]]:
    """Centre and radius of each disc of a deposit on a film."""
    radius, place = RADII[identity][number], _place(identity, number)
    if not radius:
        return []
    if identity == "L05" and number == 1:
        apart = np.array([4.0, 0.0])
        return [(place - apart, radius), (place + apart, radius)]
    return [(place, radius)]


def _deposit_map(number: int) -> DepositMap:
    rows, columns = np.indices(SHAPE)
    labels, deposits = np.zeros(SHAPE, np.uint16), []
    for identity in SITES:
        for centre, radius in _specks(identity, number):
            labels[np.hypot(rows - centre[0], columns - centre[1]) <= radius] = len(deposits) + 1
            deposits.append(_deposit(len(deposits) + 1, centre, radius))
    return DepositMap(FILMS[number], labels, tuple(deposits))


def _deposit(label: int, centre: np.ndarray, radius: float) -> Deposit:
    angles = np.linspace(0, 2 * math.pi, 24, endpoint=False)
    outline = centre + radius * np.stack([np.sin(angles), np.cos(angles)], axis=1)
    return Deposit(
        label=label,
        laterality="L",
        centre=centre,
        outlines=(outline,),
        area_px=math.pi * radius**2,
        perimeter_px=2 * math.pi * radius,
        border_px=0.2,
        contrast=0.4,
        noise=0.01,
        bone_overlap=1 / 3,
        confidence=0.9,
    )


def _film(number: int, found: DepositMap) -> Radiograph:
    """Soft tissue 60, bones 110, deposits 200, air 10, and grain; the last film is a negative."""
    rows, columns = np.indices(SHAPE)
    grid = np.stack([rows.ravel(), columns.ravel()], axis=1).astype(float)
    points, image = _landmarks(number).points, np.full(grid.shape[0], 10.0)
    bones = [(points[a], points[b]) for a, b in BONES.values()] + [(points[0], points[4 * k + 1]) for k in range(5)]
    away = np.min([distance_to_segment(grid, start, end) for start, end in bones], axis=0)
    image[away < 17], image[away < 6] = 60.0, 110.0
    pixels = image.reshape(SHAPE) + np.random.default_rng(number).normal(0, 4, SHAPE)
    pixels = np.clip(np.where(found.labels > 0, 200, pixels), 0, 255)
    if number == 2:
        pixels = 255 - pixels
    return Radiograph(FILMS[number], pixels.astype(np.uint8), 8, date=DATES[number], laterality="L")


def _film_finding(number: int) -> FilmFinding:
    source = SpacingSource.RESOLUTION_TAG if number else SpacingSource.FILMS_CSV
    return FilmFinding(
        film=FILMS[number],
        sha256=f"{number}" * 64,
        date=DATES[number],
        date_source="films.csv",
        hands="L",
        shape=SHAPE,
        bits=8,
        polarity=Polarity.INVERTED if number == 2 else Polarity.NORMAL,
        polarity_source="found",
        spacing=Spacing(PIXEL_MM, PIXEL_MM, source, 0.01),
        status=Status.MEASURED,
        remarks=("bone lengths differ by 3.1 % from the baseline",) if number == 1 else (),
    )


def _registration(number: int) -> Registration:
    spacing = Spacing(PIXEL_MM, PIXEL_MM, SpacingSource.FILMS_CSV, 0.01)
    matrix = _motion(number)
    matrix[:2, 2] *= PIXEL_MM
    motions = tuple(
        BoneMotion(
            bone,
            Capsule(HAND[a] * PIXEL_MM, HAND[b] * PIXEL_MM, 5.0),
            matrix,
            0.9 if bone != "5 distal phalanx" else 0.42,
            ok=bone != "5 distal phalanx",
            reason="" if bone != "5 distal phalanx" else "correlation 0.42, expected 0.6",
        )
        for bone, (a, b) in BONES.items()
    )
    return Registration(FILMS[0], FILMS[number], "L", spacing, spacing, motions, matrix, accepted=True)


def _labels(identity: str, number: int, found: DepositMap) -> tuple[int, ...]:
    return tuple(
        deposit.label
        for centre, _ in _specks(identity, number)
        for deposit in found.deposits
        if np.allclose(deposit.centre, centre)
    )


def _area(radii: list[float]) -> float:
    return sum(math.pi * (radius * PIXEL_MM) ** 2 for radius in radii)


def _finding(identity: str, number: int, found: DepositMap) -> DepositFinding:
    specks = _specks(identity, number)
    off = RADII[identity][number] is None
    area = _area([radius for _, radius in specks])
    measured = Measurement(Estimate(area, area * 0.85, area * 1.15), area * 0.07, 0.02, "mm2", area * 0.04)
    row, column = _place(identity, number).tolist()
    return DepositFinding(
        film=FILMS[number],
        date=DATES[number],
        laterality="L",
        identity=identity,
        site=SITES[identity],
        status=Status.NOT_ASSESSABLE if off else Status.MEASURED if specks else Status.ABSENT,
        reason="little finger's tip is off the film" if off else "",
        origin=Origin.HINT if identity == "L04" else Origin.AUTOMATIC,
        labels=_labels(identity, number, found),
        position=None if off else (row, column),
        measurement=measured if specks else None,
        bone_overlap=1 / 3 if specks else None,
        detection_limit=None if specks or off else 1.2,
        note={("L03", 2): "resolved", ("L04", 2): "new", ("L05", 1): "split"}.get((identity, number), ""),
    )


def _track(identity: str, maps: dict[str, DepositMap]) -> Track:
    def sighting(number: int) -> Sighting:
        film, off = FILMS[number], RADII[identity][number] is None
        row, column = _place(identity, number).tolist()
        labels = _labels(identity, number, maps[film])
        return Sighting(film, labels, None if off else (row, column), assessable=not off, probability=1 - number / 10)

    return Track(identity, "L", tuple(sighting(number) for number in range(3)))


def _deposit_changes(deposits: tuple[DepositFinding, ...]) -> tuple[Change, ...]:
    by_place = {(finding.identity, finding.film): finding for finding in deposits}
    return tuple(
        _change(by_place[identity, FILMS[start]], by_place[identity, FILMS[end]], start, end)
        for identity in SITES
        for start, end in ((0, 1), (1, 2), (0, 2))
    )


def _size(finding: DepositFinding) -> float | None:
    if finding.measurement:
        return finding.measurement.area.value
    return 0.0 if finding.status is Status.ABSENT else None


def _change(before: DepositFinding, after: DepositFinding, start: int, end: int) -> Change:
    first, last = _size(before), _size(after)
    log = math.log(last / first) if first and last else None
    years = Interval.between(DATES[start], DATES[end])
    call, wording = _call(first, last)
    change = None if first is None or last is None else last - first
    return Change(
        level="deposit",
        laterality="L",
        site=before.site,
        identity=before.identity,
        date_from=DATES[start],
        date_to=DATES[end],
        interval=years,
        area_from=first,
        area_to=last,
        difference=None if change is None else Estimate(change, change - 1, change + 1),
        log_ratio=None if log is None else Estimate(log, log - 0.2, log + 0.2),
        percent=100 * (last / first - 1) if first and last is not None else None,
        rate=None if log is None else Estimate(100 * math.expm1(log / years.years), None, None),
        n_from=None if first is None else int(first > 0),
        n_to=None if last is None else int(last > 0),
        call=call,
        wording=wording,
        reason="the interval excludes 0 and the change is over 25 % and 1 mm2" if call is Call.REGRESSION else "",
        film_from=FILMS[start],
        film_to=FILMS[end],
    )


def _call(first: float | None, last: float | None) -> tuple[Call, str]:
    if first is None or last is None:
        return Call.NOT_ASSESSABLE, "not assessable"
    if first == last:
        return (Call.STABLE, "stable") if first else (Call.INDETERMINATE, "absent on both films")
    if first == 0:
        return Call.NEW, "new deposit"
    if last == 0:
        return Call.RESOLVED, "complete resolution"
    return (Call.REGRESSION, "marked decrease") if last < first / 2 else (Call.INDETERMINATE, "slight decrease")


def _sums() -> tuple[Change, ...]:
    """Changes of the index middle phalanx (L01 and L03), and of all that is assessable on every date (L01 to L04)."""
    levels = {"site": ("L01", "L03"), "hand": ("L01", "L02", "L03", "L04"), "patient": ("L01", "L02", "L03", "L04")}
    pairs = ((0, 1), (1, 2), (0, 2))
    return tuple(_sum(level, members, *pair) for level, members in levels.items() for pair in pairs)


def _sum(level: str, members: tuple[str, ...], start: int, end: int) -> Change:
    first, last = (_area([RADII[identity][n] or 0 for identity in members]) for n in (start, end))
    log = math.log(last / first)
    return Change(
        level=level,
        laterality=None if level == "patient" else "L",
        site=Site(2, "2 middle phalanx", "") if level == "site" else None,
        identity=None,
        date_from=DATES[start],
        date_to=DATES[end],
        interval=Interval.between(DATES[start], DATES[end]),
        area_from=first,
        area_to=last,
        difference=Estimate(last - first, last - first - 9, last - first + 9),
        log_ratio=Estimate(log, log - 0.15, log + 0.15),
        percent=100 * (last / first - 1),
        rate=None,
        n_from=3,
        n_to=3,
        call=Call.REGRESSION if end == 2 else Call.INDETERMINATE,
        wording="slight decrease",
        reason="4 of 5 deposits are assessable on both dates",
    )
