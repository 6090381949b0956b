"""The readers panel: another reader's results beside this reader's own, differences marked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qtpy.QtCore import QPointF, QRectF, QSize, Qt
from qtpy.QtGui import QPainter, QPen, QPolygonF
from qtpy.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from napari_lesionmeter.session import Session
from napari_lesionmeter.session.marks import Level
from napari_lesionmeter.session.side_by_side import Pair, SideBySide
from napari_lesionmeter.widgets.following import ask, follow
from napari_lesionmeter.widgets.mark_table import fill, table

HEADERS = ("Film", "Site", "You", "Area", "Other", "Area", "Overlap", "", "Calls that differ: you / other")


class ReadersPanel(QWidget):
    """Shows two readers side by side: areas, outlines and calls. The other folder is never changed.

    Parameters
    ----------
    session
        The session.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.both = SideBySide(session)
        self.shown: tuple[Pair, ...] = ()
        self.setObjectName("lesionmeter readers")
        self.open_button = QPushButton("&Open another reader's folder …")
        self.open_button.setToolTip("Read another output folder of the same films; it is never changed")
        self.close_button = QPushButton("&Put away")
        self.close_button.setToolTip("Show your own results only")
        self.only_unlike = QCheckBox("Only &differences")
        self.only_unlike.setToolTip("Hide deposits on which both agree")
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.pairs = table("readers", HEADERS, "Deposits of both readers; choose one to go there")
        self.pairs.verticalHeader().hide()
        self.outlines = OutlinePair()
        self._lay_out()
        self._connect()
        self.refresh()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        top = QHBoxLayout()
        for widget in (self.open_button, self.close_button, self.only_unlike):
            top.addWidget(widget)
        layout.addLayout(top)
        layout.addWidget(self.words)
        layout.addWidget(self.pairs, 2)
        layout.addWidget(self.outlines, 1)

    def _connect(self) -> None:
        self.open_button.clicked.connect(self._choose)
        self.close_button.clicked.connect(self.both.close)
        self.only_unlike.toggled.connect(self.refresh)
        self.pairs.currentCellChanged.connect(self._chosen)
        follow(
            self,
            (self.both.changed, self.refresh),
            (self.session.opened, self.both.close),
            (self.session.results_changed, self._compare),
        )

    def open(self, folder: Path) -> None:
        """Show another reader's output folder beside this one."""
        ask(self.session, lambda: self.both.open(folder))

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Another reader's output folder")
        if folder:
            self.open(Path(folder))

    def _compare(self, _: object) -> None:
        if self.session.other is not None:
            self.both.compare()

    def _chosen(self, row: int, *_: int) -> None:
        if 0 <= row < len(self.shown):
            pair = self.shown[row]
            self.session.go(pair.identities[0], pair.film)
            self._show_outlines(pair)

    def refresh(self, *_: object) -> None:
        """Show the comparison as it is now."""
        unlike = [pair for pair in self.both.pairs if pair.mark.level is not Level.GOOD]
        self.shown = tuple(unlike) if self.only_unlike.isChecked() else self.both.pairs
        fill(self.pairs, [self._cells(pair) for pair in self.shown])
        self.close_button.setEnabled(self.session.other is not None)
        self.words.setText(self._state(len(unlike)))
        row = self.pairs.currentRow()
        self._show_outlines(self.shown[row] if 0 <= row < len(self.shown) else None)

    def _state(self, unlike: int) -> str:
        if self.session.other is None:
            return "No other reader's folder is open"
        return f"Beside {self.both.name}, for reading only: {unlike} of {len(self.both.pairs)} findings differ"

    def _cells(self, pair: Pair) -> list[Any]:
        overlap = "" if pair.dice is None else f"Dice {pair.dice:.2f}"
        (mine, other), (area, others) = pair.identities, pair.areas
        name = self.session.film_name(pair.film)
        return [name, pair.site, mine or "–", area, other or "–", others, overlap, pair.mark, pair.calls]

    def _show_outlines(self, pair: Pair | None) -> None:
        if pair is None or self.session.results is None or self.session.other is None:
            self.outlines.show_outlines((), ())
            return
        sha = {row.film: row.sha256 for row in self.session.results.films}[pair.film]
        names = {row.sha256: row.film for row in self.session.other.films}
        mine = _outlines(self.session.results, pair.film, pair.identities[0])
        other = _outlines(self.session.other, names.get(sha, ""), pair.identities[1])
        self.outlines.show_outlines(mine, other)


def _outlines(results: Any, film: str, identity: str) -> tuple[Any, ...]:
    """The (n, 2) outlines, in (row, column) pixels, of a deposit on a film."""
    labels = {label for row in results.deposits if (row.film, row.identity) == (film, identity) for label in row.labels}
    parts: Mapping[str, Any] = results.maps
    found = parts[film].deposits if film in parts else ()
    return tuple(outline for deposit in found if deposit.label in labels for outline in deposit.outlines)


class OutlinePair(QWidget):
    """Two readers' outlines of one deposit: this reader's line is full, the other's is dashed."""

    def __init__(self) -> None:
        super().__init__()
        self._mine: tuple[Any, ...] = ()
        self._other: tuple[Any, ...] = ()
        self.setAccessibleName("outlines of both readers: yours full, the other's dashed")

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for a deposit and its words."""
        side = 10 * self.fontMetrics().height()
        return QSize(side, side)

    def show_outlines(self, mine: tuple[Any, ...], other: tuple[Any, ...]) -> None:
        """Show (n, 2) outlines in (row, column) pixels."""
        self._mine, self._other = mine, other
        self.update()

    def paintEvent(self, _: Any) -> None:  # noqa: N802 - Qt's name
        """Draw both on each other, at one scale."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self.palette().windowText().color()
        painter.setPen(QPen(colour))
        words = "— you    - - the other reader" if self._mine or self._other else "Choose a row to see both outlines"
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, words)
        lines = [(_polygon(outline), Qt.PenStyle.SolidLine) for outline in self._mine]
        lines += [(_polygon(outline), Qt.PenStyle.DashLine) for outline in self._other]
        if lines:
            self._fit(painter, [polygon.boundingRect() for polygon, _ in lines])
            for polygon, style in lines:
                pen = QPen(colour, 2, style)
                pen.setCosmetic(True)
                painter.setPen(pen)
                painter.drawPolygon(polygon)
        painter.end()

    def _fit(self, painter: QPainter, boxes: list[QRectF]) -> None:
        box = boxes[0]
        for other in boxes[1:]:
            box = box.united(other)
        room = 1.5 * self.fontMetrics().height()
        scale = min((self.width() - 2 * room) / box.width(), (self.height() - 2 * room) / box.height())
        painter.translate(self.width() / 2, self.height() / 2 + room / 2)
        painter.scale(scale, scale)
        painter.translate(-box.center())


def _polygon(outline: Any) -> QPolygonF:
    return QPolygonF([QPointF(float(column), float(row)) for row, column in outline])
