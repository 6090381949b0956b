"""Model values as napari layers and back: plain arrays and keywords, pure functions, no napari."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import lesionmeter

LayerData = tuple[Any, dict[str, Any], str]
"""(data, keywords of the layer, kind of layer), as napari's reader contract asks."""

TILE_MM = 26.0
"""Side of the square of a film that is shown of a site."""

GAP_MM = 3.0
"""Between two tiles."""


def film_layer(film: lesionmeter.Radiograph, row: lesionmeter.FilmFinding | None = None) -> LayerData:
    """A film as an image layer, in millimetres where its scale is known; its name says where it is not.

    Parameters
    ----------
    film
        The film.
    row
        What was found of it, if it was measured: then its scale and polarity count.
    """
    known = lesionmeter.calibrate(film)
    spacing = known.spacing if known else None
    if row is not None and row.spacing is not None and (known or row.spacing.source == "reader"):
        spacing = row.spacing
    polarity = lesionmeter.Polarity(row.polarity) if row is not None and row.polarity else film.polarity
    keywords = {
        "name": film_name(film) + ("" if spacing else " (scale unknown)"),
        "scale": tuple(spacing.step.tolist()) if spacing else (1.0, 1.0),
        "units": ("mm", "mm") if spacing else ("pixel", "pixel"),
        "axis_labels": ("y", "x"),
        "contrast_limits": contrast_limits(film.pixels),
        # A negative is shown the right way round; the values stay as stored.
        "colormap": "gray_r" if polarity is lesionmeter.Polarity.INVERTED else "gray",
        "metadata": {"film": film.film, "scale_source": str(spacing.source) if spacing else "unknown"},
    }
    return film.pixels, keywords, "image"


def film_name(film: lesionmeter.Radiograph) -> str:
    """Its date, its hands if the file states them, and its file."""
    hands = {"L": "left ", "R": "right ", "LR": "both "}.get(film.laterality, "")
    return f"{film.date or 'undated'} {hands}{film.film}"


def contrast_limits(pixels: NDArray[Any]) -> tuple[float, float]:
    """The grey range without the outermost half percent, so that a burnt-in letter does not darken the hand."""
    low, high = np.percentile(pixels[::4, ::4], (0.5, 99.5)).tolist()
    return low, high if high > low else low + 1.0


@dataclass(frozen=True, eq=False)
class Tile:
    """One film's square of a site, and where it lies on the canvas.

    Parameters
    ----------
    film
        The film's name.
    corner
        (row, column) pixel of the film at the square's first pixel.
    shape
        (rows, columns) of the square, within the film.
    to_canvas
        (3, 3): (row, column, 1) pixels of the film to (down, right, 1) mm on the canvas.
    middle
        (down, right) mm on the canvas.
    error_mm, reason
        Of the frame.
    """

    film: str
    corner: tuple[int, int]
    shape: tuple[int, int]
    to_canvas: NDArray[np.float64]
    middle: tuple[float, float]
    error_mm: float | None
    reason: str

    @property
    def affine(self) -> NDArray[np.float64]:
        """(3, 3) from pixels of the square to mm on the canvas."""
        return pixels_to_canvas(self, self.corner)

    def on_canvas(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 2) pixels of the film to mm on the canvas."""
        return np.asarray(points @ self.to_canvas[:2, :2].T + self.to_canvas[:2, 2])

    def on_film(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 2) mm on the canvas to pixels of the film."""
        return np.asarray((points - self.to_canvas[:2, 2]) @ np.linalg.inv(self.to_canvas[:2, :2]).T)

    @property
    def film_middle(self) -> tuple[float, float]:
        """The (row, column) pixel of the film in the square's middle."""
        row, column = self.on_film(np.array([self.middle]))[0].tolist()
        return row, column

    def holds(self, point: NDArray[np.float64]) -> bool:
        """Whether a (2,) place on the canvas lies in its square."""
        return bool(np.all(np.abs(point - np.array(self.middle)) <= TILE_MM / 2))


def tiles(
    frames: Iterable[lesionmeter.SiteFrame], shapes: dict[str, tuple[int, int]], order: tuple[str, ...]
) -> tuple[Tile, ...]:
    """The squares of a site side by side, all turned and scaled alike.

    Parameters
    ----------
    frames
        From `lesionmeter.site_frames`.
    shapes
        (rows, columns) of each film.
    order
        The films in the order in which they are shown.
    """
    by_film = {frame.film: frame for frame in frames}
    shown = [by_film[film] for film in order if film in by_film]
    return tuple(_tile(frame, shapes[frame.film], number * (TILE_MM + GAP_MM)) for number, frame in enumerate(shown))


def _tile(frame: lesionmeter.SiteFrame, shape: tuple[int, int], right: float) -> Tile:
    moved = np.eye(3)
    moved[1, 2] = right
    pixel = float(np.sqrt(abs(np.linalg.det(frame.to_mm[:2, :2]))))
    reach = TILE_MM / 2 / pixel
    low = np.clip(np.floor(np.array(frame.centre) - reach), 0, np.array(shape) - 1).astype(int)
    high = np.clip(np.ceil(np.array(frame.centre) + reach) + 1, low + 1, shape).astype(int)
    rows, columns = (high - low).tolist()
    return Tile(
        frame.film,
        (int(low[0]), int(low[1])),
        (rows, columns),
        moved @ frame.to_mm,
        (0.0, right),
        frame.error_mm,
        frame.reason,
    )


def pixels_to_canvas(tile: Tile, corner: tuple[int, int]) -> NDArray[np.float64]:
    """(3, 3) from pixels of a window of the tile's film, whose first pixel is `corner`, to mm on the canvas."""
    start = np.eye(3)
    start[:2, 2] = corner
    return np.asarray(tile.to_canvas @ start)


def outlines_on(tile: Tile, found: lesionmeter.DepositMap | None) -> list[tuple[int, NDArray[np.float64]]]:
    """The outlines near a tile's middle as (label, polygon in mm on the canvas)."""
    if found is None:
        return []
    placed = [(d.label, tile.on_canvas(outline)) for d in found.deposits for outline in d.outlines]
    return [(label, polygon) for label, polygon in placed if tile.holds(polygon.mean(axis=0))]


def drawing_layer(drawing: lesionmeter.Drawing, tile: Tile) -> LayerData:
    """A drawing as a labels layer on its tile."""
    keywords = {
        "name": "drawing",
        "affine": pixels_to_canvas(tile, drawing.corner),
        "opacity": 0.45,
        "metadata": {"film": drawing.film},
    }
    return drawing.mask.astype(np.uint8), keywords, "labels"


def mask_of_layer(data: NDArray[Any]) -> NDArray[np.bool_]:
    """The mask that a labels layer shows; the way back from `drawing_layer`."""
    return np.asarray(data) > 0


def ring_dashes(place: lesionmeter.UnclearPlace) -> list[NDArray[np.float64]]:
    """A ring round an unclear place as twelve dashes, each an (n, 2) path in (row, column) pixels of its film."""
    starts = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    angles = starts[:, None] + np.linspace(0, np.pi / 12, 5)
    ring = np.stack([np.sin(angles), np.cos(angles)], axis=-1)
    return list(np.asarray(place.position) + place.radius_px * ring)


def landmarks_layer(hands: Iterable[lesionmeter.Hand], scale: tuple[float, float]) -> LayerData:
    """The landmarks of a film's hands as a points layer; each point knows its hand and number."""
    hands = tuple(hands)
    points = np.concatenate([hand.landmarks.points for hand in hands]) if hands else np.zeros((0, 2))
    features = {
        "hand": [hand.laterality.value for hand in hands for _ in range(21)],
        "landmark": [number for _ in hands for number in range(21)],
    }
    keywords = {
        "name": "landmarks", "scale": scale, "features": features, "size": 14, "face_color": "transparent",
        "border_color": "orange", "symbol": "cross", "text": {"string": "{landmark}", "size": 8, "color": "orange"},
    }  # fmt: skip
    return points, keywords, "points"


def moved_landmarks(
    data: NDArray[np.float64], hands: Iterable[lesionmeter.Hand]
) -> list[tuple[lesionmeter.Hand, int, tuple[float, float]]]:
    """The landmarks that a user moved: the hand, the number, and the new (row, column) pixel."""
    moved = []
    for order, hand in enumerate(hands):
        for number, (new, old) in enumerate(
            zip(data[21 * order : 21 * order + 21], hand.landmarks.points, strict=True)
        ):
            if not np.allclose(new, old, atol=1e-6):
                moved.append((hand, number, (float(new[0]), float(new[1]))))
    return moved
