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
TRIALS = 25
"""Simulated films of each kind that the shipped card was measured on."""

TEMPLATE = Path(__file__).with_name("card_template.md")


def main() -> None:
    """Measure the weights that lie in the package, and write their card."""
    parser = argparse.ArgumentParser(prog="python -m training.landmarks.card", description=__doc__)
    parser.add_argument("--films", type=int, default=TRIALS, help="simulated films of each kind")
    count = parser.parse_args().films
    told = json.loads((WEIGHTS / "landmarks.json").read_text())
    command = [sys.executable, str(BENCH), "--simulated", "--films", str(count)]
    table = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
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
    return TEMPLATE.read_text().format(
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
