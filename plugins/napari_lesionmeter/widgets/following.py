"""Ties between a panel and the session: they end with the panel, and what cannot be done is told, not thrown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qtpy.QtWidgets import QWidget

import lesionmeter
from napari_lesionmeter.session import Session


def follow(widget: QWidget, *pairs: tuple[Any, Callable[..., None]]) -> None:
    """Call functions on psygnal signals for as long as the widget lives.

    Parameters
    ----------
    widget
        The panel.
    pairs
        (signal, function) each.
    """
    for signal, call in pairs:
        signal.connect(call)

    def let_go() -> None:
        for signal, call in pairs:
            signal.disconnect(call, missing_ok=True)

    widget.destroyed.connect(let_go)


def ask(session: Session, act: Callable[[], object]) -> bool:
    """Do what the reader asked; where that cannot be, say why and return false."""
    try:
        act()
    except (lesionmeter.LesionmeterError, ValueError, OSError) as error:
        session.told.emit(str(error))
        return False
    return True
