"""The study panel: the patient's films and their states, measuring, saving."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qtpy.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

import lesionmeter
from napari_lesionmeter.session import Session
from napari_lesionmeter.session.advice import refused
from napari_lesionmeter.session.decisions import sign_off
from napari_lesionmeter.session.film_lines import FilmLine, film_lines
from napari_lesionmeter.session.readers import sign_as
from napari_lesionmeter.widgets.film_statement import FilmStatement
from napari_lesionmeter.widgets.following import ask, follow
from napari_lesionmeter.widgets.mark_table import fill, table

ADVICE_WIDTH = 10**6
"""No line is broken: the label does that."""

HEADERS = ("Hand", "Date", "Film", "Scale (mm a pixel ± 1 SD)", "Registration", "Review", "Remarks")


class StudyPanel(QWidget):
    """Opens a patient, shows the films and their states, measures and saves.

    Parameters
    ----------
    session
        The session.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.lines: tuple[FilmLine, ...] = ()
        self._read: list[lesionmeter.Radiograph] = []
        self.setObjectName("lesionmeter study")
        self.setAcceptDrops(True)
        self._make()
        self._lay_out()
        self._connect()
        self.refresh()

    def _make(self) -> None:
        self.open_button = _button("&Open folder …", "Open a patient's films or an output folder; or drop it here")
        self.blinded = QCheckBox("&Blinded")
        self.blinded.setToolTip("Open with dates, order and other readers' work hidden, until you sign off")
        self.sign_button = _button("S&ign off", "End the blinded reading: dates and order are shown from now on")
        self.reader = QLineEdit(self.session.reader)
        self.reader.setToolTip("Your name or initials; they stand on every correction")
        self.films = table("films", HEADERS, "Films by hand and date; choose one to go to it or to correct it")
        self.films.verticalHeader().hide()
        self.statement = FilmStatement(self.session)
        self.measure_button = _button("&Measure", "Measure all films in the background; you can go on working")
        self.cancel_button = _button("&Cancel", "Stop the work in the background; what is saved stays whole")
        self.save_button = _button("&Save", "Write tables, masks and the page")
        self.progress = QProgressBar()
        self.progress.setRange(0, 100)
        self.state, self.words, self.advice = QLabel(), QLabel(), QLabel()
        for label in (self.state, self.words, self.advice):
            label.setWordWrap(True)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        top = QHBoxLayout()
        top.addWidget(self.open_button)
        top.addWidget(self.blinded)
        top.addWidget(self.sign_button)
        layout.addLayout(top)
        form = QFormLayout()
        form.addRow("&Reader", self.reader)
        layout.addLayout(form)
        layout.addWidget(self.films, 1)
        layout.addWidget(self.advice)
        layout.addWidget(self.statement)
        acts = QHBoxLayout()
        for button in (self.measure_button, self.cancel_button, self.save_button):
            acts.addWidget(button)
        layout.addLayout(acts)
        for widget in (self.progress, self.state, self.words):
            layout.addWidget(widget)

    def _connect(self) -> None:
        session = self.session
        self.open_button.clicked.connect(self._choose)
        self.sign_button.clicked.connect(lambda: ask(session, lambda: sign_off(session)))
        self.reader.editingFinished.connect(self._sign)
        self.films.currentCellChanged.connect(self._chosen)
        self.measure_button.clicked.connect(lambda: ask(session, session.measuring.measure))
        self.cancel_button.clicked.connect(session.measuring.cancel)
        self.save_button.clicked.connect(lambda: ask(session, session.measuring.save))
        follow(
            self,
            (session.opened, self._opened),
            (session.film_read, self._film_read),
            (session.patient_read, self.refresh),
            (session.results_changed, self.refresh),
            (session.state_changed, self.refresh),
            (session.place_changed, self._go_along),
            (session.progressed, self._progressed),
            (session.told, self._told),
            (session.saved, self._saved),
        )

    # ------------------------------------------------------------------ what the reader does

    def open(self, folder: Path) -> None:
        """Open a folder as the panel says: blinded or not, under the name in it."""
        self._sign()
        ask(self.session, lambda: self.session.open(folder, blinded=self.blinded.isChecked()))

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Open a patient's folder or an output folder")
        if folder:
            self.open(Path(folder))

    def _sign(self) -> None:
        if not ask(self.session, lambda: sign_as(self.session, self.reader.text())):
            self.reader.setText(self.session.reader)

    def _chosen(self, row: int, *_: int) -> None:
        line = self.lines[row] if 0 <= row < len(self.lines) else None
        self._show_line(line)
        if line is not None:
            self.session.go(film=line.film)

    def dragEnterEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Take folders that are dragged over the panel."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Open the folder that is dropped, or the folder of a dropped file."""
        path = next(Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile())
        event.acceptProposedAction()
        self.open(path if path.is_dir() else path.parent)

    # ------------------------------------------------------------------ what is shown

    def _opened(self) -> None:
        if self.session.patient is None:
            self._read = []
        self.refresh()

    def _film_read(self, film: lesionmeter.Radiograph) -> None:
        self._read.append(film)
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Show the session as it is now."""
        session = self.session
        self.lines = film_lines(session, self._read)
        fill(self.films, [_cells(line) for line in self.lines])
        self._go_along()
        self.state.setText(_state_words(session))
        self.sign_button.setVisible(session.blinding.active and not session.read_only)
        self.measure_button.setEnabled(bool(self.lines))
        self.save_button.setEnabled(session.is_current and not session.read_only)

    def _go_along(self, *_: object) -> None:
        """Choose the film at which the reader is."""
        films = [line.film for line in self.lines]
        here = films.index(self.session.place.film) if self.session.place.film in films else self.films.currentRow()
        self.films.blockSignals(True)
        self.films.setCurrentCell(here, max(self.films.currentColumn(), 0))
        self.films.blockSignals(False)
        self._show_line(self.lines[here] if 0 <= here < len(self.lines) else None)

    def _show_line(self, line: FilmLine | None) -> None:
        """What is known of the chosen film, and what helps where it could not be registered."""
        self.statement.show_line(line)
        self.advice.setVisible(bool(line and line.refusal))
        self.advice.setText(refused(line.refusal, ADVICE_WIDTH) if line and line.refusal else "")

    def _progressed(self, name: str, share: float, words: str) -> None:
        self.progress.setValue(round(100 * share))
        self.progress.setFormat(f"{name}: %p %")
        self.progress.setToolTip(words)
        self.state.setText(f"{name}: {words}" if words != name else name)

    def _told(self, words: str) -> None:
        self.words.setText(words)

    def _saved(self, out: Path) -> None:
        self.progress.setValue(100)
        self.state.setText(_state_words(self.session))
        self.words.setText(f"saved in {out}")


def _cells(line: FilmLine) -> list[Any]:
    date = line.date or ("hidden" if line.name != line.film else "no date")
    return [
        line.hands or "?", date, line.name, line.scale, line.registration, line.review, line.remarks,
    ]  # fmt: skip


def _state_words(session: Session) -> str:
    if session.read_only:
        return f"Read only: {session.read_only}"
    if session.results is None:
        return "Not measured yet" if session.record else "Open a folder of films"
    return "✓ Results are up to date" if session.is_current else "… Results are behind what you said"


def _button(words: str, hint: str) -> QPushButton:
    made = QPushButton(words)
    made.setToolTip(hint)
    return made
