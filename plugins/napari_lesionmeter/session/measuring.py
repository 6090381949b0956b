"""Results brought up to date with what the reader said, and written: all in the background."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lesionmeter
from napari_lesionmeter.session.open_patient import OpenPatient
from napari_lesionmeter.session.work import Job, Tell

MEASURING, CATCHING_UP, SAVING = "measuring", "bringing up to date", "saving"


class Measuring:
    """Asks lesionmeter to measure what the session holds.

    Parameters
    ----------
    session
        The session.
    """

    def __init__(self, session: OpenPatient) -> None:
        self._session = session

    def measure(self) -> None:
        """Measure all films; what is known comes film by film, and is saved when all is."""
        session, patient, said = self._session, self._session.patient, self._session.state.corrections
        if patient is None:
            session.told.emit("the films are still being read, or are not where they were")
            return

        def work(tell: Tell, found: Any) -> lesionmeter.Assessment:
            results = lesionmeter.assess_film_by_film(patient, None, said, tell)
            for _ in patient.films[1:]:
                found(next(results))
            return next(results)

        session.background.start(Job(MEASURING, work, self._measured, session.failed, session.show))

    def _measured(self, result: lesionmeter.Assessment) -> None:
        self._session.show(result)
        if self._session.is_current:
            self.save()
        else:
            self.catch_up()

    def catch_up(self) -> None:
        """Bring the results up to date with what the reader said."""
        session, results, said = self._session, self._session.results, self._session.state.corrections
        patient = session.patient
        if results is None or patient is None or MEASURING in session.background.names:
            return
        if not results.memo and CATCHING_UP in session.background.names:
            return  # a folder that was opened is measured to the end, once; what is said meanwhile follows it
        if results.memo and session.is_current:
            session.background.cancel(CATCHING_UP)
            return

        def work(tell: Tell, _: Any) -> lesionmeter.Assessment:
            if results.memo:
                return lesionmeter.reassess(results, said, tell)
            return lesionmeter.assess(patient, None, said, tell)  # the folder keeps results, not what led to them

        session.background.start(Job(CATCHING_UP, work, self._caught_up, session.failed))

    def _caught_up(self, result: lesionmeter.Assessment) -> None:
        self._session.show(result)
        self.catch_up()

    def save(self, exports: tuple[str, ...] = ()) -> None:
        """Write tables, masks and the page, whole, with the tables in other formats (`xlsx`, `parquet`) if asked."""
        session, results, folders = self._session, self._session.results, self._session.folders
        if results is None or not session.is_current or not results.memo:
            session.told.emit("nothing is saved yet: the results are still being brought up to date")
            return
        if session.read_only:
            session.told.emit(f"nothing is saved: {session.read_only}")
            return

        def write(tell: Tell, _: Any) -> Path:
            tell(0.0, "writing tables, masks and the page")
            reported = lesionmeter.read_findings(folders.films) if folders.films else ()
            lesionmeter.write_output(results, folders.out, exports, reported)
            return folders.out

        said = [lesionmeter.correction_to_plain(correction) for correction in results.corrections]
        session.background.start(Job(SAVING, write, lambda out: self._wrote(out, said), session.failed))

    def _wrote(self, out: Path, said: list[dict[str, Any]]) -> None:
        self._session.add("saved", {"corrections": said})
        self._session.saved.emit(out)

    def cancel(self) -> None:
        """Stop what works in the background; what was written stays whole."""
        for name in set(self._session.background.names):
            self._session.background.cancel(name)
