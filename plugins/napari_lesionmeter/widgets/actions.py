"""All that can be done with a key, in one table: the keys, the menu, the command palette and the help read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from napari_lesionmeter.session import decisions
from napari_lesionmeter.widgets.desk import Desk


@dataclass(frozen=True)
class Action:
    """One thing that a reader can do.

    Parameters
    ----------
    name
        Its name in the manifest.
    key
        As napari writes keys.
    words
        What it does.
    do
        Does it.
    """

    name: str
    key: str
    words: str
    do: Callable[[Desk], None]


ACTIONS = (
    Action("next_site", "Down", "Next site", lambda desk: desk.session.next_site(1)),
    Action("previous_site", "Up", "Previous site", lambda desk: desk.session.next_site(-1)),
    Action("next_undecided", "U", "Next undecided site", lambda desk: desk.session.next_site(1, only_undecided=True)),
    Action("next_film", "Right", "Next film", lambda desk: desk.session.next_film(1)),
    Action("previous_film", "Left", "Previous film", lambda desk: desk.session.next_film(-1)),
    Action("toggle_view", "T", "Whole film or all dates of the site", lambda desk: desk.toggle()),
    Action("landmarks", "V", "Move landmarks by the mouse, or no more", lambda desk: desk.landmarks()),
    Action("accept", "A", "Accept the site on all dates", lambda desk: decisions.accept(desk.session)),
    Action(
        "accept_here", "Shift-A", "Accept on this film", lambda desk: decisions.accept(desk.session, only_here=True)
    ),
    Action("reject", "R", "Reject: not a deposit", lambda desk: decisions.reject(desk.session)),
    Action(
        "reject_here", "Shift-R", "Reject on this film", lambda desk: decisions.reject(desk.session, only_here=True)
    ),
    Action("not_assessable", "N", "Not assessable on this film", lambda desk: desk.not_assessable()),
    Action("edit", "E", "Edit the outline on this film", lambda desk: desk.edit()),
    Action("click", "C", "Outline by one click", lambda desk: desk.use("click")),
    Action("propose", "P", "Outline as another date shows it (a ghost until confirmed)", lambda desk: desk.propose()),
    Action("brush", "D", "Brush", lambda desk: desk.use("paint")),
    Action("eraser", "W", "Eraser", lambda desk: desk.use("erase")),
    Action("lasso", "L", "Lasso", lambda desk: desk.use("polygon")),
    Action("grow", "G", "Grow the outline", lambda desk: desk.session.pen.step_level(1)),
    Action("shrink", "H", "Shrink the outline", lambda desk: desk.session.pen.step_level(-1)),
    Action("smooth", "S", "Smooth the outline", lambda desk: desk.session.pen.smooth()),
    Action("fill", "F", "Fill holes", lambda desk: desk.session.pen.fill()),
    Action("guard", "O", "Keep the brush off bone, or not", lambda desk: desk.guard()),
    Action("confirm", "Enter", "Confirm the drawing", lambda desk: desk.confirm()),
    Action("discard", "Escape", "Discard the drawing", lambda desk: desk.discard()),
    Action("link", "I", "Link with an outline on another date, by a click", lambda desk: desk.use("link")),
    Action("merge", "M", "Merge with another outline on this film, by a click", lambda desk: desk.use("merge")),
    Action("dismiss", "X", "Say that what a dashed ring holds is no deposit, by a click", lambda d: d.use("dismiss")),
    Action("unlink", "K", "Unlink this film's outline from the others", lambda d: decisions.unlink_here(d.session)),
    Action("split", "J", "Split the parts on this film", lambda desk: decisions.split_here(desk.session)),
    Action("compare", "Y", "Difference, checkerboard, swipe, none", lambda desk: desk.comparison.next_way()),
    Action("undo", "Control-Z", "Undo", lambda desk: desk.session.undo()),
    Action("redo", "Control-Y", "Do again", lambda desk: desk.session.redo()),
    Action("measure", "Control-M", "Measure all films", lambda desk: desk.session.measuring.measure()),
    Action("cancel", "Control-Escape", "Cancel what works in the background", lambda d: d.session.measuring.cancel()),
    Action("save", "Control-S", "Save tables, masks and the page", lambda desk: desk.session.measuring.save()),
    Action("help", "F1", "Show or hide the keys", lambda desk: desk.toggle_help()),
)
"""Everything but blinking, whose key (B) is held."""

BLINK_KEY = "B"

HELP_SIGN = "?"
"""Shows the keys too, wherever the cursor is."""


def help_text() -> str:
    """The keys and what they do, as an HTML table."""
    keys = {action.name: action.key for action in ACTIONS} | {"help": f"F1, {HELP_SIGN}"}
    rows = [(keys[action.name], action.words) for action in ACTIONS]
    rows.append((BLINK_KEY, "Blink with the film before (hold)"))
    cells = "".join(f"<tr><td><b>{key}</b>&nbsp;&nbsp;</td><td>{words}</td></tr>" for key, words in rows)
    return f"<table>{cells}</table>"
