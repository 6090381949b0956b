"""Assessments of the same patients as columns of areas: one row a deposit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lesionmeter.agreement.matching import Outlined, match_readers
from lesionmeter.agreement.outlines import Region, overlap
from lesionmeter.model.agreement import OutlinePair, RatedDeposit
from lesionmeter.model.findings import Assessment, DepositFinding, FilmFinding, Status


@dataclass(frozen=True, eq=False)
class Reading:
    """One reader's results of one patient.

    Parameters
    ----------
    name
        The reader, or the output's name.
    assessment
        What that reader has.
    """

    name: str
    assessment: Assessment

    @cached_property
    def films(self) -> Mapping[str, FilmFinding]:
        """The films that were measured, by checksum: a name may differ from reader to reader."""
        return {film.sha256: film for film in self.assessment.films if film.status is Status.MEASURED and film.sha256}

    def findings(self, film: str) -> dict[str, DepositFinding]:
        """The deposits that this reader has on a film, by identity."""
        there = (found for found in self.assessment.deposits if found.film == film)
        return {found.identity: found for found in there if found.measurement is not None and found.labels}

    def outlined(self, checksum: str) -> Outlined | None:
        """The deposits on a film as regions; None if this reader could not assess it."""
        film = self.films.get(checksum)
        if film is None or film.film not in self.assessment.maps:
            return None
        findings, labels = self.findings(film.film), self.assessment.maps[film.film].labels
        numbers = np.zeros(2**16, dtype=np.int32)
        for number, finding in enumerate(findings.values(), 1):
            numbers[list(finding.labels)] = number
        return Outlined(numbers[labels], tuple(findings))


@dataclass(frozen=True, eq=False)
class RatedFilm:
    """One film as all readers have it."""

    checksum: str
    readings: tuple[Reading, ...]

    @cached_property
    def outlined(self) -> tuple[Outlined | None, ...]:
        """Each reader's regions."""
        return tuple(reading.outlined(self.checksum) for reading in self.readings)

    @cached_property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Each deposit's identity with each reader."""
        return match_readers(self.outlined)

    def deposits(self) -> Iterator[RatedDeposit]:
        """One row a deposit."""
        found = [reading.findings(self._name(reading)) for reading in self.readings]
        for row in self.rows:
            mine = [findings.get(identity) for findings, identity in zip(found, row, strict=True)]
            first = next(finding for finding in mine if finding is not None)
            areas = (_area(f, seen is not None) for f, seen in zip(mine, self.outlined, strict=True))
            units = {f.measurement.unit for f in mine if f is not None and f.measurement is not None}
            yield RatedDeposit(
                self.readings[0].assessment.patient_id,
                first.laterality,
                first.site.name if first.site else "",
                self._name(self.readings[0]) or first.film,
                row,
                tuple(areas),
                "mm2" if units == {"mm2"} else "relative",
            )

    def outlines(self) -> Iterator[OutlinePair]:
        """Every two readers' outlines of every deposit that both have."""
        for row in self.rows:
            having = [number for number, identity in enumerate(row) if identity]
            for place, a in enumerate(having):
                for b in having[place + 1 :]:
                    yield self._pair(row, a, b)

    def _pair(self, row: tuple[str, ...], a: int, b: int) -> OutlinePair:
        film = self.readings[a].films[self.checksum]
        lie = overlap(self._region(a, row[a]), self._region(b, row[b]), film.spacing)
        names = self.readings[a].name, self.readings[b].name
        patient = self.readings[a].assessment.patient_id
        return OutlinePair(
            patient, film.film, *names, row[a], row[b], lie.dice, lie.distance_mm, lie.distance95_mm
        )  # fmt: skip

    def _region(self, reader: int, identity: str) -> Region:
        found = self.outlined[reader]
        assert found is not None
        region: Region = found.owners == found.identities.index(identity) + 1
        return region

    def _name(self, reading: Reading) -> str:
        film = reading.films.get(self.checksum)
        return film.film if film else ""


def rated_films(readings: Sequence[Reading]) -> tuple[RatedFilm, ...]:
    """The films that at least two readers of one patient have measured, in the first reader's order."""
    checksums = dict.fromkeys(checksum for reading in readings for checksum in reading.films)
    return tuple(
        RatedFilm(checksum, tuple(readings))
        for checksum in checksums
        if sum(checksum in reading.films for reading in readings) > 1
    )


def rated_repeats(reading: Reading) -> tuple[RatedDeposit, ...]:
    """One row a deposit of one patient; its columns are the films of its hand, in the order of their dates."""
    deposits = reading.assessment.deposits
    order = {film: number for number, film in enumerate(_in_order(deposits))}
    rows: dict[tuple[str, str], list[DepositFinding]] = {}
    for finding in sorted(deposits, key=lambda found: order[found.film]):
        rows.setdefault((finding.laterality, finding.identity), []).append(finding)
    return tuple(_repeated(reading.assessment.patient_id, findings) for findings in rows.values())


def _in_order(deposits: Sequence[DepositFinding]) -> list[str]:
    dates = {found.film: found.date for found in deposits}
    return sorted(dates, key=lambda film: (date.middle if (date := dates[film]) else float("inf"), film))


def _repeated(patient: str, findings: Sequence[DepositFinding]) -> RatedDeposit:
    first = findings[0]
    areas = tuple(_area(f, f.status is not Status.NOT_ASSESSABLE) for f in findings)
    units = {found.measurement.unit for found in findings if found.measurement is not None}
    return RatedDeposit(
        patient,
        first.laterality,
        first.site.name if first.site else "",
        "",
        tuple(found.identity if found.measurement else "" for found in findings),
        areas,
        "mm2" if units == {"mm2"} else "relative",
    )


def _area(finding: DepositFinding | None, assessed: bool) -> float | None:
    if finding is not None and finding.measurement is not None:
        return finding.measurement.area.value
    return 0.0 if assessed else None
