"""Every hand against every other: right pairs must be accepted and wrong ones refused; prints one table.

    python bench/crossing.py FILMS             films of known patients below FILMS, one folder a patient
    python bench/crossing.py                   simulated hands
    python bench/crossing.py FILMS --same "dev01 L" "dev05_repeats L"      patients that share a hand,
                                                                           mirrored or not

Right pairs are all pairs of films of one hand. Wrong pairs are each hand's first film with every other hand's first
film. Where the two are a left and a right hand, one film is mirrored, so that the program takes them for hands of one
side: this holds the two hands of one person, too. As they are, such pairs, and a hand with its own mirror image, are
refused by their sides alone; that is counted as well. In a folder without a truth.json each film is a patient of its
own. Hands are found and scaled as the program does it, right pairs registered as the program does it. A wrong pair is
told by its palms, so it is judged by the coarse pictures alone unless they come near to the limit, or `--full`.
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
from lesionmeter.model.site import MIDDLE_TIP, WRIST
from lesionmeter.phantom import FilmSpec, StudySpec, simulate
from lesionmeter.stages.calibration import relative
from lesionmeter.stages.registration import RegistrationSettings, register
from lesionmeter.stages.registration.chain import Pair, match_palm
from lesionmeter.stages.registration.pictures import hand_picture
from lesionmeter.stages.registration.skeleton import skeleton

SUFFIXES = (".tif", ".png", ".dcm", ".jpg")
DEFAULTS = RegistrationSettings()

COARSE_MARGIN = 0.1
"""A wrong pair whose coarse palms come nearer to the limit is run as the program does it."""

NamedPair = tuple[str, HandView, HandView]


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


@dataclass(frozen=True)
class Asked:
    """Whether each pair is registered as the program does it, and told on a line of its own."""

    full: bool
    told: bool


def main() -> None:
    arguments = argparse.ArgumentParser(description="Right pairs accepted, wrong pairs refused.")
    arguments.add_argument("films", type=Path, nargs="?", help="folders of films; simulated hands if left out")
    arguments.add_argument("--full", action="store_true", help="every wrong pair as the program does it")
    arguments.add_argument("-v", action="store_true", help="a line for each pair")
    arguments.add_argument(
        "--same", nargs=2, action="append", default=[], metavar="HAND", help="names of two hands that are one"
    )
    asked = arguments.parse_args()
    hands = list(hands_of(asked.films) if asked.films else simulated())
    print(f"{len(hands)} hands: {', '.join(hand.name for hand in hands)}")
    kinds = crossings(hands, {frozenset(names) for names in asked.same})
    rows = [count(kind, pairs, Asked(asked.full or kind.startswith("right"), asked.v)) for kind, pairs in kinds]
    print(table(rows))
    print(margin(rows))


# ---------------------------------------------------------------------- hands


def hands_of(folder: Path) -> Iterator[KnownHand]:
    """The hands that are found below a folder."""
    for sub in sorted(path for path in folder.iterdir() if path.is_dir() and path.name != "dicom"):
        files = sorted(path for path in sub.iterdir() if path.suffix in SUFFIXES and ".truth." not in path.name)
        patients = [files] if (sub / "truth.json").exists() else [[file] for file in files]
        for films in patients:
            name = sub.name if len(patients) == 1 else films[0].stem
            yield from _known_hands(name, [lesionmeter.read_film(film) for film in films])


def simulated(count: int = 16) -> Iterator[KnownHand]:
    """One hand of each simulated patient, on two films; the two hands of one are mirror images in shape."""
    for seed in range(count):
        films = tuple(FilmSpec(date, "LR"[seed % 2], spacing_mm=0.15) for date in ("1983", "1988"))
        study = simulate(StudySpec(f"phantom {seed}", films, pose_degrees=4.0), 500 + seed)
        yield from _known_hands(
            study.spec.patient, [Radiograph(film.name, film.pixels, film.spec.bits) for film in study.films]
        )


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


def crossings(hands: list[KnownHand], same: set[frozenset[str]]) -> list[tuple[str, list[NamedPair]]]:
    """All pairs by kind; `same` are pairs of names of hands that are one, if need be after mirroring."""
    mirror = {hand.name: mirrored(hand.views[0]) for hand in hands}
    right = [(hand.name, a, b) for hand in hands for a, b in itertools.combinations(hand.views, 2)]
    twins, alike, flipped, sides = [], [], [], []
    for one, other in itertools.combinations(hands, 2):
        name, are_one = f"{one.name} - {other.name}", frozenset((one.name, other.name)) in same
        if one.views[0].hand.laterality is other.views[0].hand.laterality:
            (twins if are_one else alike).append((name, one.views[0], other.views[0]))
            sides.append((f"{name} mirrored", one.views[0], mirror[other.name]))
        else:
            (twins if are_one else flipped).append((f"{name} mirrored", one.views[0], mirror[other.name]))
            sides.append((name, one.views[0], other.views[0]))
    sides += [(f"{hand.name} - own mirror image", hand.views[0], mirror[hand.name]) for hand in hands]
    return [
        ("wrong: told by the side alone", sides),
        ("wrong: other person, same side", alike),
        ("wrong: other side, mirrored", flipped),
        ("right: one hand in two sets", twins),
        ("right: one hand, two dates", right),
    ]


def count(kind: str, pairs: list[NamedPair], asked: Asked) -> Row:
    """Judge the pairs of one kind."""
    accepted, palms = [], []
    for name, first, later in pairs:
        is_accepted, palm, reason = judge(first, later, full=asked.full)
        accepted.append(is_accepted)
        palms.append(palm)
        if asked.told:
            print(f"{name}: {'accepted' if is_accepted else 'refused'} {palm:.3f} {reason}", flush=True)
    return Row(kind, tuple(accepted), tuple(palms))


def judge(first: HandView, later: HandView, *, full: bool) -> tuple[bool, float, str]:
    """Whether a pair is accepted, its palms' correlation, and the reason.

    Unless `full`, palms that are far from alike on coarse pictures are taken at that word: 3 times as fast.
    """
    same_side = first.hand.laterality is later.hand.laterality
    if same_side and not full:
        palm = coarse_palms(first, later)
        if palm < DEFAULTS.accept_palm - COARSE_MARGIN:
            return False, palm, "palms unlike on coarse pictures"
    found = register(first, later)
    return found.accepted, found.palm_correlation, found.reason


def coarse_palms(first: HandView, later: HandView) -> float:
    """The palms' correlation, from the two coarsest pictures alone, which the program finds the palm by as well."""
    marks = [view.film.spacing.to_mm(view.hand.landmarks.points) for view in (first, later)]
    unit_mm = float(np.linalg.norm(marks[0][MIDDLE_TIP] - marks[0][WRIST]))
    pictures = [hand_picture(view, None, unit_mm, DEFAULTS, levels=2) for view in (first, later)]
    pair = Pair(*pictures, *marks, unit_mm, DEFAULTS)
    return match_palm(pair, skeleton(marks[0], unit_mm)).correlation


def table(rows: list[Row]) -> str:
    """A line for each kind of pair."""
    lines = [f"{'pairs':<34}{'n':>6}{'accepted':>10}{'palm: least':>13}{'median':>8}{'most':>7}"]
    for row in rows:
        seen = np.array([palm for palm in row.palms if np.isfinite(palm)])
        figures = [float(f(seen)) for f in (np.min, np.median, np.max)] if len(seen) else []
        lines.append(
            f"{row.kind:<34}{len(row.accepted):>6}{sum(row.accepted):>10}"
            + "".join(f"{figure:>{width}.3f}" for figure, width in zip(figures, (13, 8, 7), strict=False))
        )
    return "\n".join(lines)


def margin(rows: list[Row]) -> str:
    """How far right and wrong palms stay from the limit."""
    palms = {
        right: [p for row in rows if row.kind.startswith(right) for p in row.palms] for right in ("right", "wrong")
    }
    return (
        f"limit {DEFAULTS.accept_palm:.2f}: wrong pairs stay {DEFAULTS.accept_palm - np.nanmax(palms['wrong']):.3f} "
        f"under it, right pairs {np.nanmin(palms['right']) - DEFAULTS.accept_palm:.3f} over it"
    )


if __name__ == "__main__":
    main()
