"""The current film of a site against the film before it: difference, checkerboard or swipe, under the tiles."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

import lesionmeter
from napari_lesionmeter.layers import GAP_MM, TILE_MM
from napari_lesionmeter.session import Session
from napari_lesionmeter.widgets.site_view import SiteView

WAYS = ("", "difference", "checkerboard", "swipe")
"""What is shown, one after the other; nothing at first."""


BELOW_MM = TILE_MM + GAP_MM
"""From a tile down to the pair under it."""


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
        self._results: lesionmeter.Assessment | None = None
        self._pair: tuple[str, ...] = ()
        self._kept: lesionmeter.PairPictures | None = None

    def next_way(self) -> None:
        """Show the pair in the next way."""
        self.way = WAYS[(WAYS.index(self.way) + 1) % len(WAYS)]
        self.update()
        if self.way and self.layer is None:
            self._session.told.emit("no film before this one can be laid over it: go to a later one (Right)")
        elif self.way == "swipe":
            self._session.told.emit("swipe: move the mouse across the pair")

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
        films = [tile.film for tile in self._sites.tiles]
        here = self._session.place.film
        there = self._sites.shown and here in films and films.index(here) > 0
        pictures = self._pictures(films[films.index(here) - 1], here) if self.way and there else None
        if pictures is None:
            self.hide()
        else:
            self._show(pictures, here)

    def tile_share(self, position: tuple[float, ...]) -> float | None:
        """How far across the pair a place on the canvas is, 0 to 1; None where no swipe lies there."""
        tile = self._sites.tile(self._session.place.film)
        if self.way != "swipe" or self.layer is None or tile is None:
            return None
        down, right = np.array(position[-2:]) - np.array(tile.middle) + TILE_MM / 2 - np.array([BELOW_MM, 0.0])
        return float(right / TILE_MM) if 0 <= down <= TILE_MM and 0 <= right <= TILE_MM else None

    def _pictures(self, before: str, here: str) -> lesionmeter.PairPictures | None:
        """The pair, made once for all ways to show it."""
        results, finding = self._session.results, self._session.finding()
        if results is None or finding is None:
            return None
        pair = (finding.identity, before, here)
        if self._results is not results or self._pair != pair:
            self._results, self._pair = results, pair
            self._kept = self._made(results, finding, before, here)
        return self._kept

    def _made(
        self, results: lesionmeter.Assessment, finding: lesionmeter.DepositFinding, before: str, here: str
    ) -> lesionmeter.PairPictures | None:
        frame = lesionmeter.PairFrame(finding.identity, side_mm=TILE_MM, pitch_mm=0.1)
        try:
            return lesionmeter.pair_pictures(results, finding.laterality, (before, here), frame)
        except lesionmeter.LesionmeterError as error:
            self._session.told.emit(str(error))
            return None

    def _show(self, pictures: lesionmeter.PairPictures, here: str) -> None:
        tile = self._sites.tile(here)
        assert tile is not None
        corner = np.array(tile.middle) - TILE_MM / 2 + np.array([BELOW_MM, 0.0])
        shown = np.nan_to_num(self._shown(pictures))
        name = f"{self.way} (looking only)"
        if self.layer is not None and self.layer.name == name and self.layer.data.shape == shown.shape:
            self.layer.data, self.layer.translate = shown, corner
            return
        self.hide()
        active = self._viewer.layers.selection.active
        limits = (-0.4, 0.4) if self.way == "difference" else (0.0, 1.0)
        self.layer = self._viewer.add_image(
            shown, name=name, translate=corner, contrast_limits=limits,
            scale=(pictures.frame.pitch_mm,) * 2, colormap="gray", units=("mm", "mm"),
        )  # fmt: skip
        self._viewer.layers.selection.active = active  # the keys stay where they were
        for remark in pictures.remarks:
            self._session.told.emit(remark)

    def _shown(self, pictures: lesionmeter.PairPictures) -> NDArray[Any]:
        if self.way == "difference":
            return pictures.difference
        if self.way == "checkerboard":
            return pictures.checkerboard()
        swiped = pictures.swipe(self.share)
        swiped[:, min(int(self.share * swiped.shape[1]), swiped.shape[1] - 1)] = 1.0  # the line between the two
        return swiped
