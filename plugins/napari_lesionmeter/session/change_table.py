"""Deposits by films, with areas, changes and calls: what the change panel shows, as pure values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import lesionmeter
from napari_lesionmeter.session.open_patient import OpenPatient
from napari_lesionmeter.session.order import in_order

CALL_SIGNS = {
    lesionmeter.Call.REGRESSION: "▼",
    lesionmeter.Call.PROGRESSION: "▲",
    lesionmeter.Call.STABLE: "=",
    lesionmeter.Call.INDETERMINATE: "?",
    lesionmeter.Call.RESOLVED: "○",
    lesionmeter.Call.NEW: "✚",
    lesionmeter.Call.NOT_ASSESSABLE: "–",
}
"""A sign of its own shape for each call."""

HIDDEN = "changes are hidden while the reading is blinded"


@dataclass(frozen=True)
class ChangeCell:
    """One deposit, or all of a hand, on one film.

    Parameters
    ----------
    area, change
        In words; empty where there is nothing to say.
    call
        The call since the earlier film; None on the first film or while it is hidden.
    hint
        What is behind them.
    """

    area: str = ""
    change: str = ""
    call: lesionmeter.Call | None = None
    hint: str = ""

    def __str__(self) -> str:
        return "\n".join(filter(None, (self.area, self.change)))


@dataclass(frozen=True)
class ChangeRow:
    """One deposit (or, without an identity, all of a hand) on all films."""

    identity: str
    name: str
    cells: tuple[ChangeCell, ...]


def change_table(session: OpenPatient, *, since_first: bool = True) -> tuple[ChangeRow, ...]:
    """A row for each deposit in the order of review, then one for each hand; a cell for each of `films_in_order`.

    Parameters
    ----------
    session
        The session.
    since_first
        Changes since the first film of the hand; else since the film before.
    """
    results = session.results
    if results is None:
        return ()
    rows = tuple(_deposit_row(session, identity, since_first) for identity in in_order(results))
    sides = dict.fromkeys(f.laterality for f in results.deposits)
    return rows if session.blinding.active else rows + tuple(_hand_row(session, s, since_first) for s in sides)


def _deposit_row(session: OpenPatient, identity: str, since_first: bool) -> ChangeRow:
    assert session.results is not None
    found = {row.film: row for row in session.findings(identity)}
    shown = [found[film] for film in session.films_in_order if film in found]
    changes = {} if session.blinding.active else _changes(_of(session, "deposit", identity), since_first)
    areas = [row.measurement for row in shown if row.measurement]
    reference = next((area.area.value for area in areas if area.area.value > 0), 1.0)
    relative = any(area.unit != "mm2" for area in areas)
    cells = tuple(
        _deposit_cell(found.get(film), changes.get(film), reference, relative) for film in session.films_in_order
    )
    return ChangeRow(identity, f"{identity}  {shown[0].laterality}  {shown[0].site or 'no site'}", cells)


def _deposit_cell(
    found: lesionmeter.DepositFinding | None, change: lesionmeter.Change | None, reference: float, relative: bool
) -> ChangeCell:
    if found is None:
        return ChangeCell()
    area, below = lesionmeter.area_words(found, reference, relative)
    unit = " mm²" if found.measurement is not None and not relative else ""
    in_brackets = bool(below) and len(below) <= 24
    words = f"{area}{unit}" + (f" ({below})" if in_brackets else "")
    hint = "" if in_brackets else below
    return _with_change(ChangeCell(words, hint=hint), change)


def _hand_row(session: OpenPatient, side: str, since_first: bool) -> ChangeRow:
    every = [change for change in _of(session, "hand") if change.laterality == side]
    changes = _changes(every, since_first)
    areas = {change.film_from: change.area_from for change in every} | {c.film_to: c.area_to for c in every}
    units = {change.unit for change in every}
    cells = []
    for film in session.films_in_order:
        area = areas.get(film)
        words = f"{area:.1f} mm²" if area is not None and units == {"mm2"} else ""
        cells.append(_with_change(ChangeCell(words), changes.get(film)))
    return ChangeRow("", f"hand {side}, deposits assessable on both dates", tuple(cells))


def _of(session: OpenPatient, level: str, identity: str | None = None) -> list[lesionmeter.Change]:
    changes = session.results.changes if session.results else ()
    return [change for change in changes if change.level == level and change.identity == identity]


def _changes(changes: Iterable[lesionmeter.Change], since_first: bool) -> dict[str | None, lesionmeter.Change]:
    """One change for each later film: of all that end there, that with the first or the last beginning."""
    chosen: dict[str | None, lesionmeter.Change] = {}
    for change in sorted(changes, key=lambda change: change.date_from.middle, reverse=since_first):
        chosen[change.film_to] = change
    return chosen


def _with_change(cell: ChangeCell, change: lesionmeter.Change | None) -> ChangeCell:
    if change is None:
        return cell
    amount = lesionmeter.signed(change.percent, " %") if change.percent is not None else ""
    interval = lesionmeter.percent_interval(change.log_ratio)
    words = [CALL_SIGNS[change.call], change.call.value, amount, f"({interval})" if interval else ""]
    since = f"since {change.date_from}: {change.wording}. {change.reason}"
    return ChangeCell(
        cell.area, " ".join(filter(None, words)), change.call, "\n".join(filter(None, [cell.hint, since]))
    )
