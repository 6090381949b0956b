"""A real viewer on a screen of its own, which needs no display: Xvfb draws in memory."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest


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
    arguments = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1920x1200x24", "-nolisten", "tcp"]
    server = subprocess.Popen(arguments, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as answer, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISPLAY", f":{answer.readline().strip()}")
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("xdg", numbered=True)))
        patch.setenv("NAPARI_CONFIG", str(tmp_path_factory.mktemp("napari") / "settings.yaml"))
        yield
    server.terminate()
    server.wait()


@pytest.fixture
def viewer(screen: None) -> Iterator[Any]:
    """A real viewer, closed at the end of the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what napari and its libraries warn of is not ours to mend
        import napari

        window = napari.Viewer(show=True)
        yield window
        window.close()


@pytest.fixture
def sample_folder(repository: Path) -> Path:
    """The sample patient's films."""
    return repository / "sample_images" / "patient"
