"""What the acceptance thresholds rest on: whole hands, cut hands and no hands, all simulated, and what is said of them.

`python -m training.landmarks.thresholds [FILMS]` prints one line a kind: quantiles of mean and least confidence, of
the palm's misfit and of the points' unrest, and the share that `find_hands` accepts as whole.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.radiograph import Radiograph
from lesionmeter.phantom.training import landmark_sample
from lesionmeter.stages.anatomy import find_hands
from lesionmeter.stages.anatomy.locate import Sighting, locate
from lesionmeter.stages.anatomy.network import landmark_network
from lesionmeter.stages.anatomy.picture import make_picture

Grey = NDArray[np.float32]
Random = np.random.Generator
SEED = 977  # none that training uses


def whole(rng: Random) -> Grey:
    """A whole hand in any pose, all of its points on the film."""
    while True:
        grey, points, _ = landmark_sample(rng)
        if points.min() > 4 and points.max() < grey.shape[0] - 5:
            return grey


def cut(rng: Random) -> Grey:
    """A film that ends across one finger or more: of one distal phalanx at least, only a third is left."""
    grey, row = _cut_row(rng)
    return grey[row:]


def blanked(rng: Random) -> Grey:
    """The same cut by a collimator: nothing is seen beyond, but the film goes on."""
    grey, row = _cut_row(rng)
    return np.asarray(np.where(np.arange(len(grey))[:, None] < row, np.float32(0), grey))


def _cut_row(rng: Random) -> tuple[Grey, int]:
    while True:
        grey, points, upright = landmark_sample(rng)
        finger = int(rng.integers(2, 6))
        tip, joint = points[4 * finger, 0], points[4 * finger - 1, 0]
        if upright and tip > 4:
            return grey, int(joint + 0.3 * (tip - joint))


def disordered(rng: Random) -> Grey:
    """The quarters of a hand's film, exchanged and turned."""
    grey = whole(rng)
    half = grey.shape[0] // 2
    parts = [grey[:half, :half], grey[:half, half:], grey[half:, :half], grey[half:, half:]]
    a, b, c, d = (np.rot90(parts[k], int(rng.integers(0, 4))) for k in rng.permutation(4))
    return np.asarray(np.block([[a, b], [c, d]]))


KINDS: dict[str, Callable[[Random], Grey]] = {"whole": whole, "cut": cut, "blanked": blanked, "disordered": disordered}


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    for kind, simulate in KINDS.items():
        rng = np.random.default_rng(SEED)
        films = [simulate(rng) for _ in range(count)]
        sightings = [locate(make_picture(film), landmark_network()) for film in films]
        found = [find_hands(Radiograph(kind, film, bits=32)).hands for film in films]
        taken = np.mean([len(hands) > 0 for hands in found])
        marked = np.mean([len(hands) > 0 and len(hands[0].remarks) > 0 for hands in found])
        print(f"{kind:10s}  accepted {taken:.3f}  of them marked {marked:.3f}  {_quantiles(sightings)}", flush=True)


def _quantiles(sightings: list[Sighting]) -> str:
    measures = {
        "mean confidence": [s.confidence.mean() for s in sightings],
        "least confidence": [s.confidence.min() for s in sightings],
        "misfit": [s.misfit for s in sightings],
        "unrest": [s.unrest for s in sightings],
    }
    return "  ".join(
        f"{name} {' '.join(f'{q:.3f}' for q in np.quantile(values, (0, 0.05, 0.5, 0.95, 1)))}"
        for name, values in measures.items()
    )


if __name__ == "__main__":
    main()
