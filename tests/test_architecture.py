"""The house rules that a program can check; the import contracts themselves stand in pyproject.toml."""

from __future__ import annotations

import ast
import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from importlinter.cli import lint_imports

import lesionmeter

PACKAGES = ("lesionmeter", "plugins/napari_lesionmeter")
HEAVY = {
    "SimpleITK",
    "jinja2",
    "matplotlib",
    "onnxruntime",
    "pandas",
    "pydicom",
    "rich",
    "scipy",
    "skimage",
    "statsmodels",
    "typer",
}
LIBRARIES = {
    "lesionmeter/model": {"numpy"},
    "lesionmeter/stages": {"numpy", "scipy", "skimage", "SimpleITK", "onnxruntime"},
    "lesionmeter/cohort": {"numpy", "scipy", "statsmodels"},
    "lesionmeter/agreement": {"numpy", "scipy", "statsmodels"},
    "plugins/napari_lesionmeter/session": {"numpy", "psutil", "psygnal"},
    "plugins/napari_lesionmeter": {"numpy", "psutil", "psygnal", "napari", "qtpy", "vispy"},
}
VAGUE = re.compile(r"_?(utils?|helpers?|misc|common|tools?|functions?|general|stuff|core|base|manager)")


def sources(repository: Path, *folders: str) -> list[Path]:
    return [path for folder in folders or PACKAGES for path in sorted((repository / folder).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    """Top-level names of what a file imports, wherever in the file."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    taken = {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in plain | taken}


def test_every_import_contract_is_kept(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    assert lint_imports(no_cache=True) == 0


@pytest.mark.parametrize("room", LIBRARIES)
def test_a_room_imports_no_library_but_its_own(repository: Path, room: str) -> None:
    allowed = LIBRARIES[room] | {"lesionmeter", "napari_lesionmeter"} | sys.stdlib_module_names
    strangers = {f"{p.name}: {name}" for p in sources(repository, room) for name in imported(p) - allowed}
    assert not strangers


@pytest.mark.parametrize("module", ["lesionmeter", "lesionmeter.model.findings", "napari_lesionmeter.reader"])
def test_importing_loads_no_heavy_library(module: str) -> None:
    script = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert not HEAVY & set(loaded.split())


def test_every_public_name_can_be_fetched() -> None:
    assert all(hasattr(lesionmeter, name) for name in lesionmeter.__all__)


def test_an_unknown_public_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="'lesionmeter' has no attribute 'measure_volume'"):
        lesionmeter.measure_volume  # noqa: B018


def test_no_file_has_a_vague_name(repository: Path) -> None:
    assert not [path for path in sources(repository) if VAGUE.fullmatch(path.stem)]


def test_no_file_is_longer_than_300_lines_of_code(repository: Path) -> None:
    def code(path: Path) -> int:
        text = re.sub(r'""".*?"""', "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        return sum(1 for line in text.splitlines() if line.strip() and not line.strip().startswith("#"))

    assert not {path.name: code(path) for path in sources(repository) if code(path) > 300}


def test_the_settings_of_every_stage_are_frozen() -> None:
    settings = lesionmeter.Settings()
    for stage in dataclasses.fields(settings):
        value = getattr(settings, stage.name)
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, dataclasses.fields(value)[0].name, None)


def test_the_wheel_carries_every_file_of_both_packages(repository: Path) -> None:
    wheel = {Path(file.path).resolve() for file in WheelBuilder(str(repository)).recurse_included_files()}
    there = {path.resolve() for folder in PACKAGES for path in (repository / folder).rglob("[!.]*.*")}
    assert {path for path in there if not {".mypy_cache", "__pycache__"} & set(path.parts)} <= wheel


def test_no_picture_or_volume_is_kept_but_the_samples_and_those_of_the_docs(repository: Path) -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=repository, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("NO CLONE: what is kept can be told in a git clone only")
    pictures = re.compile(r"\.(nii|gz|mha|nrrd|tiff?|dcm|png|jpe?g|np[yz]|h5|pkl|pt|onnx)$")
    kept = {path.split("/")[0] for path in listed.stdout.split() if pictures.search(path) and "/weights/" not in path}
    assert kept == {"docs", "sample_images"}
