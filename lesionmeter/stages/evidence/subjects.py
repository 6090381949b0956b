"""What is compared: deposits, sites, hands, the patient, each between two dates."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Final

from lesionmeter.model.dates import PartialDate
from lesionmeter.model.film_pair import FilmPair
from lesionmeter.model.findings import DepositFinding, Status, UnclearPlace
from lesionmeter.model.site import Site

LEVELS: Final = ("deposit", "site", "hand", "patient")

Key = tuple[str, str]
"""(laterality, identity) of a deposit."""

Dates = tuple[PartialDate, PartialDate]


@dataclass(frozen=True)
class Member:
    """One deposit on both dates; None where the hand was not filmed."""

    key: Key
    start: DepositFinding | None
    end: DepositFinding | None


@dataclass(frozen=True)
class Subject:
    """One thing compared between two dates.

    Parameters
    ----------
    level
        One of `LEVELS`.
    laterality, site, identity
        What it is about; None above its level. A site's aspect is empty at the site level, which sums all aspects.
    dates
        From and to.
    members
        Its deposits.
    films
        The films compared; None at the patient's level.
    """

    level: str
    laterality: str | None
    site: Site | None
    identity: str | None
    dates: Dates
    members: tuple[Member, ...]
    films: tuple[str, str] | None


@dataclass(frozen=True, eq=False)
class Record:
    """All dated findings of a patient, one film for each hand and date; and what is known of pairs of films."""

    findings: tuple[DepositFinding, ...]
    film_pairs: tuple[FilmPair, ...] = ()
    unclear: tuple[UnclearPlace, ...] = ()

    @cached_property
    def films(self) -> Mapping[tuple[str, PartialDate], str]:
        """The film of a hand on a date: of several, the one with most assessable deposits, then by name."""
        seen: dict[tuple[str, PartialDate], Counter[str]] = defaultdict(Counter)
        for finding in self.findings:
            if finding.date is not None:
                assessable = finding.status is not Status.NOT_ASSESSABLE
                seen[finding.laterality, finding.date][finding.film] += int(assessable)
        return {where: min(films, key=lambda film: (-films[film], film)) for where, films in seen.items()}

    @cached_property
    def spare_films(self) -> Mapping[tuple[str, PartialDate], int]:
        """How many other films of that hand bear the same date."""
        films: dict[tuple[str, PartialDate], set[str]] = defaultdict(set)
        for finding in self.findings:
            if finding.date is not None:
                films[finding.laterality, finding.date].add(finding.film)
        return {where: len(names) - 1 for where, names in films.items()}

    @cached_property
    def unscaled(self) -> frozenset[str]:
        """Films of unknown scale, as far as anything was measured on them."""
        measured = ((f.film, f.measurement) for f in self.findings)
        return frozenset(film for film, area in measured if area is not None and area.unit != "mm2")

    @cached_property
    def at(self) -> Mapping[tuple[Key, PartialDate], DepositFinding]:
        """The finding of a deposit on a date."""
        return {
            ((f.laterality, f.identity), f.date): f
            for f in self.findings
            if f.date is not None and self.films[f.laterality, f.date] == f.film
        }

    @cached_property
    def sites(self) -> Mapping[Key, Site | None]:
        """Each deposit's one site: that of its first finding that has one."""
        sites: dict[Key, Site | None] = {}
        for finding in self.findings:
            key = (finding.laterality, finding.identity)
            sites[key] = sites.get(key) or finding.site
        return sites

    def pairs(self) -> list[Dates]:
        """Every pair of different dates on which one and the same hand was filmed, earlier first."""
        dates = sorted({date for _, date in self.films}, key=lambda date: (date.middle, str(date)))
        hands = {hand for hand, _ in self.films}
        return [
            (first, second)
            for first, second in combinations(dates, 2)
            if any((hand, first) in self.films and (hand, second) in self.films for hand in hands)
        ]

    def pairs_of(self, subject: Subject) -> list[FilmPair]:
        """What is known of the two films that a subject is compared on, for each of its hands."""
        hands = dict.fromkeys(member.key[0] for member in subject.members)
        films = {(hand, *(self.films.get((hand, date)) for date in subject.dates)) for hand in hands}
        return [pair for pair in self.film_pairs if (pair.laterality, pair.film_from, pair.film_to) in films]

    def missing_from(self, subject: Subject, date: PartialDate) -> list[UnclearPlace]:
        """What is seen where a subject sums the areas of that date, and is in none of them."""
        if subject.level == "deposit":
            return []
        films = {(hand, self.films.get((hand, date))) for hand in {member.key[0] for member in subject.members}}
        seen = (place for place in self.unclear if (place.laterality, place.film) in films)
        return [place for place in seen if subject.site is None or subject.site.name == place.site.name]

    def subjects(self, level: str, dates: Dates) -> Iterator[Subject]:
        """All subjects of a level between two dates."""
        groups: dict[tuple[str | None, Site | None, str | None], list[Key]] = defaultdict(list)
        for key in sorted(self.sites):
            name = self._group(level, key)
            if name is not None and (level == "patient" or self._filmed(key[0], dates)):
                groups[name].append(key)
        for (hand, site, identity), keys in groups.items():
            films = None if hand is None else (self.films[hand, dates[0]], self.films[hand, dates[1]])
            yield Subject(level, hand, site, identity, dates, tuple(self._members(keys, dates)), films)

    def _group(self, level: str, key: Key) -> tuple[str | None, Site | None, str | None] | None:
        hand, identity = key
        site = self.sites[key]
        if level == "deposit":
            return hand, site, identity
        if level == "site":
            return None if site is None else (hand, Site(site.ray, site.name, ""), None)
        return (hand, None, None) if level == "hand" else (None, None, None)

    def _filmed(self, hand: str, dates: Dates) -> bool:
        return all((hand, date) in self.films for date in dates)

    def _members(self, keys: Iterable[Key], dates: Dates) -> Iterator[Member]:
        for key in keys:
            yield Member(key, self.at.get((key, dates[0])), self.at.get((key, dates[1])))
