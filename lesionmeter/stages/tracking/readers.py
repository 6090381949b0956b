"""What a reader says about links: clicks of one name, and corrections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from lesionmeter.model.corrections import LinkCorrection
from lesionmeter.stages.tracking.footprint import Node


@dataclass(frozen=True)
class ReaderLinks:
    """Pairs of nodes that a reader links (`same`) or keeps apart (`apart`)."""

    same: frozenset[frozenset[Node]]
    apart: frozenset[frozenset[Node]]

    def linked(self, group: Iterable[Node], node: Node) -> bool:
        """Whether a reader links `node` to any of the group."""
        return any(frozenset((member, node)) in self.same for member in group)

    def forbidden(self, group: Iterable[Node], other: Iterable[Node]) -> bool:
        """Whether a reader keeps any of the one apart from any of the other."""
        others = tuple(other)
        return any(frozenset((a, b)) in self.apart for a in group for b in others)


def reader_links(hints: Mapping[Node, str], links: tuple[LinkCorrection, ...]) -> ReaderLinks:
    """What the reader says about the links between all outlined deposits of a hand.

    Clicks of one name are one deposit, clicks of different names are different ones; a later correction overrules an
    earlier one and the clicks. Corrections that name a deposit that is not there are left out: it belongs to the other
    hand, or is outlined no more.

    Parameters
    ----------
    hints
        The click's name of each node; empty where it has none.
    links
        The corrections, oldest first.
    """
    nodes = {(node.film, node.label): node for node in hints}
    named = [node for node in hints if hints[node]]
    word = {frozenset(pair): hints[pair[0]] == hints[pair[1]] for pair in combinations(named, 2)}
    for link in links:
        if link.first in nodes and link.second in nodes and link.first != link.second:
            word[frozenset((nodes[link.first], nodes[link.second]))] = link.same
    return ReaderLinks(
        frozenset(pair for pair, same in word.items() if same),
        frozenset(pair for pair, same in word.items() if not same),
    )
