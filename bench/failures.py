"""Fingers spoilt on purpose: are bones that land over 1 mm off told? Prints one table.

    python bench/failures.py                 4 simulated pairs, each spoilt in every way
    python bench/failures.py --seeds 40 50

A simulated hand is found on two films, and then one finger is spoilt on the later one: covered (as by a collimator or a
sheet), drowned in grain and blurred, its texture changed, or its landmarks put on the next finger; or all joints turn
far. A bone is off by the mean true error of its points. It is *marked* if its motion is not ok, and *told* if it is
marked or the predicted error at its points is as large as the true one. *Good* bones are nearer than 0.5 mm.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pairs import ON_BONE, KnownPair, simulated_pairs
from scipy import ndimage

from lesionmeter.model.geometry import distance_to_segment
from lesionmeter.model.patient import HandView
from lesionmeter.stages.registration import register

OFF_MM, GOOD_MM = 1.0, 0.5
FINGER = 0.03
"""Half width of a spoilt finger, in shares of the hand's length."""

POSES = {"unspoilt": 3.0, "bent": 12.0}
"""Kind of pair to the standard deviation of its joints' turns, degrees."""

PAIRED = (("covered", 2, "landmarks astray", 4), ("grain and blur", 5, "other texture", 3))
"""Two fingers are spoilt at once, far from each other."""


@dataclass(frozen=True)
class BoneCase:
    """One bone of one spoilt pair: true and predicted error, mm, and whether it was marked."""

    kind: str
    bone: str
    true: float
    predicted: float
    marked: bool


def main() -> None:
    arguments = argparse.ArgumentParser(description="Bones that are off against those that are marked.")
    arguments.add_argument("--seeds", type=int, nargs=2, default=(40, 44), metavar=("FIRST", "END"))
    arguments.add_argument("-v", action="store_true", help="a line for each bone that is off and not told")
    asked = arguments.parse_args()
    found = []
    for pair in simulated_pairs(range(*asked.seeds), POSES):
        for case in cases(pair):
            found.append(case)
            if asked.v and case.true > OFF_MM and not _told(case):
                print(f"{pair.name}: {case}", flush=True)
    print(table(found))


def cases(pair: KnownPair) -> Iterator[BoneCase]:
    """The bones of a pair as it is, and of its spoilt copies."""
    yield from judged(pair, {})
    if pair.group == "bent":
        return
    for one, first_ray, other, second_ray in PAIRED:
        rng = np.random.default_rng([int(pair.name.split()[-1]), first_ray])
        later = _spoil(_spoil(pair.later, one, first_ray, rng), other, second_ray, rng)
        yield from judged(replace(pair, later=later), {first_ray: one, second_ray: other})


def judged(pair: KnownPair, spoilt: dict[int, str]) -> Iterator[BoneCase]:
    """Each bone of the spoilt fingers, or of all if none was spoilt; none if the pair was refused."""
    found = register(pair.first, pair.later)
    if not found.accepted:
        print(f"{pair.name} {', '.join(spoilt.values())}: refused: {found.reason}", flush=True)
        return
    first, later = pair.places[ON_BONE]
    true = np.linalg.norm((found.carry(first) - later) * found.spacing_to.step, axis=1)
    predicted = found.error_mm(first)
    for motion in found.motions:
        own = np.array([name == motion.bone for name in pair.bones])
        ray = int(motion.bone[0]) if motion.bone[0].isdigit() else 0
        if own.any() and (not spoilt or (ray in spoilt and "phalanx" in motion.bone)):
            kind = spoilt.get(ray, pair.group)
            yield BoneCase(kind, motion.bone, float(true[own].mean()), float(predicted[own].mean()), not motion.ok)


# ---------------------------------------------------------------------- how a finger is spoilt


def _spoil(view: HandView, kind: str, ray: int, rng: np.random.Generator) -> HandView:
    joints = range(4 * ray - 3, 4 * ray + 1)
    if kind == "landmarks astray":
        points = view.hand.landmarks.points.copy()
        points[list(joints)[1:]] = points[[joint + 4 for joint in joints][1:]]
        return replace(view, hand=replace(view.hand, landmarks=replace(view.hand.landmarks, points=points)))
    film = view.film.radiograph
    finger = _finger(view, list(joints))
    pixels = film.pixels.astype(np.float64)
    inside = pixels[finger > 0.5]
    spoilt = {
        "covered": np.full(pixels.shape, np.percentile(pixels, 2)),
        "grain and blur": ndimage.gaussian_filter(pixels, 6.0) + rng.normal(0.0, 0.5 * inside.std(), pixels.shape),
        "other texture": ndimage.gaussian_filter(pixels, 3.0) + _texture(rng, pixels.shape) * inside.std(),
    }[kind]
    top = np.iinfo(film.pixels.dtype).max
    mixed = np.clip(np.rint(pixels + finger * (spoilt - pixels)), 0, top).astype(film.pixels.dtype)
    return replace(view, film=replace(view.film, radiograph=replace(film, pixels=mixed)))


def _finger(view: HandView, joints: list[int]) -> NDArray[np.float64]:
    """1 on a finger from its knuckle to beyond its tip, 0 off it, with a soft border."""
    points = view.hand.landmarks.points
    unit = float(np.linalg.norm(points[12] - points[0]))
    shape = view.film.radiograph.shape
    rows, columns = np.indices(shape)
    grid = np.stack([rows.ravel(), columns.ravel()], axis=1).astype(np.float64)
    ends = [points[joint] for joint in joints]
    ends.append(ends[-1] + 0.3 * (ends[-1] - ends[-2]))
    away = np.min([distance_to_segment(grid, a, b) for a, b in itertools.pairwise(ends)], axis=0)
    return np.asarray(np.clip((FINGER * unit - away) / 5.0, 0.0, 1.0).reshape(shape))


def _texture(rng: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Smooth random blobs of about a trabecula's and a cortex' width, standard deviation 1."""
    blobs = sum(ndimage.gaussian_filter(rng.normal(size=shape), width) * width for width in (2.0, 5.0))
    return np.asarray(blobs / np.std(blobs))


# ---------------------------------------------------------------------- table


def _told(case: BoneCase) -> bool:
    return case.marked or case.predicted >= case.true


def table(found: list[BoneCase]) -> str:
    """A line for each way of spoiling, and one for all."""
    lines = [f"{'finger':<18}{'bones':>6}{'over 1 mm':>11}{'marked':>8}{'told':>6}{'good':>7}{'marked':>8}"]
    for kind in (*dict.fromkeys(case.kind for case in found), "all"):
        own = [case for case in found if kind in (case.kind, "all")]
        off = [case for case in own if case.true > OFF_MM]
        good = [case for case in own if case.true < GOOD_MM]
        lines.append(
            f"{kind:<18}{len(own):>6}{len(off):>11}{sum(case.marked for case in off):>8}{sum(map(_told, off)):>6}"
            f"{len(good):>7}{sum(case.marked for case in good):>8}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
