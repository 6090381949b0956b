"""Another reader's results of the same films beside this reader's own: read, compared, never changed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import psygnal

import lesionmeter
from napari_lesionmeter.session.marks import Level, Mark
from napari_lesionmeter.session.open_patient import OpenPatient
from napari_lesionmeter.session.work import Job

COMPARING = "comparing readers"

UNLIKE = 0.2
"""Areas that differ by more than this share of the greater one are marked."""


@dataclass(frozen=True)
class Pair:
    """One deposit on one film as two readers have it.

    Parameters
    ----------
    film, site
        Where; in words.
    identities
        Its identity with this reader and with the other one; empty where one does not have it.
    areas
        In words, in the same order.
    dice
        Overlap of the two outlines, 0 to 1; None without two.
    calls
        Calls of both readers that are not alike, in words.
    mark
        Whether they agree.
    """

    film: str
    site: str
    identities: tuple[str, str]
    areas: tuple[str, str]
    dice: float | None
    calls: str
    mark: Mark


class SideBySide:
    """Holds two readers' results against each other.

    Parameters
    ----------
    session
        The session; its `other` are the other reader's results.
    """

    changed = psygnal.Signal()
    """Emitted when `pairs` are others than before."""

    def __init__(self, session: OpenPatient) -> None:
        self._session = session
        self.name = ""
        self.pairs: tuple[Pair, ...] = ()

    def open(self, folder: Path) -> None:
        """Read another reader's output folder, and compare.

        Raises
        ------
        lesionmeter.LesionmeterError
            If the reading is blinded, nothing is measured yet, or the folder holds other films.
        """
        session = self._session
        if session.blinding.active:
            raise lesionmeter.LesionmeterError("other readers' work is hidden until you sign off")
        if session.results is None:
            raise lesionmeter.LesionmeterError("nothing to compare with: measure the films first")
        other = lesionmeter.read_assessment(folder)
        if not {film.sha256 for film in other.films} & {film.sha256 for film in session.results.films}:
            raise lesionmeter.LesionmeterError(f"{folder}: expected results of the same films, came those of others")
        session.other, self.name = other, folder.name
        self.compare()

    def compare(self) -> None:
        """Compare anew, in the background."""
        session, other, mine = self._session, self._session.other, self._session.results
        if other is None or mine is None or session.blinding.active:
            self._found(())
            return
        work = Job(COMPARING, lambda tell, found: _pairs(mine, other), self._found, session.failed)
        session.background.start(work)

    def _found(self, pairs: tuple[Pair, ...]) -> None:
        self.pairs = pairs
        self.changed.emit()

    def close(self) -> None:
        """Put the other reader's results away."""
        self._session.other, self.name = None, ""
        self._found(())


def _pairs(mine: lesionmeter.Assessment, other: lesionmeter.Assessment) -> tuple[Pair, ...]:
    study = lesionmeter.compare_readers({"mine": (mine,), "other": (other,)})
    calls = _unlike_calls(study)
    dice = {(pair.film, pair.deposit_first): pair.dice for pair in study.outlines}
    return tuple(_pair(d, dice.get((d.film, d.identities[0])), calls) for d in study.deposits)


def _pair(deposit: lesionmeter.RatedDeposit, dice: float | None, calls: dict[str, list[str]]) -> Pair:
    first, second = deposit.identities
    unlike = calls.get(f"{deposit.laterality} {first}", []) if first else []
    return Pair(
        deposit.film,
        f"{deposit.laterality} {deposit.site}",
        (first, second),
        (_area(deposit, 0), _area(deposit, 1)),
        dice,
        "; ".join(unlike),
        _mark(deposit, bool(unlike)),
    )


def _mark(deposit: lesionmeter.RatedDeposit, calls_differ: bool) -> Mark:
    first, second = deposit.areas
    if first is None or second is None:
        return Mark(Level.DOUBTFUL, "assessed by one reader only")
    if not all(deposit.identities):
        return Mark(Level.BAD, "this reader only" if deposit.identities[0] else "the other reader only")
    if calls_differ:
        return Mark(Level.BAD, "calls differ")
    if abs(first - second) > UNLIKE * max(first, second):
        return Mark(Level.DOUBTFUL, f"areas differ by more than {100 * UNLIKE:.0f} %")
    return Mark(Level.GOOD, "alike")


def _area(deposit: lesionmeter.RatedDeposit, reader: int) -> str:
    area = deposit.areas[reader]
    if area is None:
        return "not assessed"
    if not deposit.identities[reader]:
        return "none"
    return f"{area:.1f} mm²" if deposit.unit == "mm2" else f"{area:.3g} (relative)"


def _unlike_calls(study: lesionmeter.Agreement) -> dict[str, list[str]]:
    """What both readers call the changes of a deposit, where that differs; by hand and identity."""
    found: dict[str, list[str]] = defaultdict(list)
    for pair in study.calls:
        if pair.level == "deposit" and pair.call_first is not pair.call_second:
            found[pair.where].append(
                f"{pair.date_from} to {pair.date_to}: {pair.call_first.value} / {pair.call_second.value}"
            )
    return found
