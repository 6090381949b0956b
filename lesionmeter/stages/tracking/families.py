"""Deposits linked film by film into families: each family is one identity, whatever parts it falls into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from lesionmeter.stages.tracking.footprint import Footprint, Node
from lesionmeter.stages.tracking.likelihood import TrackingSettings, mismatch, probability
from lesionmeter.stages.tracking.readers import ReaderLinks

FAR = 1e6
"""Cost that stands for a forbidden link in the assignment, which cannot take infinity."""


@dataclass(frozen=True, eq=False)
class Family:
    """The outlines, on all films so far, of what is taken for one deposit.

    Parameters
    ----------
    sure
        Each outline, with the probability that it belongs to the first one.
    ground
        Where it lay when last seen; None if it was seen only on films that are not registered.
    """

    sure: Mapping[Node, float]
    ground: Footprint | None

    @property
    def first(self) -> Node:
        """Its earliest outline."""
        return min(self.sure)

    def on(self, when: int) -> tuple[Node, ...]:
        """Its outlines on the film of that number."""
        return tuple(sorted(node for node in self.sure if node.when == when))

    def joined(self, node: Node, sure: float) -> Family:
        """With one more outline."""
        return replace(self, sure={**self.sure, node: sure})

    def fused(self, other: Family) -> Family:
        """Both families as one."""
        grounds = [ground for ground in (self.ground, other.ground) if ground is not None]
        ground = grounds[0].joined(grounds[1]) if len(grounds) == 2 else next(iter(grounds), None)
        return Family({**self.sure, **other.sure}, ground)


Families = tuple[Family, ...]


@dataclass(frozen=True, eq=False)
class Film:
    """The outlines of one film: its number in the order of dates, and each one's footprint (None if not registered)."""

    when: int
    found: Mapping[Node, Footprint | None]

    @property
    def placed(self) -> dict[Node, Footprint]:
        """The outlines whose place on the baseline film is known."""
        return {node: footprint for node, footprint in self.found.items() if footprint is not None}


@dataclass(frozen=True)
class Linker:
    """Adds one film after another to the families, in order of date."""

    reader: ReaderLinks
    settings: TrackingSettings

    def add(self, families: Families, film: Film) -> Families:
        """The families with one more film: reader's links, best links, parts, newcomers, merged families."""
        families = self._reader_links(families, film)
        families = self._best_links(families, film)
        families = self._parts(families, film)
        families += tuple(Family({node: 1.0}, None) for node in _unlinked(families, film))
        families = self._fuse(families, film)
        return tuple(_moved(family, film) for family in families)

    def _reader_links(self, families: Families, film: Film) -> Families:
        for node in film.found:
            taker = next((family for family in families if self.reader.linked(family.sure, node)), None)
            if taker is not None:
                families = _with(families, taker, taker.joined(node, 1.0))
        return families

    def _best_links(self, families: Families, film: Film) -> Families:
        free = [family for family in families if family.ground is not None and not family.on(film.when)]
        nodes = [node for node in _unlinked(families, film) if node in film.placed]
        costs = np.array([[self._cost(family, node, film) for node in nodes] for family in free])
        if costs.size == 0:
            return families
        for i, j in zip(*linear_sum_assignment(np.minimum(costs, FAR)), strict=True):
            if np.isfinite(costs[i, j]):
                sure = free[i].sure[max(free[i].sure)] * probability(float(costs[i, j]), self.settings)
                families = _with(families, free[i], free[i].joined(nodes[j], sure))
        return families

    def _cost(self, family: Family, node: Node, film: Film) -> float:
        if family.ground is None or self.reader.forbidden(family.sure, [node]):
            return float("inf")
        return mismatch(family.ground, film.placed[node], self.settings)

    def _parts(self, families: Families, film: Film) -> Families:
        # A split: what is left over, but lies where a deposit lay that has been found again, is a part of it.
        for node in _unlinked(families, film):
            footprint = film.found[node]
            owners = [
                family
                for family in families
                if footprint is not None
                and family.on(film.when)
                and not self.reader.forbidden(family.sure, [node])
                and self._lies_in(footprint, family.ground)
            ]
            if owners and footprint is not None:
                owner = min(owners, key=lambda family: mismatch(family.ground or footprint, footprint, self.settings))
                families = _with(families, owner, owner.joined(node, owner.sure[owner.on(film.when)[0]]))
        return families

    def _fuse(self, families: Families, film: Film) -> Families:
        # A merger: a deposit that is not found again, but whose place another deposit's outline now covers.
        for family in families:
            other = next((o for o in families if o is not family and self._belong(family, o, film)), None)
            if other is not None:
                keeper, lost = sorted((family, other), key=lambda f: f.first)
                rest = tuple(f for f in families if f is not keeper and f is not lost)
                return self._fuse((*rest, keeper.fused(lost)), film)
        return families

    def _belong(self, family: Family, other: Family, film: Film) -> bool:
        if any(self.reader.linked(family.sure, node) for node in other.sure):
            return True
        if family.on(film.when) or self.reader.forbidden(family.sure, other.sure):
            return False
        covers = [film.placed[node] for node in other.on(film.when) if node in film.placed]
        return family.ground is not None and any(self._lies_in(family.ground, cover) for cover in covers)

    def _lies_in(self, part: Footprint, whole: Footprint | None) -> bool:
        if whole is None:
            return False
        slack = 0.1 + max(part.error_mm, whole.error_mm)
        return part.share_inside(whole, slack) >= self.settings.inside_share


def _unlinked(families: Families, film: Film) -> list[Node]:
    taken = {node for family in families for node in family.on(film.when)}
    return [node for node in sorted(film.found) if node not in taken]


def _with(families: Families, old: Family, new: Family) -> Families:
    return tuple(new if family is old else family for family in families)


def _moved(family: Family, film: Film) -> Family:
    here = [film.placed[node] for node in family.on(film.when) if node in film.placed]
    if not here:
        return family
    ground = here[0]
    for part in here[1:]:
        ground = ground.joined(part)
    return replace(family, ground=ground)
