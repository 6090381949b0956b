"""How many hands are found, how well, and what is refused; prints one table.

    python bench/landmarks.py                         simulated films, and development films where they are present
    python bench/landmarks.py --simulated --films 100 simulated films only, 100 of each kind
    python bench/landmarks.py --reasons               also what was said of each film that went wrong

Development films lie in ../shared/films or where LESIONMETER_FILMS says. Landmark errors are those of joints and tips
(wrist and thumb base left out), in percent of the hand's length. A film is *as it should be* if all of its hands are
found with the right side and polarity, and no other; one without a whole hand, if none is taken, or only with a remark.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from lesionmeter.errors import LesionmeterError
from lesionmeter.io.study import read_film
from lesionmeter.model.patient import FilmAnatomy
from lesionmeter.model.radiograph import Polarity, Radiograph
from lesionmeter.phantom.trials import NOT_WHOLE, WHOLE, Trial, cut_top, hide_tip, side_of
from lesionmeter.stages.anatomy import find_hands

Grey = NDArray[np.float32]
Points = NDArray[np.float64]

SEED = 977  # none that training uses
LONGEST = 1000  # rows or columns of the copies of real films
TURN = 37.0  # degrees of the turned copies: none that the finder tries


@dataclass
class Row:
    """What came of one kind of film.

    Parameters
    ----------
    whole
        Whether the hands should be found.
    films, taken, remarked, passed
        Films; those with a hand taken; those of them with a remark; those that went as they should.
    errors
        Percent of the hand's length, of every joint and tip.
    seconds
        Processor seconds of each film.
    said
        Reasons and remarks of the films that did not pass.
    """

    whole: bool
    films: int = 0
    taken: int = 0
    remarked: int = 0
    passed: int = 0
    errors: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)

    def add(self, trial: Trial) -> None:
        """Try one film."""
        film = Radiograph("trial", trial.picture, bits=32)
        start = time.process_time()
        found = find_hands(film)
        self.seconds.append(time.process_time() - start)
        remarks = [remark for hand in found.hands for remark in hand.remarks]
        self.films += 1
        self.taken += bool(found.hands)
        self.remarked += bool(remarks)
        good = _right(found, trial) if self.whole else not found.hands or bool(remarks)
        self.passed += good
        if self.whole and good:
            self.errors += _errors(found, trial)
        if not good:
            self.said[found.reason or "; ".join(remarks) or "taken without a word"] += 1


def _right(found: FilmAnatomy, trial: Trial) -> bool:
    sides = sorted(str(hand.laterality) for hand in found.hands)
    polarity = Polarity.INVERTED if trial.negative else Polarity.NORMAL
    return sides == sorted(side for side, _ in trial.hands) and found.polarity is polarity


def _errors(found: FilmAnatomy, trial: Trial) -> list[float]:
    """Each hand against the true hand of its side; two of one side by the order that they were stated in."""
    errors: list[float] = []
    for hand in found.hands:
        points = dict(trial.hands)[str(hand.laterality)]
        if np.isfinite(points).all():
            length = np.linalg.norm(points[12] - points[0])
            errors += (100 * np.linalg.norm(hand.landmarks.points - points, axis=1)[2:] / length).tolist()
    return errors


def main() -> None:
    arguments = argparse.ArgumentParser(description="How many hands are found, how well, and what is refused.")
    arguments.add_argument("--films", type=int, default=40, help="simulated films of each kind")
    arguments.add_argument("--simulated", action="store_true", help="no development films")
    arguments.add_argument("--reasons", action="store_true", help="what was said of films that went wrong")
    asked = arguments.parse_args()
    print(
        "| films | number | hands taken | with a remark | as it should be | error mean / p95 % | median s of one core |"
    )
    print("|---|---|---|---|---|---|---|", flush=True)
    for kinds, whole in ((WHOLE, True), (NOT_WHOLE, False)):
        for name, make in kinds.items():
            rng = np.random.default_rng(SEED)
            _print(name, tried((make(rng) for _ in range(asked.films)), whole), asked.reasons)
    folder = development_films()
    if folder and not asked.simulated:
        for name, trials, whole in _real(folder):
            _print(name, tried(trials, whole), asked.reasons)


def development_films() -> Path | None:
    """Where they lie, if they do."""
    folder = Path(os.environ.get("LESIONMETER_FILMS", Path(__file__).parents[2] / "shared" / "films"))
    return folder if folder.is_dir() else None


def tried(trials: Iterable[Trial], whole: bool) -> Row:
    """What comes of films of one kind."""
    row = Row(whole)
    for trial in trials:
        row.add(trial)
    return row


def _print(name: str, row: Row, reasons: bool) -> None:
    if not row.films:
        return
    error = f"{np.mean(row.errors):.2f} / {np.percentile(row.errors, 95):.1f}" if row.errors else ""
    cells = (name, row.films, row.taken, row.remarked, row.passed, error, f"{np.median(row.seconds):.2f}")
    print(f"| {' | '.join(str(cell) for cell in cells)} |", flush=True)
    for said, count in row.said.most_common() if reasons else ():
        print(f"    {count} x {said}")


# ---------------------------------------------------------------------- development films, where they are present


def films_with_truth(folder: Path) -> list[Trial]:
    """The development films."""
    return [trial for path in sorted(folder.glob("dev*/truth.json")) for trial in _with_truth(path)]


def _real(folder: Path) -> Iterator[tuple[str, Iterable[Trial], bool]]:
    films = films_with_truth(folder)
    yield "development films", films, True
    yield "the same, turned 37 degrees", (_turned(film, TURN) for film in films), True
    yield "the same, turned upside down", (_turned(film, 180.0) for film in films), True
    yield "the same, mirrored", (_mirrored(film) for film in films), True
    yield "the same, negative", (_negative(film) for film in films), True
    single = [film for film in films if len(film.hands) == 1]
    yield "the same, cut by the film's edge", (_top_cut(film, k) for k, film in enumerate(single)), False
    yield "the same, cut by a collimator", (_tip_hidden(film, k) for k, film in enumerate(single)), False
    yield "films of something else", _without_hand(folder / "dicom"), False


def _with_truth(path: Path) -> Iterator[Trial]:
    for film in json.loads(path.read_text())["films"]:
        file = next(p for p in path.parent.glob(film["file"] + ".*") if "truth" not in p.name)
        picture, step = small(read_film(file).pixels)
        hands = [np.array(hand["landmarks_xy"])[:, ::-1] for hand in film["hands"].values()]
        points = [(hand - (step - 1) / 2) / step for hand in hands]
        yield Trial(picture, tuple((side_of(hand), hand) for hand in points), dark_bones(picture, points[0]))


def small(pixels: NDArray[np.generic]) -> tuple[Grey, int]:
    """A film made small, from 0 to 1, and by how much."""
    step = -(-max(pixels.shape) // LONGEST)
    rows, columns = (length // step for length in pixels.shape)
    means = pixels[: rows * step, : columns * step].reshape(rows, step, columns, step).astype(np.float32).mean((1, 3))
    low, high = np.percentile(means, (0.5, 99.5))
    return np.clip((means - low) / (high - low), 0, 1).astype(np.float32), step


def dark_bones(picture: Grey, points: Points) -> bool:
    """Whether bones along the fingers are darker than the film's border; the truth does not say."""
    at = np.concatenate([np.linspace(points[k], points[k + 1], 9)[2:7] for k in (5, 9, 13)])
    bones = ndimage.map_coordinates(picture, at.T, order=1).mean()
    border = np.median(np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]]))
    return bool(bones < border)


def _turned(film: Trial, degrees: float) -> Trial:
    """Turned about its middle on a film large enough; what was not filmed is black, or white in a negative."""
    turned = ndimage.rotate(film.picture, degrees, order=1, cval=float(film.negative))
    angle, old, new = np.deg2rad(degrees), film.picture.shape, turned.shape
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle, moved = (np.array(old) - 1) / 2, (np.array(new) - 1) / 2
    hands = tuple((side, (points - middle) @ turn.T + moved) for side, points in film.hands)
    return replace(film, picture=turned.astype(np.float32), hands=hands)


def _mirrored(film: Trial) -> Trial:
    last = np.array([0.0, film.picture.shape[1] - 1.0])
    hands = tuple((("L", "R")[side == "L"], points * [1, -1] + last) for side, points in film.hands)
    return replace(film, picture=np.ascontiguousarray(film.picture[:, ::-1]), hands=hands)


def _negative(film: Trial) -> Trial:
    return replace(film, picture=1 - film.picture, negative=not film.negative)


def _top_cut(film: Trial, number: int) -> Trial:
    return Trial(cut_top(film.picture, film.hands[0][1], 2 + number % 4))


def _tip_hidden(film: Trial, number: int) -> Trial:
    tone = (0.0, 1.0, float(np.quantile(film.picture, 0.9 if film.negative else 0.1)))[number // 5 % 3]
    return Trial(hide_tip(film.picture, film.hands[0][1], 1 + number % 5, tone))


def _without_hand(folder: Path) -> Iterator[Trial]:
    """Readable radiographs of something else."""
    for file in sorted(folder.glob("*.dcm")):
        try:
            yield Trial(small(read_film(file).pixels)[0])
        except LesionmeterError:
            continue


if __name__ == "__main__":
    main()
