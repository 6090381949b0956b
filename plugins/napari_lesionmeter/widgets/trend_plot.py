"""A deposit's areas over time with their 95 % intervals, drawn in the window's own colours and font."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QBrush, QPainter, QPen
from qtpy.QtWidgets import QSizePolicy, QWidget

from napari_lesionmeter.session.trend import Trend, TrendPoint

EMPTY = "No dated areas to draw; while a reading is blinded, none is shown"


class TrendPlot(QWidget):
    """Draws a trend; a click on a point goes to its film.

    A dot is an area and its bar the 95 % interval, a hollow dot is nothing seen and its bar what would have been, a
    cross is not assessable.

    Parameters
    ----------
    go
        Called with the film that was clicked.
    """

    def __init__(self, go: Callable[[str], object]) -> None:
        super().__init__()
        self._go = go
        self.trend = Trend()
        self.film = ""
        self.setMouseTracking(True)
        self.setMinimumHeight(9 * self.fontMetrics().height())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)

    def show_trend(self, trend: Trend, film: str) -> None:
        """Show a deposit; `film` is where the reader is."""
        self.trend, self.film = trend, film
        words = "; ".join(point.words for point in trend.points)
        self.setAccessibleName(f"{trend.title}: {words}")
        self.update()

    # ------------------------------------------------------------------ places

    def _field(self) -> QRectF:
        letters = self.fontMetrics()
        left = letters.horizontalAdvance("0000000")
        return QRectF(self.rect()).adjusted(left, 1.8 * letters.height(), -letters.height(), -1.6 * letters.height())

    def _greatest(self) -> float:
        ends = [end for p in self.trend.points for end in (p.area.value if p.area else 0, _top(p)) if end is not None]
        return 1.08 * max(ends, default=0.0) or 1.0

    def place(self, year: float, area: float) -> QPointF:
        """Where a time and an area are drawn."""
        field, years = self._field(), [point.year for point in self.trend.points]
        span = max(years) - min(years)
        across = 0.04 + 0.92 * (year - min(years)) / span if span else 0.5
        return QPointF(field.left() + across * field.width(), field.bottom() - area / self._greatest() * field.height())

    def point_at(self, x: float, y: float) -> TrendPoint | None:
        """The point near a pixel of the widget."""
        reach = self.fontMetrics().height()
        for point in self.trend.points:
            place = self.place(point.year, point.area.value if point.area else 0.0)
            if abs(place.x() - x) <= reach and abs(place.y() - y) <= 1.5 * reach:
                return point
        return None

    def mousePressEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Go to the film of the point that was clicked."""
        point = self.point_at(event.position().x(), event.position().y())
        if point is not None:
            self._go(point.film)

    def mouseMoveEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Tell of the point under the mouse."""
        point = self.point_at(event.position().x(), event.position().y())
        self.setToolTip(point.words if point else "")

    # ------------------------------------------------------------------ drawing

    def paintEvent(self, _: Any) -> None:  # noqa: N802 - Qt's name
        """Draw."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text = self.palette().windowText().color()
        painter.setPen(QPen(text))
        if not self.trend.points:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, EMPTY)
        else:
            self._draw_axes(painter)
            painter.setPen(QPen(text, 1.5))
            self._draw_line(painter)
            for point in self.trend.points:
                self._draw_point(painter, point)
        painter.end()

    def _draw_axes(self, painter: QPainter) -> None:
        field, letters = self._field(), self.fontMetrics()
        title = f"{self.trend.title}, {self.trend.unit}, 95 % intervals"
        painter.drawText(QPointF(letters.averageCharWidth(), 1.1 * letters.height()), title)
        faint = self.palette().windowText().color()
        faint.setAlphaF(0.25)
        for tick in ticks(self._greatest()):
            y = field.bottom() - tick / self._greatest() * field.height()
            painter.setPen(QPen(faint))
            painter.drawLine(QPointF(field.left(), y), QPointF(field.right(), y))
            painter.setPen(QPen(self.palette().windowText().color()))
            box = QRectF(0, y - letters.height() / 2, field.left() - letters.averageCharWidth(), letters.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{tick:.6g}")
        self._draw_dates(painter)

    def _draw_dates(self, painter: QPainter) -> None:
        """The dates, as far as they do not run into each other."""
        letters, free = self.fontMetrics(), 0.0
        for point in self.trend.points:
            width = letters.horizontalAdvance(point.date)
            x = self.place(point.year, 0).x() - width / 2
            x = min(max(x, 0.0), self.width() - width)
            if x >= free:
                painter.drawText(QPointF(x, self._field().bottom() + 1.2 * letters.height()), point.date)
                free = x + width + letters.averageCharWidth()

    def _draw_line(self, painter: QPainter) -> None:
        """Between neighbours that both have an area; none across a film that cannot be assessed."""
        for first, second in zip(self.trend.points, self.trend.points[1:], strict=False):
            if first.area and second.area:
                painter.drawLine(self.place(first.year, first.area.value), self.place(second.year, second.area.value))

    def _draw_point(self, painter: QPainter, point: TrendPoint) -> None:
        size = self.fontMetrics().height() / 4
        centre = self.place(point.year, point.area.value if point.area else 0.0)
        if point.area is None:
            painter.drawLine(centre + QPointF(-size, -size), centre + QPointF(size, size))
            painter.drawLine(centre + QPointF(-size, size), centre + QPointF(size, -size))
            return
        top, low = _top(point), point.area.lo if point.area.lo is not None else point.area.value
        if top is not None:
            ends = self.place(point.year, low), self.place(point.year, top)
            painter.drawLine(*ends)
            for end in ends:
                painter.drawLine(end - QPointF(size, 0), end + QPointF(size, 0))
        seen = point.limit is None and point.area.value > 0
        inside = self.palette().windowText() if seen else self.palette().window()
        painter.setBrush(QBrush(inside.color()))
        painter.drawEllipse(centre, size, size)
        if point.film == self.film:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(centre, 2 * size, 2 * size)


def ticks(greatest: float) -> list[float]:
    """Two to five even, round numbers from 0 up to `greatest`.

    Examples
    --------
    >>> ticks(13.6), ticks(0.9)
    ([0.0, 5.0, 10.0], [0.0, 0.2, 0.4, 0.6, 0.8])
    """
    unit = 10.0 ** math.floor(math.log10(greatest))
    step = next(s for s in (0.2 * unit, 0.5 * unit, unit, 2 * unit) if greatest / s < 5)
    return [round(number * step, 12) for number in range(int(greatest / step) + 1)]


def _top(point: TrendPoint) -> float | None:
    """Where the bar of a point ends: its interval, or what would have been seen."""
    return point.area.hi if point.area and point.area.hi is not None else point.limit
