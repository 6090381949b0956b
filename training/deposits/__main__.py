"""Train the two deposit networks anew: simulate, train, export, measure. See README.md."""

from __future__ import annotations

import argparse
import dataclasses
import subprocess
import sys
from pathlib import Path

from training import shards
from training.deposits.card import WEIGHTS
from training.deposits.export import export
from training.deposits.pool import make_shards
from training.deposits.train import TrainSettings, train


def main() -> None:
    """Parse the arguments, and run from nothing to the exported file and its card."""
    parser = argparse.ArgumentParser(prog="python -m training.deposits", description=__doc__)
    parser.add_argument("--seed", type=int, default=TrainSettings.seed, help="of the patches and of all else")
    parser.add_argument("--steps", type=int, default=TrainSettings.steps, help="of the training; fewer for a trial")
    parser.add_argument("--shards", type=int, default=TrainSettings.shards, help="files of patches; fewer for a trial")
    parser.add_argument("--pool", type=Path, default=Path("pool"), help="folder for the simulated patches")
    given = parser.parse_args()
    usual = dataclasses.replace(TrainSettings(), seed=given.seed, steps=given.steps, shards=given.shards)
    maker = shards.start(make_shards, given.pool, given.seed, usual.shards)
    both = (usual, dataclasses.replace(usual, lumps=True))
    for settings in both:
        export(train(given.pool, settings), settings, WEIGHTS)
    maker.join()
    # In a process of its own, which reads the new weights from the package as users will.
    subprocess.run([sys.executable, "-m", "training.deposits.card"], check=True)


if __name__ == "__main__":
    main()
