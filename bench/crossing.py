"""Every hand against every other: right pairs must be accepted and wrong ones refused; prints one table.

    python bench/crossing.py FILMS             films of known patients below FILMS, one folder a patient
    python bench/crossing.py                   simulated hands
    python bench/crossing.py FILMS --same "dev01 L" "dev05_repeats L"      patients that share a hand

Right pairs are all pairs of films of one hand. Wrong pairs are each hand's first film with every other hand's first
film. Where the two are a left and a right hand, one film is mirrored, so that the program takes them for hands of one
side: this holds the two hands of one person, too. As they are, such pairs, and a hand with its own mirror image, are
refused by their sides alone; that is counted as well. In a folder without a truth.json each film is a patient of its
own. Hands are found, scaled and registered as the program does it.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import lesionmeter
from lesionmeter.errors import LesionmeterError
from lesionmeter.model.patient import HandView
from lesionmeter.model.radiograph import Radiograph
from lesionmeter.phantom import FilmSpec, StudySpec, simulate
from lesionmeter.stages.calibration import relative
from lesionmeter.stages.registration import register

SUFFIXES = (".tif", ".png", ".dcm", ".jpg")


@dataclass(frozen=True, eq=False)
class KnownHand:
    """One hand of one patient on its films, in order of date."""

    name: str
    views: tuple[HandView, ...]


@dataclass(frozen=True)
class Row:
    """One kind of pair: how many were accepted, and the correlations that decided."""

    kind: str
    accepted: tuple[bool, ...]
    palms: tuple[float, ...]


def main() -> None:
    arguments = argparse.ArgumentParser(description="Right pairs accepted, wrong pairs refused.")
    arguments.add_argument("films", type=Path, nargs="?", help="folders of films; simulated hands if left out")
    arguments.add_argument("--half", choices=("first", "second"), help="every other hand only")
    arguments.add_argument("-v", action="store_true", help="a line for each pair")
    arguments.add_argument(
        "--same", nargs=2, action="append", default=[], metavar="HAND", help="two names of hands that are one"
    )
    asked = arguments.parse_args()
    hands = joined(list(hands_of(asked.films) if asked.films else simulated()), asked.same)
    if asked.half:
        hands = hands[0 if asked.half == "first" else 1 :: 2]
    print(f"{len(hands)} hands: {', '.join(hand.name for hand in hands)}")
    print(table([count(kind, pairs, asked.v) for kind, pairs in crossings(hands).items()]))


# ---------------------------------------------------------------------- hands


def hands_of(folder: Path) -> Iterator[KnownHand]:
    """The hands that are found below a folder."""
    for sub in sorted(path for path in folder.iterdir() if path.is_dir() and path.name != "dicom"):
        files = sorted(path for path in sub.iterdir() if path.suffix in SUFFIXES and ".truth." not in path.name)
        patients = [files] if (sub / "truth.json").exists() else [[file] for file in files]
        for films in patients:
            name = sub.name if len(patients) == 1 else films[0].stem
            yield from _known_hands(name, [lesionmeter.read_film(film) for film in films])


def simulated(count: int = 8) -> Iterator[KnownHand]:
    """Both hands of simulated patients, on two films each."""
    for seed in range(count):
        films = tuple(FilmSpec(date, "LR", spacing_mm=0.15) for date in ("1983", "1988"))
        study = simulate(StudySpec(f"phantom {seed}", films, pose_degrees=4.0), 500 + seed)
        yield from _known_hands(
            study.spec.patient, [Radiograph(film.name, film.pixels, film.spec.bits) for film in study.films]
        )


def joined(hands: list[KnownHand], same: list[list[str]]) -> list[KnownHand]:
    """The hands, those that are one put together under the first one's name."""
    names = {second: first for first, second in same}
    films: dict[str, tuple[HandView, ...]] = {}
    for hand in hands:
        name = names.get(hand.name, hand.name)
        films[name] = (*films.get(name, ()), *hand.views)
    return [KnownHand(name, views) for name, views in films.items()]


def _known_hands(name: str, films: list[Radiograph]) -> Iterator[KnownHand]:
    views: dict[str, list[HandView]] = {}
    for film in films:
        for view in _views(film):
            views.setdefault(str(view.hand.laterality), []).append(view)
    for side, seen in sorted(views.items()):
        yield KnownHand(f"{name} {side}", tuple(seen))


def _views(film: Radiograph) -> list[HandView]:
    found = lesionmeter.find_landmarks(film)
    if not found.hands:
        print(f"{film.film}: {found.reason}")
        return []
    try:
        scaled = lesionmeter.calibrate(film)
    except LesionmeterError:
        scaled = None
    return [HandView(scaled or relative(film, hand.landmarks), hand, found.polarity) for hand in found.hands]


def mirrored(view: HandView) -> HandView:
    """The hand as the program finds it on the mirrored film, of those on it the one at the same place."""
    film = view.film.radiograph
    flipped = replace(film, pixels=np.ascontiguousarray(film.pixels[:, ::-1]), laterality="")
    middle = (film.shape[1] - 1) - float(view.hand.landmarks.points[:, 1].mean())
    return min(_views(flipped), key=lambda each: abs(float(each.hand.landmarks.points[:, 1].mean()) - middle))


# ---------------------------------------------------------------------- pairs


def crossings(hands: list[KnownHand]) -> dict[str, list[tuple[str, HandView, HandView]]]:
    """All pairs by kind."""
    mirror = {hand.name: mirrored(hand.views[0]) for hand in hands}
    right = [(hand.name, a, b) for hand in hands for a, b in itertools.combinations(hand.views, 2)]
    alike, flipped, sides = [], [], []
    for one, other in itertools.combinations(hands, 2):
        name = f"{one.name} - {other.name}"
        if one.views[0].hand.laterality is other.views[0].hand.laterality:
            alike.append((name, one.views[0], other.views[0]))
            sides.append((f"{name} mirrored", one.views[0], mirror[other.name]))
        else:
            flipped.append((f"{name} mirrored", one.views[0], mirror[other.name]))
            sides.append((name, one.views[0], other.views[0]))
    sides += [(f"{hand.name} - own mirror image", hand.views[0], mirror[hand.name]) for hand in hands]
    return {
        "right: one hand, two dates": right,
        "wrong: other person, same side": alike,
        "wrong: other side, mirrored": flipped,
        "wrong: told by the side alone": sides,
    }


def count(kind: str, pairs: list[tuple[str, HandView, HandView]], told: bool) -> Row:
    accepted, palms = [], []
    for name, first, later in pairs:
        found = register(first, later)
        accepted.append(found.accepted)
        palms.append(found.palm_correlation)
        if told:
            print(f"{name}: {'accepted' if found.accepted else 'refused'} {palms[-1]:.3f} {found.reason}", flush=True)
    return Row(kind, tuple(accepted), tuple(palms))


def table(rows: list[Row]) -> str:
    lines = [f"{'pairs':<34}{'n':>6}{'accepted':>10}{'palm: least':>13}{'median':>8}{'most':>7}"]
    for row in rows:
        seen = np.array([palm for palm in row.palms if np.isfinite(palm)])
        figures = [float(f(seen)) for f in (np.min, np.median, np.max)] if len(seen) else []
        lines.append(
            f"{row.kind:<34}{len(row.accepted):>6}{sum(row.accepted):>10}"
            + "".join(f"{figure:>{width}.2f}" for figure, width in zip(figures, (13, 8, 7), strict=False))
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
