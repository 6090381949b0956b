"""The error of one area as repeats show it: sigma^2 = s0^2 + 4 pi s_r^2 A + (k_own A)^2, and a shared part."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import t as t_distribution

from lesionmeter.model.agreement import RatedDeposit, StudyRepeatability
from lesionmeter.model.repeatability import Z95, Repeatability

LEAST_OWN: Final = 6
"""Degrees of freedom of the deposits' own error under which nothing is fitted."""

LEAST_SHARED: Final = 5
"""Degrees of freedom of a film's shared error under which the built-in size stays, where that is larger."""

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Block:
    """One hand's repeats.

    Parameters
    ----------
    areas
        (deposits,) mean area of each, mm2.
    contrasts
        (repeats - 1, deposits) orthonormal contrasts of the log areas over the repeats: what differs between repeats.
    """

    areas: Array
    contrasts: Array


def fit_repeatability(deposits: Sequence[RatedDeposit], source: str) -> StudyRepeatability | str:
    """Fit the error of one area to repeats of unchanged hands, by maximum likelihood.

    The log areas of one hand's n deposits on k films differ from film to film by each deposit's own error, of variance
    s0^2/A^2 + 4 pi s_r^2/A + k_own^2, and by an error that the deposits of a film share, of variance k_shared^2. Each
    deposit's own level is taken out by k - 1 orthonormal contrasts, which are independent and normal with covariance
    diag(own) + k_shared^2. The sizes are then widened by Student's t over the normal quantile: a call takes 1.96 of
    them, and from few repeats 1.96 would be too few.

    Parameters
    ----------
    deposits
        Of `repeats`; those that are measured in mm2 on every film enter.
    source
        What the repeats are, for the settings and the page.

    Returns
    -------
    StudyRepeatability or str
        Or the reason why these repeats do not carry it.
    """
    used = [deposit for deposit in deposits if deposit.complete and deposit.unit == "mm2" and len(deposit.areas) > 1]
    blocks = _blocks(used)
    repeats = sum(len(block.contrasts) for block in blocks)
    own = sum(block.contrasts.size for block in blocks) - repeats
    if own < LEAST_OWN:
        return (
            f"needs {LEAST_OWN} degrees of freedom of repeated deposits in mm2, came {max(own, 0)} "
            f"({len(used)} deposits measured on every repeat)"
        )
    sizes = _most_likely(blocks)
    widened = tuple(float(t_distribution.ppf(0.975, freedom)) / Z95 for freedom in (own, repeats))
    error, notes = _widened(sizes, (widened[0], widened[1]), repeats)
    return StudyRepeatability(
        replace(error, source=source),
        len(used),
        len({deposit.patient_id for deposit in used}),
        (own, repeats),
        (widened[0], widened[1]),
        notes,
    )


def _widened(
    sizes: tuple[float, float, float, float], widened: tuple[float, float], repeats: int
) -> tuple[Repeatability, tuple[str, ...]]:
    own = tuple(size * widened[0] for size in sizes[:3])
    shared, built_in = sizes[3] * widened[1], Repeatability().k_shared
    notes: tuple[str, ...] = ()
    if repeats < LEAST_SHARED and shared < built_in:
        shared = built_in
        why = f"{repeats} degrees of freedom are too few for the error that a film's deposits share"
        notes = (f"{why}: the built-in one stays",)
    s0, border, k_own, k_shared = (float(f"{size:.4g}") for size in (*own, shared))
    return Repeatability(s0, border, k_own, k_shared), notes


def _blocks(deposits: Sequence[RatedDeposit]) -> list[Block]:
    hands: dict[tuple[str, str, int], list[RatedDeposit]] = defaultdict(list)
    for deposit in deposits:
        hands[deposit.patient_id, deposit.laterality, len(deposit.areas)].append(deposit)
    return [_block(hand) for hand in hands.values()]


def _block(hand: Sequence[RatedDeposit]) -> Block:
    areas = np.array([deposit.areas for deposit in hand], dtype=np.float64)
    return Block(areas.mean(axis=1), helmert(areas.shape[1]) @ np.log(areas).T)


def helmert(k: int) -> Array:
    """(k - 1, k) orthonormal contrasts: rows of length 1 that are at right angles to each other and sum to 0.

    Examples
    --------
    >>> bool(np.allclose(helmert(3) @ helmert(3).T, np.eye(2)))
    True
    """
    rows = [np.concatenate([np.ones(i), [-i], np.zeros(k - i - 1)]) / math.sqrt(i * (i + 1)) for i in range(1, k)]
    return np.array(rows)


def _most_likely(blocks: Sequence[Block]) -> tuple[float, float, float, float]:
    starts = ((0.02, 0.01, 0.01, 0.005), (0.2, 0.05, 0.05, 0.02), (0.01, 0.1, 0.02, 0.05))
    fits = [
        minimize(_badness, np.array(start), args=(blocks,), method="L-BFGS-B", bounds=[(0.0, None)] * 4)
        for start in starts
    ]
    best = min(fits, key=lambda fit: float(fit.fun))
    s0, border, own, shared = (float(size) for size in best.x)
    return s0, border, own, shared


def _badness(sizes: Array, blocks: Sequence[Block]) -> float:
    """Minus twice the log likelihood, without its constant."""
    s0, border, k_own, k_shared = sizes
    total = 0.0
    for block in blocks:
        own = (s0 / block.areas) ** 2 + 4 * math.pi * border**2 / block.areas + k_own**2 + 1e-10
        weight = 1.0 / own
        pull = 1.0 + k_shared**2 * weight.sum()
        squares = (block.contrasts**2 * weight).sum(axis=1)
        common = k_shared**2 * (block.contrasts * weight).sum(axis=1) ** 2 / pull
        total += float((squares - common).sum()) + len(block.contrasts) * float(np.log(own).sum() + math.log(pull))
    return total
