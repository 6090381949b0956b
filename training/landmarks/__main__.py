"""Train the landmark network anew: simulate, train, export. See README.md."""

from __future__ import annotations

import argparse
from pathlib import Path

from training.landmarks.export import export
from training.landmarks.pool import load_shards, start_pool
from training.landmarks.train import TrainSettings, train

WEIGHTS = Path(__file__).parents[2] / "lesionmeter" / "stages" / "anatomy" / "weights"


def main() -> None:
    """Parse the arguments, and run from nothing to the exported file."""
    defaults = TrainSettings()
    parser = argparse.ArgumentParser(prog="python -m training.landmarks", description=__doc__)
    parser.add_argument("--seed", type=int, default=defaults.seed)
    parser.add_argument("--steps", type=int, default=defaults.steps)
    parser.add_argument("--shards", type=int, default=defaults.shards, help="files of 250 simulated films")
    parser.add_argument("--pool", type=Path, default=Path("pool"), help="folder for the simulated films")
    parser.add_argument("-o", "--out", type=Path, default=WEIGHTS, help="folder for the ONNX file and its card")
    given = parser.parse_args()
    settings = TrainSettings(seed=given.seed, steps=given.steps, shards=given.shards)
    maker = start_pool(given.pool, settings.seed, settings.shards)
    network = train(given.pool, settings)
    maker.join()
    given.out.mkdir(parents=True, exist_ok=True)
    export(network, load_shards(given.pool, settings.seed, range(4)), settings, given.out)


if __name__ == "__main__":
    main()
