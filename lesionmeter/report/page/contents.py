"""What the page shows, ready for its template: plain values and pictures, no decisions left."""

from __future__ import annotations

import io
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from markupsafe import Markup
from PIL import Image

from lesionmeter.model.dates import Interval, PartialDate
from lesionmeter.model.film_pair import FilmPair
from lesionmeter.model.findings import Assessment, Change, DepositFinding, FilmFinding
from lesionmeter.report import figures
from lesionmeter.report.cut_offs import cut_offs
from lesionmeter.report.figures import Place
from lesionmeter.report.pairs import LOOKING_ONLY
from lesionmeter.report.words import MINUS, area


@dataclass(frozen=True)
class Piece:
    """One place on one film: its drawing, date, film, and whether landmarks stood in for registration."""

    drawing: Markup
    date: str
    film: str
    registered: bool


@dataclass(frozen=True)
class PairView:
    """A place that changed, on registered anatomy: its dates, the addresses of its pictures, and what to beware of."""

    dates: tuple[str, str]
    films: tuple[str, str]
    earlier: str
    later: str
    difference: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class AreaRow:
    """One deposit of a place: its colour and, for each film of the hand, its area and what stands below it."""

    identity: str
    colour: str
    cells: tuple[tuple[str, str], ...]
    events: tuple[str, ...]


@dataclass(frozen=True)
class SiteView:
    """One finding site: pictures, chart, areas, and changes over the chosen pairs of dates."""

    anchor: str
    title: str
    identities: tuple[str, ...]
    pieces: tuple[Piece, ...]
    chart: str
    relative: bool
    areas: tuple[AreaRow, ...]
    changes: tuple[Change, ...]
    summary: Change | None
    pair: PairView | None


@dataclass(frozen=True)
class HandView:
    """One hand: its sites, its changes, and the chart of all its deposits from first to last film."""

    laterality: str
    name: str
    sites: tuple[SiteView, ...]
    changes: tuple[Change, ...]
    chart: str
    span: str


@dataclass(frozen=True)
class FilmView:
    """One film, and the address of its picture with what was found on it (empty if it is not kept)."""

    finding: FilmFinding
    picture: str


@dataclass(frozen=True)
class PairRow:
    """Two films of a hand: what bones that do not change measure, the error floor, and what makes them unlike."""

    hand: str
    dates: tuple[str, str]
    control: str
    verdict: str
    floor: str
    flags: tuple[str, ...]


def pair_rows(assessment: Assessment) -> tuple[PairRow, ...]:
    """Every two films of each hand."""
    return tuple(_pair_row(pair) for pair in assessment.pairs)


def _pair_row(pair: FilmPair) -> PairRow:
    control = pair.control
    return PairRow(
        hand=pair.laterality,
        dates=(str(pair.date_from or pair.film_from), str(pair.date_to or pair.film_to)),
        control=control.words.replace("-", MINUS) if control else pair.reason,
        verdict="not measured" if control is None else "off" if control.off else "holds",
        floor=f"{100 * math.expm1(control.floor):.1f} %" if control else "–",
        flags=pair.flags,
    )


def hand_views(assessment: Assessment, folder: Path) -> tuple[HandView, ...]:
    """The hands with deposits or changes, left first."""
    sites = figures.places(assessment)
    sides = sorted({place.laterality for place in sites} | {hand.laterality for hand in assessment.hands})
    return tuple(_hand_view(assessment, side, [p for p in sites if p.laterality == side], folder) for side in sides)


def film_views(assessment: Assessment, folder: Path) -> tuple[FilmView, ...]:
    """All films with their pictures."""
    slugs = figures.film_slugs(film.film for film in assessment.films)
    paths = {film: folder / figures.FOLDER / figures.overlay_file(slug) for film, slug in slugs.items()}
    return tuple(FilmView(film, _picture(paths[film.film])) for film in assessment.films)


def chosen_pairs(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Of every pair of dates those that a reader asks for: neighbours, and first to last. The table has them all."""
    listed = list(changes)
    dates = sorted({date for change in listed for date in (change.date_from, change.date_to)}, key=_when)
    wanted = {*pairwise(dates), (dates[0], dates[-1])} if dates else set()
    return tuple(change for change in listed if (change.date_from, change.date_to) in wanted)


def first_to_last(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes over the longest time that each of these things has."""
    longest: dict[tuple[object, ...], Change] = {}
    for change in changes:
        about = (change.level, change.laterality, change.site, change.identity)
        if about not in longest or change.interval.years > longest[about].interval.years:
            longest[about] = change
    return tuple(longest.values())


def calls_of(assessment: Assessment) -> Mapping[str, int]:
    """How many deposits have which call, from first to last film."""
    ends = first_to_last(change for change in assessment.changes if change.level == "deposit")
    return dict(Counter(str(change.call) for change in ends).most_common())


def follow_up(assessment: Assessment) -> Interval | None:
    """The time from the first to the last dated film."""
    dates = sorted((film.date for film in assessment.films if film.date), key=_when)
    return Interval.between(dates[0], dates[-1]) if len(dates) > 1 else None


def _when(date: PartialDate) -> float:
    return date.middle


def _hand_view(assessment: Assessment, side: str, sites: list[Place], folder: Path) -> HandView:
    mine = [change for change in assessment.changes if change.laterality == side]
    ends = first_to_last(change for change in mine if change.level == "deposit")
    return HandView(
        laterality=side,
        name={"L": "Left hand", "R": "Right hand"}.get(side, f"Hand {side}"),
        sites=tuple(_site_view(assessment, place, folder) for place in sites),
        changes=chosen_pairs(change for change in mine if change.level == "hand"),
        chart=_svg(figures.change_chart(ends, cut_offs(assessment).stable)) if ends else "",
        span=f"{ends[0].date_from} to {ends[0].date_to}" if ends else "",
    )


def _site_view(assessment: Assessment, place: Place, folder: Path) -> SiteView:
    findings = figures.by_identity(assessment)
    mine = {identity: findings[identity] for identity in place.identities}
    about = [c for c in assessment.changes if c.laterality == place.laterality]
    summary = first_to_last(c for c in about if c.level == "site" and c.site == place.site)
    return SiteView(
        anchor=f"{place.laterality}-{'-'.join(place.identities)}",
        title=place.site.name if place.site else "Site not named",
        identities=tuple(f"{i} {_aspect(mine[i])}".strip() for i in place.identities),
        pieces=_pieces(assessment, place, folder),
        chart=_svg(figures.read_chart(place, folder) or figures.area_chart(assessment, place)),
        relative=any(d.measurement and d.measurement.unit != "mm2" for ds in mine.values() for d in ds),
        areas=tuple(_area_row(place, identity, mine[identity]) for identity in place.identities),
        changes=chosen_pairs(c for c in about if c.level == "deposit" and c.identity in place.identities),
        summary=summary[0] if summary else None,
        pair=_pair_view(assessment, place, folder),
    )


def _pair_view(assessment: Assessment, place: Place, folder: Path) -> PairView | None:
    pictures, changed = figures.read_pair(place, folder), figures.changed_places(assessment, (place,))
    if not pictures or not changed:
        return None
    dates = {film.film: str(film.date or "no date") for film in assessment.films}
    earlier, later = changed[0].films
    return PairView(
        dates=(dates.get(earlier, ""), dates.get(later, "")),
        films=(earlier, later),
        words=(LOOKING_ONLY, *figures.words_of(assessment, changed[0])),
        **{kind: figures.data_uri(_as_jpeg(png), "image/jpeg") for kind, png in pictures.items()},
    )


def _aspect(findings: tuple[DepositFinding, ...]) -> str:
    return next((finding.site.aspect for finding in findings if finding.site), "")


def _pieces(assessment: Assessment, place: Place, folder: Path) -> tuple[Piece, ...]:
    dates = {film.film: film.date for film in assessment.films}
    kept = figures.read_pieces(place, figures.film_slugs(dates), folder)
    pictures = {film: _as_jpeg(png) for film, png in kept.items()}
    return tuple(
        Piece(
            drawing=Markup(figures.piece_svg(assessment, place, window, pictures.get(window.film))),
            date=str(dates.get(window.film) or "no date"),
            film=window.film,
            registered=window.registered,
        )
        for window in place.windows
    )


def _area_row(place: Place, identity: str, findings: tuple[DepositFinding, ...]) -> AreaRow:
    measured = [finding.measurement for finding in findings if finding.measurement]
    reference = next((m.area.value for m in measured if m.area.value > 0), 1.0)
    relative = any(m.unit != "mm2" for m in measured)
    return AreaRow(
        identity=identity,
        colour=figures.colour_of(place, identity),
        cells=tuple(area(finding, reference, relative) for finding in findings),
        events=tuple(finding.note for finding in findings),
    )


def _svg(text: str) -> str:
    return figures.data_uri(text.encode(), "image/svg+xml")


def _picture(path: Path) -> str:
    return figures.data_uri(_as_jpeg(path.read_bytes()), "image/jpeg") if path.is_file() else ""


def _as_jpeg(png: bytes) -> bytes:
    """A picture of `figures/` at a third to a sixth of its size: the page is for looking."""
    file = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        (picture if picture.mode == "L" else picture.convert("RGB")).save(file, format="JPEG", quality=84)
    return file.getvalue()
