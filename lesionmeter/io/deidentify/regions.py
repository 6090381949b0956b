"""Regions that are to be blanked: found, shown, and confirmed in a table that a person edits."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lesionmeter.errors import StudyError
from lesionmeter.io.csv_table import Row, raise_faults, read_csv
from lesionmeter.io.deidentify.letters import Box, find_letters
from lesionmeter.io.deidentify.zones import Mask, Zones, hand_zones
from lesionmeter.model.radiograph import Radiograph

COLUMNS: Final = ("film", "x", "y", "width", "height", "blank", "hand")
YES, NO = "yes", "no"
SIDES: Final = ("", "L", "R", "LR")

FindHands = Callable[[Radiograph], tuple[NDArray[np.float64], ...]]
"""From a film to the (21, 2) landmarks of each hand on it, as (row, column)."""


@dataclass(frozen=True)
class FilmRegions:
    """What is blanked on one film, and the side that its letters tell (`L`, `R`, `LR` or empty)."""

    boxes: tuple[Box, ...] = ()
    hand: str = ""


@dataclass(frozen=True, eq=False)
class Search:
    """What was found on one film: its zones, and the letters; `seen` is false where no hand was found."""

    zones: Zones
    boxes: tuple[Box, ...]
    seen: bool


def search(film: Radiograph, find_hands: FindHands) -> Search:
    """Find hands and letters on a film; where no hand is found, nothing is taken for a letter."""
    hands = find_hands(film)
    zones = hand_zones(film.pixels, hands)
    boxes = find_letters(film.pixels, zones.near) if hands else ()
    return Search(zones, boxes, bool(hands))


def blanked(pixels: NDArray[Any], boxes: tuple[Box, ...], hand: Mask) -> NDArray[Any]:
    """A copy of (rows, columns) pixels, its boxes filled as their surroundings are, but for what is the hand's."""
    filled = pixels.copy()
    for box in boxes:
        around = box.grown(max(8, min(box.height, box.width) // 4), pixels.shape)
        ring = np.zeros(pixels.shape, dtype=bool)
        ring[around.slices] = True
        ring[box.slices] = False
        ring &= ~hand
        free = pixels[around.slices][ring[around.slices]]
        value = np.median(free) if free.size else np.median(pixels[box.slices])
        filled[box.slices][~hand[box.slices]] = np.asarray(value).astype(pixels.dtype)
    return filled


def regions_csv(regions: dict[str, FilmRegions]) -> str:
    """The table of regions: a row for each box, and one without a box for a film that has none."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for film, found in regions.items():
        for box in found.boxes:
            writer.writerow((film, box.column, box.row, box.width, box.height, YES, found.hand))
        if not found.boxes:
            writer.writerow((film, "", "", "", "", NO, found.hand))
    return text.getvalue()


def read_regions(path: Path) -> dict[str, FilmRegions]:
    """Read a table of regions that a person has confirmed.

    Raises
    ------
    StudyError
        If a row's box, answer or side is none; all faults in one message.
    """
    table = read_csv(path, COLUMNS, COLUMNS[:6])
    faults: list[str] = []
    regions: dict[str, FilmRegions] = {}
    for row in table.rows:
        before = regions.get(row["film"], FilmRegions())
        boxes = _box(row, faults)
        if row["hand"].upper() not in SIDES:
            faults.append(f"line {row.line}: hand: expected L, R, LR or nothing, came {row['hand']}")
        regions[row["film"]] = FilmRegions(before.boxes + boxes, row["hand"].upper() or before.hand)
    raise_faults(path.name, faults)
    return regions


def _box(row: Row, faults: list[str]) -> tuple[Box, ...]:
    answer = row["blank"].lower()
    if answer not in (YES, NO):
        faults.append(f"line {row.line}: blank: expected yes or no, came {row['blank'] or 'an empty cell'}")
    if answer != YES:
        return ()
    try:
        box = Box(*(round(float(row[column])) for column in ("y", "x", "height", "width")))
    except ValueError:
        box = Box(0, 0, 0, 0)
    if box.height < 1 or box.width < 1 or box.row < 0 or box.column < 0:
        faults.append(f"line {row.line}: expected x, y, width and height in pixels of the film, came something else")
    return (box,)


def check_films(regions: dict[str, FilmRegions], films: list[str], name: str) -> None:
    """Refuse a table that leaves out films, or names some that are not there.

    Raises
    ------
    StudyError
        If the two do not agree: a film without a row was seen by nobody.
    """
    missing, strange = sorted(set(films) - set(regions)), sorted(set(regions) - set(films))
    if missing or strange:
        told = [f"no row for {', '.join(missing)}"] * bool(missing) + [f"no film {', '.join(strange)}"] * bool(strange)
        raise StudyError(f"{name}: expected a row for every film, came {'; '.join(told)}; make the preview again")
