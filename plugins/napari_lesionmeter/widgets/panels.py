"""The panels as napari asks for them: one session for all panels of a viewer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qtpy.QtWidgets import QScrollArea, QWidget

from napari_lesionmeter.widgets.keys import desk_of
from napari_lesionmeter.widgets.review import ReviewPanel


def review(napari_viewer: Any) -> QWidget:
    """The current site, and what the reader says of it."""
    return ReviewPanel(napari_viewer)


PANELS: tuple[tuple[str, Callable[[Any], QWidget]], ...] = (("Review", review),)
"""In the order in which they are needed."""


def open_patient(viewer: Any, path: Path) -> None:
    """Open a patient's folder or an output folder in a viewer, with all panels beside."""
    dock_panels(viewer)
    desk_of(viewer).session.open(path)


def dock_panels(viewer: Any) -> None:
    """Dock all panels that are not docked yet, one behind the other, the first in front."""
    docked = set(viewer.window.dock_widgets)
    new = [(name, make) for name, make in PANELS if f"lesionmeter {name}" not in docked]
    docks = [_dock(viewer, name, make) for name, make in new]
    if docks:
        docks[0].raise_()


def _dock(viewer: Any, name: str, make: Callable[[Any], QWidget]) -> Any:
    area = QScrollArea()  # a small window shows all of a panel all the same
    area.setWidgetResizable(True)
    panel = make(viewer)
    area.setWidget(panel)
    area.setMinimumWidth(panel.minimumSizeHint().width() + area.verticalScrollBar().sizeHint().width() + 4)
    return viewer.window.add_dock_widget(area, name=f"lesionmeter {name}", area="right", tabify=True)
