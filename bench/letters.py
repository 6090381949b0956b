"""How much of simulated letters is blanked, and whether any of the hand is: one line a film, then the sum.

Run with the number of films: python bench/letters.py 8. Letters 4 to 12 mm high lie at random where no flesh is, bright
or dark, on films of random exposure; the hands' true landmarks are used, and their true flesh is the judge.
"""

from __future__ import annotations

import sys

import numpy as np
from scipy import ndimage

from lesionmeter.io.deidentify.letters import find_letters
from lesionmeter.io.deidentify.regions import blanked
from lesionmeter.io.deidentify.zones import hand_zones
from lesionmeter.phantom.film import expose, letters
from lesionmeter.phantom.scene import Subject, compose
from lesionmeter.phantom.skeleton import random_skeleton
from lesionmeter.phantom.spec import FilmSpec
from lesionmeter.phantom.study import calm_look, quantise

SPACING_MM = 0.25
WORDS = ("L", "R", "NAME 1983", "KSB", "ID 4711", "18.04.83")


def one_film(seed: int) -> tuple[float, float, float]:
    """Share of the letters' pixels blanked, of those at least 8 mm off the flesh, and of the hand's pixels blanked."""
    rng = np.random.default_rng([seed, 77])
    subject = Subject("left", random_skeleton(rng, False), seed, (), ())
    scene = compose(rng, (subject,), 0, SPACING_MM, 6.0)
    picture = expose(rng, scene.bone, scene.soft, calm_look(rng), SPACING_MM)
    flesh = scene.soft > 0.3
    written = _write(rng, picture, flesh)
    pixels = quantise(picture, FilmSpec("1983", spacing_mm=SPACING_MM))
    zones = hand_zones(pixels, tuple(hand.landmarks for hand in scene.hands))
    filled = blanked(pixels, find_letters(pixels, zones.near), zones.hand)
    gone = filled != pixels
    far = written & (ndimage.distance_transform_edt(~flesh) * SPACING_MM >= 8)
    share = [float(gone[where].mean()) if where.any() else float("nan") for where in (written, far, flesh)]
    return share[0], share[1], share[2]


def _write(rng: np.random.Generator, picture: np.ndarray, flesh: np.ndarray) -> np.ndarray:
    """Write three words where there is room, in place; true where ink lies."""
    written = np.zeros(picture.shape, dtype=bool)
    for word in rng.choice(WORDS, 3, replace=False):
        high = int(rng.uniform(4, 12) / SPACING_MM)
        shape = (high, int(high * 0.75 * max(len(word), 1.3)))
        for _ in range(200):
            top = int(rng.integers(0, max(picture.shape[0] - shape[0], 1)))
            left = int(rng.integers(0, max(picture.shape[1] - shape[1], 1)))
            box = (slice(top, top + shape[0]), slice(left, left + shape[1]))
            if picture[box].shape == shape and not (flesh[box] | written[box]).any():
                ink = letters(str(word), shape) > 0.5
                picture[box][ink] = rng.choice([1.05, 0.8, 0.5])
                written[box] |= ink
                break
    return written


def main() -> None:
    rows = np.array([one_film(seed) for seed in range(int(sys.argv[1]) if len(sys.argv) > 1 else 8)])
    for seed, row in enumerate(rows):
        print(f"film {seed}: letters blanked {row[0]:.1%}, 8 mm and more off the hand {row[1]:.1%}, hand {row[2]:.4%}")
    means = np.nanmean(rows, axis=0)
    print(f"mean: letters blanked {means[0]:.1%}, 8 mm and more off the hand {means[1]:.1%}, hand {means[2]:.4%}")


if __name__ == "__main__":
    main()
