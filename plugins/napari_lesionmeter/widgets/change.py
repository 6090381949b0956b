"""The change panel: deposits by films with areas, changes and calls; the trend of one; export."""

from __future__ import annotations

from pathlib import Path
from textwrap import wrap

from qtpy.QtCore import Qt, QUrl
from qtpy.QtGui import QDesktopServices
from qtpy.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

import lesionmeter
from napari_lesionmeter.session import Session
from napari_lesionmeter.session.change_table import CALL_SIGNS, HIDDEN, ChangeCell, ChangeRow, change_table
from napari_lesionmeter.session.trend import trend
from napari_lesionmeter.widgets.following import ask, follow
from napari_lesionmeter.widgets.mark_table import coloured_cell, table
from napari_lesionmeter.widgets.trend_plot import TrendPlot

COLOURS = {
    lesionmeter.Call.REGRESSION: "#3f8fd6",
    lesionmeter.Call.RESOLVED: "#3f8fd6",
    lesionmeter.Call.PROGRESSION: "#d9712b",
    lesionmeter.Call.NEW: "#d9712b",
}
"""Blue is less calcinosis, orange is more, as on the page; lighter, so that both read on light and dark."""

PAGE = "report.html"

NAME_WIDTH = 18
"""Letters in a line of a row's name: the panel's width is for the changes."""


class ChangePanel(QWidget):
    """Shows what changed, leads to each deposit on each film, and exports.

    Parameters
    ----------
    session
        The session.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.rows: tuple[ChangeRow, ...] = ()
        self.films: tuple[str, ...] = ()
        self.setObjectName("lesionmeter change")
        self._make()
        self._lay_out()
        self._connect()
        self.refresh()

    def _make(self) -> None:
        self.since = QComboBox()
        self.since.addItems(["since the first film", "since the film before"])
        self.since.setToolTip("What changes are told against")
        self.legend = QLabel("  ".join(f"{sign} {call.value}" for call, sign in CALL_SIGNS.items()))
        self.legend.setWordWrap(True)
        self.cells = table("changes", (), "Areas with 95 % intervals, and changes; choose a cell to go there")
        self.plot = TrendPlot(lambda film: self.session.go(film=film))
        self.xlsx, self.parquet = QCheckBox("E&xcel"), QCheckBox("Par&quet")
        self.xlsx.setToolTip("Write the tables as one workbook too")
        self.parquet.setToolTip("Write the tables as Parquet files too")
        self.export_button = QPushButton("&Export tables and page")
        self.export_button.setToolTip("Write all tables (CSV), masks and the page into the output folder, whole")
        self.page_button = QPushButton("Show &page")
        self.page_button.setToolTip("Open the written page in the browser")
        self.words = QLabel()
        self.words.setWordWrap(True)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.addWidget(self.since)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.addWidget(self.cells)
        parts.addWidget(self.plot)
        parts.setStretchFactor(0, 3)
        parts.setStretchFactor(1, 2)
        layout.addWidget(parts, 1)
        layout.addWidget(self.legend)
        export = QHBoxLayout()
        for widget in (self.export_button, self.xlsx, self.parquet, self.page_button):
            export.addWidget(widget)
        layout.addLayout(export)
        layout.addWidget(self.words)

    def _connect(self) -> None:
        session = self.session
        self.since.currentIndexChanged.connect(self.refresh)
        self.cells.currentCellChanged.connect(self._chosen)
        self.cells.cellClicked.connect(self._chosen)
        self.export_button.clicked.connect(self._export)
        self.page_button.clicked.connect(self._show_page)
        follow(
            self,
            (session.opened, self.refresh),
            (session.results_changed, self.refresh),
            (session.corrections_changed, self.refresh),
            (session.place_changed, self._go_along),
            (session.saved, self._saved),
        )

    # ------------------------------------------------------------------ what the reader does

    def _chosen(self, row: int, column: int, *_: int) -> None:
        if 0 <= row < len(self.rows) and 0 <= column < len(self.films):
            self.session.go(self.rows[row].identity, self.films[column])

    def _export(self) -> None:
        boxes = {"xlsx": self.xlsx, "parquet": self.parquet}
        kinds = tuple(kind for kind, box in boxes.items() if box.isChecked())
        ask(self.session, lambda: self.session.measuring.save(kinds))

    def _page(self) -> Path | None:
        page = self.session.folders.out / PAGE if self.session.record else None
        return page if page and page.is_file() else None

    def _show_page(self) -> None:
        page = self._page()
        if page is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(page)))

    # ------------------------------------------------------------------ what is shown

    def refresh(self, *_: object) -> None:
        """Show the session as it is now."""
        session = self.session
        self.films = session.films_in_order
        self.rows = change_table(session, since_first=self.since.currentIndex() == 0)
        self.cells.blockSignals(True)
        self._fill()
        self.cells.blockSignals(False)
        self.since.setEnabled(not session.blinding.active)
        self.export_button.setEnabled(bool(self.rows) and session.is_current and not session.read_only)
        self.page_button.setEnabled(self._page() is not None and not session.blinding.active)
        self.words.setText(self._state())
        self._go_along()

    def _state(self) -> str:
        if not self.rows:
            return "Nothing is measured yet"
        if self.session.blinding.active:
            return HIDDEN.capitalize()
        return "" if self.session.is_current else "… being brought up to date with what you said"

    def _fill(self) -> None:
        self.cells.setRowCount(len(self.rows))
        self.cells.setColumnCount(len(self.films))
        self.cells.setHorizontalHeaderLabels([self.session.film_name(film) for film in self.films])
        self.cells.setVerticalHeaderLabels(["\n".join(wrap(row.name, NAME_WIDTH)) for row in self.rows])
        for number, row in enumerate(self.rows):
            for column, cell in enumerate(row.cells):
                self.cells.setItem(number, column, _item(cell))
        self.cells.resizeRowsToContents()  # not done by itself while the signals are blocked

    def _go_along(self, *_: object) -> None:
        """Choose the cell at which the reader is."""
        place, identities = self.session.place, [row.identity for row in self.rows]
        self.cells.blockSignals(True)
        if place.identity in identities and place.film in self.films:
            self.cells.setCurrentCell(identities.index(place.identity), self.films.index(place.film))
        self.cells.blockSignals(False)
        self.plot.show_trend(trend(self.session), place.film)

    def _saved(self, out: Path) -> None:
        self.refresh()
        self.words.setText(f"saved in {out}")


def _item(cell: ChangeCell) -> object:
    return coloured_cell(str(cell), COLOURS.get(cell.call, "") if cell.call else "", cell.hint)
