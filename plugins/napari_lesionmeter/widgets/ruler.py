"""A ruler drawn on a whole film: a line along a known length, given to whoever asked for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from qtpy.QtCore import QTimer

from napari_lesionmeter.widgets.desk import Desk

Taken = Callable[[str, tuple[float, float], tuple[float, float]], None]
"""Told the film and both ends, (row, column) pixels."""


class Ruler:
    """Lets the reader draw one line on a film.

    Parameters
    ----------
    desk
        The desk.
    taken
        Called when the line is drawn.
    """

    def __init__(self, desk: Desk, taken: Taken) -> None:
        self._desk, self._taken = desk, taken
        self.layer: Any = None

    def begin(self, film: str) -> None:
        """Show the film, and let a line be dragged on it."""
        shown = self._desk.films.layers.get(film)
        if shown is None:
            self._desk.session.told.emit("choose a film in the list first")
            return
        self._desk.session.go(film=film)
        self._desk.show_film()
        self._desk.films.show(film)
        self.hide()
        viewer = self._desk.viewer
        self.layer = viewer.add_shapes(
            ndim=2, name="ruler", edge_color="yellow", edge_width=3, scale=shown.scale, units=shown.units
        )
        self.layer.mode = "add_line"
        self.layer.mouse_drag_callbacks.append(lambda layer, event: self._dragged(film, event))
        self._desk.session.told.emit("drag along the known length")

    def hide(self) -> None:
        """Take the line off the canvas."""
        if self.layer is not None and self.layer in self._desk.viewer.layers:
            self._desk.viewer.layers.remove(self.layer)
        self.layer = None

    def _dragged(self, film: str, event: Any) -> Any:
        yield
        while event.type == "mouse_move":
            yield
        QTimer.singleShot(0, lambda: self._take(film))

    def _take(self, film: str) -> None:
        if self.layer is None or len(self.layer.data) == 0:
            return
        start, end = np.asarray(self.layer.data[-1])[:2].tolist()
        self._taken(film, (start[0], start[1]), (end[0], end[1]))
        self.layer.mode = "pan_zoom"
