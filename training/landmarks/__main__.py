"""Train the landmark network anew: simulate, train, export, measure. See README.md."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from training import shards
from training.landmarks.card import BENCH, TRIALS, WEIGHTS
from training.landmarks.export import export
from training.landmarks.pool import load_shards, make_shard
from training.landmarks.train import TrainSettings, train


def main() -> None:
    """Parse the arguments, and run from nothing to the exported file and its card."""
    parser = argparse.ArgumentParser(prog="python -m training.landmarks", description=__doc__)
    parser.add_argument("--seed", type=int, default=TrainSettings.seed, help="of the films and of all else")
    parser.add_argument("--steps", type=int, default=TrainSettings.steps, help="of the training; fewer for a trial")
    parser.add_argument("--shards", type=int, default=TrainSettings.shards, help="of 250 films; fewer for a trial")
    parser.add_argument("--trials", type=int, default=TRIALS, help="films of each kind that the card is measured on")
    parser.add_argument("--pool", type=Path, default=Path("pool"), help="folder for the simulated films")
    given = parser.parse_args()
    settings = TrainSettings(seed=given.seed, films=given.seed, steps=given.steps, shards=given.shards)
    # What the card will need is tried now, not after an hour of training.
    subprocess.run([sys.executable, str(BENCH), "--help"], check=True, stdout=subprocess.DEVNULL)
    maker = shards.start(make_shard, given.pool, settings.films, settings.shards)
    network = train(given.pool, settings)
    maker.join()
    export(network, load_shards(given.pool, settings.films, range(min(2, settings.shards))), settings, WEIGHTS)
    # In a process of its own, which reads the new weights from the package as users will.
    subprocess.run([sys.executable, "-m", "training.landmarks.card", "--films", str(given.trials)], check=True)


if __name__ == "__main__":
    main()
