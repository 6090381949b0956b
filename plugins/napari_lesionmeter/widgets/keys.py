"""The plugin's keys on a viewer and on its layers, and the one desk of each viewer."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from typing import Any

from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import QShortcut

import lesionmeter
from napari_lesionmeter.widgets.actions import ACTIONS, BLINK_KEY, HELP_SIGN, Action
from napari_lesionmeter.widgets.desk import Desk

_DESKS: weakref.WeakKeyDictionary[Any, Desk] = weakref.WeakKeyDictionary()


def desk_of(viewer: Any) -> Desk:
    """The desk of a viewer, with its keys; made when it is first asked for."""
    viewer = getattr(viewer, "__wrapped__", viewer)
    if viewer not in _DESKS:
        desk = Desk(viewer)
        _DESKS[viewer] = desk
        desk.owned.connect(lambda layer: bind_keys(desk, layer))
        bind_keys(desk, viewer)
        _bind_help(desk)
    return _DESKS[viewer]


def _bind_help(desk: Desk) -> None:
    """Bind the question mark in the whole window: napari's own keys know no such key."""
    window = getattr(desk.viewer, "window", None)
    if window is not None:
        help_key = QShortcut(QKeySequence(HELP_SIGN), window._qt_window)
        help_key.activated.connect(desk.toggle_help)


def bind_keys(desk: Desk, place: Any) -> None:
    """Bind the keys to a viewer or to a layer, whose own keys would otherwise win."""
    for action in ACTIONS:
        place.bind_key(action.key, _pressed(desk, action), overwrite=True)
    place.bind_key(BLINK_KEY, lambda _: _blink(desk), overwrite=True)


def do(desk: Desk, action: Action) -> None:
    """Do it; what cannot be done is said and no more."""
    try:
        action.do(desk)
    except lesionmeter.LesionmeterError as error:
        desk.session.told.emit(str(error))


def _pressed(desk: Desk, action: Action) -> Callable[[Any], None]:
    return lambda _: do(desk, action)


def _blink(desk: Desk) -> Iterator[None]:
    desk.sites.blink(True)
    yield
    desk.sites.blink(False)
