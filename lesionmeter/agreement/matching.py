"""Which deposit of one reader is which of another: by overlap on the same film."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

LEAST_DICE: Final = 0.1
"""Outlines that share less than this are two deposits. Specks drawn by one reader as one and by the other as several
still meet in the largest."""

Owners = NDArray[np.int32]
"""(rows, columns): which deposit each pixel of a film belongs to, counted from 1; 0 is none."""


@dataclass(frozen=True, eq=False)
class Outlined:
    """One reader's deposits on one film.

    Parameters
    ----------
    owners
        Which deposit each pixel belongs to.
    identities
        Identity of deposit 1, 2, ...
    """

    owners: Owners
    identities: tuple[str, ...]


def dice_table(first: Owners, second: Owners, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Dice coefficient of every deposit of one reader with every one of another.

    Parameters
    ----------
    first, second
        Owners on the same film.
    shape
        How many deposits the first and the second reader have.

    Returns
    -------
    ndarray
        (first, second) from 0 to 1.

    Examples
    --------
    >>> dice_table(np.array([[1, 1, 0]]), np.array([[1, 1, 1]]), (1, 1))
    array([[0.8]])
    """
    sizes = [np.bincount(side.ravel(), minlength=n + 1)[1:] for side, n in zip((first, second), shape, strict=True)]
    both = (first > 0) & (second > 0)
    codes = (first[both].astype(np.int64) - 1) * shape[1] + second[both] - 1
    shared = np.bincount(codes, minlength=shape[0] * shape[1]).reshape(shape)
    total = sizes[0][:, None] + sizes[1][None, :]
    table: NDArray[np.float64] = np.divide(2.0 * shared, total, out=np.zeros(shape), where=total > 0)
    return table


def match_readers(readers: Sequence[Outlined | None]) -> tuple[tuple[str, ...], ...]:
    """One row a deposit: its identity with each reader, empty where that reader has none.

    Each reader in turn is matched one to one with the deposits so far, at the greatest sum of Dice coefficients; each
    deposit so far counts with the outline of the first reader who has it.

    Parameters
    ----------
    readers
        Each reader's outlines of the same film; None for a reader who did not assess it.
    """
    rows: list[list[str]] = []
    drawn: list[tuple[int, int]] = []
    for number, reader in enumerate(readers):
        for row in rows:
            row.append("")
        if reader is None:
            continue
        partner = _partners(readers, drawn, reader)
        for own, identity in enumerate(reader.identities, 1):
            if own in partner:
                rows[partner[own]][number] = identity
            else:
                rows.append([""] * number + [identity])
                drawn.append((number, own))
    return tuple(tuple(row) for row in rows)


def _partners(
    readers: Sequence[Outlined | None], drawn: Sequence[tuple[int, int]], reader: Outlined
) -> Mapping[int, int]:
    """Deposit of this reader to its row."""
    if not drawn or not reader.identities:
        return {}
    alike = np.zeros((len(drawn), len(reader.identities)))
    for number in sorted({who for who, _ in drawn}):
        other = readers[number]
        assert other is not None
        table = dice_table(other.owners, reader.owners, (len(other.identities), len(reader.identities)))
        for row, (who, deposit) in enumerate(drawn):
            if who == number:
                alike[row] = table[deposit - 1]
    chosen = zip(*linear_sum_assignment(-alike), strict=True)
    return {int(own) + 1: int(row) for row, own in chosen if alike[row, own] >= LEAST_DICE}
