"""Pieces of films with outlines, names and a scale bar, as SVG."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape
from typing import Final

import numpy as np

from lesionmeter.model.findings import Assessment, DepositFinding, Status
from lesionmeter.model.geometry import Points
from lesionmeter.report.figures.pixels import SIDE, to_pixels
from lesionmeter.report.figures.places import Place, Window, name_of, outlines_of

COLOURS: Final = ("#f0a30a", "#2ca6e0", "#13b38b", "#e4572e", "#d16ba5", "#9a7fe0", "#a3b300", "#b08968")
"""One for each deposit of a place, on black and on white; told apart by the colour-blind for the first four."""

FONT: Final = "font-family='Helvetica Neue,Helvetica,Arial,sans-serif'"
_DASHES: Final = " stroke-dasharray='7 5'"
_BARS_MM: Final = (50, 20, 10, 5, 2, 1)


def colour_of(place: Place, identity: str) -> str:
    """The colour of a deposit in all pictures and charts of its place."""
    return COLOURS[place.identities.index(identity) % len(COLOURS)]


def piece_svg(assessment: Assessment, place: Place, window: Window, png: bytes | None) -> str:
    """One place on one film: its grey piece, every deposit's outline and name, and a scale bar.

    Parameters
    ----------
    assessment
        Holds the outlines.
    place, window
        What is shown, and where it lies on the film.
    png
        The grey piece; None draws an empty field that says so.
    """
    findings = [f for f in assessment.deposits if f.film == window.film and f.identity in place.identities]
    picture = _image(png) if png else _words("picture not kept")
    marks = "".join(_mark(assessment, place, window, finding) for finding in findings)
    label = escape(f"{place.site.name if place.site else 'unnamed site'} of hand {place.laterality} on {window.film}")
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {SIDE} {SIDE}' role='img' aria-label='{label}'>"
        f"<rect width='{SIDE}' height='{SIDE}' fill='#111'/>{picture}{marks}{_scale_bar(assessment, window)}</svg>"
    )


def strip_svg(assessment: Assessment, place: Place, pngs: Mapping[str, bytes]) -> str:
    """One place on all its films side by side, with the dates below."""
    step, films = SIDE + 12, {film.film: film for film in assessment.films}
    pieces = []
    for number, window in enumerate(place.windows):
        inner = piece_svg(assessment, place, window, pngs.get(window.film))
        placed = inner.replace("<svg ", f"<svg x='{number * step}' y='0' width='{SIDE}' height='{SIDE}' ", 1)
        date = escape(str(films[window.film].date or "no date")) if window.film in films else ""
        text = f"<text x='{number * step + SIDE / 2}' y='{SIDE + 24}' text-anchor='middle' font-size='17' {FONT}>{date}"
        pieces.append(f"{placed}{text}</text>")
    width = max(len(place.windows) * step - 12, 1)
    head = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {SIDE + 34}' width='{width}'>"
    return f"{head}<rect width='100%' height='100%' fill='#fff'/>{''.join(pieces)}</svg>\n"


def data_uri(content: bytes, kind: str) -> str:
    """A file's content as an address that a page carries in itself."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _image(png: bytes) -> str:
    kind = "image/png" if png.startswith(b"\x89PNG") else "image/jpeg"
    return f"<image width='{SIDE}' height='{SIDE}' href='{data_uri(png, kind)}'/>"


def _words(text: str) -> str:
    half = SIDE / 2
    return f"<text x='{half}' y='{half}' text-anchor='middle' fill='#999' font-size='18' {FONT}>{text}</text>"


def _mark(assessment: Assessment, place: Place, window: Window, finding: DepositFinding) -> str:
    colour = colour_of(place, finding.identity)
    lines = [to_pixels(outline, window) for outline in outlines_of(assessment, finding)]
    name, unsure = name_of(finding), finding.status is Status.NOT_ASSESSABLE
    if lines:
        paths = "".join(_path(line, colour, dashed=unsure) for line in lines)
        return paths + _name(name, np.vstack(lines), colour)
    if finding.position is None:
        return ""
    row, column = to_pixels(np.array([finding.position]), window)[0]
    around = np.array([[row - 12, column - 12], [row + 12, column + 12]])
    if unsure:
        return _name(name, around, colour)
    ring = f"<circle cx='{column:.1f}' cy='{row:.1f}' r='13' fill='none' stroke='{colour}' stroke-width='1.6'"
    return f"{ring} stroke-dasharray='3 4'/>" + _name(name, around, colour)


def _path(line: Points, colour: str, *, dashed: bool) -> str:
    steps = " ".join(f"{column + 0.5:.1f},{row + 0.5:.1f}" for row, column in line)
    stroke = f"stroke='{colour}' stroke-width='1.8' stroke-linejoin='round'"
    return f"<polygon points='{steps}' fill='none' {stroke}{_DASHES if dashed else ''}/>"


def _name(identity: str, around: Points, colour: str) -> str:
    (top, left), (bottom, right) = around.min(axis=0), around.max(axis=0)
    beside = right + 5 if right < SIDE - 50 else left - 5
    anchor = "start" if right < SIDE - 50 else "end"
    row = float(np.clip((top + bottom) / 2 + 5, 16, SIDE - 34))
    halo = "stroke='#000' stroke-width='3.5' stroke-opacity='.75' paint-order='stroke'"
    where = f"x='{np.clip(beside, 4, SIDE - 4):.1f}' y='{row:.1f}' text-anchor='{anchor}'"
    return f"<text {where} fill='{colour}' {halo} font-size='16' font-weight='600' {FONT}>{escape(identity)}</text>"


def _scale_bar(assessment: Assessment, window: Window) -> str:
    """A bar of round mm at the lower left; on a film of unknown scale, words instead."""
    scaled = any(film.film == window.film and film.spacing is not None for film in assessment.films)
    if not scaled:
        return _plate(104, 22) + _plate_text(SIDE - 12, "scale unknown")
    length = next(mm for mm in _BARS_MM if mm <= 0.4 * window.side_mm)
    pixels = length / window.side_mm * SIDE
    bar = f"<rect x='12' y='{SIDE - 14}' width='{pixels:.1f}' height='3' fill='#fff'/>"
    return _plate(max(pixels, 40) + 12, 34) + bar + _plate_text(SIDE - 20, f"{length} mm")


def _plate(width: float, height: float) -> str:
    """A dark ground at the lower left, so that what is on it can be read on bone too."""
    where = f"x='6' y='{SIDE - 6 - height}' width='{width:.1f}' height='{height}'"
    return f"<rect {where} rx='3' fill='#000' fill-opacity='.6'/>"


def _plate_text(row: float, text: str) -> str:
    return f"<text x='12' y='{row}' font-size='14' fill='#fff' {FONT}>{text}</text>"
