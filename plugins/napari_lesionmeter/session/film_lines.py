"""What is known of each film of the open patient, as a line to show: pure values, no window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import lesionmeter
from napari_lesionmeter.session.marks import Level, Mark, worst
from napari_lesionmeter.session.open_patient import UNSTATED, OpenPatient
from napari_lesionmeter.session.order import UNDECIDED, decision


@dataclass(frozen=True)
class FilmLine:
    """One film.

    Parameters
    ----------
    film, name
        Its file, and what it is called in the window.
    hands, date, polarity
        As stated or found; empty while unknown, and the date while the reading is blinded.
    scale, registration, review
        Its states.
    remarks
        What limits trust in it.
    refusal
        Why a registration of it was refused; empty if none was.
    """

    film: str
    name: str
    hands: str
    date: str
    polarity: str
    scale: Mark
    registration: Mark
    review: Mark
    remarks: str = ""
    refusal: str = ""


def film_lines(session: OpenPatient, read: Sequence[lesionmeter.Radiograph] = ()) -> tuple[FilmLine, ...]:
    """A line for each film, by hand and date; in the order of a blinded reading while there is one.

    Parameters
    ----------
    session
        The session.
    read
        Films read so far, while they are not all read.
    """
    films = session.patient.films if session.patient else tuple(read)
    rows = {row.film: row for row in session.results.films} if session.results else {}
    known = {film.film: film for film in films}
    order = session.blinding.order([*known, *(film for film in rows if film not in known)])
    lines = [_line(session, film, known.get(film), rows.get(film)) for film in order]
    lines = [_named(session, line) for line in lines]
    return tuple(lines if session.blinding.active else sorted(lines, key=lambda line: (line.hands, line.date or "9")))


def _named(session: OpenPatient, line: FilmLine) -> FilmLine:
    if not session.blinding.active:
        return replace(line, name=line.film)
    return replace(line, name=session.hidden_name(line.film), date="", remarks="")


def _line(
    session: OpenPatient,
    film: str,
    read: lesionmeter.Radiograph | None,
    row: lesionmeter.FilmFinding | None,
) -> FilmLine:
    stated = _stated(session, film)
    date = stated.date or (row.date if row else read.date if read else None)
    hands = stated.hands or (row.hands if row else read.laterality if read else "") or (read.laterality if read else "")
    polarity = stated.polarity or (row.polarity if row else read.polarity if read else None)
    return FilmLine(
        film,
        film,
        str(hands),
        str(date or ""),
        str(polarity or ""),
        scale_mark(session, film, read, row),
        _registration(session, film, row),
        _review(session, film),
        "; ".join(filter(None, [row.reason, *row.remarks])) if row else "",
        "; ".join(dict.fromkeys(way.reason for way in _ways(session, film) if not way.accepted)),
    )


def _stated(session: OpenPatient, film: str) -> lesionmeter.FilmCorrection:
    """All that the reader stated of a film, as one correction."""
    all_ = lesionmeter.FilmCorrection(lesionmeter.Signature("", ""), film)
    for said in session.state.corrections:
        if isinstance(said, lesionmeter.FilmCorrection) and said.film == film:
            all_ = replace(
                all_,
                date=said.date or all_.date,
                hands=said.hands or all_.hands,
                polarity=said.polarity or all_.polarity,
            )
    return all_


def scale_mark(
    session: OpenPatient,
    film: str,
    read: lesionmeter.Radiograph | None,
    row: lesionmeter.FilmFinding | None,
) -> Mark:
    """The scale of a film with its source and uncertainty, or that it is unknown."""
    calibrated = lesionmeter.calibrate(read) if read and not row else None
    spacing = row.spacing if row else calibrated.spacing if calibrated else None
    if spacing is None:
        return Mark(Level.BAD, "scale unknown")
    if spacing.source == UNSTATED:
        return Mark(Level.BAD, "scale unknown: areas are relative, not mm²")
    words = f"{spacing.mean_mm:.4f} mm ± {100 * spacing.cv:.1f} %, {spacing.source}"
    return worst([*_drift(session, film), Mark(Level.GOOD, words)])


def _drift(session: OpenPatient, film: str) -> list[Mark]:
    checks = session.results.scale_checks if session.results else ()
    return [
        Mark(Level.DOUBTFUL, f"bones differ by {lesionmeter.signed(100 * (check.ratio - 1), ' %')}")
        for check in checks
        if check.film == film and check.flagged
    ]


def _registration(session: OpenPatient, film: str, row: lesionmeter.FilmFinding | None) -> Mark:
    if row is None or session.results is None:
        return Mark(Level.WAITING, "not measured")
    if row.status is not lesionmeter.Status.MEASURED:
        return Mark(Level.BAD, row.reason or "no hand was found")
    return worst([_way_mark(session, way) for way in _ways(session, film)] or [Mark(Level.GOOD, "first film")])


def _ways(session: OpenPatient, film: str) -> list[lesionmeter.Registration]:
    return [way for way in session.results.registrations if way.film_to == film] if session.results else []


def _way_mark(session: OpenPatient, way: lesionmeter.Registration) -> Mark:
    to = session.film_name(way.film_from)
    if not way.accepted:
        return Mark(Level.BAD, f"{way.laterality} refused: {way.reason}")
    lost = sum(not motion.ok for motion in way.motions)
    if lost:
        return Mark(Level.DOUBTFUL, f"{way.laterality} to {to}; {lost} of {len(way.motions)} bones by their neighbours")
    return Mark(Level.GOOD, f"{way.laterality} to {to}")


def _review(session: OpenPatient, film: str) -> Mark:
    rows = [row for row in session.results.deposits if row.film == film] if session.results else []
    if not rows:
        return Mark(Level.WAITING, "nothing to review")
    done = sum(decision(row, session.state.corrections) != UNDECIDED for row in rows)
    return Mark(Level.GOOD if done == len(rows) else Level.WAITING, f"{done} of {len(rows)} sites decided")
