"""What is open, what was found, and what the reader said of it: what all parts of the session share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psygnal

import lesionmeter
from napari_lesionmeter.session.blinding import Blinding
from napari_lesionmeter.session.folders import Folders
from napari_lesionmeter.session.history import State
from napari_lesionmeter.session.journal import now
from napari_lesionmeter.session.order import Place, in_order
from napari_lesionmeter.session.record import Record
from napari_lesionmeter.session.work import Background

UNSTATED = "assumed"
"""The source of a spacing that nobody stated: areas are relative then."""


class OpenPatient:
    """One open patient.

    Parameters
    ----------
    reader
        Who reads; on every correction.

    Attributes
    ----------
    opened
        Emitted when a patient was opened or closed.
    film_read
        Emitted with each film as it is decoded, the first one first.
    patient_read
        Emitted with the patient when all films are read, with what films.csv states of them.
    results_changed
        Emitted with the assessment, film by film while it is measured.
    state_changed
        Emitted with what the reader has said, after each action, undo and redo.
    corrections_changed
        Emitted when the corrections are others than before: the results are behind.
    place_changed
        Emitted with where the reader is.
    progressed
        Emitted with the name of what works in the background, the share done and a few words.
    told
        Emitted with a line for the reader.
    saved
        Emitted with the output folder when it was written.
    """

    opened = psygnal.Signal()
    film_read = psygnal.Signal(object)
    patient_read = psygnal.Signal(object)
    results_changed = psygnal.Signal(object)
    state_changed = psygnal.Signal(object)
    corrections_changed = psygnal.Signal()
    place_changed = psygnal.Signal(object)
    progressed = psygnal.Signal(str, float, str)
    told = psygnal.Signal(str)
    saved = psygnal.Signal(object)

    def __init__(self, reader: str = "reader") -> None:
        self.reader = reader
        self.background = Background(self.progressed.emit)
        self.record: Record | None = None
        self.patient: lesionmeter.Patient | None = None
        self.results: lesionmeter.Assessment | None = None
        self.other: lesionmeter.Assessment | None = None
        self.place = Place()
        self.blinding = Blinding()

    # ------------------------------------------------------------------ what is known

    @property
    def folders(self) -> Folders:
        """The folders of the open patient."""
        if self.record is None:
            raise lesionmeter.LesionmeterError("no patient is open: open a folder of films first")
        return self.record.folders

    @property
    def state(self) -> State:
        """What the reader has said."""
        return self.record.state if self.record else State()

    @property
    def is_current(self) -> bool:
        """Whether the results contain all that the reader said."""
        return self.results is not None and self.results.corrections == self.state.corrections

    @property
    def read_only(self) -> str:
        """Why nothing can be changed; empty if it can."""
        return self.record.read_only if self.record else ""

    @property
    def signature(self) -> lesionmeter.Signature:
        """The reader, now."""
        return lesionmeter.Signature(self.reader, now())

    def film_row(self, film: str) -> lesionmeter.FilmFinding:
        """What is known of a film."""
        rows = self.results.films if self.results else ()
        for row in rows:
            if row.film == film:
                return row
        raise lesionmeter.LesionmeterError(f"{film}: expected a measured film, came one that is not; measure first")

    def finding(self, identity: str = "", film: str = "") -> lesionmeter.DepositFinding | None:
        """What was found of a deposit on a film; of the current ones if none are named."""
        wanted = (identity or self.place.identity, film or self.place.film)
        rows = self.results.deposits if self.results else ()
        return next((row for row in rows if (row.identity, row.film) == wanted), None)

    def findings(self, identity: str = "") -> tuple[lesionmeter.DepositFinding, ...]:
        """What was found of a deposit on all films."""
        rows = self.results.deposits if self.results else ()
        return tuple(row for row in rows if row.identity == (identity or self.place.identity))

    def label_at(self, film: str, point: tuple[float, float]) -> int:
        """The label of the outline at a (row, column) pixel; 0 if there is none."""
        found = self.results.maps.get(film) if self.results else None
        row, column = round(point[0]), round(point[1])
        if found is None or not (0 <= row < found.labels.shape[0] and 0 <= column < found.labels.shape[1]):
            return 0
        return int(found.labels[row, column])

    def identity_at(self, film: str, point: tuple[float, float]) -> str:
        """The deposit that is outlined at a (row, column) pixel; empty if none is."""
        label = self.label_at(film, point)
        rows = self.results.deposits if self.results and label else ()
        return next((f.identity for f in rows if f.film == film and label in f.labels), "")

    def unclear(self, film: str) -> tuple[lesionmeter.UnclearPlace, ...]:
        """Where something large is seen on a film that is in no area."""
        return tuple(place for place in (self.results.unclear if self.results else ()) if place.film == film)

    def film_name(self, film: str) -> str:
        """What a film is called in the window: its date, or a letter while the reading is blinded."""
        films = self.films_in_order
        dates = {row.film: str(row.date or "") for row in (self.results.films if self.results else ())}
        return self.blinding.name(film, films, dates.get(film, "")) if film in films else film

    def hidden_name(self, film: str) -> str:
        """What a film is called in a blinded reading, from the moment when all films are known."""
        films = self.films_in_order
        return self.blinding.name(film, films, "") if film in films else "being read"

    @property
    def films_in_order(self) -> tuple[str, ...]:
        """The films in the order in which they are shown."""
        found = [row.film for row in self.results.films] if self.results else []
        read = [film.film for film in self.patient.films] if self.patient else []
        if self.blinding.active:  # all of them from the first: a letter must not change while films are measured
            return self.blinding.order(list(dict.fromkeys([*read, *found])))
        return tuple(found or read)

    def show(self, result: lesionmeter.Assessment) -> None:
        """Take over results; the reader stays where they are, if that is still there."""
        self.results = result
        if result.deposits and not any(f.identity == self.place.identity for f in result.deposits):
            first = in_order(result)[0]
            self.place = Place(first, next(f.film for f in result.deposits if f.identity == first))
        self.results_changed.emit(result)

    def failed(self, error: Exception) -> None:
        """Say what went wrong in the background; a fault of the program is raised."""
        if not isinstance(error, lesionmeter.LesionmeterError | OSError):
            raise error
        self.told.emit(str(error))

    # ------------------------------------------------------------------ what the reader says

    def add(self, kind: str, body: Mapping[str, Any] | None = None) -> None:
        """Write an action into the journal, then let it hold."""
        if self.record is None:
            return
        before = self.state.corrections
        self.record.add(kind, body)
        self.state_changed.emit(self.state)
        if self.state.corrections != before:
            self.corrections_changed.emit()

    def correct(self, *corrections: lesionmeter.Correction, words: str, ends_drawing: bool = False) -> None:
        """Say one or several things as one action."""
        plain = [lesionmeter.correction_to_plain(correction) for correction in corrections]
        self.add("correct", {"corrections": plain, "words": words, "ends_drawing": ends_drawing})

    def undo(self) -> None:
        """Take the last action back."""
        if self.record and self.record.history.can_undo:
            self.add("undo")

    def redo(self) -> None:
        """Do again what was taken back."""
        if self.record and self.record.history.can_redo:
            self.add("redo")
