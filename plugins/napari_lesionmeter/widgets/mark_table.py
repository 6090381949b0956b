"""Tables of states: each cell shows a sign and words, and a colour that reads on light and dark."""

from __future__ import annotations

from collections.abc import Sequence

from napari.settings import get_settings
from napari.utils.theme import get_theme
from qtpy.QtCore import Qt
from qtpy.QtGui import QBrush, QColor
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from napari_lesionmeter.session.marks import Level, Mark

COLOURS = {Level.GOOD: "#2f9e62", Level.DOUBTFUL: "#c77f00", Level.BAD: "#e0524d"}
"""For a dark ground; `coloured_cell` takes a darker shade on a light one."""

DARKER = 165
"""Per cent by which colours are darkened on a light ground."""


def table(name: str, headers: Sequence[str], hint: str) -> QTableWidget:
    """An empty table in which one cell is chosen by mouse or arrow keys, and none is edited."""
    made = QTableWidget(0, len(headers))
    made.setObjectName(name)
    made.setAccessibleName(name)
    made.setToolTip(hint)
    made.setHorizontalHeaderLabels(list(headers))
    made.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    made.setTabKeyNavigation(False)  # Tab leaves the table
    made.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    made.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    return made


def on_light() -> bool:
    """Whether the viewer's theme has a light ground."""
    red, green, blue = get_theme(get_settings().appearance.theme).background.as_rgb_tuple()[:3]
    return bool(red + green + blue > 3 * 127)


def coloured_cell(text: str, colour: str = "", hint: str = "") -> QTableWidgetItem:
    """A cell of a text, in a colour if one is named."""
    item = QTableWidgetItem(text)
    item.setToolTip(hint or text)
    item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    if colour:
        item.setForeground(QBrush(QColor(colour).darker(DARKER if on_light() else 100)))
    return item


def cell(content: str | Mark) -> QTableWidgetItem:
    """A cell of a text or a mark."""
    return coloured_cell(str(content), COLOURS.get(content.level, "") if isinstance(content, Mark) else "")


def fill(made: QTableWidget, lines: Sequence[Sequence[str | Mark]]) -> None:
    """Replace all cells; what was chosen stays chosen, and nobody is told of it."""
    was = made.currentRow(), made.currentColumn()
    made.blockSignals(True)
    made.setRowCount(len(lines))
    for number, line in enumerate(lines):
        for column, content in enumerate(line):
            made.setItem(number, column, cell(content))
    if was[0] < len(lines):
        made.setCurrentCell(*was)
    made.blockSignals(False)
