"""Train the landmark network anew: simulate, train in three runs, export. See README.md."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from training.landmarks.export import export
from training.landmarks.pool import load_shards, start_pool
from training.landmarks.train import RUNS, train

WEIGHTS = Path(__file__).parents[2] / "lesionmeter" / "stages" / "anatomy" / "weights"


def main() -> None:
    """Parse the arguments, and run from nothing to the exported file."""
    parser = argparse.ArgumentParser(prog="python -m training.landmarks", description=__doc__)
    parser.add_argument("--seed", type=int, default=RUNS[0].films, help="of the films and of all else")
    parser.add_argument("--pool", type=Path, default=Path("pool"), help="folder for the simulated films")
    parser.add_argument("-o", "--out", type=Path, default=WEIGHTS, help="folder for the ONNX file and its card")
    given = parser.parse_args()
    runs = [dataclasses.replace(run, films=given.seed, seed=given.seed + run.seed - 1) for run in RUNS]
    maker = start_pool(given.pool, given.seed, max(run.shards for run in runs))
    network = train(given.pool, runs[0])
    for run in runs[1:]:
        network = train(given.pool, run, network)
    maker.join()
    given.out.mkdir(parents=True, exist_ok=True)
    export(network, load_shards(given.pool, given.seed, range(2)), runs, given.out)


if __name__ == "__main__":
    main()
