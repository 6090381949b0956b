"""The panels as napari asks for them: one session for all panels of a viewer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QScrollArea, QWidget

from napari_lesionmeter.widgets.calibration import CalibrationPanel
from napari_lesionmeter.widgets.change import ChangePanel
from napari_lesionmeter.widgets.following import ask
from napari_lesionmeter.widgets.keys import desk_of
from napari_lesionmeter.widgets.lettering import points_high
from napari_lesionmeter.widgets.readers import ReadersPanel
from napari_lesionmeter.widgets.review import ReviewPanel
from napari_lesionmeter.widgets.ruler import Ruler
from napari_lesionmeter.widgets.study import StudyPanel


def study(napari_viewer: Any) -> QWidget:
    """The films of the patient, and Measure."""
    return StudyPanel(desk_of(napari_viewer).session)


def calibration(napari_viewer: Any) -> QWidget:
    """The scale of each film, with a ruler on the canvas."""
    desk = desk_of(napari_viewer)
    panel = CalibrationPanel(desk.session)
    ruler = Ruler(desk, panel.set_ruler)
    panel.ruler_wanted.connect(ruler.begin)
    return panel


def review(napari_viewer: Any) -> QWidget:
    """The current site, and what the reader says of it."""
    return ReviewPanel(napari_viewer)


def change(napari_viewer: Any) -> QWidget:
    """Sites by dates, and what has changed; after a click on a cell the keys work on that site."""
    desk = desk_of(napari_viewer)
    panel = ChangePanel(desk.session)
    panel.cells.cellClicked.connect(lambda *_: desk.take_keys())
    return panel


def readers(napari_viewer: Any) -> QWidget:
    """Another reader's results beside this reader's own."""
    return ReadersPanel(desk_of(napari_viewer).session)


PANELS: tuple[tuple[str, Callable[[Any], QWidget]], ...] = (
    ("Study", study),
    ("Calibration", calibration),
    ("Review", review),
    ("Change", change),
    ("Readers", readers),
)
"""In the order in which they are needed."""


def open_patient(viewer: Any, path: Path) -> None:
    """Open a patient's folder or an output folder in a viewer, with all panels beside."""
    dock_panels(viewer)
    session = desk_of(viewer).session
    ask(session, lambda: session.open(path))


def open_sample(viewer: Any, path: Path) -> None:
    """Open the sample's folder as soon as napari has added the layer that it wants of a sample, in place of it."""

    def act() -> None:
        for layer in [layer for layer in viewer.layers if (layer.source.sample or ("",))[0] == "lesionmeter"]:
            viewer.layers.remove(layer)
        open_patient(viewer, path)

    QTimer.singleShot(0, act)


def dock_panels(viewer: Any) -> None:
    """Dock all panels that are not docked yet, one behind the other, the first in front."""
    docked = set(viewer.window.dock_widgets)
    new = [(name, make) for name, make in PANELS if name not in docked]
    docks = [_dock(viewer, name, make) for name, make in new]
    if docks:
        docks[0].raise_()


def _dock(viewer: Any, name: str, make: Callable[[Any], QWidget]) -> Any:
    area = QScrollArea()  # a small window shows all of a panel all the same
    area.setWidgetResizable(True)
    panel = make(viewer)
    area.setWidget(panel)
    # napari sets the size of letters for labels and buttons only
    area.setStyleSheet(f"QLineEdit, QTableView, QHeaderView {{ font-size: {points_high():.0f}pt }}")
    dock = viewer.window.add_dock_widget(area, name=name, area="right", tabify=True)
    for part in panel.findChildren(QWidget):
        part.ensurePolished()  # only now is it known how large the letters are
    area.setMinimumWidth(panel.minimumSizeHint().width() + area.verticalScrollBar().sizeHint().width() + 4)
    return dock
