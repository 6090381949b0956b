"""Whole films, made smaller, with outlines, names of deposits and landmarks drawn on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from lesionmeter.model.findings import Assessment, Status
from lesionmeter.model.geometry import Points
from lesionmeter.model.patient import Hand
from lesionmeter.model.site import BONES
from lesionmeter.report.figures.pixels import Picture, smaller, whole_film_grey
from lesionmeter.report.figures.places import name_of, outlines_of

LONGEST: Final = 1300
_FINE: Final = 2  # drawn at twice the size and then made smaller, so that lines have no steps
_OUTLINE, _LANDMARK, _LEADER = (255, 176, 0, 255), (88, 196, 255, 150), (255, 255, 255, 190)
_DASH: Final = 15
"""Degrees of a ring that a dash takes, and a gap."""
_DASH_LONG: Final = 5 * _FINE
"""Length of a dash of an outline, and of a gap."""
_NAMES: Final = 30
"""A name's height is this part of the picture's."""

Box = tuple[float, float, float, float]


def overlay(assessment: Assessment, film: str, values: Picture) -> Image.Image:
    """A whole film with what was found on it; dashed rings, named `?1` and so on, are round what is unclear.

    What is outlined but could not be assessed has a dashed outline, and a question mark after its name.

    Parameters
    ----------
    assessment
        Holds outlines, identities and landmarks.
    film
        The film's name.
    values
        (rows, columns) of the film, dense tissue bright.
    """
    picture, block = smaller(values, LONGEST)
    base = Image.fromarray(whole_film_grey(picture)).convert("RGBA")
    layer = Image.new("RGBA", (base.width * _FINE, base.height * _FINE))
    draw, scale = ImageDraw.Draw(layer), _FINE / block
    for hand in assessment.hands:
        if hand.film == film:
            _draw_landmarks(draw, hand, scale)
    _draw_deposits(draw, assessment, film, scale)
    drawn: Image.Image = Image.alpha_composite(base, layer.reduce(_FINE))
    return drawn.convert("RGB")


def _draw_landmarks(draw: ImageDraw.ImageDraw, hand: Hand, scale: float) -> None:
    points, radius = hand.landmarks.points * scale, 1.6 * _FINE
    for proximal, distal in BONES.values():
        draw.line([*points[proximal][::-1], *points[distal][::-1]], fill=_LANDMARK, width=1)
    for row, column in points:
        draw.ellipse((column - radius, row - radius, column + radius, row + radius), fill=_LANDMARK)


def _draw_deposits(draw: ImageDraw.ImageDraw, assessment: Assessment, film: str, scale: float) -> None:
    boxes = {}
    for finding in assessment.deposits:
        if finding.film != film:
            continue
        lines = [(outline + 0.5) * scale for outline in outlines_of(assessment, finding)]
        for line in lines:
            _draw_outline(draw, line, dashed=finding.status is Status.NOT_ASSESSABLE)
        if lines:
            boxes[name_of(finding)] = _box(np.vstack(lines))
    boxes |= {f"?{number}": box for number, box in enumerate(_draw_unclear(draw, assessment, film, scale), start=1)}
    taken = list(boxes.values())
    for identity, box in sorted(boxes.items(), key=lambda item: item[1][1]):
        taken.append(_draw_name(draw, identity, box, taken))


def _draw_outline(draw: ImageDraw.ImageDraw, outline: Points, *, dashed: bool) -> None:
    closed = np.vstack([outline, outline[:1]])
    for piece in _dashes(closed) if dashed else [closed]:
        steps = [tuple(point) for point in piece[:, ::-1].tolist()]
        draw.line(steps, fill=_OUTLINE, width=round(1.4 * _FINE), joint="curve")


def _dashes(line: Points) -> list[Points]:
    """Every other piece of a line, all of one length, with a point about every pixel."""
    along = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))]
    count = 2 * max(1, round(along[-1] / (2 * _DASH_LONG)))
    ends = np.linspace(0, along[-1], count + 1)
    steps = [np.linspace(low, high, _DASH_LONG) for low, high in zip(ends[:-1:2], ends[1::2], strict=True)]
    return [np.column_stack([np.interp(at, along, line[:, k]) for k in (0, 1)]) for at in steps]


def _draw_unclear(draw: ImageDraw.ImageDraw, assessment: Assessment, film: str, scale: float) -> Iterator[Box]:
    """A ring of dashes round each place where something large is seen that is in no area; the boxes of the rings."""
    for place in assessment.unclear:
        if place.film == film:
            (row, column), radius = (place.position + 0.5) * scale, place.radius_px * scale
            box = (column - radius, row - radius, column + radius, row + radius)
            for start in range(0, 360, 2 * _DASH):
                draw.arc(box, start, start + _DASH, fill=_OUTLINE, width=round(1.4 * _FINE))
            yield box


def _draw_name(draw: ImageDraw.ImageDraw, name: str, box: Box, taken: list[Box]) -> Box:
    """Write a deposit's name where the least lies under it, with a line to the deposit; returns the name's box."""
    size = draw.im.size if draw.im is not None else (0, 0)
    font = _font(max(10 * _FINE, max(size) // _NAMES))
    width, height = draw.textlength(name, font=font), 1.1 * font.getbbox("L07")[3]
    spot = min(_spots(box, width, height), key=lambda s: _cost(s, taken, size))
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    near = (float(np.clip(middle[0], spot[0], spot[2])), float(np.clip(middle[1], spot[1], spot[3])))
    edge = (float(np.clip(near[0], box[0], box[2])), float(np.clip(near[1], box[1], box[3])))
    draw.line([near, edge], fill=_LEADER, width=_FINE)
    draw.text(spot[:2], name, fill=_OUTLINE, font=font, stroke_width=_FINE, stroke_fill=(0, 0, 0, 220))
    return spot


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _spots(box: Box, width: float, height: float) -> Iterator[Box]:
    middle = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])
    half = np.array([(box[2] - box[0]) / 2, (box[3] - box[1]) / 2])
    for away in (10.0, 28.0, 52.0, 84.0):
        for angle in np.arange(0, 360, 30):
            way = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
            x, y = middle + way * (half + away * _FINE / 2 + np.array([width, height]) / 2)
            yield x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _cost(spot: Box, taken: list[Box], size: tuple[int, int]) -> float:
    covered = sum(_shared(spot, other) for other in taken)
    off = spot[0] < 0 or spot[1] < 0 or spot[2] > size[0] or spot[3] > size[1]
    return covered + 1e6 * off


def _shared(a: Box, b: Box) -> float:
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def _box(points: Points) -> Box:
    (top, left), (bottom, right) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return left, top, right, bottom
