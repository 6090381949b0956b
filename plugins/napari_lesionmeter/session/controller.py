"""One patient under review: what is open, what was found, what the reader said. Knows no window."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psygnal

import lesionmeter
from napari_lesionmeter.session.blinding import Blinding
from napari_lesionmeter.session.drawing import Pen
from napari_lesionmeter.session.folders import Folders, folders_of
from napari_lesionmeter.session.history import State
from napari_lesionmeter.session.journal import now
from napari_lesionmeter.session.measuring import Measuring
from napari_lesionmeter.session.order import Place, in_order, stepped, undecided
from napari_lesionmeter.session.record import Record
from napari_lesionmeter.session.work import Background, Job, Tell


class Session:
    """The controller of the plugin: widgets call its methods and listen to its signals.

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
    results_changed
        Emitted with the assessment, film by film while it is measured.
    state_changed
        Emitted with what the reader has said, after each action, undo and redo.
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
    results_changed = psygnal.Signal(object)
    state_changed = psygnal.Signal(object)
    place_changed = psygnal.Signal(object)
    progressed = psygnal.Signal(str, float, str)
    told = psygnal.Signal(str)
    saved = psygnal.Signal(object)

    def __init__(self, reader: str = "reader") -> None:
        self.reader = reader
        self.background = Background(self.progressed.emit)
        self.pen = Pen(self)
        self.measuring = Measuring(self)
        self.record: Record | None = None
        self.patient: lesionmeter.Patient | None = None
        self.results: lesionmeter.Assessment | None = None
        self.other: lesionmeter.Assessment | None = None
        self.place = Place()
        self.blinding = Blinding()

    # ------------------------------------------------------------------ opening

    def open(self, path: Path, *, blinded: bool = False) -> None:
        """Open a patient's folder or an output folder; the films are read in the background.

        Raises
        ------
        lesionmeter.LesionmeterError
            If the folder cannot be read, or its journal is damaged.
        """
        self.close()
        folders = folders_of(path, self.reader, blinded)
        earlier = lesionmeter.read_assessment(folders.out) if folders.measured else None
        self.record = Record(folders, self.reader)
        if folders.films is None and self.record.films_folder:
            folders = dataclasses.replace(folders, films=self.record.films_folder)
            self.record.folders = folders
        self._begin(earlier, blinded)
        self.opened.emit()
        self._tell_of_opening()
        if earlier is not None:
            self.show(earlier)
        self.state_changed.emit(self.state)
        if folders.films is not None:
            self._read_films(folders.films)

    def _begin(self, earlier: lesionmeter.Assessment | None, blinded: bool) -> None:
        assert self.record is not None
        signed = bool(self.record.said("signed off"))
        self.blinding = Blinding(self.reader, active=(blinded or bool(self.record.said("blinded"))) and not signed)
        where = self.record.said("place")
        self.place = Place(where.get("identity", ""), where.get("film", ""))
        if self.record.read_only:
            return
        self.record.add("open", {"films": str(self.folders.films or ""), "version": _version()})
        if blinded and not signed:
            self.record.add("blinded")
        if earlier is not None and self.record.adopt(earlier.corrections):
            self.told.emit("the folder's own corrections were taken")

    def _tell_of_opening(self) -> None:
        assert self.record is not None
        if self.record.read_only:
            self.told.emit(f"open for reading only: {self.record.read_only}")
        elif self.record.journal.torn:
            self.told.emit(self.record.journal.torn)

    def _read_films(self, folder: Path) -> None:
        def read(tell: Tell, found: Any) -> lesionmeter.Patient:
            def each(film: lesionmeter.Radiograph) -> None:
                tell(0.5, film.film)
                found(film)

            return lesionmeter.read_patient(folder, found=each)

        self.background.start(Job("reading the films", read, self._heard_of_films, self.failed, self.film_read.emit))

    def _heard_of_films(self, patient: lesionmeter.Patient) -> None:
        self.patient = patient
        if self.results is not None:
            self.results = dataclasses.replace(self.results, patient=patient)
            self.results_changed.emit(self.results)
            self.measuring.catch_up()

    def close(self) -> None:
        """Close the patient; all that was done is on disk already."""
        self.background.close()
        self.background = Background(self.progressed.emit)
        if self.record is not None:
            self.record.close()
        self.record, self.patient, self.results, self.other, self.place = None, None, None, None, Place()
        self.pen.forget()

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

    def identity_at(self, film: str, point: tuple[float, float]) -> str:
        """The deposit that is outlined at a (row, column) pixel; empty if none is."""
        found = self.results.maps.get(film) if self.results else None
        row, column = round(point[0]), round(point[1])
        if found is None or not (0 <= row < found.labels.shape[0] and 0 <= column < found.labels.shape[1]):
            return ""
        label = int(found.labels[row, column])
        rows = self.results.deposits if self.results and label else ()
        return next((f.identity for f in rows if f.film == film and label in f.labels), "")

    def film_name(self, film: str) -> str:
        """What a film is called in the window: its date, or a letter while the reading is blinded."""
        films = self.films_in_order
        dates = {row.film: str(row.date or "") for row in (self.results.films if self.results else ())}
        return self.blinding.name(film, films, dates.get(film, "")) if film in films else film

    @property
    def films_in_order(self) -> tuple[str, ...]:
        """The films in the order in which they are shown."""
        known = self.results.films if self.results else (self.patient.films if self.patient else ())
        return self.blinding.order([film.film for film in known])

    # ------------------------------------------------------------------ the background

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

    def poll(self) -> None:
        """Bring in news from the background; called by the window's timer."""
        self.background.poll()

    # ------------------------------------------------------------------ what the reader says

    def add(self, kind: str, body: Mapping[str, Any] | None = None) -> None:
        """Write an action into the journal, then let it hold."""
        if self.record is None:
            return
        before = self.state.corrections
        self.record.add(kind, body)
        self.state_changed.emit(self.state)
        if self.state.corrections != before:
            self.measuring.catch_up()

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

    # ------------------------------------------------------------------ where the reader is

    def go(self, identity: str = "", film: str = "") -> None:
        """Go to a deposit, and to a film."""
        place = Place(identity or self.place.identity, film or self.place.film)
        if place == self.place:
            return
        self.place = place
        if self.record is not None and not self.record.read_only:
            self.record.add("place", dataclasses.asdict(place))
        self.place_changed.emit(place)

    def next_site(self, step: int = 1, *, only_undecided: bool = False) -> None:
        """Go to the next deposit, or the one before."""
        if self.results is not None:
            order = in_order(self.results)
            allowed = undecided(self.results, self.state.corrections) if only_undecided else order
            self.go(identity=stepped(order, self.place.identity, step, allowed))

    def next_film(self, step: int = 1) -> None:
        """Go to the next film of the same deposit, or the one before."""
        films = tuple(f for f in self.films_in_order if any(row.film == f for row in self.findings()))
        if films:
            self.go(film=stepped(films, self.place.film, step, films))


def _version() -> str:
    from importlib.metadata import version

    return version("lesionmeter")
