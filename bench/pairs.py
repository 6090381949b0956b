"""Pairs of films of one hand whose motion is known: simulated ones, and folders with a truth.json."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

import lesionmeter
from lesionmeter.model.geometry import Spacing, SpacingSource
from lesionmeter.model.patient import HandView
from lesionmeter.model.radiograph import CalibratedRadiograph, Radiograph
from lesionmeter.phantom import FilmSpec, StudySpec, simulate
from lesionmeter.phantom.courses import random_deposits
from lesionmeter.phantom.deposits import anchor
from lesionmeter.phantom.film import Look, random_look
from lesionmeter.phantom.scene import PosedHand
from lesionmeter.phantom.skeleton import random_skeleton
from lesionmeter.phantom.study import PhantomFilm

Points = NDArray[np.float64]

ON_BONE, OFF_BONE = "on bone", "off bone"


@dataclass(frozen=True, eq=False)
class KnownPair:
    """A hand on two films, and the same places on both.

    Parameters
    ----------
    group
        What the pair is counted with.
    name
        What it is called in messages.
    first, later
        The hand as the program found it on each film.
    places
        Kind of place to (places on the first film, the same on the later one), (n, 2) (row, column) pixels.
    bones
        Name of the bone of each place on bone.
    """

    group: str
    name: str
    first: HandView
    later: HandView
    places: dict[str, tuple[Points, Points]]
    bones: tuple[str, ...] = ()


def found(film: Radiograph, spacing_mm: float) -> dict[str, HandView]:
    """The hands that the program finds on a film of known scale, by side (`left`, `right`)."""
    anatomy = lesionmeter.find_landmarks(film)
    scaled = CalibratedRadiograph(film, Spacing(spacing_mm, spacing_mm, SpacingSource.READER, 0.005))
    sides = {"L": "left", "R": "right"}
    return {sides[hand.laterality.value]: HandView(scaled, hand, anatomy.polarity) for hand in anatomy.hands}


# ---------------------------------------------------------------------- simulated

GROUPS = {"easy": 3.0, "hard": 6.0}
"""Group to the standard deviation of its joints' turns from film to film, degrees."""


def simulated_pairs(seeds: range, groups: Mapping[str, float] = MappingProxyType(GROUPS)) -> Iterator[KnownPair]:
    """Pairs of every group, one of each for each seed; hands that the program does not find are left out.

    `hard` films are grainy and blurred, and their joints turn by up to 18 degrees from film to film.
    """
    for seed in seeds:
        for group, degrees in groups.items():
            films = _films(group, seed, degrees)
            views = [found(_radiograph(film), film.spec.spacing_mm).get("left") for film in films]
            if views[0] is None or views[1] is None:
                print(f"{group} {seed}: the hand was not found on both films")
                continue
            places = {kind: (of(films[0].hands[0]), of(films[1].hands[0])) for kind, of in _PLACES.items()}
            bones = tuple(name for name, points in films[0].hands[0].bone_points.items() for _ in points)
            yield KnownPair(group, f"{group} {seed}", views[0], views[1], places, bones)


def _films(group: str, seed: int, degrees: float) -> tuple[PhantomFilm, PhantomFilm]:
    rng = np.random.default_rng([seed, 30])
    skeleton = random_skeleton(rng)
    looks = [_hard_look(rng) if group == "hard" else None for _ in range(2)]
    films = tuple(
        FilmSpec(date, spacing_mm=round(float(rng.uniform(0.1, 0.17)), 3), look=look)
        for date, look in zip(("1983", "1988"), looks, strict=True)
    )
    deposits = {"left": tuple(replace(d, areas_mm2=d.areas_mm2[::2]) for d in random_deposits(rng, 9))}
    spec = StudySpec("bench", films, deposits, pose_degrees=degrees, skeleton=skeleton)
    first, later = simulate(spec, seed).films
    return first, later


def _hard_look(rng: np.random.Generator) -> Look:
    look = random_look(rng)
    return replace(look, grain=float(rng.uniform(0.03, 0.08)), blur_mm=float(rng.uniform(0.1, 0.3)))


def _radiograph(film: PhantomFilm) -> Radiograph:
    return Radiograph(film.name, film.pixels, film.spec.bits)


def _on_bone(hand: PosedHand) -> Points:
    return np.vstack(list(hand.bone_points.values()))


def _off_bone(hand: PosedHand) -> Points:
    """Where deposits of every site lie beside their bone, and between the metacarpals."""
    skeleton = hand.subject.skeleton
    beside = [
        (hand.placed[deposit.bone] @ [*anchor(deposit, skeleton), 1.0])[:2]
        for deposit in random_deposits(np.random.default_rng(1), 60)
        if deposit.aspect != "midline"
    ]
    shafts = [
        hand.placed[f"{ray} metacarpal"] @ [share * skeleton.segment(f"{ray} metacarpal").length, 0.0, 1.0]
        for ray in (2, 3, 4, 5)
        for share in (0.3, 0.5, 0.7)
    ]
    between = [0.5 * (a + b)[:2] for a, b in zip(shafts, shafts[3:], strict=False)]
    return hand.place.project(np.array(beside + between))


_PLACES = {ON_BONE: _on_bone, OFF_BONE: _off_bone}


# ---------------------------------------------------------------------- folders with a truth.json


def known_pairs(folder: Path) -> Iterator[KnownPair]:
    """The first film of each hand with every later one, from folders of films that hold a truth.json."""
    for truth_file in sorted(folder.glob("*/truth.json")):
        truth = json.loads(truth_file.read_text())
        films = [_found_film(truth_file.parent, film) for film in truth["films"]]
        for side in truth["films"][0]["hands"]:
            for number in range(1, len(films)):
                if side in films[0] and side in films[number]:
                    places = {ON_BONE: _bone_places(truth, side, number), OFF_BONE: _deposits(truth, side, number)}
                    bones = tuple(truth["films"][0]["hands"][side]["bones"])
                    name = f"{truth_file.parent.name} {side} {number}"
                    yield KnownPair(truth_file.parent.name, name, films[0][side], films[number][side], places, bones)
                else:
                    print(f"{truth_file.parent.name} {side} {number}: the hand was not found on both films")


def _found_film(folder: Path, film: dict[str, Any]) -> dict[str, HandView]:
    path = next(path for path in sorted(folder.glob(f"{film['file']}.*")) if ".truth." not in path.name)
    return found(lesionmeter.read_film(path), film["spacing_mm"])


def _bone_places(truth: dict[str, Any], side: str, number: int) -> tuple[Points, Points]:
    first, later = (np.array(truth["films"][k]["hands"][side]["bone_points_xy"])[:, ::-1] for k in (0, number))
    return first, later


def _deposits(truth: dict[str, Any], side: str, number: int) -> tuple[Points, Points]:
    """Middles of deposits whose area is the same within a fifth; one that shrinks moves its middle by shrinking."""
    rows = []
    for deposit in truth["deposits"]:
        first, later = deposit["films"][0], deposit["films"][number]
        lasting = first["center_xy"] is not None and later["center_xy"] is not None
        if deposit["hand"] == side and lasting and 0.8 < later["area_mm2"] / first["area_mm2"] < 1.25:
            rows.append([first["center_xy"][::-1], later["center_xy"][::-1]])
    pairs = np.array(rows, dtype=np.float64).reshape(-1, 2, 2)
    return pairs[:, 0], pairs[:, 1]
