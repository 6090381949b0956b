"""The current film of a site against the film before it: difference, checkerboard or swipe, under the tiles."""

from __future__ import annotations

from typing import Any

import numpy as np

import lesionmeter
from napari_lesionmeter.layers import GAP_MM, TILE_MM
from napari_lesionmeter.session import Session
from napari_lesionmeter.widgets.site_view import SiteView

WAYS = ("", "difference", "checkerboard", "swipe")
"""What is shown, one after the other; nothing at first."""


class Comparison:
    """Shows a pair of films of the current site, grey-matched; for looking only.

    Parameters
    ----------
    viewer
        A napari viewer.
    session
        The session.
    sites
        Where the tiles are.
    """

    def __init__(self, viewer: Any, session: Session, sites: SiteView) -> None:
        self._viewer, self._session, self._sites = viewer, session, sites
        self.way = ""
        self.layer: Any = None
        self.share = 0.5

    def next_way(self) -> None:
        """Show the pair in the next way."""
        self.way = WAYS[(WAYS.index(self.way) + 1) % len(WAYS)]
        self.update()

    def swipe_to(self, share: float) -> None:
        """Move the line of the swipe."""
        self.share = min(max(share, 0.0), 1.0)
        if self.way == "swipe":
            self.update()

    def hide(self) -> None:
        """Take the pair off the canvas."""
        if self.layer is not None and self.layer in self._viewer.layers:
            self._viewer.layers.remove(self.layer)
        self.layer = None

    def update(self) -> None:
        """Show the pair of the current film, or nothing."""
        self.hide()
        films = [tile.film for tile in self._sites.tiles]
        here = self._session.place.film
        if not self.way or not self._sites.shown or here not in films or films.index(here) == 0:
            return
        pictures = self._pictures(films[films.index(here) - 1], here)
        if pictures is not None:
            self._add(pictures, here)

    def _pictures(self, before: str, here: str) -> lesionmeter.PairPictures | None:
        results, finding = self._session.results, self._session.finding()
        if results is None or finding is None:
            return None
        frame = lesionmeter.PairFrame(finding.identity, side_mm=TILE_MM, pitch_mm=0.1)
        try:
            return lesionmeter.pair_pictures(results, finding.laterality, (before, here), frame)
        except lesionmeter.LesionmeterError as error:
            self._session.told.emit(str(error))
            return None

    def _add(self, pictures: lesionmeter.PairPictures, here: str) -> None:
        if self.way == "difference":
            shown = pictures.difference
        else:
            shown = pictures.checkerboard() if self.way == "checkerboard" else pictures.swipe(self.share)
        tile = self._sites.tile(here)
        assert tile is not None
        corner = np.array(tile.middle) - TILE_MM / 2 + np.array([TILE_MM + GAP_MM, 0.0])
        limits = (-0.4, 0.4) if self.way == "difference" else (0.0, 1.0)
        self.layer = self._viewer.add_image(
            np.nan_to_num(shown), name=f"{self.way} (looking only)", translate=corner, contrast_limits=limits,
            scale=(pictures.frame.pitch_mm,) * 2, colormap="gray", units=("mm", "mm"),
        )  # fmt: skip
        for remark in pictures.remarks:
            self._session.told.emit(remark)
