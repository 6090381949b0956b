"""The deposit being drawn, as a labels layer on its tile: the viewer's own brush, each stroke given to the session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import psygnal
from napari.utils import DirectLabelColormap
from qtpy.QtCore import QTimer

from napari_lesionmeter.layers import drawing_layer, mask_of_layer
from napari_lesionmeter.session import Session
from napari_lesionmeter.widgets.site_view import COLOURS, SiteView

BRUSH_MM = 0.6
"""Width of the brush at first."""


GHOST_CONTOUR = 2
"""A ghost is an empty outline of so many pixels, a drawing is filled."""


class Brush:
    """Shows the session's drawing and passes strokes on.

    Parameters
    ----------
    viewer
        A napari viewer.
    session
        The session.
    sites
        Where the tiles are.
    own
        Called with a new layer, to bind the plugin's keys to it.
    """

    area_followed = psygnal.Signal(float)
    """Emitted in mid-stroke with the area that the drawing has now."""

    def __init__(self, viewer: Any, session: Session, sites: SiteView, own: Callable[[Any], None]) -> None:
        self._viewer, self._session, self._sites, self._own = viewer, session, sites, own
        self.layer: Any = None
        self._quiet = self._pressed = False

    def update(self) -> None:
        """Show what is being drawn now, or take it away."""
        drawing = self._session.pen.drawing
        tile = self._sites.tile(drawing.film) if drawing is not None else None
        if drawing is None or tile is None or not self._sites.shown:
            self.hide()
            return
        mask, keywords, _ = drawing_layer(drawing, tile)
        if self.layer is None or self.layer.data.shape != mask.shape:
            self.hide()
            self._add(mask, keywords)
        elif not np.array_equal(mask_of_layer(self.layer.data), drawing.mask):
            self._quiet = True
            self.layer.data = mask
            self._quiet = False
        self.layer.affine = keywords["affine"]
        ghost = self._session.pen.is_ghost
        self.layer.contour, self.layer.opacity = (GHOST_CONTOUR, 0.9) if ghost else (0, keywords["opacity"])
        self._viewer.layers.selection.active = self.layer  # the tiles were drawn anew: the brush stays in hand

    def hide(self) -> None:
        """Take the drawing off the canvas."""
        if self.layer is not None and self.layer in self._viewer.layers:
            self._viewer.layers.remove(self.layer)
        self.layer = None

    def use(self, tool: str) -> None:
        """Take up a tool: `paint`, `erase`, `polygon` (lasso), `fill` or `pan_zoom`."""
        if self.layer is not None:
            self.layer.selected_label = 1
            self.layer.mode = tool
            self._viewer.layers.selection.active = self.layer

    def resize(self, pixels: int) -> None:
        """Make the brush wider or narrower."""
        if self.layer is not None:
            self.layer.brush_size = max(1, self.layer.brush_size + pixels)

    def _add(self, mask: Any, keywords: dict[str, Any]) -> None:
        colours = DirectLabelColormap(color_dict={None: "transparent", 1: COLOURS["drawn"]})
        self.layer = self._viewer.add_labels(mask, units=("mm", "mm"), colormap=colours, **keywords)
        self.layer.brush_size = max(1, round(BRUSH_MM / float(np.linalg.norm(keywords["affine"][:2, 0]))))
        for event in (self.layer.events.labels_update, self.layer.events.set_data):
            event.connect(self._changed)
        self.layer.mouse_drag_callbacks.append(self._drag)
        self._own(self.layer)
        self.use("paint")

    def _drag(self, layer: Any, event: Any) -> Iterator[None]:
        """A stroke is one action: it is taken over when the button is let go."""
        self._pressed = True
        yield
        while event.type == "mouse_move":
            yield
        self._pressed = False
        QTimer.singleShot(0, self.take_over)

    def _changed(self, event: Any = None) -> None:
        """The layer shows other pixels: in mid-stroke the area follows, else something else than a stroke did it."""
        if self._quiet:
            return
        QTimer.singleShot(0, self._follow if self._pressed else self.take_over)

    def _follow(self) -> None:
        drawing = self._session.pen.drawing
        if self.layer is not None and drawing is not None and self.layer.data.shape == drawing.mask.shape:
            self.area_followed.emit(self._session.pen.area_of(mask_of_layer(self.layer.data)))

    def take_over(self) -> None:
        """Give the session what the layer shows, if it is something else than the session has."""
        drawing = self._session.pen.drawing
        if self.layer is None or drawing is None or self._quiet or self._pressed:
            return
        mask = mask_of_layer(self.layer.data)
        if mask.shape == drawing.mask.shape and not np.array_equal(mask, drawing.mask):
            self._session.pen.stroke(mask)
            self.update()
