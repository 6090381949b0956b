"""The plugin's actions as napari commands: `commands.accept(viewer)` and so on, for the menu and the palette."""

from __future__ import annotations

from collections.abc import Callable

from napari.viewer import Viewer

from napari_lesionmeter.widgets.actions import ACTIONS, Action
from napari_lesionmeter.widgets.keys import desk_of, do

_NAMED = {action.name: action for action in ACTIONS}


def __getattr__(name: str) -> Callable[[Viewer], None]:
    """The command of that action."""
    if name not in _NAMED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _command(_NAMED[name])


def _command(action: Action) -> Callable[[Viewer], None]:
    def run(viewer: Viewer) -> None:
        do(desk_of(viewer), action)

    run.__annotations__ = {"viewer": Viewer, "return": None}  # napari looks here for what to hand over
    return run
