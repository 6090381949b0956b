"""The pictures of a pair of films, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.draw import polygon

from lesionmeter.errors import UsageError
from lesionmeter.model.findings import Assessment
from lesionmeter.model.geometry import Points, Spacing
from lesionmeter.model.patient import Hand
from lesionmeter.model.radiograph import Polarity
from lesionmeter.report.pairs.frames import Frame, PairFrame, frame_of
from lesionmeter.report.pairs.greys import Picture, match_pair
from lesionmeter.report.pairs.trust import error_words
from lesionmeter.report.pairs.ways import Way, way_between

ROOM_MM = 0.8
"""Round an outline, where the deposit's blurred border lies and a small shift shows."""

LOOKING_ONLY = "Resampled and grey-matched for looking only; areas are measured on each film's own pixels."


@dataclass(frozen=True, eq=False)
class PairPictures:
    """Two dates of one hand on one grid, in one grey scale.

    These pictures are resampled and changed in grey: for looking only. Nothing is to be measured on them.

    Parameters
    ----------
    films
        The earlier and the later film.
    laterality
        `L` or `R`.
    frame
        Where the grid lies on the film that it belongs to.
    earlier, later
        (rows, columns) greys from 0 (black) to 1 (white), not clipped, dense tissue bright, the later's matched to the
        earlier's; not a number where either film shows nothing.
    error_mm
        (rows, columns) predicted error (95 %) of the registration, mm.
    remarks
        What to beware of, in sentences; among them each deposit that is smaller than the predicted error at it.
    """

    films: tuple[str, str]
    laterality: str
    frame: Frame
    earlier: Picture
    later: Picture
    error_mm: NDArray[np.float32]
    remarks: tuple[str, ...] = ()

    @property
    def difference(self) -> Picture:
        """Later minus earlier: above 0 where the later film is denser."""
        return self.later - self.earlier

    def checkerboard(self, field_mm: float = 6.0) -> Picture:
        """Fields of that side, by turns from the earlier and from the later film."""
        side = max(1, round(field_mm / self.frame.pitch_mm))
        down, right = np.indices(self.earlier.shape) // side
        return np.where((down + right) % 2 == 0, self.earlier, self.later)

    def swipe(self, share: float = 0.5) -> Picture:
        """The earlier film up to that share of the width, and the later one beyond."""
        columns = np.arange(self.earlier.shape[1])
        return np.where(columns < share * len(columns), self.earlier, self.later)

    def blink(self) -> tuple[Picture, Picture]:
        """The two frames to show by turns."""
        return self.earlier, self.later


def pair_pictures(
    assessment: Assessment, laterality: str, films: tuple[str, str], frame: PairFrame | None = None
) -> PairPictures:
    """Any two dates of a hand, registered and grey-matched, for difference, blink, checkerboard and swipe.

    Parameters
    ----------
    assessment
        With its films.
    laterality
        `L` or `R`.
    films
        The earlier and the later film.
    frame
        What to show, how finely, and on whose grid; the whole hand on the earlier film at 0.2 mm if None.

    Raises
    ------
    UsageError
        If the films are not at hand, the hand was not found on both, its registration was refused, or the frame names a
        deposit or site that is not there.
    """
    asked = frame or PairFrame()
    base, other = films if asked.on == "earlier" else films[::-1]
    way = way_between(assessment, laterality, (base, other))
    grid = frame_of(assessment, _hand(assessment, laterality, base), _spacing(assessment, laterality, base), asked)
    here = grid.places
    there = way.carry_grid(here)
    places = {base: here, other: there}
    greys = {name: sampled(_dense_bright(assessment, name), places[name]) for name in films}
    hidden = deposits_in(assessment, grid, way, other)
    first, second = match_pair(greys[films[0]], greys[films[1]], hidden, grid.pitch_mm)
    shown = _shown(assessment, laterality, asked)
    words = (LOOKING_ONLY, *error_words(assessment, way, base, shown))
    return PairPictures(films, laterality, grid, first, second, _error_map(way, here), words)


def sampled(values: Picture, places: Points) -> Picture:
    """Greys of a film at (rows, columns, 2) places, averaged where the film is finer; not a number off the film."""
    step = [float(np.linalg.norm(np.diff(places[:2, :2], axis=axis)[0, 0])) for axis in (0, 1)]
    low = np.maximum(np.floor(places.min(axis=(0, 1))).astype(int) - 8, 0)
    high = np.ceil(places.max(axis=(0, 1))).astype(int) + 9
    part = values[low[0] : max(high[0], low[0]), low[1] : max(high[1], low[1])]
    if not part.size:
        return np.full(places.shape[:2], np.nan, dtype=np.float32)
    if max(step) > 1.3:
        part = ndimage.gaussian_filter(part, 0.42 * max(step), truncate=3.0)
    at = np.moveaxis(places - low, -1, 0)
    greys = ndimage.map_coordinates(part, at, order=1, mode="nearest")
    off = np.any((places < -0.5) | (places > np.array(values.shape) - 0.5), axis=-1)
    return np.where(off, np.float32(np.nan), greys).astype(np.float32)


def deposits_in(assessment: Assessment, grid: Frame, way: Way, other: str) -> NDArray[np.bool_]:
    """True where a deposit of either film lies in the picture, with room round it."""
    inside = np.zeros(grid.shape, dtype=bool)
    for outline in (
        *_outlines(assessment, grid.film),
        *_carried(Way(way.forth, way.back), _outlines(assessment, other)),
    ):
        down, right = grid.to_picture(outline).T
        inside[polygon(down, right, grid.shape)] = True
    rounds = max(1, round(ROOM_MM / grid.pitch_mm))
    return np.asarray(ndimage.binary_dilation(inside, iterations=rounds))


def _outlines(assessment: Assessment, film: str) -> list[Points]:
    found = assessment.maps.get(film)
    return [line for deposit in found.deposits for line in deposit.outlines] if found else []


def _carried(way: Way, outlines: list[Points]) -> list[Points]:
    if not outlines:
        return []
    return np.split(way.carry(np.vstack(outlines)), np.cumsum([len(line) for line in outlines])[:-1])


def _error_map(way: Way, places: Points) -> NDArray[np.float32]:
    coarse = places[::8, ::8]
    error = way.error_mm(coarse.reshape(-1, 2)).reshape(coarse.shape[:2])
    rows, columns = places.shape[:2]
    return np.asarray(error.repeat(8, 0).repeat(8, 1)[:rows, :columns], dtype=np.float32)


def _shown(assessment: Assessment, laterality: str, asked: PairFrame) -> tuple[str, ...]:
    mine = [d for d in assessment.deposits if d.laterality == laterality]
    names = {d.identity for d in mine if asked.around in ("", d.identity, d.site.name if d.site else "")}
    return tuple(sorted(names))


def _hand(assessment: Assessment, laterality: str, film: str) -> Hand:
    return next(hand for hand in assessment.hands if (hand.film, hand.laterality) == (film, laterality))


def _spacing(assessment: Assessment, laterality: str, film: str) -> Spacing:
    """The spacing that the registrations used: the film's own, or a nominal one."""
    for pair in assessment.registrations:
        if pair.laterality == laterality and film in (pair.film_from, pair.film_to):
            return pair.spacing_from if film == pair.film_from else pair.spacing_to
    raise UsageError(f"{film}: expected a film of hand {laterality} that is registered, came one that is not")


def _dense_bright(assessment: Assessment, film: str) -> Picture:
    films = assessment.patient.films if assessment.patient else ()
    found = next((each for each in films if each.film == film), None)
    if found is None:
        came = f"an assessment of {assessment.patient_id} without its films" if not films else f"none named {film!r}"
        raise UsageError(f"pair of films: expected the films at hand, came {came}")
    polarity = next((f.polarity for f in assessment.films if f.film == film), "")
    return np.nan_to_num(found.dense_bright(Polarity(polarity) if polarity else None), copy=False)
