"""The plugin in a real viewer: opening, the menu, the palette."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from npe2 import PluginManifest

from tests.plugin.conftest import settle
from tests.plugin.hands import turn

pytestmark = pytest.mark.filterwarnings("default")  # what napari and Qt warn of is not ours to mend


def test_a_patient_folder_opens_with_its_films_and_panels(viewer: Any, patient_folder: Path) -> None:
    from napari_lesionmeter.widgets.keys import desk_of

    viewer.open(str(patient_folder), plugin="lesionmeter")
    desk = desk_of(viewer)
    settle(desk.session)
    assert [layer.name for layer in viewer.layers] == ["1983 a.tif", "1984 b.tif", "1988 c.tif"]
    assert [layer.visible for layer in viewer.layers] == [True, False, False]
    assert {str(unit) for layer in viewer.layers for unit in layer.units} == {"millimeter"}
    assert any("Review" in name for name in viewer.window.dock_widgets)
    desk.close()


def test_the_sample_opens_from_the_file_menu(viewer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    from napari_lesionmeter.widgets.keys import desk_of

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    viewer.open_sample("lesionmeter", "lesionmeter-sample")
    turn()
    desk = desk_of(viewer)
    settle(desk.session)
    assert [layer.name[:4] for layer in viewer.layers] == ["1983", "1984", "1988"]
    assert desk.session.folders.films == tmp_path / "lesionmeter-sample" / "patient"
    desk.close()


def test_every_action_is_a_command_of_the_manifest_and_in_the_menu(repository: Path) -> None:
    from napari_lesionmeter.widgets.actions import ACTIONS

    manifest = yaml.safe_load((repository / "plugins" / "napari_lesionmeter" / "napari.yaml").read_text())
    commands = {command["id"]: command["title"] for command in manifest["contributions"]["commands"]}
    menu = [item["command"] for item in manifest["contributions"]["menus"]["lesionmeter_review"]]
    assert [(f"lesionmeter.{a.name}", a.words) for a in ACTIONS] == [(name, commands[name]) for name in menu]


def test_the_manifest_names_commands_that_exist(screen: None) -> None:
    PluginManifest.from_distribution("lesionmeter").validate_imports()


def test_the_palette_runs_an_action(viewer: Any) -> None:
    from napari._app_model import get_app_model
    from napari_lesionmeter.widgets.keys import desk_of

    desk = desk_of(viewer)
    words: list[str] = []
    desk.session.told.connect(words.append)
    get_app_model().commands.execute_command("lesionmeter.measure")
    assert words == ["the films are still being read, or are not where they were"]
