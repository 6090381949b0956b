"""Date, hands and polarity of one film, as the reader states them."""

from __future__ import annotations

from qtpy.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from napari_lesionmeter.session import Session
from napari_lesionmeter.session.decisions import state_film
from napari_lesionmeter.session.film_lines import FilmLine
from napari_lesionmeter.widgets.following import ask

HANDS = {"as found": "", "left": "L", "right": "R", "both": "LR"}
POLARITIES = {"as found": "", "bone is bright": "normal", "bone is dark": "inverted"}


class FilmStatement(QWidget):
    """Asks what the reader knows of the chosen film.

    Parameters
    ----------
    session
        The session.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.line: FilmLine | None = None
        self.title = QLabel()
        self.date = QLineEdit()
        self.date.setPlaceholderText("YYYY-MM-DD")
        self.date.setToolTip("Date of the film: YYYY, YYYY-MM or YYYY-MM-DD; Enter states it")
        self.hands = _choices(HANDS, "Which hands are on the film")
        self.polarity = _choices(POLARITIES, "Whether dense tissue is bright or dark on the film")
        self.button = QPushButton("S&tate")
        self.button.setToolTip("Correct this film's date, hands and polarity; can be undone")
        self._lay_out()
        self.button.clicked.connect(self._state)
        self.date.returnPressed.connect(self._state)
        self.show_line(None)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.title)
        row = QHBoxLayout()
        for widget in (self.date, self.hands, self.polarity, self.button):
            row.addWidget(widget)
        layout.addLayout(row)

    def show_line(self, line: FilmLine | None) -> None:
        """Show a film; what was typed for the same film stays."""
        hidden = self.session.blinding.active
        self.setEnabled(line is not None and not self.session.read_only)
        self.date.setEnabled(not hidden)
        changed = (line and (line.film, line.date)) != (self.line and (self.line.film, self.line.date))
        self.line = line
        self.title.setText(f"What you know of {line.name}:" if line else "Choose a film to correct what is known of it")
        if changed:
            self.date.setText(line.date if line else "")
            self.hands.setCurrentIndex(0)
            self.polarity.setCurrentIndex(0)

    def _state(self) -> None:
        line = self.line
        if line is None:
            return
        typed = self.date.text().strip()
        date = "" if typed == line.date else typed
        hands, polarity = HANDS[self.hands.currentText()], POLARITIES[self.polarity.currentText()]
        if date or hands or polarity:
            ask(self.session, lambda: state_film(self.session, line.film, date, hands, polarity))


def _choices(words: dict[str, str], hint: str) -> QComboBox:
    made = QComboBox()
    made.addItems(list(words))
    made.setToolTip(hint)
    return made
