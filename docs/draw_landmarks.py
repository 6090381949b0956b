"""Draw docs/landmarks.png: the 21 landmarks on simulated hands. `python docs/draw_landmarks.py`."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from lesionmeter.model.site import BONES
from lesionmeter.phantom.film import Look, expose
from lesionmeter.phantom.render import mineral, place_hand, soft_tissue
from lesionmeter.phantom.skeleton import REST, frames, landmarks, random_skeleton

PICTURE = Path(__file__).with_name("landmarks.png")
LOOK = Look("power", 0.5, 0.6, 0.28, 0.1, 0.004, 0.6, 0.0, 0.0)
PITCH = 0.2  # mm a pixel
SHAPE = (1080, 900)
INK = "#ffd23f"


def hand(seed: int, child: bool) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """A simulated left hand, fingers up, with its landmarks as (row, column)."""
    rng = np.random.default_rng(seed)
    skeleton = random_skeleton(rng, child)
    placed = frames(skeleton, REST)
    marks = landmarks(skeleton, placed)
    place = place_hand(marks, SHAPE, PITCH, 0.0, False, (SHAPE[0] * 0.47, SHAPE[1] / 2))
    bone = np.zeros(SHAPE, np.float32)
    for at, path in mineral(skeleton, placed, place, texture=seed).values():
        bone[at] += path
    soft = soft_tissue(rng, skeleton, placed, place)
    return expose(rng, bone, soft, LOOK, PITCH), place.project(marks)


def main() -> None:
    """Draw an adult's hand with all points, and close views of one joint row of an adult and of a child."""
    figure = plt.figure(figsize=(10, 7.4), dpi=90, facecolor="white")
    whole = figure.add_axes((0.01, 0.02, 0.60, 0.93))
    adult, child = hand(21, child=False), hand(8, child=True)
    show(whole, *adult)
    whole.set_title("left hand, palm on the film, film not flipped", fontsize=10)
    for row, (name, (picture, points)) in enumerate({"adult": adult, "growth plates open": child}.items()):
        axes = figure.add_axes((0.63, 0.51 - 0.49 * row, 0.36, 0.44))
        show(axes, picture, points, range(9, 13))
        low, high = points[9:13].min(0) - 28, points[9:13].max(0) + 45
        middle, half = (low + high) / 2, (high[0] - low[0]) / 2
        axes.set(xlim=(middle[1] - half * 0.82, middle[1] + half * 0.82), ylim=(high[0], low[0]))
        axes.set_title(f"middle finger, {name}", fontsize=10)
    figure.savefig(PICTURE, metadata={"Software": None})


def show(axes: Axes, picture: NDArray[np.float32], points: NDArray[np.float64], numbers: range = range(21)) -> None:
    """A film with some of its landmarks, numbered, and the bones between them."""
    axes.imshow(picture, cmap="gray", vmin=-0.05, vmax=1.1)
    axes.set_axis_off()
    for start, end in BONES.values():
        if start in numbers and end in numbers:
            axes.plot(*points[[start, end], ::-1].T, color=INK, linewidth=0.8, alpha=0.7)
    for number in numbers:
        row, column = points[number]
        axes.plot(column, row, "o", markersize=5, markerfacecolor="none", markeredgecolor=INK, markeredgewidth=1.2)
        axes.annotate(
            str(number), (column, row), (7, 1), textcoords="offset points", color=INK, fontsize=9, weight="bold"
        )


if __name__ == "__main__":
    main()
