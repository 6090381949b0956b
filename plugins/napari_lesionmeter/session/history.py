"""What the lines of the journal add up to: a row of states, one of which holds; undo goes back, after a restart too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

import lesionmeter
from napari_lesionmeter.session.journal import Entry


@dataclass(frozen=True, eq=False)
class State:
    """What a reader has said so far.

    Parameters
    ----------
    corrections
        All that hold, oldest first.
    drawing
        The deposit being drawn; None if none is.
    replaces
        The identity that it redraws; empty for a new deposit.
    level
        The share of its height at which its border was last taken.
    words
        What led here, for the undo button.
    """

    corrections: tuple[lesionmeter.Correction, ...] = ()
    drawing: lesionmeter.Drawing | None = None
    replaces: str = ""
    level: float = 0.5
    words: str = ""


@dataclass(frozen=True, eq=False)
class History:
    """All states in order, and which of them holds."""

    states: tuple[State, ...] = (State(),)
    at: int = 0

    @property
    def state(self) -> State:
        """The state that holds."""
        return self.states[self.at]

    @property
    def can_undo(self) -> bool:
        """Whether there is anything to take back."""
        return self.at > 0

    @property
    def can_redo(self) -> bool:
        """Whether anything was taken back that can be done again."""
        return self.at + 1 < len(self.states)

    def then(self, state: State) -> History:
        """A new state after the one that holds; what was taken back is gone."""
        states = (*self.states[: self.at + 1], state)
        return History(states, len(states) - 1)

    def moved(self, steps: int) -> History:
        """Undone (-1) or done again (+1), as far as there is something to undo."""
        return replace(self, at=min(max(self.at + steps, 0), len(self.states) - 1))


def replayed(entries: Iterable[Entry]) -> History:
    """The history that these entries make."""
    history = History()
    for entry in entries:
        history = after(history, entry)
    return history


def after(history: History, entry: Entry) -> History:
    """The history after one more entry; entries that change nothing that a reader said leave it as it is."""
    if entry.kind in ("undo", "redo"):
        return history.moved(-1 if entry.kind == "undo" else 1)
    step = STEPS.get(entry.kind)
    return history if step is None else history.then(replace(step(history.state, entry.body), words=_words(entry)))


def _words(entry: Entry) -> str:
    return str(entry.body.get("words", entry.kind))


Body = Mapping[str, Any]


def _base(_: State, body: Body) -> State:
    return State(tuple(lesionmeter.correction_from_plain(values) for values in body["corrections"]))


def _correct(state: State, body: Body) -> State:
    said = tuple(lesionmeter.correction_from_plain(values) for values in body["corrections"])
    state = replace(state, corrections=(*state.corrections, *said))
    return replace(state, drawing=None, replaces="") if body.get("ends_drawing") else state


def _draw(state: State, body: Body) -> State:
    drawing = drawing_from_plain(body["drawing"])
    replaces = str(body.get("replaces", state.replaces))
    return replace(state, drawing=drawing, replaces=replaces, level=float(body.get("level", state.level)))


def _paint(state: State, body: Body) -> State:
    assert state.drawing is not None
    mask = state.drawing.mask.copy()
    _set_runs(mask, body["runs"], bool(body["value"]))
    return replace(state, drawing=state.drawing.painted(mask))


def _discard(state: State, _: Body) -> State:
    return replace(state, drawing=None, replaces="")


STEPS: Final[Mapping[str, Callable[[State, Body], State]]] = {
    "base": _base,
    "correct": _correct,
    "draw": _draw,
    "paint": _paint,
    "discard": _discard,
}
"""What each kind of entry does to a state."""


def stroke_body(before: NDArray[np.bool_], after_it: NDArray[np.bool_], value: bool) -> dict[str, Any] | None:
    """The pixels that a stroke set to `value`, as the body of a `paint` entry; None if it changed nothing."""
    changed = (before != after_it) & (after_it == value)
    words = "brush" if value else "eraser"
    return {"runs": _runs(changed), "value": value, "words": words} if changed.any() else None


def drawing_to_plain(drawing: lesionmeter.Drawing) -> dict[str, Any]:
    """A drawing as plain JSON values; polygons are [x, y]."""
    return {
        "film": drawing.film,
        "hand": drawing.laterality,
        "corner": list(drawing.corner),
        "shape": list(drawing.mask.shape),
        "runs": _runs(drawing.mask),
        "outlines": [outline[:, ::-1].tolist() for outline in drawing.outlines],
    }


def drawing_from_plain(values: Mapping[str, Any]) -> lesionmeter.Drawing:
    """The drawing that `drawing_to_plain` made these values from."""
    mask = np.zeros(tuple(values["shape"]), dtype=bool)
    _set_runs(mask, values["runs"], True)
    row, column = values["corner"]
    outlines = tuple(np.array(outline, dtype=np.float64)[:, ::-1] for outline in values["outlines"])
    return lesionmeter.Drawing(values["film"], values["hand"], (int(row), int(column)), mask, outlines)


def _runs(inside: NDArray[np.bool_]) -> list[int]:
    """(first, count) of every run of true pixels along the rows, one after the other."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inside.reshape(-1).astype(np.int8), [0]])))
    runs: list[int] = np.stack([edges[::2], edges[1::2] - edges[::2]], axis=1).reshape(-1).tolist()
    return runs


def _set_runs(mask: NDArray[np.bool_], runs: list[int], value: bool) -> None:
    flat = mask.reshape(-1)
    for first, count in zip(runs[::2], runs[1::2], strict=True):
        flat[first : first + count] = value
