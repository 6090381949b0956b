"""Serial films of one simulated patient: the same bones, posed and exposed anew for every film, with full truth."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.phantom.film import Look, expose, letters, random_look
from lesionmeter.phantom.formats import Pixels
from lesionmeter.phantom.scene import PosedHand, Scene, Subject, compose
from lesionmeter.phantom.skeleton import random_skeleton
from lesionmeter.phantom.spec import SIDES, FilmSpec, StudySpec

Grid = NDArray[np.float32]
Random = np.random.Generator


@dataclass(frozen=True, eq=False)
class PhantomFilm:
    """One simulated film with its truth.

    Parameters
    ----------
    name
        Its file's name without ending.
    spec
        What was asked for.
    pixels
        (rows, columns) as stored.
    labels
        (rows, columns) uint16: the deposit's number in the study (from 1), 0 elsewhere.
    hands
        The hands on it.
    range_mm
        Path of bone that spans the film's range, from air to dense: a deposit's path against it is its contrast.
    """

    name: str
    spec: FilmSpec
    pixels: Pixels
    labels: NDArray[np.uint16]
    hands: tuple[PosedHand, ...]
    range_mm: float


@dataclass(frozen=True, eq=False)
class PhantomStudy:
    """A patient's simulated films.

    Parameters
    ----------
    spec
        What was asked for.
    seed
        What everything else was drawn from.
    films
        In order of date.
    """

    spec: StudySpec
    seed: int
    films: tuple[PhantomFilm, ...]


def simulate(spec: StudySpec, seed: int) -> PhantomStudy:
    """Simulate a patient's films; the same specification and seed give the same pixels.

    Parameters
    ----------
    spec
        Films and deposits.
    seed
        Of the hand, its poses, exposures and grain.

    Examples
    --------
    >>> film = FilmSpec("1983", spacing_mm=1.0)
    >>> study = simulate(StudySpec("P1", (film,)), seed=1)
    >>> study.films[0].hands[0].landmarks.shape
    (21, 2)
    """
    subjects = _subjects(spec, seed)
    draws = [np.random.default_rng([seed, 5, number]) for number in range(len(spec.films))]
    return PhantomStudy(spec, seed, tuple(_film(spec, subjects, k, rng) for k, rng in enumerate(draws)))


def _subjects(spec: StudySpec, seed: int) -> dict[str, Subject]:
    """Both hands: mirror images in shape, each with its own trabeculae and deposits."""
    skeleton = spec.skeleton or random_skeleton(np.random.default_rng([seed, 1]), spec.child)
    return {
        side: Subject(side, skeleton, 2 * seed + number, spec.deposits.get(side, ()), spec.tufts.get(side, ()))
        for number, side in enumerate(("left", "right"))
    }


def _film(spec: StudySpec, subjects: dict[str, Subject], number: int, rng: Random) -> PhantomFilm:
    film = spec.films[number]
    scene = compose(
        rng, tuple(subjects[side] for side in SIDES[film.hands]), number, film.spacing_mm, spec.pose_degrees
    )
    look = film.look or calm_look(rng)
    picture = expose(rng, scene.bone, scene.soft, look, film.spacing_mm)
    for hand in scene.hands:
        _add_letter(picture, scene, hand)
    range_mm = float(np.percentile(scene.bone + look.flesh * scene.soft, 99.5))
    name = f"{spec.patient}_{film.hands}_{film.date}"
    return PhantomFilm(name, film, quantise(picture, film), _study_labels(scene, spec), scene.hands, range_mm)


def _study_labels(scene: Scene, spec: StudySpec) -> NDArray[np.uint16]:
    """Labels counted over both hands of the study, also where a film shows only the right one."""
    absent_left = len(spec.deposits.get("left", ())) if scene.hands[0].subject.side == "right" else 0
    return np.where(scene.labels > 0, scene.labels + np.uint16(absent_left), 0).astype(np.uint16)


def calm_look(rng: Random) -> Look:
    """An exposure that a radiographer would accept: no extremes of grain, veil or edge enhancement."""
    look = random_look(rng)
    return replace(look, grain=0.3 * look.grain + 0.003, veil=0.3 * look.veil, edge=0.4 * look.edge)


def quantise(picture: Grid, film: FilmSpec) -> Pixels:
    """Store a picture (air near 0, bone near 1) in the film's bits, with some room above and below."""
    top = (1 << film.bits) - 1
    share = np.clip(0.08 + 0.8 * picture, 0.0, 1.0)
    stored = np.rint((1.0 - share if film.negative else share) * top)
    if film.bits <= 8:
        return np.asarray(stored, dtype=np.uint8)
    return np.asarray(stored, dtype=np.uint16)


def _add_letter(picture: Grid, scene: Scene, hand: PosedHand) -> None:
    """Put the side's letter, 9 mm high, on the little finger's side below the hand, where no flesh lies; in place."""
    high, wide = int(9 / scene.pitch), int(7 / scene.pitch)
    tip, wrist = hand.landmarks[20], hand.landmarks[0]
    far = int(tip[1] + 0.15 * (tip[1] - wrist[1]))
    free = ndimage.maximum_filter((scene.soft[::4, ::4] > 0.3).astype(np.uint8), (high // 4 + 2, wide // 4 + 2)) == 0
    rows, columns = np.nonzero(free)
    inside = (rows * 4 > high) & (rows * 4 < picture.shape[0] - high)
    inside &= (columns * 4 > wide) & (columns * 4 < picture.shape[1] - wide)
    if not inside.any():
        return
    away = np.abs(columns[inside] * 4 - far) + np.abs(rows[inside] * 4 - wrist[0])
    best = int(away.argmin())
    top, left = int(rows[inside][best] * 4 - high // 2), int(columns[inside][best] * 4 - wide // 2)
    cover = letters(hand.subject.side[0].upper(), (high, wide))
    box = (slice(top, top + high), slice(left, left + wide))
    picture[box] = np.maximum(picture[box], np.float32(1.05) * cover)
