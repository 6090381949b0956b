"""A reader's hands: keys and the mouse on the canvas of a real viewer."""

from __future__ import annotations

from typing import Any


def turn() -> None:
    """Let the window's events happen."""
    from qtpy.QtWidgets import QApplication

    for _ in range(3):
        QApplication.processEvents()


def press(desk: Any, key: str) -> None:
    """Press a key on the canvas, as a reader does, and let go of it."""
    from qtpy.QtCore import Qt
    from qtpy.QtTest import QTest

    names = {"Control": Qt.KeyboardModifier.ControlModifier, "Shift": Qt.KeyboardModifier.ShiftModifier}
    *held, last = key.split("-")
    code = getattr(Qt.Key, {"Enter": "Key_Return", "?": "Key_Question"}.get(last, f"Key_{last}"))
    modifier = names[held[0]] if held else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(_canvas(desk).native, code, modifier)
    turn()


def drag(desk: Any, places: list[Any], *, let_go: bool = True) -> None:
    """Drag the mouse over places, in (down, right) mm of the canvas; one place is a click."""
    from qtpy.QtCore import Qt
    from qtpy.QtTest import QTest

    native = _canvas(desk).native
    QTest.mousePress(native, Qt.MouseButton.LeftButton, pos=_point(desk, places[0]))
    for place in places[1:]:
        QTest.mouseMove(native, _point(desk, place))
        turn()
    if let_go:
        release(desk, places[-1])


def release(desk: Any, place: Any) -> None:
    """Let go of the mouse at a place, in (down, right) mm of the canvas."""
    from qtpy.QtCore import Qt
    from qtpy.QtTest import QTest

    QTest.mouseRelease(_canvas(desk).native, Qt.MouseButton.LeftButton, pos=_point(desk, place))
    turn()


def _canvas(desk: Any) -> Any:
    return desk.viewer.window._qt_viewer.canvas


def _point(desk: Any, place: Any) -> Any:
    from qtpy.QtCore import QPoint

    x, y = _canvas(desk).view.scene.transform.map([place[1], place[0]])[:2]
    return QPoint(round(x), round(y))
