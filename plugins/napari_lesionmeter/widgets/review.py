"""The review panel: the site, what is found on each date, what the reader says; all of it by keys too."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import Qt, QTimer
from qtpy.QtWidgets import QComboBox, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from napari_lesionmeter.session import MARKS, decision, decisions, undecided
from napari_lesionmeter.session.measuring import CATCHING_UP, MEASURING
from napari_lesionmeter.widgets.actions import ACTIONS, Action, help_text
from napari_lesionmeter.widgets.desk import Desk
from napari_lesionmeter.widgets.docking import bring_into_view, raise_dock
from napari_lesionmeter.widgets.keys import desk_of, do
from napari_lesionmeter.widgets.lettering import large
from napari_lesionmeter.widgets.site_view import finding_words

ROWS = (
    ("previous_site", "next_site", "next_undecided"),
    ("previous_film", "next_film", "toggle_view"),
    ("accept", "reject", "not_assessable"),
    ("accept_here", "reject_here", "landmarks"),
    ("click", "edit", "brush", "eraser"),
    ("lasso", "fill", "smooth", "guard"),
    ("shrink", "grow", "propose"),
    ("confirm", "discard"),
    ("link", "merge", "unlink", "split"),
    ("undo", "redo", "compare", "help"),
    ("measure", "cancel", "save"),
)
"""Buttons, row by row."""

TOOLS = ("click", "brush", "eraser", "lasso", "link", "merge", "landmarks")
"""Actions that take a tool in hand."""

BEHIND = "results are being brought up to date"


class ReviewPanel(QWidget):
    """Shows the current site and asks what to do with it.

    Parameters
    ----------
    napari_viewer
        The viewer.
    """

    def __init__(self, napari_viewer: Any) -> None:
        super().__init__()
        self.desk: Desk = desk_of(napari_viewer)
        self.setObjectName("lesionmeter review")
        self.title, self.area, self.dates = QLabel(), QLabel(), QLabel()
        self.left, self.words, self.help = QLabel(), QLabel(), QLabel(help_text())
        self.reasons = QComboBox()
        self.buttons: dict[str, QPushButton] = {}
        self._lay_out()
        self._connect()
        self.refresh()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        for label in (self.title, self.left, self.area, self.dates):
            label.setWordWrap(True)
            large_ones = (self.title, self.area)
            label.setTextFormat(Qt.TextFormat.RichText if label in large_ones else Qt.TextFormat.PlainText)
            layout.addWidget(label)
        layout.addLayout(self._grid())
        self.reasons.addItems(decisions.REASONS)
        self.reasons.setToolTip("Why a deposit cannot be assessed; used by Not assessable (N)")
        layout.addWidget(QLabel("Reason, if not assessable:"))
        layout.addWidget(self.reasons)
        self.words.setWordWrap(True)
        layout.addWidget(self.words)
        self.help.setVisible(False)
        self.help.setWordWrap(True)
        layout.addWidget(self.help)
        layout.addStretch()

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        actions = {action.name: action for action in ACTIONS}
        for row, names in enumerate(ROWS):
            for column, name in enumerate(names):
                span = 12 // len(names)
                grid.addWidget(self._button(actions[name]), row, span * column, 1, span)
        return grid

    def _button(self, action: Action) -> QPushButton:
        short = action.name.replace("_", " ").capitalize()
        button = QPushButton(f"{short} ({action.key.replace('Control', 'Ctrl')})")
        button.setToolTip(f"{action.words} ({action.key})")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys stay with the canvas
        button.clicked.connect(lambda: do(self.desk, action))
        self.buttons[action.name] = button
        return button

    def _connect(self) -> None:
        session = self.desk.session
        for signal in (session.results_changed, session.place_changed, session.state_changed):
            signal.connect(lambda _: self.refresh())
        session.told.connect(self.words.setText)
        self.desk.brush.area_followed.connect(self._show_area)
        self.desk.help_toggled.connect(self._toggle_help)
        self.desk.tool_changed.connect(lambda _: self._show_tool())
        session.progressed.connect(self._progressed)
        self.reasons.currentTextChanged.connect(lambda words: setattr(self.desk, "reason", words))

    def refresh(self) -> None:
        """Show the session as it is now."""
        session, state = self.desk.session, self.desk.session.state
        finding = None if session.pen.is_new else session.finding()
        site = str(finding.site) if finding and finding.site else "no site"
        title = f"{session.place.identity}  {site}" if finding else self._nothing()
        self.title.setText(large(title, bold=True))
        self.left.setText(self._left())
        self.dates.setText("\n".join(self._date(row) for row in session.findings() if finding))
        if state.drawing is not None:
            self._show_area(session.pen.area or 0.0)
        else:
            self.area.setText(large(finding_words(finding, session)) if finding else "")
        self.buttons["undo"].setToolTip(f"Undo: {state.words} (Ctrl-Z)" if state.words else "Nothing to undo")

    def _nothing(self) -> str:
        session = self.desk.session
        if session.pen.is_new:
            return "New deposit"
        if session.results is None:
            return "Open a folder and measure it"
        return "No deposit was found: click one (C) on the whole film (T)"

    def _left(self) -> str:
        session = self.desk.session
        if session.results is None:
            return ""
        open_ = len(undecided(session.results, session.state.corrections))
        behind = "" if session.is_current else f"; {BEHIND}"
        return f"{open_} sites undecided{behind}"

    def _progressed(self, name: str, share: float, words: str) -> None:
        """How far the results are behind, where the reader looks; the study panel has the bar."""
        if not self.desk.session.is_current and name in (MEASURING, CATCHING_UP) and share < 1:
            self.left.setText(f"{self._left()}: {100 * share:.0f} %")
            self.left.setToolTip(words)

    def _toggle_help(self) -> None:
        """Show the keys where they can be seen: the panel is brought to the front."""
        self.help.setVisible(not self.help.isVisibleTo(self))
        if self.help.isVisibleTo(self):
            raise_dock(self)
            QTimer.singleShot(0, lambda: bring_into_view(self.help))

    def _show_tool(self) -> None:
        """The tool in hand is a pressed button."""
        names = {"paint": "brush", "erase": "eraser", "polygon": "lasso"}
        for name in TOOLS:
            self.buttons[name].setDown(names.get(self.desk.tool, self.desk.tool) == name)

    def _date(self, row: Any) -> str:
        session = self.desk.session
        sign = MARKS[decision(row, session.state.corrections)]
        here = "▶" if row.film == session.place.film else "   "
        return f"{here} {session.film_name(row.film)}  {finding_words(row, session).removeprefix(sign)} {sign}"

    def _show_area(self, area: float) -> None:
        """The area of what is being drawn, and its change against the film before."""
        session = self.desk.session
        found = () if session.pen.is_new else session.findings()
        rows = [row for row in found if row.measurement is not None]
        films = [row.film for row in found]
        here = films.index(session.place.film) if session.place.film in films else 0
        before = [row for row in rows if row.film in films[:here]]
        kind = "ghost, not counted until confirmed" if session.pen.is_ghost else "drawing"
        words = f"{kind}: {area:.2f} {session.pen.unit}"
        if before and before[-1].measurement and before[-1].measurement.area.value > 0:
            old = before[-1].measurement.area.value
            words += f", {100 * (area / old - 1):+.0f} % since {session.film_name(before[-1].film)}"
        self.area.setText(large(words))
