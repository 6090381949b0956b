"""One site on all films side by side, at equal scale and orientation, with outlines and a linked cursor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

import lesionmeter
from napari_lesionmeter.layers import TILE_MM, Tile, contrast_limits, outlines_on, tiles
from napari_lesionmeter.session import MARKS, Session, decision
from napari_lesionmeter.session.advice import refused
from napari_lesionmeter.widgets.lettering import ink, points_high

CAPTION_MM = 3.0
"""From a tile, whose corners stick out where it is turned, to its words."""

REMARK_WIDTH, USUAL_POINTS = 30, 10
"""Letters in a line under a tile, as many as its width holds, if they are of that many points."""

COLOURS = {"undecided": "#ffb000", "accepted": "#00d5ff", "drawn": "#a6ff4d", "not assessable": "#ff6fae"}
"""Colour of the outlines; the sign and the words beside say the same."""

OTHERS = "#8a8a8a"
"""Colour of the outlines of other deposits."""


class SiteView:
    """Shows the session's current site in a viewer.

    Parameters
    ----------
    viewer
        A napari viewer.
    session
        The session.
    own
        Called with each new layer, to bind the plugin's keys to it.
    """

    def __init__(self, viewer: Any, session: Session, own: Callable[[Any], None]) -> None:
        self._viewer, self._session, self._own = viewer, session, own
        self.tiles: tuple[Tile, ...] = ()
        self.images: dict[str, Any] = {}
        self._outlines: Any = None
        self._captions: Any = None
        self._remarks: Any = None
        self._cursor: Any = None
        self._new_place: tuple[float, float] | None = None
        self.shown = False
        viewer.events.theme.connect(lambda _: self.show() if self.shown else None)

    def show(self) -> None:
        """Show the current site, or bring it up to date."""
        results = self._session.results
        somewhere = self._session.place.identity or self._session.pen.is_new
        if results is None or results.patient is None or not somewhere:
            return
        self._set_tiles(results)
        first = not self.shown
        self.shown = True
        self._show_images(results)
        self._show_outlines(results)
        self._show_captions()
        self._show_remarks()
        if first:
            self.fit()

    def hide(self) -> None:
        """Take the site off the canvas."""
        for layer in [*self.images.values(), self._outlines, self._captions, self._remarks, self._cursor]:
            if layer is not None and layer in self._viewer.layers:
                self._viewer.layers.remove(layer)
        self.images, self._outlines, self._captions, self._remarks, self._cursor = {}, None, None, None, None
        self.shown = False

    def fit(self) -> None:
        """Let the tiles fill the canvas."""
        layers = [*self.images.values(), *(layer for layer in (self._captions,) if layer is not None)]
        if layers:
            self._viewer.fit_to_view(layers=layers, margin=0.08)

    def tile(self, film: str) -> Tile | None:
        """The tile of a film."""
        return next((tile for tile in self.tiles if tile.film == film), None)

    def film_at(self, position: tuple[float, ...]) -> tuple[str, tuple[float, float]] | None:
        """The film whose tile is at a place on the canvas, and its (row, column) pixel there."""
        place = np.array(position[-2:])
        for tile in self.tiles:
            if tile.holds(place):
                row, column = tile.on_film(place[None])[0].tolist()
                return tile.film, (row, column)
        return None

    def blink(self, on: bool) -> None:
        """Show the film before in the place of the current film, or not any more."""
        films = [tile.film for tile in self.tiles]
        if self._session.place.film not in films or len(films) < 2:
            return
        here = films.index(self._session.place.film)
        before = self.tiles[here - 1 if here else 1]
        now = self.tiles[here]
        moved = np.eye(3)
        moved[:2, 2] = np.array(now.middle) - np.array(before.middle)
        self.images[before.film].affine = (moved if on else np.eye(3)) @ before.affine
        self.images[now.film].visible = not on

    def point_at(self, film: str, point: tuple[float, float]) -> None:
        """Mark where a (row, column) pixel of a film lies on the others, with the registration's error as a circle."""
        results = self._session.results
        if results is None or self._cursor is None:
            return
        asked = lesionmeter.AskedPoint(film, "cursor", point)
        carried = lesionmeter.carry_points(results, [asked])
        shown = [(self.tile(c.film), c) for c in carried if c.ok and c.position is not None]
        places = [tile.on_canvas(np.array([c.position]))[0] for tile, c in shown if tile is not None]
        sizes = [max(2 * (c.error_mm or 0.0), 0.3) for tile, c in shown if tile is not None]
        self._cursor.data = np.array(places) if places else np.zeros((0, 2))
        if places:
            self._cursor.size = np.array(sizes)

    def _set_tiles(self, results: lesionmeter.Assessment) -> None:
        drawing, middle = self._session.pen.drawing, self._session.pen.middle
        if drawing is not None and middle is not None and self._session.pen.is_new:
            frames = lesionmeter.frames_at(results, drawing.film, drawing.laterality, self._new_place or middle)
            self._new_place = self._new_place or middle
        else:
            self._new_place = None
            frames = lesionmeter.site_frames(results, self._session.place.identity)
        shapes = {row.film: row.shape for row in results.films if row.shape is not None}
        self.tiles = tiles(frames, shapes, self._session.films_in_order)

    def _show_images(self, results: lesionmeter.Assessment) -> None:
        films = {film.film: film for film in results.patient.films} if results.patient else {}
        rows = {row.film: row for row in results.films}
        wanted = {tile.film for tile in self.tiles}
        for film in set(self.images) - wanted:
            self._viewer.layers.remove(self.images.pop(film))
        for tile in self.tiles:
            crop = _crop(films[tile.film].pixels, tile)
            if tile.film in self.images:
                layer = self.images[tile.film]
                layer.data, layer.affine, layer.visible = crop, tile.affine, True
                layer.contrast_limits = contrast_limits(crop)
                continue
            self.images[tile.film] = self._viewer.add_image(
                crop,
                name=self._session.film_name(tile.film),
                affine=tile.affine,
                contrast_limits=contrast_limits(crop),
                colormap="gray_r" if rows[tile.film].polarity == "inverted" else "gray",
                units=self._units,
            )

    @property
    def _units(self) -> tuple[str, str]:
        return ("mm", "mm")

    def _show_outlines(self, results: lesionmeter.Assessment) -> None:
        borders, colours = [], []
        for tile in self.tiles:
            finding = self._finding(tile.film)
            mine = set(finding.labels) if finding else set()
            colour = COLOURS[decision(finding, self._session.state.corrections)] if finding else OTHERS
            for label, polygon in outlines_on(tile, results.maps.get(tile.film)):
                borders.append(np.vstack([polygon, polygon[:1]]))
                colours.append(colour if label in mine else OTHERS)
        if self._outlines is not None:
            self._viewer.layers.remove(self._outlines)
            self._outlines = None
        if borders:  # as paths: napari would part the face of each polygon into triangles, which nobody sees
            self._outlines = self._viewer.add_shapes(
                borders, shape_type="path", edge_color=colours, face_color="transparent", edge_width=0.15,
                name="outlines", units=self._units,
            )  # fmt: skip

    def _show_captions(self) -> None:
        words = [self._caption(tile) for tile in self.tiles]
        left = TILE_MM / 2
        places = [(tile.middle[0] - left - CAPTION_MM, tile.middle[1] - left) for tile in self.tiles]
        if self._captions is not None:
            self._viewer.layers.remove(self._captions)
        self._captions = self._add_words("captions", words, places, above=True)
        if self._cursor is None:
            self._cursor = self._viewer.add_points(
                np.zeros((0, 2)), ndim=2, size=1.0, face_color="transparent", border_color="yellow", symbol="ring",
                name="linked cursor", units=self._units,
            )  # fmt: skip
        self._own(self._captions)
        self._viewer.layers.selection.active = self._captions

    def _show_remarks(self) -> None:
        """Under each tile that no registration leads to: why, and what helps."""
        doubtful = [tile for tile in self.tiles if tile.reason]
        if self._remarks is not None:
            self._viewer.layers.remove(self._remarks)
            self._remarks = None
        if doubtful:
            width = round(REMARK_WIDTH * USUAL_POINTS / points_high())
            words = [refused(tile.reason, width) for tile in doubtful]
            places = [(tile.middle[0] + TILE_MM / 2 + CAPTION_MM, tile.middle[1] - TILE_MM / 2) for tile in doubtful]
            self._remarks = self._add_words("remarks", words, places, above=False)
            self._viewer.layers.selection.active = self._captions

    def _add_words(self, name: str, words: list[str], places: list[tuple[float, float]], *, above: bool) -> Any:
        """Words that begin at places and lie above or below them, however large the letters are."""
        anchor = "upper_left" if above else "lower_left"
        text = {"string": "{words}", "size": points_high(), "color": ink(self._viewer), "anchor": anchor}
        return self._viewer.add_points(
            np.array(places) if places else np.zeros((0, 2)), features={"words": words}, text=text, size=0.01,
            face_color="transparent", border_color="transparent", name=name, units=self._units,
        )  # fmt: skip

    def _finding(self, film: str) -> lesionmeter.DepositFinding | None:
        """What was found of the shown deposit on a film; nothing while a new one is drawn."""
        return None if self._session.pen.is_new else self._session.finding(film=film)

    def _caption(self, tile: Tile) -> str:
        finding = self._finding(tile.film)
        name = self._session.film_name(tile.film)
        here = "▶ " if tile.film == self._session.place.film else ""
        words = finding_words(finding, self._session).replace(" (", "\n(").replace(", ", "\n") if finding else ""
        return f"{here}{name}\n{words}".rstrip()


def finding_words(finding: lesionmeter.DepositFinding, session: Session) -> str:
    """What was found, in a few words, with the sign of what is decided."""
    sign = MARKS[decision(finding, session.state.corrections)]
    measured = finding.measurement
    if measured is not None:
        unit = "mm²" if measured.unit == "mm2" else "(relative)"
        lo, hi = measured.area.lo, measured.area.hi
        interval = f" ({lo:.1f} to {hi:.1f})" if lo is not None and hi is not None else ""
        return f"{sign} {measured.area.value:.2f} {unit}{interval}"
    return f"{sign} {finding.status}" + (f", {finding.note}" if finding.note else "")


def _crop(pixels: NDArray[Any], tile: Tile) -> NDArray[Any]:
    (row, column), (rows, columns) = tile.corner, tile.shape
    return pixels[row : row + rows, column : column + columns]
