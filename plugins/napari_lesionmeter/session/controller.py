"""One patient under review: what is open, what was found, what the reader said. Knows no window."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import lesionmeter
from napari_lesionmeter.session.blinding import Blinding
from napari_lesionmeter.session.drawing import Pen
from napari_lesionmeter.session.folders import folders_of
from napari_lesionmeter.session.measuring import Measuring
from napari_lesionmeter.session.open_patient import OpenPatient
from napari_lesionmeter.session.order import Place, in_order, stepped, undecided
from napari_lesionmeter.session.record import Record
from napari_lesionmeter.session.work import Background, Job, Tell


class Session(OpenPatient):
    """The controller of the plugin: widgets call its methods and listen to its signals.

    Parameters
    ----------
    reader
        Who reads; on every correction.
    """

    def __init__(self, reader: str = "reader") -> None:
        super().__init__(reader)
        self.pen = Pen(self)
        self.measuring = Measuring(self)
        self.corrections_changed.connect(self.measuring.catch_up)

    # ------------------------------------------------------------------ opening

    def open(self, path: Path, *, blinded: bool = False) -> None:
        """Open a patient's folder or an output folder; the films are read in the background.

        Raises
        ------
        lesionmeter.LesionmeterError
            If there is no such folder, it cannot be read, or its journal is damaged.
        """
        if not path.is_dir():
            came = "a file" if path.exists() else "nothing"
            raise lesionmeter.LesionmeterError(f"{path}: expected a patient's folder or an output folder, came {came}")
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
        self.patient_read.emit(patient)
        self._tell_of_skipped(patient)
        if self.results is not None:
            self.results = dataclasses.replace(self.results, patient=patient)
            self.results_changed.emit(self.results)
            self.measuring.catch_up()

    def _tell_of_skipped(self, patient: lesionmeter.Patient) -> None:
        """Name the files that were not read; in a blinded reading their names would tell too much."""
        skipped = [f"{file.file} ({file.reason})" for file in patient.skipped]
        if skipped:
            names = "" if self.blinding.active else f": {'; '.join(skipped)}"
            self.told.emit(f"files in the folder that were not read: {len(skipped)}{names}")

    def close(self) -> None:
        """Close the patient; all that was done is on disk already."""
        self.background.close()
        self.background = Background(self.progressed.emit)
        if self.record is not None:
            self.record.close()
        self.record, self.patient, self.results, self.other, self.place = None, None, None, None, Place()
        self.pen.forget()

    # ------------------------------------------------------------------ the background

    def poll(self) -> None:
        """Bring in news from the background; called by the window's timer."""
        self.background.poll()

    # ------------------------------------------------------------------ where the reader is

    def go(self, identity: str = "", film: str = "") -> None:
        """Go to a deposit, and to a film; what is drawn must be confirmed or discarded before."""
        place = Place(identity or self.place.identity, film or self.place.film)
        if place == self.place:
            return
        if not self.pen.lies_at(place):
            self.told.emit("first confirm (Enter) or discard (Escape) what you draw here")
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
