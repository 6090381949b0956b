"""All pictures of an assessment into the folder `figures/`."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from lesionmeter.model.findings import Assessment, Status
from lesionmeter.model.geometry import Points
from lesionmeter.model.radiograph import Polarity, Radiograph
from lesionmeter.report.figures import names
from lesionmeter.report.figures.changed import KINDS, ChangedPlace, changed_places, pictures_of
from lesionmeter.report.figures.charts import area_chart
from lesionmeter.report.figures.drawing import strip_svg
from lesionmeter.report.figures.overlays import overlay
from lesionmeter.report.figures.pixels import Grey, Picture, cut, inside, match_greys
from lesionmeter.report.figures.places import Place, outlines_of, places

FOLDER: Final = "figures"
COMPRESSION: Final = 4
"""Of PNG files; grain does not compress, so the highest level takes five times as long for 2 %."""


def write_figures(assessment: Assessment, folder: Path) -> None:
    """Write `figures/` into an output folder.

    For each finding site with deposits: a grey piece of each film (PNG), all of them side by side with outlines and a
    scale bar (SVG), and the areas over the dates (SVG). For each site that changed: the two dates on registered anatomy
    and their difference (PNG). For each film: the whole film with outlines, names of the
    deposits and landmarks (PNG). Without the films at hand only what needs none of their pixels is written.

    Parameters
    ----------
    assessment
        What was found on one patient's films; with its `patient` for the pictures.
    folder
        The output folder, which exists.
    """
    target = folder / FOLDER
    target.mkdir(exist_ok=True)
    slugs = names.film_slugs(film.film for film in assessment.films)
    sites = places(assessment)
    _write_pictures(assessment, sites, slugs, target)
    for place in sites:
        (target / names.chart_file(place)).write_text(area_chart(assessment, place), encoding="utf-8")
        pieces = read_pieces(place, slugs, folder)
        if pieces:
            (target / names.strip_file(place)).write_text(strip_svg(assessment, place, pieces), encoding="utf-8")


def read_pieces(place: Place, slugs: Mapping[str, str], folder: Path) -> Mapping[str, bytes]:
    """The grey pieces of a place that lie in an output folder: film to PNG."""
    paths = {w.film: folder / FOLDER / names.crop_file(place, slugs[w.film]) for w in place.windows if w.film in slugs}
    return {film: path.read_bytes() for film, path in paths.items() if path.is_file()}


def read_chart(place: Place, folder: Path) -> str | None:
    """The chart of a place's areas that lies in an output folder."""
    path = folder / FOLDER / names.chart_file(place)
    return path.read_text(encoding="utf-8") if path.is_file() else None


def read_pair(place: Place, folder: Path) -> Mapping[str, bytes]:
    """The pictures of a changed place that lie in an output folder, kind to PNG; all of them or none."""
    paths = {kind: folder / FOLDER / names.pair_file(place, kind) for kind in KINDS}
    whole = all(path.is_file() for path in paths.values())
    return {kind: path.read_bytes() for kind, path in paths.items()} if whole else {}


def _write_pictures(assessment: Assessment, sites: tuple[Place, ...], slugs: Mapping[str, str], target: Path) -> None:
    films = {film.film: film for film in assessment.patient.films} if assessment.patient else {}
    pieces: dict[str, dict[str, Picture]] = {film: {} for film in films}
    changed = changed_places(assessment, sites)
    looks: list[dict[str, Picture]] = [{} for _ in changed]
    for name in (film for film in slugs if film in films):
        values = _dense_bright(assessment, films[name])
        overlay(assessment, name, values).save(target / names.overlay_file(slugs[name]), compress_level=COMPRESSION)
        for place in sites:
            for window in place.windows:
                if window.film == name:
                    pieces[name][names.place_name(place)] = cut(values, window)
        for each, look in zip(changed, looks, strict=True):
            if name in each.films:
                look[name] = each.look(name, values)
    for place in sites:
        for film, grey in _matched(assessment, place, pieces).items():
            (target / names.crop_file(place, slugs[film])).write_bytes(_png(grey))

    for each, look in zip(changed, looks, strict=True):
        _write_pair(assessment, each, look, target)


def _write_pair(assessment: Assessment, changed: ChangedPlace, looks: Mapping[str, Picture], target: Path) -> None:
    if set(changed.films) <= set(looks):
        for kind, grey in pictures_of(assessment, changed, looks).items():
            (target / names.pair_file(changed.place, kind)).write_bytes(_png(grey))


def _dense_bright(assessment: Assessment, film: Radiograph) -> Picture:
    found = next((f.polarity for f in assessment.films if f.film == film.film), "")
    values = film.dense_bright(Polarity(found) if found else None)
    return np.nan_to_num(values, copy=False)


def _matched(assessment: Assessment, place: Place, pieces: Mapping[str, Mapping[str, Picture]]) -> Mapping[str, Grey]:
    """The pieces of one place in one grey window; those that lie off their film are left out."""
    here = names.place_name(place)
    known = {w: pieces[w.film][here] for w in place.windows if here in pieces.get(w.film, {})}
    shown = {window: piece for window, piece in known.items() if np.isfinite(piece).any()}
    found = {window: _measured_outlines(assessment, window.film) for window in shown}
    greys = match_greys(list(shown.values()), [inside(found[window], window) for window in shown])
    return {window.film: grey for window, grey in zip(shown, greys, strict=True)}


def _measured_outlines(assessment: Assessment, film: str) -> list[Points]:
    """The outlines on a film, but for those that are not measured: they may be bone, by which the greys are matched."""
    measured = (d for d in assessment.deposits if d.film == film and d.status is Status.MEASURED)
    return [line for finding in measured for line in outlines_of(assessment, finding)]


def _png(grey: Grey) -> bytes:
    file = io.BytesIO()
    Image.fromarray(grey).save(file, format="PNG", compress_level=COMPRESSION)
    return file.getvalue()
