"""Every example in the documents runs as it stands, page by page, beside the sample films."""

from __future__ import annotations

import functools
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
PAGES = [*sorted(REPOSITORY.glob("*.md")), *sorted((REPOSITORY / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(python|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)[^)]*\)")


def blocks(page: Path) -> list[tuple[str, str]]:
    """(language, text) of every block that is to be run."""
    return FENCE.findall(page.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample films, where one page finds what another has measured."""
    folder = tmp_path_factory.mktemp("docs")
    (folder / "sample_images").symlink_to(REPOSITORY / "sample_images")
    return folder


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=lambda page: page.name)
def test_the_examples_of_a_page_run(page: Path, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workplace)
    names: dict[str, object] = {}
    for language, block in blocks(page):
        if language == "python":
            exec(compile(block, page.name, "exec"), names)
        else:
            for arguments in re.findall(r"^\$ lesionmeter (.*)$", block, re.MULTILINE):
                run(arguments)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


@functools.cache  # what two pages show alike is run once
def run(arguments: str) -> None:
    """Run a command of lesionmeter; `make`, `git` and the like are for the reader's own shell."""
    command = [sys.executable, "-m", "lesionmeter.cli", *arguments.split()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
