"""A real viewer on a screen of its own, which needs no display: Xvfb draws in memory."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from napari_lesionmeter.session import Session

import lesionmeter
from tests.followup_world import DATES, FILMS, SHAPE, World, pixels

SCREENS: list[subprocess.Popen[bytes]] = []
"""Kept until the process ends."""


@pytest.fixture(scope="session")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A screen in memory; on systems without X, the one that is there."""
    if find_spec("napari") is None:
        pytest.skip("NO VIEWER: install lesionmeter[napari] and a Qt binding to run the tests in a real viewer")
    if sys.platform != "linux":
        yield
        return
    if shutil.which("Xvfb") is None:
        pytest.skip("NO SCREEN: install the packages in .ci/system_packages to run the tests in a real viewer")
    reading, writing = os.pipe()
    # It outlives the tests and dies with this process: Qt ends the process if its screen goes first.
    arguments = [
        "setpriv",
        "--pdeathsig",
        "TERM",
        "Xvfb",
        "-displayfd",
        str(writing),
        "-screen",
        "0",
        "1920x1200x24",
        "-nolisten",
        "tcp",
    ]
    SCREENS.append(subprocess.Popen(arguments, pass_fds=[writing], stderr=subprocess.DEVNULL))
    os.close(writing)
    with os.fdopen(reading) as answer, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISPLAY", f":{answer.readline().strip()}")
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("xdg", numbered=True)))
        patch.setenv("NAPARI_CONFIG", str(tmp_path_factory.mktemp("napari") / "settings.yaml"))
        yield


@pytest.fixture
def viewer(screen: None) -> Iterator[Any]:
    """A real viewer, closed at the end of the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what napari and its libraries warn of is not ours to mend
        import napari

        window = napari.Viewer(show=True)
        yield window
        window.close()


@pytest.fixture(scope="session")
def application(screen: None) -> Any:
    """Qt without a viewer, for panels that need none; one for all tests, as Qt wants it."""
    from qtpy.QtWidgets import QApplication

    return QApplication.instance() or QApplication([])  # held until the last test


@pytest.fixture
def sample_folder(repository: Path) -> Path:
    """The sample patient's films."""
    return repository / "sample_images" / "patient"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """The hand of `followup_world`, which needs no texture to be measured."""
    one_hand = World()
    one_hand.stand_in(monkeypatch)
    return one_hand


def write_films(folder: Path) -> Path:
    """The world's three films as files: 0.2 mm a pixel, the dates in films.csv."""
    folder.mkdir()
    for number, film in enumerate(FILMS):
        grain = np.random.default_rng(number).integers(0, 30, SHAPE)  # without it the film is taken for a label image
        tifffile.imwrite(
            folder / film, (pixels(number) + grain).astype(np.uint16), resolution=(50, 50), resolutionunit="CENTIMETER"
        )
    rows = "".join(f"{film},{date}\n" for film, date in zip(FILMS, DATES, strict=True))
    (folder / "films.csv").write_text(f"file,date\n{rows}")
    return folder


@pytest.fixture
def patient_folder(tmp_path: Path) -> Path:
    """The folder of the world's patient."""
    return write_films(tmp_path / "P1")


def settle(session: Session, seconds: float = 300.0) -> None:
    """Poll until nothing works in the background any more."""
    end = time.monotonic() + seconds
    while True:
        session.poll()
        if not session.background.names:
            return
        assert time.monotonic() < end, f"still at {session.background.names}"
        time.sleep(0.01)


@pytest.fixture
def measured(world: World, patient_folder: Path) -> Iterator[Session]:
    """A session on these films, measured and saved."""
    session = Session("AB")
    session.open(patient_folder)
    settle(session)
    session.measuring.measure()
    settle(session)
    yield session
    session.close()


KEPT: list[lesionmeter.Assessment] = []
"""The world, measured once for all tests that do not measure it themselves."""


@pytest.fixture
def shown(world: World, patient_folder: Path) -> Iterator[Session]:
    """A session on these films that shows what was found on them; nothing is saved."""
    session = Session("AB")
    session.open(patient_folder)
    settle(session)
    assert session.patient is not None
    if not KEPT:
        KEPT.append(lesionmeter.assess(session.patient))
    session.show(KEPT[0])
    yield session
    session.close()
