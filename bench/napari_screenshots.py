"""Pictures of the napari plugin for the documentation, from the simulated sample films only.

Run where a screen is, or under one in memory:

    xvfb-run -a -s "-screen 0 1920x1200x24" python bench/napari_screenshots.py docs

To look at the other theme, or at larger letters::

    ... python bench/napari_screenshots.py /tmp/pictures --theme light --letters 14
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import napari
import napari.settings
import numpy as np
from napari_lesionmeter.sample_data import sample_copy
from napari_lesionmeter.widgets.keys import desk_of
from napari_lesionmeter.widgets.panels import open_patient
from qtpy.QtWidgets import QApplication

SIZE = (1600, 950)


def main(out: Path, work: Path) -> None:
    """Measure the sample in `work`, if it is not measured there yet, and write the pictures into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    viewer = napari.Viewer(show=True)
    viewer.window._qt_window.resize(*SIZE)
    films = sample_copy(work)
    open_patient(viewer, films)
    desk = desk_of(viewer)
    desk.session.reader = "AB"
    wait(desk, lambda: desk.session.patient is not None)
    if desk.session.results is None:
        desk.session.measuring.measure()
        wait(desk, lambda: "saving" in desk.session.background.names)
    desk.session.measuring.cancel()  # what is in the folder is enough to look at
    for name, show in SCENES.items():
        show(desk)
        settle(desk)
        viewer.screenshot(str(out / f"napari_{name}.png"), canvas_only=False, flash=False)
        print(out / f"napari_{name}.png")
    desk.close()
    viewer.close()


def wait(desk: Any, done: Callable[[], bool]) -> None:
    """Let the window and the background work until it is done."""
    while not done():
        desk.session.poll()
        QApplication.processEvents()
        time.sleep(0.02)


def settle(desk: Any) -> None:
    """Let the window draw."""
    for _ in range(30):
        QApplication.processEvents()
        time.sleep(0.02)


def raise_panel(desk: Any, name: str) -> None:
    """Bring a panel to the front."""
    for title, dock in desk.viewer.window._wrapped_dock_widgets.items():
        if title == name:
            dock.raise_()


def study(desk: Any) -> None:
    """A whole film with what was found on it."""
    raise_panel(desk, "Study")
    desk.session.go("L02", desk.session.films_in_order[0])
    desk.show_film()


def review(desk: Any) -> None:
    """One site on all dates."""
    raise_panel(desk, "Review")
    desk.session.go("L02", desk.session.films_in_order[1])
    desk.show_sites()
    desk.sites.point_at(desk.session.place.film, desk.session.finding().position)


def drawing(desk: Any) -> None:
    """An outline that is being painted."""
    desk.edit()
    mask = desk.session.pen.drawing.mask.copy()
    rows, columns = np.nonzero(mask)
    mask[rows.max() : rows.max() + 6, int(columns.mean()) - 4 : int(columns.mean()) + 5] = True
    desk.session.pen.stroke(mask)


def compare(desk: Any) -> None:
    """The difference with the film before."""
    desk.session.pen.discard()
    desk.session.go(film=desk.session.films_in_order[2])
    desk.comparison.next_way()
    desk.viewer.fit_to_view(layers=[*desk.sites.images.values(), desk.comparison.layer], margin=0.08)


def change(desk: Any) -> None:
    """Sites by dates."""
    raise_panel(desk, "Change")


def help_(desk: Any) -> None:
    """The keys."""
    raise_panel(desk, "Review")
    desk.toggle_help()


SCENES: dict[str, Callable[[Any], None]] = {
    "study": study,
    "review": review,
    "drawing": drawing,
    "compare": compare,
    "change": change,
    "help": help_,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("work", type=Path, nargs="?")
    parser.add_argument("--theme", default="dark", choices=("dark", "light"))
    parser.add_argument("--letters", type=int, help="size of the letters in points")
    asked = parser.parse_args()
    appearance = napari.settings.get_settings().appearance
    appearance.theme = asked.theme
    if asked.letters:
        appearance.font_size = asked.letters
    main(asked.out, asked.work or Path(tempfile.mkdtemp()))
