"""Whether hands cut at every level are refused or remarked; prints one table.

    python bench/cut_hands.py               30 simulated hands, and development films where they are present
    python bench/cut_hands.py --films 100   100 simulated hands
    python bench/cut_hands.py --reasons     also what was said of each that was taken without a word

Each whole hand on a film of its own is cut once at each level: through the middle of a distal, middle or proximal
phalanx or a metacarpal of one ray (the ray changes from film to film; a thumb's levels are its own four bones), across
the hand's length; and along the hand, through the thumb's or the little finger's distal phalanx; by the film's edge, or
by a collimator's blade that is black, white or of the air's tone. None of these may be taken as whole without a word.
The first two lines of each group are hands that are whole: as they are, and with a blade beside the longest finger's,
the thumb's or the little finger's flesh. A remark there is one too many.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from landmarks import Grey, Points, Row, dark_bones, development_films, films_with_truth, small, tried

from lesionmeter.phantom import FilmSpec, StudySpec, simulate
from lesionmeter.phantom.film import random_look
from lesionmeter.phantom.trials import Trial, side_of

SEED = 6100  # none that training or the other tables use
LEVELS = ("distal phalanx", "middle phalanx", "proximal phalanx", "metacarpal")
SIDES = {"thumb": 1, "little finger": 5}
BESIDE = 0.07  # hand lengths from the outermost tip to a blade that cuts nothing: flesh is half as thick


def main() -> None:
    arguments = argparse.ArgumentParser(description="Whether hands cut at every level are refused or remarked.")
    arguments.add_argument("--films", type=int, default=30, help="simulated hands")
    arguments.add_argument("--reasons", action="store_true", help="what was said of hands taken without a word")
    asked = arguments.parse_args()
    folder = development_films()
    groups = {
        "simulated": [simulated(SEED + number) for number in range(asked.films)],
        "development": [film for film in films_with_truth(folder) if len(film.hands) == 1] if folder else [],
    }
    print(f"{'hands':<13}{'cut':<40}{'films':>6}{'refused':>9}{'remarked':>10}{'without a word':>16}")
    for name, films in groups.items():
        for kind, cut in kinds(films):
            row = tried(cut, whole=False)
            print(f"{name:<13}{kind:<40}{shown(row)}", flush=True)
            for said, count in row.said.items() if asked.reasons else ():
                print(f"    {count} x {said}")


def simulated(seed: int) -> Trial:
    """A left hand of random exposure and pose."""
    look = random_look(np.random.default_rng(seed))
    study = simulate(StudySpec("cut", (FilmSpec("2000-01-01", spacing_mm=0.22, look=look),), pose_degrees=4.0), seed)
    picture, step = small(study.films[0].pixels)
    points = (study.films[0].hands[0].landmarks - (step - 1) / 2) / step
    return Trial(picture, ((side_of(points), points),), dark_bones(picture, points))


def shown(row: Row) -> str:
    """Films, refused, taken with a remark, taken without."""
    return f"{row.films:>6}{row.films - row.taken:>9}{row.remarked:>10}{row.films - row.passed:>16}"


def kinds(films: list[Trial]) -> Iterator[tuple[str, list[Trial]]]:
    """Each kind of cut, with the films so cut."""
    if not films:
        return
    yield "none", films
    yield "none, a blade beside the hand", [framed(film, number) for number, film in enumerate(films)]
    for edge, blade in (("film's edge", False), ("blade", True)):
        tones = [tone(film, number) if blade else None for number, film in enumerate(films)]
        for level, name in enumerate(LEVELS):
            cut = [
                across(film, ray(k), level, hidden) for k, (film, hidden) in enumerate(zip(films, tones, strict=True))
            ]
            yield f"{edge} across a {name}", cut
        for name, number in SIDES.items():
            yield (
                f"{edge} along the {name}",
                [along(film, number, tone) for film, tone in zip(films, tones, strict=True)],
            )


def ray(number: int) -> int:
    return 1 + number % 5


def tone(film: Trial, number: int) -> float:
    """Black, white or the film's air."""
    return (0.0, 1.0, float(np.quantile(film.picture, 0.9 if film.negative else 0.1)))[number // 5 % 3]


def across(film: Trial, finger: int, level: int, hidden: float | None) -> Trial:
    """Cut across the hand's length through the middle of a bone; by the film's edge if no tone is given."""
    points = film.hands[0][1]
    end = 4 * finger - level
    start = end - 1 if level < len(LEVELS) - 1 else 0
    return beyond(film, points[[start, end]].mean(axis=0), points[12] - points[0], hidden)


def along(film: Trial, finger: int, hidden: float | None) -> Trial:
    """Cut along the hand's length through the middle of the distal phalanx of a border ray."""
    points = film.hands[0][1]
    place = points[[4 * finger - 1, 4 * finger]].mean(axis=0)
    return beyond(film, place, sideward(points, finger), hidden)


def framed(film: Trial, number: int) -> Trial:
    """A blade just beside the flesh of the longest finger's tip, the thumb or the little finger; nothing is cut."""
    points = film.hands[0][1]
    outward = (points[12] - points[0], sideward(points, 1), sideward(points, 5))[number % 3]
    length = np.linalg.norm(points[12] - points[0])
    outward = outward / np.linalg.norm(outward)
    place = points[0] + outward * (((points - points[0]) @ outward).max() + BESIDE * length)
    return replace(beyond(film, place, outward, tone(film, number)), hands=film.hands)


def sideward(points: Points, finger: int) -> Points:
    """Across the hand's length, to the side of a border ray."""
    length = points[12] - points[0]
    outward = np.array([-length[1], length[0]])
    return np.asarray(outward * np.sign(outward @ (points[4 * finger] - points[9])))


def beyond(film: Trial, place: Points, outward: Points, hidden: float | None) -> Trial:
    """The film without what lies beyond a line through a place; by the film's edge, along its nearer axis."""
    if hidden is None:
        return Trial(cropped(film.picture, place, outward), negative=film.negative)
    rows, columns = np.ogrid[: film.picture.shape[0], : film.picture.shape[1]]
    past = (rows - place[0]) * outward[0] + (columns - place[1]) * outward[1] > 0
    return replace(film, picture=np.where(past, np.float32(hidden), film.picture).astype(np.float32), hands=())


def cropped(picture: Grey, place: Points, outward: Points) -> Grey:
    axis = int(np.argmax(np.abs(outward)))
    at = int(place[axis])
    kept = slice(None, at) if outward[axis] > 0 else slice(at, None)
    return np.ascontiguousarray(picture[kept] if axis == 0 else picture[:, kept])


if __name__ == "__main__":
    main()
