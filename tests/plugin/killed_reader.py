"""A reader whose program is killed in the middle of a stroke: run by a test, as a process of its own."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import napari
import numpy as np
import pytest
from napari_lesionmeter.widgets.keys import desk_of

from tests.followup_world import World
from tests.plugin.conftest import settle
from tests.plugin.hands import drag, press


def main(out: Path) -> None:
    """Draw one stroke, say what the area is then, begin another one, and be killed."""
    World().stand_in(pytest.MonkeyPatch())
    desk: Any = desk_of(napari.Viewer(show=True))
    desk.session.open(out)
    settle(desk.session)
    desk.session.go("L01", "a.tif")
    desk.show_sites()
    press(desk, "E")
    middle = np.array(desk.sites.tile("a.tif").middle)
    drag(desk, [middle + np.array([2.0, right]) for right in (0.0, 0.5, 1.0)])
    print(desk.session.pen.area, flush=True)
    drag(desk, [middle + np.array([-2.0, right]) for right in (0.0, 0.5, 1.0)], let_go=False)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
