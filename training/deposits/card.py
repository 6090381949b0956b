"""The model card: what the weights in the package were trained with, and what they do on simulated films."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from lesionmeter.phantom.patches import PITCH_MM, DepositFilm, deposit_film
from lesionmeter.stages.segmentation.field import SearchField, grain
from lesionmeter.stages.segmentation.network import DepositNetwork, deposit_network, lump_network
from training.deposits.pool import FILMS, PATCHES

WEIGHTS = Path(__file__).parents[2] / "lesionmeter" / "stages" / "segmentation" / "weights"
TEMPLATE = Path(__file__).with_name("card_template.md")
TEST_SEED = 987_654
LEVEL = 0.35
BRIDGE_CELLS = 2
LEAST_MM2, WANTED_MM2 = 1.0, 2.0
LUMP_MM2 = 40.0
"""From here on a deposit of a film with lumps is one."""


@dataclass(frozen=True)
class Seen:
    """What the network found on one film.

    Parameters
    ----------
    finds
        Mean chance of each find, and the numbers of the deposits that it touches.
    wanted
        Numbers of the deposits of `WANTED_MM2` and more.
    """

    finds: list[tuple[float, frozenset[int]]]
    wanted: frozenset[int]


def main() -> None:
    """Measure the weights that lie in the package, and write their card."""
    parser = argparse.ArgumentParser(prog="python -m training.deposits.card", description=__doc__)
    parser.add_argument("--films", type=int, default=60, help="simulated films")
    count = parser.parse_args().films
    rng = np.random.default_rng(TEST_SEED)
    table = table_of([looked_at(deposit_film(rng)) for _ in range(count)])
    rng = np.random.default_rng(TEST_SEED)
    lumps = np.vstack([shares_seen(deposit_film(rng, lumps=True)) for _ in range(count)])
    told = json.loads((WEIGHTS / "deposits.json").read_text())
    megabytes = (WEIGHTS / "deposits.onnx").stat().st_size / 1e6
    (WEIGHTS / "MODEL_CARD.md").write_text(card(told, table, lumps, megabytes, count))


def chances(film: DepositFilm, network: DepositNetwork) -> NDArray[np.float32]:
    """A network's map of deposits, on the film's grid."""
    everywhere = np.ones(film.image.shape, dtype=bool)
    maps = network(SearchField(film.image, PITCH_MM, grain(film.image, everywhere), everywhere, 1.0))
    return np.asarray(maps.deposit[: film.image.shape[0], : film.image.shape[1]], dtype=np.float32)


def shares_seen(film: DepositFilm) -> NDArray[np.float64]:
    """(lumps, 2) how much of each lump the network sees at `LEVEL`, and how much the one that learned lumps does."""
    truth = pieces(film.deposits > 0)
    both = [chances(film, network) >= LEVEL for network in (deposit_network(), lump_network())]
    sizes = np.bincount(truth.ravel()) * PITCH_MM**2
    lumps = np.flatnonzero(sizes[1:] >= LUMP_MM2) + 1
    return np.array([[seen[truth == number].mean() for seen in both] for number in lumps]).reshape(-1, 2)


def looked_at(film: DepositFilm) -> Seen:
    deposit, truth = chances(film, deposit_network()), pieces(film.deposits > 0)
    sizes = np.bincount(truth.ravel()) * PITCH_MM**2
    numbers = pieces(deposit >= LEVEL)
    finds = []
    for number in range(1, int(numbers.max()) + 1):
        mine = numbers == number
        if mine.sum() * PITCH_MM**2 >= LEAST_MM2:
            finds.append((float(deposit[mine].mean()), frozenset(np.unique(truth[mine]).tolist()) - {0}))
    return Seen(finds, frozenset(np.flatnonzero(sizes[1:] >= WANTED_MM2) + 1))


def pieces(shown: NDArray[np.bool_]) -> NDArray[np.int_]:
    """Numbered pieces, those near each other as one; the gaps between them are 0."""
    numbers, _ = ndi.label(ndi.binary_dilation(shown, iterations=BRIDGE_CELLS))
    return np.where(shown, numbers, 0)


def table_of(films: list[Seen]) -> str:
    wanted = sum(len(film.wanted) for film in films)
    rows = ["| false finds a film | deposits of 2 mm2 and more found |", "|---|---|"]
    wrong = sorted((chance for film in films for chance, touched in film.finds if not touched), reverse=True)
    for allowed in (0.25, 0.5, 1.0, 2.0):
        past = int(allowed * len(films))
        least = wrong[past] if past < len(wrong) else 0.0
        found = sum(len(film.wanted & touched_by(film, least)) for film in films)
        rows.append(f"| {allowed:g} | {found / wanted:.3f} of {wanted} |")
    return "\n".join([*rows, ""])


def touched_by(film: Seen, least: float) -> set[int]:
    """Deposits that finds of more than this chance touch."""
    return {number for chance, touched in film.finds if chance > least for number in touched}


def card(told: dict[str, Any], table: str, lumps: NDArray[np.float64], megabytes: float, count: int) -> str:
    """The card's text.

    Parameters
    ----------
    told
        What `deposits.json` says.
    table
        What was measured.
    lumps
        (lumps, 2) share of each that either network sees.
    megabytes
        Size of the weights.
    count
        Films in the table.
    """
    training = told["training"]
    return TEMPLATE.read_text().format(
        seed=training["seed"],
        parameters=told["parameters"],
        megabytes=megabytes,
        pitch=told["pitch_mm"],
        films=training["shards"] * FILMS,
        patches=training["shards"] * FILMS * PATCHES,
        seen=training["steps"] * training["batch"],
        count=count,
        test_seed=TEST_SEED,
        level=LEVEL,
        table=table,
        lump_mm2=LUMP_MM2,
        lumps=len(lumps),
        median=np.median(lumps, axis=0),
        half_seen=np.mean(lumps >= 0.5, axis=0),
    )


if __name__ == "__main__":
    main()
