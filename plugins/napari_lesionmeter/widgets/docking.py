"""Panels in their docks: brought to the front, and scrolled to what is to be seen."""

from __future__ import annotations

from qtpy.QtWidgets import QDockWidget, QScrollArea, QWidget


def raise_dock(panel: QWidget) -> None:
    """Bring the dock that holds a panel to the front; nothing happens to a panel without one."""
    dock = _around(panel, QDockWidget)
    if dock is not None:
        dock.show()
        dock.raise_()


def bring_into_view(part: QWidget) -> None:
    """Scroll the panel that holds a part until the part is seen."""
    area = _around(part, QScrollArea)
    if area is not None:
        area.ensureWidgetVisible(part)


def _around(widget: QWidget, kind: type[QWidget]) -> QWidget | None:
    """The nearest widget of a kind round another one."""
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, kind):
        parent = parent.parentWidget()
    return parent
