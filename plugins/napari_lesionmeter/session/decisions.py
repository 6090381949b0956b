"""What a reader can say about films and deposits, each one action: written down, then held."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

import lesionmeter
from napari_lesionmeter.session.controller import Session
from napari_lesionmeter.session.order import UNDECIDED, decision

REASONS = (
    "overlaps bone", "overlaps another finger", "off the film or cropped", "over- or underexposed", "blurred by motion",
    "ring, cast or dressing over it", "surgery or amputation", "no tangential view",
)  # fmt: skip
"""Why a deposit cannot be assessed."""


def accept(session: Session, *, only_here: bool = False) -> None:
    """Affirm what is shown of the current deposit, on all films about which nothing is decided, or on this one."""
    rows = [session.finding()] if only_here else session.findings()
    said = session.state.corrections
    open_ = [row for row in rows if row is not None and decision(row, said) == UNDECIDED]
    if open_:
        words = f"accept {session.place.identity}"
        session.correct(*(_acceptance(session, row) for row in open_), words=words)


def _acceptance(session: Session, row: lesionmeter.DepositFinding) -> lesionmeter.Acceptance:
    shown = row.note if row.note in ("new", "resolved") else row.status.value
    return lesionmeter.Acceptance(session.signature, row.film, row.identity, shown)


def reject(session: Session, *, only_here: bool = False) -> None:
    """Say that the current deposit is none: on all films, or on this one."""
    rows = [session.finding()] if only_here else session.findings()
    there = [row for row in rows if row is not None and row.labels and row.position]
    if there:
        said = [lesionmeter.Rejection(session.signature, row.film, np.array(row.position)) for row in there]
        session.correct(*said, words=f"reject {session.place.identity}")


def dismiss_at(session: Session, film: str, point: tuple[float, float]) -> bool:
    """Say that what is unclear at a (row, column) pixel is no deposit; false if nothing is unclear there."""
    near = [place for place in session.unclear(film) if np.linalg.norm(place.position - point) <= place.radius_px]
    if not near:
        session.told.emit("expected a click inside a dashed ring: nothing was said of that place")
        return False
    place = min(near, key=lambda place: float(np.linalg.norm(place.position - point)))
    said = lesionmeter.Rejection(session.signature, film, place.position)
    session.correct(said, words=f"reject {place.words} on {film}")
    return True


def not_assessable(session: Session, reason: str, *, everywhere: bool = False) -> None:
    """Say that the current deposit cannot be assessed on this film, or on all, and why."""
    rows = session.findings() if everywhere else [session.finding()]
    said = [
        lesionmeter.NotAssessable(session.signature, row.film, row.identity, reason) for row in rows if row is not None
    ]
    if said:
        session.correct(*said, words=f"{session.place.identity} not assessable")


def link(session: Session, first: tuple[str, int], second: tuple[str, int], *, same: bool) -> None:
    """Say that two outlines, each a (film, label), are (or are not) one deposit; on one film, this merges or splits."""
    words = f"{'link' if same else 'unlink'} on {first[0]} and {second[0]}"
    session.correct(lesionmeter.LinkCorrection(session.signature, first, second, same), words=words)


def link_with(session: Session, identity: str, *, same: bool) -> None:
    """Link the current deposit with another one, or keep them apart, by their outlines nearest in time."""
    mine = [(row.film, label) for row in session.findings() for label in row.labels]
    theirs = [(row.film, label) for row in session.findings(identity) for label in row.labels]
    if mine and theirs and identity != session.place.identity:
        link(session, mine[-1], theirs[0], same=same)


def link_at(session: Session, film: str, point: tuple[float, float]) -> bool:
    """Link the current deposit with the outline at a (row, column) pixel of another film; false if that cannot be."""
    mine = [(row.film, label) for row in session.findings() for label in row.labels if row.film != film]
    return _join(session, mine, (film, session.label_at(film, point)), "another date")


def merge_at(session: Session, film: str, point: tuple[float, float]) -> bool:
    """Merge the current deposit with the outline at a (row, column) pixel of a film on which it is outlined too."""
    mine = [(row.film, label) for row in session.findings() for label in row.labels if row.film == film]
    return _join(session, mine, (film, session.label_at(film, point)), "the same film")


def _join(session: Session, mine: list[tuple[str, int]], other: tuple[str, int], where: str) -> bool:
    here = session.place.identity
    if not mine or not other[1] or other in mine:
        session.told.emit(f"expected a click on an outline that is not {here}, on {where} as an outline of {here}")
        return False
    order = session.films_in_order
    nearest = min(mine, key=lambda own: abs(order.index(own[0]) - order.index(other[0])))
    link(session, nearest, other, same=True)
    return True


def unlink_here(session: Session) -> None:
    """Keep the outline on the current film apart from the same deposit's outlines on all other films."""
    here = session.finding()
    others = [(row.film, label) for row in session.findings() for label in row.labels if row.film != session.place.film]
    if here is None or not here.labels or not others:
        session.told.emit("this deposit is outlined on one film only: there is nothing to unlink")
        return
    said = [
        lesionmeter.LinkCorrection(session.signature, (here.film, label), other, False)
        for label in here.labels
        for other in others
    ]
    session.correct(*said, words=f"unlink {here.identity} on {here.film}")


def split_here(session: Session) -> None:
    """Keep the parts of the current deposit on the current film apart."""
    here = session.finding()
    if here is None or len(here.labels) < 2:
        session.told.emit("this deposit is in one part here: there is nothing to split")
        return
    first, *rest = here.labels
    said = [
        lesionmeter.LinkCorrection(session.signature, (here.film, first), (here.film, label), False) for label in rest
    ]
    session.correct(*said, words=f"split {here.identity}")


def state_film(session: Session, film: str, date: str = "", hands: str = "", polarity: str = "") -> None:
    """State a film's date, hands or polarity; what is empty stays as it is.

    Raises
    ------
    ValueError
        If the date is none.
    """
    when = lesionmeter.PartialDate.parse(date) if date else None
    which = lesionmeter.Polarity(polarity) if polarity else None
    session.correct(lesionmeter.FilmCorrection(session.signature, film, when, hands, which), words=f"state {film}")
    session.pen.forget()


def state_scale(session: Session, film: str, spacing_mm: float, cv: float = 0.005) -> None:
    """State how many mm a pixel of a film is, with the relative uncertainty of a length."""
    session.correct(lesionmeter.ScaleCorrection(session.signature, film, spacing_mm, cv), words=f"scale of {film}")
    session.pen.forget()


def move_landmarks(session: Session, moved: Iterable[tuple[lesionmeter.Hand, int, tuple[float, float]]]) -> None:
    """Put landmarks (0 to 20) of hands to (row, column) pixels, as one action."""
    said = [
        lesionmeter.LandmarkCorrection(
            session.signature, hand.film, hand.laterality.value, landmark, np.array(point, dtype=np.float64)
        )
        for hand, landmark, point in moved
    ]
    if said:
        session.correct(*said, words=f"move landmark {', '.join(str(word.landmark) for word in said)}")
        session.pen.forget()


def sign_off(session: Session) -> None:
    """End a blinded reading: dates and order are shown from now on; the journal keeps when."""
    session.add("signed off", {"corrections": len(session.state.corrections)})
    session.blinding = type(session.blinding)(session.blinding.key, active=False)
    session.opened.emit()
    if session.results is not None:
        session.results_changed.emit(session.results)
