"""Whole films on the canvas: one at a time, with its outlines and landmarks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import lesionmeter
from napari_lesionmeter.layers import film_layer, landmarks_layer, moved_landmarks, ring_dashes
from napari_lesionmeter.session import Session, decisions
from napari_lesionmeter.widgets.lettering import points_high

OUTLINE, UNCLEAR = "#00d5ff", "#ffb000"
"""Colours of what is outlined, and of what is seen and not outlined."""


class FilmView:
    """Shows the session's films in a viewer.

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
        self.layers: dict[str, Any] = {}
        self._marks: list[Any] = []
        self.landmarks: Any = None
        self._hands: list[lesionmeter.Hand] = []
        self._fitted = ""
        self._moving = self._quiet = False
        session.film_read.connect(self.add)
        session.opened.connect(self.clear)
        session.patient_read.connect(self._restate)
        session.results_changed.connect(self._restate)

    def clear(self) -> None:
        """Take the films of the patient before away."""
        self.hide_marks()
        for layer in self.layers.values():
            if layer in self._viewer.layers:
                self._viewer.layers.remove(layer)
        self.layers, self._fitted = {}, ""

    def add(self, film: lesionmeter.Radiograph) -> None:
        """Add a film that was read; the first one is shown."""
        pixels, keywords, _ = film_layer(film, self._row(film.film))
        if self.layers:  # until films.csv is read too: napari refuses to show millimetres beside pixels
            keywords["units"] = next(iter(self.layers.values())).units
        if self._session.blinding.active:
            keywords["name"] = self._session.hidden_name(film.film)
        layer = self._viewer.add_image(pixels, visible=not self.layers, **keywords)
        if not self.layers:
            self._viewer.reset_view()
        self.layers[film.film] = layer
        self._own(layer)

    def show(self, film: str) -> None:
        """Show this film alone, with its outlines and landmarks."""
        for name, layer in self.layers.items():
            layer.visible = name == film
        self.hide_marks()
        results = self._session.results
        if results is not None and film in self.layers:
            self._show_outlines(results, film)
            self._show_landmarks(results, film)
            self._show_unclear(film)
            self._viewer.layers.selection.active = self.landmarks if self._moving else self._marks[0]
            if film != self._fitted:
                self._viewer.fit_to_view(layers=[self.layers[film]])
                self._fitted = film

    def move_landmarks(self, on: bool) -> None:
        """Let the landmarks of the shown film be dragged, or not any more."""
        self._moving = on and self.landmarks is not None
        if self.landmarks is not None:
            self._show_if_moving()
            self._viewer.layers.selection.active = self.landmarks if on else self._marks[0]

    def hide(self) -> None:
        """Show no film."""
        for layer in self.layers.values():
            layer.visible = False
        self.hide_marks()
        self._fitted, self._moving = "", False

    def hide_marks(self) -> None:
        """Take outlines and landmarks off the canvas."""
        for layer in self._marks:
            if layer in self._viewer.layers:
                self._viewer.layers.remove(layer)
        self._marks, self.landmarks = [], None

    def film_at(self, position: tuple[float, ...]) -> tuple[str, tuple[float, float]] | None:
        """The film that is shown, and its (row, column) pixel at a place on the canvas."""
        for film, layer in self.layers.items():
            if layer.visible:
                row, column = layer.world_to_data(position)
                return film, (float(row), float(column))
        return None

    def _row(self, film: str) -> lesionmeter.FilmFinding | None:
        rows = self._session.results.films if self._session.results else ()
        return next((row for row in rows if row.film == film), None)

    def _restate(self, _: object = None) -> None:
        """Show each film with the name, scale and polarity that are known by now."""
        patient = self._session.patient
        films = patient.films if patient else ()
        known = any(film_layer(film, self._row(film.film))[1]["units"][0] == "mm" for film in films)
        for film in films:
            layer = self.layers.get(film.film)
            if layer is not None:
                self._restate_layer(layer, film, known)
        if self._session.blinding.active:
            self._hide_order()

    def _restate_layer(self, layer: Any, film: lesionmeter.Radiograph, known: bool) -> None:
        _, keywords, _ = film_layer(film, self._row(film.film))
        if self._session.blinding.active:
            keywords["name"] = self._session.hidden_name(film.film)
        if not np.allclose(layer.scale, keywords["scale"]):
            layer.scale = keywords["scale"]
        keywords["units"] = ("mm", "mm") if known else ("pixel", "pixel")
        for name in ("units", "colormap", "name"):
            if str(getattr(layer, name)) != str(keywords[name]):
                setattr(layer, name, keywords[name])

    def _hide_order(self) -> None:
        """Put the layers in the order of the blinded reading: that of the files would tell the dates."""
        layers = self._viewer.layers
        for place, film in enumerate(f for f in self._session.films_in_order if f in self.layers):
            if layers.index(self.layers[film]) != place:
                layers.move(layers.index(self.layers[film]), place)

    def _show_outlines(self, results: lesionmeter.Assessment, film: str) -> None:
        found = results.maps.get(film)
        outlined = [(d.label, outline) for d in (found.deposits if found else ()) for outline in d.outlines]
        if not outlined:
            return
        polygons = [np.vstack([outline, outline[:1]]) for _, outline in outlined]
        names = {label: row.identity for row in results.deposits if row.film == film for label in row.labels[:1]}
        firsts = [names.pop(label, "") for label, _ in outlined]
        text = {"string": "{identity}", "size": points_high(), "color": OUTLINE, "anchor": "upper_right"}
        self._show_paths(film, "outlines", polygons, {"identity": firsts}, text, edge_width=1.5)

    def _show_paths(
        self, film: str, name: str, paths: list[Any], features: dict[str, Any], text: dict[str, Any], edge_width: float
    ) -> None:
        """Paths on a film, in the colour of their text."""
        layer = self._viewer.add_shapes(
            paths,
            shape_type="path",
            name=name,
            features=features,
            text=text,
            edge_color=text["color"],
            face_color="transparent",
            edge_width=edge_width,
            scale=self.layers[film].scale,
            units=self.layers[film].units,
        )
        self._mark(layer)

    def _show_landmarks(self, results: lesionmeter.Assessment, film: str) -> None:
        self._hands = [hand for hand in results.hands if hand.film == film]
        data, keywords, _ = landmarks_layer(self._hands, tuple(self.layers[film].scale))
        keywords["text"]["size"] = points_high()
        self.landmarks = self._viewer.add_points(data, units=self.layers[film].units, **keywords)
        self._show_if_moving()
        self.landmarks.events.data.connect(self._landmarks_changed)
        self._mark(self.landmarks)

    def _show_unclear(self, film: str) -> None:
        """Dashed rings round what is large and in no area."""
        places = self._session.unclear(film)
        dashes = [ring_dashes(place) for place in places]
        if not dashes:
            return
        paths = [dash for ring in dashes for dash in ring]
        signs = ["" if n else "?" for ring in dashes for n in range(len(ring))]
        text = {"string": "{sign}", "size": points_high(), "color": UNCLEAR, "anchor": "center"}
        self._show_paths(film, "unclear", paths, {"sign": signs}, text, edge_width=2.5)

    def _show_if_moving(self) -> None:
        """Landmarks are shown only while they may be moved: they hide the joints."""
        self.landmarks.visible = self._moving  # first: what is not visible takes no mode
        self.landmarks.mode = "select" if self._moving else "pan_zoom"

    def _mark(self, layer: Any) -> None:
        self._marks.append(layer)
        self._own(layer)

    def _landmarks_changed(self, event: Any) -> None:
        """A dragged landmark is a correction, which registration and sites follow; none can be added or removed."""
        layer, action = self.landmarks, str(getattr(event, "action", ""))
        if layer is None or self._quiet or action not in ("changed", "added", "removed"):
            return
        if action == "changed":
            decisions.move_landmarks(self._session, moved_landmarks(np.asarray(layer.data), self._hands))
            return
        self._quiet = True
        layer.data = landmarks_layer(self._hands, tuple(layer.scale))[0]
        self._quiet = False
        self._session.told.emit("a hand has its 21 landmarks: drag one, none can be added or removed")
