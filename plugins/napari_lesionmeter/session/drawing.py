"""A deposit drawn by hand: each act is written down, then holds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

import lesionmeter
from napari_lesionmeter.session.history import drawing_to_plain, stroke_body
from napari_lesionmeter.session.open_patient import UNSTATED, OpenPatient
from napari_lesionmeter.session.order import Place
from napari_lesionmeter.session.work import Job

STEP = 0.05
"""Change of the border's level by one key, as a share of the deposit's height."""

ROOM_MM = 8.0
"""Room to paint round a drawing."""

_WEAK = lesionmeter.Settings().segmentation.doubtful
"""Confidence under which a border that a click found is called weak."""

GHOST = "ghost"
"""What led to a drawing that was carried from another date."""


class Pen:
    """Draws on the session's current film.

    Parameters
    ----------
    session
        The session.
    """

    def __init__(self, session: OpenPatient) -> None:
        self._session = session
        self._ready: dict[str, lesionmeter.ClickField] = {}
        self._bones: dict[str, NDArray[np.bool_]] = {}
        self.guarded = False

    @property
    def drawing(self) -> lesionmeter.Drawing | None:
        """What is being drawn."""
        return self._session.state.drawing

    @property
    def is_ghost(self) -> bool:
        """Whether what is drawn was carried from another date and nobody has touched it yet."""
        return self.drawing is not None and self._session.state.words == GHOST

    @property
    def is_new(self) -> bool:
        """Whether what is drawn is of no known deposit."""
        return self.drawing is not None and not self._session.state.replaces

    def lies_at(self, place: Place) -> bool:
        """Whether a place is that of what is drawn, or nothing is."""
        drawing, replaces = self.drawing, self._session.state.replaces
        return drawing is None or (place.film == drawing.film and replaces in ("", place.identity))

    @property
    def middle(self) -> tuple[float, float] | None:
        """A (row, column) pixel in the middle of what is drawn, or of the room for it; None if nothing is drawn."""
        drawing = self.drawing
        if drawing is None:
            return None
        pixels = drawing.pixels
        if not len(pixels):
            (row, column), (rows, columns) = drawing.corner, drawing.mask.shape
            return row + rows / 2, column + columns / 2
        row, column = pixels[np.argmin(np.linalg.norm(pixels - pixels.mean(axis=0), axis=1))].tolist()
        return float(row), float(column)

    @property
    def area(self) -> float | None:
        """Area of what is being drawn, in the film's unit; None if nothing is."""
        drawing = self.drawing
        return None if drawing is None else lesionmeter.drawing_area(drawing, self._session.film_row(drawing.film))

    @property
    def unit(self) -> str:
        """The unit of the area in words."""
        spacing = self._session.film_row(self.drawing.film).spacing if self.drawing else None
        return "(relative)" if spacing is not None and spacing.source == UNSTATED else "mm²"

    def area_of(self, mask: NDArray[np.bool_]) -> float:
        """The area that the drawing would have with this mask, in the film's unit: what follows a stroke."""
        drawing = self.drawing
        assert drawing is not None
        return lesionmeter.drawing_area(drawing.painted(mask), self._session.film_row(drawing.film))

    def prepare(self, film: str) -> None:
        """Make a film ready for clicks, in the background."""
        results = self._session.results
        if film in self._ready or results is None or results.patient is None:
            return
        self._session.background.start(
            Job(
                "preparing",
                lambda tell, found: lesionmeter.ready_for_clicks(results, film),
                lambda ready: self._ready.__setitem__(film, ready),
                lambda error: self._session.told.emit(str(error)),
            )
        )

    def forget(self) -> None:
        """Drop what was prepared: scales or hands have changed."""
        self._ready.clear()
        self._bones.clear()

    def click(self, film: str, point: tuple[float, float]) -> bool:
        """Outline the deposit under a click at a (row, column) pixel; false if there is none."""
        found = lesionmeter.draw_at_click(self._field(film), point)
        if found is None:
            self._session.told.emit("no clear border there: nothing was added; what you see there can be drawn (D)")
            return False
        self._begin(self._roomy(found), self._session.identity_at(film, point), "click")
        if found.confidence is not None and found.confidence < _WEAK:
            self._session.told.emit("a weak border: look well before you confirm it (Enter), or discard it (Escape)")
        return True

    def redraw(self, point: tuple[float, float] | None = None) -> None:
        """Draw the current deposit of the current film anew: from what is outlined there, else from nothing.

        Parameters
        ----------
        point
            The (row, column) pixel round which there is room to draw where nothing is outlined; the deposit's place, if
            None.
        """
        session = self._session
        finding = session.finding()
        if session.results is None or finding is None:
            session.told.emit("measure the films and go to a site, or click (C) where you want to draw")
        elif finding.labels:
            drawing = lesionmeter.drawing_of(session.results, finding.film, finding.labels, ROOM_MM)
            self._begin(drawing, finding.identity, "edit")
        elif point or finding.position:
            self.begin_empty(finding.film, point or finding.position, finding.identity)
        else:
            session.told.emit("nothing says where this deposit lies here: click (C) at its place")

    def propose(self) -> None:
        """Begin with the outline that another date shows, carried to this film: a ghost until it is confirmed."""
        place, results = self._session.place, self._session.results
        found = lesionmeter.drawing_proposed(results, place.identity, place.film) if results else None
        if found is None:
            self._session.told.emit("no other date shows this deposit, or its registration was refused")
            return
        self._begin(found, place.identity, GHOST)

    def begin_empty(self, film: str, point: tuple[float, float] | None, identity: str = "") -> None:
        """Begin a drawing of nothing yet on the nearest hand, with room round a (row, column) pixel."""
        results = self._session.results
        hands = [hand for hand in results.hands if hand.film == film] if results else []
        if results is None or point is None or not hands:
            self._session.told.emit("no hand was found on this film: nothing can be drawn on it")
            return
        hand = min(hands, key=lambda h: float(np.linalg.norm(h.landmarks.points - np.array(point), axis=1).min()))
        self._begin(lesionmeter.empty_drawing(results, film, hand.laterality.value, point), identity, "draw")

    def stroke(self, mask: NDArray[np.bool_]) -> float | None:
        """Take over the mask as a brush left it; the area that it has now."""
        drawing = self.drawing
        if drawing is None:
            return None
        if self.guarded:
            mask = mask & ~(self._bone_under(drawing) & ~drawing.mask)
        for value in (True, False):
            body = stroke_body(drawing.mask, mask, value)
            if body is not None:
                self._session.add("paint", body)
        return self.area

    def lasso(self, polygon: NDArray[np.float64], *, erase: bool = False) -> None:
        """Add, or erase, all inside a closed (n, 2) polygon in (row, column) pixels of the film."""
        self._change("lasso", lambda drawing: lesionmeter.draw_inside(drawing, polygon, erase=erase))

    def smooth(self) -> None:
        """Take the brush's wiggles away."""
        self._change("smooth", lesionmeter.draw_smooth)

    def fill(self) -> None:
        """Fill holes."""
        self._change("fill", lesionmeter.draw_filled)

    def step_level(self, steps: int) -> None:
        """Grow (+1) or shrink (-1) by the level of the border."""
        if self.drawing is None:
            return
        level = round(min(max(self._session.state.level - STEP * steps, 0.1), 0.9), 2)
        field = self._field(self.drawing.film)
        words = "grow" if steps > 0 else "shrink"
        self._change(words, lambda drawing: self._roomy(lesionmeter.draw_at_level(field, drawing, level)), level=level)

    def confirm(self) -> None:
        """Let what is drawn replace what is outlined there."""
        drawing, session = self.drawing, self._session
        if drawing is None:
            return
        if not drawing.mask.any():
            self.discard()
            return
        session.correct(lesionmeter.drawn(drawing, session.signature), words="outline", ends_drawing=True)

    def discard(self) -> None:
        """Leave what was outlined before as it is."""
        if self.drawing is not None:
            self._session.add("discard")

    def _bone_under(self, drawing: lesionmeter.Drawing) -> NDArray[np.bool_]:
        """True where the film shows bone in the drawing's window: the brush keeps off it."""
        if drawing.film not in self._bones:
            results = self._session.results
            assert results is not None
            known = results.maps[drawing.film].labels > 0 if drawing.film in results.maps else None
            views = [v for v in lesionmeter.hand_views(results) if v.hand.film == drawing.film]
            self._bones[drawing.film] = np.any([lesionmeter.bone_map(v, known).labels > 0 for v in views], axis=0)
        (row, column), (rows, columns) = drawing.corner, drawing.mask.shape
        return self._bones[drawing.film][row : row + rows, column : column + columns]

    def _begin(self, drawing: lesionmeter.Drawing, identity: str, words: str) -> None:
        body = {"drawing": drawing_to_plain(drawing), "replaces": identity, "level": 0.5, "words": words}
        self._session.add("draw", body)

    def _change(self, words: str, change: Callable[[lesionmeter.Drawing], lesionmeter.Drawing], **more: float) -> None:
        if self.drawing is not None:
            body = {"drawing": drawing_to_plain(change(self.drawing)), "words": words}
            self._session.add("draw", body | more)

    def _field(self, film: str) -> lesionmeter.ClickField:
        if film not in self._ready:
            if self._session.results is None:
                raise lesionmeter.LesionmeterError(f"{film}: measure the films before drawing on them")
            self._ready[film] = lesionmeter.ready_for_clicks(self._session.results, film)
        return self._ready[film]

    def _roomy(self, drawing: lesionmeter.Drawing) -> lesionmeter.Drawing:
        row = self._session.film_row(drawing.film)
        assert row.shape is not None
        assert row.spacing is not None
        return lesionmeter.with_room(drawing, row.shape, ROOM_MM / row.spacing.mean_mm)
