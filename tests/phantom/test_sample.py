"""The sample patient in the repository is what the simulator draws, and agrees with the paper's words."""

import csv
import hashlib
import re
from pathlib import Path

import pytest

from lesionmeter.phantom.sample import FILMS, FINDINGS, LEFT, RIGHT, TUFTS


@pytest.fixture
def samples(repository: Path) -> Path:
    folder = repository / "sample_images"
    if not folder.is_dir():
        pytest.skip("NO SAMPLE IMAGES: they lie in the repository, not in the package")
    return folder


def test_every_sample_file_has_its_listed_checksum(samples: Path) -> None:
    listed = dict(re.findall(r"^\| (\S+) \| \d+ \| `(\w{64})` \|$", (samples / "README.md").read_text(), re.MULTILINE))
    found = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in (samples / "patient").iterdir()}
    assert listed == found


def test_the_samples_are_small(samples: Path) -> None:
    assert sum(p.stat().st_size for p in samples.rglob("*")) < 30e6


def test_the_findings_beside_the_films_are_the_paper_s(samples: Path) -> None:
    with (samples / "patient" / "findings.csv").open(encoding="utf-8") as file:
        assert [row["words"] for row in csv.DictReader(file)] == [finding[6] for finding in FINDINGS]


def test_every_deposit_of_the_sample_is_a_finding_of_the_paper() -> None:
    sites = {(hand, site.replace(" phalanx", "")) for hand, _, site, *_ in FINDINGS}
    drawn = {(hand, f"{d.ray} {d.level}") for hand, deposits in (("L", LEFT), ("R", RIGHT)) for d in deposits}
    assert sites - drawn == {("L", "2 tip")}
    assert drawn <= sites


def test_no_deposit_of_the_sample_is_new() -> None:
    assert all(d.areas_mm2[0] > 0 and len(d.areas_mm2) == len(FILMS) for d in LEFT + RIGHT)


def test_the_sclerosed_tuft_carries_no_deposit() -> None:
    assert {tuft.ray for tuft in TUFTS["left"]} == {2}
    assert not [d for d in LEFT if (d.ray, d.level) == (2, "tip")]
