"""The model card: what the weights in the package were trained with, and what they do on simulated films."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
WEIGHTS = REPOSITORY / "lesionmeter" / "stages" / "anatomy" / "weights"
BENCH = REPOSITORY / "bench" / "landmarks.py"
SHARD_FILMS = 250

TEXT = """# Landmark network

Written by `python -m training.landmarks`, which made these weights in one run from seed {seed}.

**What it is.** A U-Net of {parameters:,} parameters (`landmarks.onnx`, {megabytes:.1f} MB, SHA-256 in `landmarks.json`) that marks
the 21 landmarks of one hand in a picture of {size} x {size} pixels, each with a confidence, and says whether the hand is an
oblique or lateral one. `find_hands` runs it on a film in eight turns, then on the hand stood upright in five small poses,
and takes the median. `docs/landmarks.md` defines the points.

**What it learned from.** Simulated films only (`lesionmeter.phantom.training`; {films:,} films, {pictures:,} pictures seen): no
real radiograph, and nothing derived from one. Of the films 72 % show a whole hand, 4 % one with worn tips, the others what
must be refused: oblique and lateral hands, lost fingers, feet, forearms. Cuts by collimators and film edges are made anew
each time that a film is seen. The settings stand in `landmarks.json`.

**What it is for.** Finding whole hands on postero-anterior hand radiographs, as a start for registration and for naming
finding sites. Research use.

**Measured** on simulated films that it was not trained on (`python bench/landmarks.py --simulated --films {count}`). *As it
should be*: all hands found with the right side and polarity and no other; or, without a whole hand, none taken, or only
with a remark. Errors are those of joints and tips, in percent of the hand's length.

{table}
What it does on real films, and where it fails, stands in `docs/landmarks.md`.
"""


def main() -> None:
    """Measure the weights that lie in the package, and write their card."""
    parser = argparse.ArgumentParser(prog="python -m training.landmarks.card", description=__doc__)
    parser.add_argument("--films", type=int, default=60, help="simulated films of each kind")
    count = parser.parse_args().films
    told = json.loads((WEIGHTS / "landmarks.json").read_text())
    command = [sys.executable, str(BENCH), "--simulated", "--films", str(count)]
    table = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    megabytes = (WEIGHTS / "landmarks.onnx").stat().st_size / 1e6
    (WEIGHTS / "MODEL_CARD.md").write_text(card(told, table, megabytes, count))


def card(told: dict[str, Any], table: str, megabytes: float, count: int) -> str:
    """The card's text.

    Parameters
    ----------
    told
        What `landmarks.json` says.
    table
        What the bench printed.
    megabytes
        Size of the weights.
    count
        Films of each kind in the table.
    """
    training = told["training"]
    return TEXT.format(
        seed=training["seed"],
        parameters=told["parameters"],
        megabytes=megabytes,
        size=told["size"],
        films=training["shards"] * SHARD_FILMS,
        pictures=training["steps"] * training["batch"],
        count=count,
        table=table,
    )


if __name__ == "__main__":
    main()
