"""The calibration panel: each film's scale with source and uncertainty, and the ways to state it."""

from __future__ import annotations

from collections.abc import Callable

from qtpy.QtCore import Signal
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_lesionmeter.session import Session
from napari_lesionmeter.session.film_lines import FilmLine, film_lines
from napari_lesionmeter.session.marks import Level
from napari_lesionmeter.session.scales import drift_words, scale_as, scale_by_dpi, scale_by_ruler
from napari_lesionmeter.widgets.following import ask, follow
from napari_lesionmeter.widgets.mark_table import COLOURS, fill, table

Ends = tuple[tuple[float, float], tuple[float, float]]


class CalibrationPanel(QWidget):
    """Shows and asks how many millimetres a pixel is.

    Parameters
    ----------
    session
        The session.
    """

    ruler_wanted = Signal(str)
    """Emitted with a film on which the reader wants to draw a ruler; the canvas answers by `set_ruler`."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.lines: tuple[FilmLine, ...] = ()
        self.ends: Ends | None = None
        self.setObjectName("lesionmeter calibration")
        self._make()
        self._lay_out()
        self._connect()
        self.refresh()

    def _make(self) -> None:
        self.films = table(
            "scales",
            ("Film", "Scale: mm a pixel ± 1 SD, and who states it"),
            "Each film's scale, who states it, and how sure it is",
        )
        self.films.verticalHeader().hide()
        self.films.horizontalHeader().setStretchLastSection(True)
        self.drift, self.words, self.length = QLabel(), QLabel(), QLabel()
        for label in (self.drift, self.words, self.length):
            label.setWordWrap(True)
        self.drift.setStyleSheet(f"color: {COLOURS[Level.DOUBTFUL]}; font-weight: bold")
        self.draw = _button("&Draw ruler", "Drag on the film along a known length")
        self.millimetres = _number(" mm", 0.1, 1000.0, 50.0, "The known length in millimetres")
        self.beside = QCheckBox("at the &height of the hand")
        self.beside.setToolTip("Untick if it lay on the detector: the hand's magnification is then added to the error")
        self.ruler_button = _button("Set by &ruler", "State the scale of the film by the ruler")
        self.dpi = _number(" DPI", 10.0, 10000.0, 300.0, "Pixels an inch at which the film was scanned")
        self.dpi_button = _button("Set by D&PI", "State the scale of the film by the scanner's resolution")
        self.other = QComboBox()
        self.other.setToolTip("A film that was taken and scanned alike")
        self.other_button = _button("&Same as", "Give the film the scale of the other one")
        self.undo_button = _button("&Undo", "Take the last action back")

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.addWidget(self.films, 1)
        layout.addWidget(self.drift)
        form = QFormLayout()
        form.addRow(self.draw, self.length)
        form.addRow("Its length", _row(self.millimetres, self.beside))
        form.addRow("", self.ruler_button)
        form.addRow("Scanned at", _row(self.dpi, self.dpi_button))
        form.addRow("Scale of", _row(self.other, self.other_button))
        layout.addLayout(form)
        layout.addWidget(self.undo_button)
        layout.addWidget(self.words)

    def _connect(self) -> None:
        session = self.session
        self.films.currentCellChanged.connect(self._chosen)
        self.draw.clicked.connect(lambda: self.ruler_wanted.emit(self.film))
        self.ruler_button.clicked.connect(self._by_ruler)
        self.dpi_button.clicked.connect(lambda: self._state(lambda: scale_by_dpi(session, self.film, self.dpi.value())))
        self.other_button.clicked.connect(
            lambda: self._state(lambda: scale_as(session, self.film, self.other.currentData()))
        )
        self.undo_button.clicked.connect(session.undo)
        follow(
            self,
            (session.opened, self.refresh),
            (session.film_read, self.refresh),
            (session.patient_read, self.refresh),
            (session.results_changed, self.refresh),
            (session.state_changed, self.refresh),
            (session.place_changed, self.refresh),
            (session.told, self._told),
        )

    # ------------------------------------------------------------------ what the reader does

    @property
    def film(self) -> str:
        """The film whose scale is stated; empty if none is chosen."""
        row = self.films.currentRow()
        return self.lines[row].film if 0 <= row < len(self.lines) else ""

    def set_ruler(self, film: str, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Take a ruler that was drawn on a film, from one (row, column) pixel to another."""
        self.session.go(film=film)
        self._choose(film)
        self.ends = (start, end)
        self._show_ruler()
        self.millimetres.setFocus()
        self.millimetres.selectAll()

    def _by_ruler(self) -> None:
        ends = self.ends
        if ends is not None:
            millimetres, beside = self.millimetres.value(), self.beside.isChecked()
            act = lambda: scale_by_ruler(self.session, self.film, ends, millimetres, beside_hand=beside)  # noqa: E731
            self._state(act)

    def _state(self, act: Callable[[], object]) -> None:
        name = self.lines[self.films.currentRow()].name if self.film else ""
        if name and ask(self.session, act):
            self.words.setText(f"The scale of {name} is stated; the areas follow")

    def _chosen(self, *_: int) -> None:
        if self.film:
            self.session.go(film=self.film)
            self._forget_ruler()

    # ------------------------------------------------------------------ what is shown

    def refresh(self, *_: object) -> None:
        """Show the session as it is now."""
        before = self.film
        self.lines = film_lines(self.session)
        fill(self.films, [(line.name if line.name != line.film else f"{line.hands} {line.date} {line.film}", line.scale)
                          for line in self.lines])  # fmt: skip
        self._choose(self.session.place.film)
        if self.film != before:
            self._forget_ruler()
        self._show_others()
        words = "\n".join(drift_words(self.session))
        self.drift.setText(words)
        self.drift.setVisible(bool(words))
        self.undo_button.setToolTip(
            f"Undo: {self.session.state.words}" if self.session.state.words else "Nothing to undo"
        )
        self._show_ruler()

    def _choose(self, film: str) -> None:
        films = [line.film for line in self.lines]
        if film in films:
            self.films.blockSignals(True)
            self.films.setCurrentCell(films.index(film), 1)
            self.films.blockSignals(False)

    def _show_others(self) -> None:
        kept = self.other.currentData()
        self.other.clear()
        for line in self.lines:
            if line.film != self.film and line.scale.level != Level.BAD:
                self.other.addItem(line.name, line.film)
        self.other.setCurrentIndex(max(self.other.findData(kept), 0))

    def _forget_ruler(self) -> None:
        self.ends = None
        self._show_ruler()

    def _show_ruler(self) -> None:
        can = bool(self.film) and not self.session.read_only
        for button in (self.draw, self.dpi_button):
            button.setEnabled(can)
        self.other_button.setEnabled(can and self.other.count() > 0)
        self.ruler_button.setEnabled(can and self.ends is not None)
        self.length.setText("drag along a known length" if self.ends is None else _ends_words(self.ends))

    def _told(self, words: str) -> None:
        self.words.setText(words)


def _ends_words(ends: Ends) -> str:
    (row, column), (last_row, last_column) = ends
    return f"drawn from x {column:.1f}, y {row:.1f} to x {last_column:.1f}, y {last_row:.1f}"


def _button(words: str, hint: str) -> QPushButton:
    made = QPushButton(words)
    made.setToolTip(hint)
    return made


def _number(suffix: str, least: float, most: float, value: float, hint: str) -> QDoubleSpinBox:
    made = QDoubleSpinBox()
    made.setDecimals(2)
    made.setRange(least, most)
    made.setValue(value)
    made.setSuffix(suffix)
    made.setToolTip(hint)
    return made


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget)
    return row
