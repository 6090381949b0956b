"""What binds one viewer to one session: views, brush, keys and the timer that brings news from the background."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psygnal
from qtpy.QtCore import QTimer

import lesionmeter
from napari_lesionmeter.session import Session, decisions
from napari_lesionmeter.widgets.brush import Brush
from napari_lesionmeter.widgets.comparison import Comparison
from napari_lesionmeter.widgets.film_view import FilmView
from napari_lesionmeter.widgets.site_view import SiteView

POLL_MS = 40
"""How often news is fetched from the background."""

CURSOR_MS = 60
"""The linked cursor follows the mouse this often at most."""


CLICKS = {
    "click": "click inside a deposit to outline it",
    "link": "click this deposit's outline on another date to link it",
    "dismiss": "click a dashed ring: what it holds is no deposit",
    "merge": "click another part of this deposit on the same film to merge it",
}
"""Tools that wait for a click, and what they say meanwhile."""

SAID_AT = {"link": decisions.link_at, "merge": decisions.merge_at, "dismiss": decisions.dismiss_at}
"""What a click with such a tool says; false if there is nothing to say it of."""


class Desk:
    """A reader's desk: the viewer and the session on it.

    Parameters
    ----------
    viewer
        A napari viewer.
    session
        The session; a new one if None.
    """

    owned = psygnal.Signal(object)
    """Emitted with a layer that the plugin's keys must work on."""

    help_toggled = psygnal.Signal()
    tool_changed = psygnal.Signal(str)

    def __init__(self, viewer: Any, session: Session | None = None) -> None:
        self.viewer, self.session = viewer, session or Session()
        self.films = FilmView(viewer, self.session, self.owned.emit)
        self.sites = SiteView(viewer, self.session, self.owned.emit)
        self.brush = Brush(viewer, self.session, self.sites, self.owned.emit)
        self.comparison = Comparison(viewer, self.session, self.sites)
        self.reason = decisions.REASONS[0]
        self.tool = "look"
        self._cursor: tuple[str, tuple[float, float]] | None = None
        self._swipe: float | None = None
        self._missed: tuple[str, tuple[float, float]] | None = None
        self._drawn: tuple[str, tuple[float, float]] | None = None
        self._held = self._due = False
        self._connect()
        viewer.mouse_drag_callbacks.append(self._clicked)
        viewer.mouse_move_callbacks.append(self._moved)
        self._timers = [self._timer(POLL_MS, self.session.poll), self._timer(CURSOR_MS, self._point)]

    def _connect(self) -> None:
        self.session.results_changed.connect(lambda _: self._results_changed())
        self.session.place_changed.connect(lambda _: self._place_changed())
        self.session.state_changed.connect(lambda _: self._state_changed())
        self.session.told.connect(self._tell)

    def _timer(self, milliseconds: int, call: Callable[[], None]) -> QTimer:
        timer = QTimer()
        timer.timeout.connect(call)
        timer.start(milliseconds)
        return timer

    # ------------------------------------------------------------------ what is shown

    def refresh(self) -> None:
        """Show the session as it is now; a landmark that is being dragged is let go first."""
        if self._held and self.tool == "landmarks":
            self._due = True
            return
        if self.sites.shown:
            self.sites.show()
            self.comparison.update()
            self.brush.update()
        elif self.session.place.film:
            self.films.show(self.session.place.film)
        self.session.pen.prepare(self.session.place.film)

    def show_sites(self) -> None:
        """Show the current site on all dates."""
        if self.tool == "landmarks":
            self.put_down()
        if self.session.results is None or self.session.results.patient is None:
            return
        self.films.hide()
        self.sites.show()
        self.brush.update()

    def show_film(self) -> None:
        """Show the current film as a whole."""
        self.brush.hide()
        self.comparison.hide()
        self.sites.hide()
        self.films.show(self.session.place.film)

    def toggle(self) -> None:
        """Go from the whole film to the dates of the site, or back."""
        if self.sites.shown:
            self.show_film()
        else:
            self.show_sites()

    def _place_changed(self) -> None:
        self._missed = None
        self.refresh()

    def _results_changed(self) -> None:
        self._go_to_drawn()
        self.refresh()

    def _state_changed(self) -> None:
        if self.sites.shown:
            self.sites.show()
            self.brush.update()

    def _tell(self, words: str) -> None:
        self.viewer.status = words

    # ------------------------------------------------------------------ what is done

    def use(self, tool: str) -> None:
        """Take up a tool: one of `CLICKS`, or one of the brush's."""
        self.tool = tool
        if tool in CLICKS:
            self.brush.use("pan_zoom")
            self.session.told.emit(CLICKS[tool])
        else:
            if self.session.pen.drawing is None:
                self.edit()
            self.brush.use(tool)
        self.tool_changed.emit(tool)

    def edit(self) -> None:
        """Draw the current outline anew; where there is none, or a click has just found none, from nothing."""
        missed, self._missed = self._missed, None
        if missed is not None:
            self.session.go(film=missed[0])
            self.session.pen.begin_empty(*missed)
        if not self.sites.shown:
            self.show_sites()
        if missed is None:
            tile = self.sites.tile(self.session.place.film)
            self.session.pen.redraw(tile.film_middle if tile else None)

    def confirm(self) -> None:
        """Let what is drawn hold; the reader goes along to a new deposit when it has its name."""
        drawing, middle = self.session.pen.drawing, self.session.pen.middle
        self._drawn = (drawing.film, middle) if drawing is not None and middle and self.session.pen.is_new else None
        self.session.pen.confirm()
        self.put_down()

    def _go_to_drawn(self) -> None:
        if self._drawn is not None and self.session.is_current:
            (film, middle), self._drawn = self._drawn, None
            identity = self.session.identity_at(film, middle)
            if identity:
                self.session.go(identity, film)

    def landmarks(self) -> None:
        """Let the landmarks of the whole film be dragged, or not any more."""
        if self.tool == "landmarks":
            self.put_down()
            return
        if self.sites.shown:
            self.show_film()
        self.films.move_landmarks(on=True)
        self.tool = "landmarks"
        self.session.told.emit("drag a landmark to its place; registration and site names follow")
        self.tool_changed.emit(self.tool)

    def propose(self) -> None:
        """Draw what another date shows."""
        if not self.sites.shown:
            self.show_sites()
        self.session.pen.propose()

    def discard(self) -> None:
        """Leave the outline as it was; put the tool down."""
        self.session.pen.discard()
        self.put_down()

    def put_down(self) -> None:
        """A click goes to what lies there again."""
        self.films.move_landmarks(on=False)
        self.tool = "look"
        self.tool_changed.emit(self.tool)

    def not_assessable(self) -> None:
        """Say that the current film cannot be assessed, for the reason chosen in the panel."""
        decisions.not_assessable(self.session, self.reason)

    def guard(self) -> None:
        """Keep the brush off bone, or let it."""
        self.session.pen.guarded = not self.session.pen.guarded
        self.viewer.status = f"the brush {'keeps off' if self.session.pen.guarded else 'may paint on'} bone"

    def take_keys(self) -> None:
        """Have the keys work on the canvas again, after a click elsewhere."""
        self.viewer.window._qt_viewer.canvas.native.setFocus()

    def toggle_help(self) -> None:
        """Show or hide the keys."""
        self.help_toggled.emit()

    # ------------------------------------------------------------------ keys and mouse

    def _clicked(self, _: Any, event: Any) -> Iterator[None]:
        start = tuple(event.position)
        moved, self._held = False, True
        yield
        while event.type == "mouse_move":
            moved = True
            yield
        self._held = False
        if self._due:
            self._due = False
            QTimer.singleShot(0, self.refresh)  # after the dragged layer has told what moved
        if not moved and event.button == 1:
            self.clicked(start)

    def clicked(self, position: tuple[float, ...]) -> None:
        """A click on the canvas: outlines a deposit with the click tool, else goes to what lies there."""
        view: FilmView | SiteView = self.sites if self.sites.shown else self.films
        at = view.film_at(position)
        if at is None or self.tool not in ("look", *CLICKS) or self.session.results is None:
            return
        if self.tool == "click":
            self._outline(*at)
        elif self.tool in CLICKS:
            self._say_at(*at)
        else:
            identity = self.session.identity_at(*at)
            if identity or self.sites.shown:
                self.session.go(identity, at[0])

    def _say_at(self, film: str, point: tuple[float, float]) -> None:
        """Link, merge or dismiss; the tool is put down when that is done."""
        if SAID_AT[self.tool](self.session, film, point):
            self.put_down()

    def _outline(self, film: str, point: tuple[float, float]) -> None:
        self._missed = None
        try:
            if not self.session.pen.click(film, point):
                self._missed = (film, point)
                return
            self.session.go(self.session.state.replaces, film)
            if not self.sites.shown:
                self.show_sites()
            self.brush.update()
        except lesionmeter.LesionmeterError as error:
            self.session.told.emit(str(error))

    def _moved(self, _: Any, event: Any) -> None:
        if self.sites.shown:
            self._cursor = self.sites.film_at(tuple(event.position))
            self._swipe = self.comparison.tile_share(tuple(event.position))

    def _point(self) -> None:
        """The linked cursor, and the line of the swipe, where the mouse was moved to since."""
        if self._swipe is not None:
            share, self._swipe = self._swipe, None
            self.comparison.swipe_to(share)
        if self._cursor is not None and self.sites.shown:
            at, self._cursor = self._cursor, None
            self.sites.point_at(*at)

    def close(self) -> None:
        """Stop the timers and let the folder go."""
        for timer in self._timers:
            timer.stop()
        self.session.close()
