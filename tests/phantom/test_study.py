"""A simulated study tells the whole truth, and the same seed writes the same bytes."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest
import tifffile

from lesionmeter import phantom
from lesionmeter.phantom import Calcification, FilmSpec, StudySpec

DEPOSITS = {
    "left": (Calcification(2, "middle", "radial", "globular", (12.0, 4.0), 3.0, 1, "marked_decrease"),),
    "right": (Calcification(4, "DIP", "ulnar", "amorphous", (9.0, 0.0), 3.0, 2, "resolved"),),
}
FILMS = (FilmSpec("1983", "LR", spacing_mm=0.4), FilmSpec("1988-02-03", "LR", "cr", 0.4, stated="pixel", negative=True))
SPEC = StudySpec("P1", FILMS, DEPOSITS)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("phantom")
    phantom.write(phantom.simulate(SPEC, seed=5), folder)
    return folder


@pytest.fixture(scope="module")
def truth(written: Path) -> dict:
    return json.loads((written / "truth.json").read_text())


def test_the_same_seed_writes_the_same_bytes(written: Path, tmp_path: Path) -> None:
    phantom.write(phantom.simulate(SPEC, seed=5), tmp_path)
    names = sorted(p.name for p in written.iterdir())
    assert [n for n in names if (tmp_path / n).read_bytes() != (written / n).read_bytes()] == []
    assert names == sorted(p.name for p in tmp_path.iterdir())


def test_another_seed_gives_another_film(written: Path) -> None:
    other = phantom.simulate(replace(SPEC, films=FILMS[:1], deposits={}), seed=6)
    first = tifffile.imread(written / "P1_LR_1983.tif")
    assert other.films[0].pixels.shape != first.shape or (other.films[0].pixels != first).any()


def test_the_label_of_a_deposit_has_its_stated_area(written: Path, truth: dict) -> None:
    labels = tifffile.imread(written / "P1_LR_1983.truth.tif")
    areas = [0.4**2 * (labels == number).sum() for number in (1, 2)]
    assert areas == pytest.approx([12.0, 9.0], rel=0.06)
    assert [d["films"][0]["area_mm2"] for d in truth["deposits"]] == [12.0, 9.0]


def test_a_resolved_deposit_has_no_place(truth: dict) -> None:
    assert truth["deposits"][1]["films"][1] == {"area_mm2": 0.0, "label": 2, "center_xy": None}


def test_the_left_hand_lies_left_and_thumbs_face_each_other(truth: dict) -> None:
    hands = truth["films"][0]["hands"]
    left, right = (np.array(hands[side]["landmarks_xy"])[:, 0] for side in ("left", "right"))
    assert left[20] < left[4] < right[4] < right[20]


def test_a_deposit_lies_by_its_own_bone(truth: dict) -> None:
    joints = np.array(truth["films"][0]["hands"]["left"]["landmarks_xy"])[[6, 7]]
    deposit = truth["deposits"][0]
    assert (deposit["id"], deposit["site"], deposit["part"]) == ("L01", "2 middle radial", "index.middle")
    assert np.linalg.norm(joints.mean(axis=0) - deposit["films"][0]["center_xy"]) * 0.4 < 12.0


def test_bone_points_keep_their_distances_over_the_films(truth: dict) -> None:
    hands = [film["hands"]["left"] for film in truth["films"]]
    lengths = [np.linalg.norm(np.subtract(*np.array(hand["bone_points_xy"])[[20, 24]])) * 0.4 for hand in hands]
    assert lengths[0] == pytest.approx(lengths[1], rel=0.05)


def test_a_dicom_film_states_its_date_spacing_and_polarity(written: Path) -> None:
    film = pydicom.dcmread(written / "P1_LR_1988-02-03.dcm")
    assert (film.PatientID, film.AcquisitionDate, film.ImageLaterality) == ("P1", "19880203", "B")
    assert (film.PixelSpacing, film.PhotometricInterpretation) == ([0.4, 0.4], "MONOCHROME1")


def test_a_tiff_states_its_resolution(written: Path) -> None:
    with tifffile.TiffFile(written / "P1_LR_1983.tif") as file:
        assert 25.4 / file.pages[0].resolution[0] == pytest.approx(0.4, rel=1e-6)


@pytest.mark.parametrize(("bits", "kind"), [(8, np.uint8), (12, np.uint16)])
def test_pixels_fit_their_bits(bits: int, kind: type) -> None:
    film = phantom.simulate(StudySpec("P2", (FilmSpec("1990", bits=bits, spacing_mm=1.0),)), seed=1).films[0]
    assert film.pixels.dtype == kind
    assert film.pixels.max() < 1 << bits


def test_a_negative_shows_bone_dark() -> None:
    films = tuple(FilmSpec(date, spacing_mm=1.0, negative=date == "1991") for date in ("1990", "1991"))
    means = [film.pixels.mean() / 4095 for film in phantom.simulate(StudySpec("P2", films), seed=1).films]
    assert means[0] < 0.5 < means[1]


def test_a_listed_spacing_stands_in_films_csv(tmp_path: Path) -> None:
    film = FilmSpec("1990", "R", "png", 1.0, 8, "none", listed=True)
    phantom.write(phantom.simulate(StudySpec("P2", (film,)), seed=1), tmp_path)
    assert (tmp_path / "films.csv").read_text().splitlines()[1] == "P2_R_1990.png,1990,R,1.0,"


def test_a_deposit_needs_an_area_for_every_film() -> None:
    with pytest.raises(ValueError, match=r"expected 1 areas for each deposit, one a film; not so at .*2 middle radial"):
        StudySpec("P1", FILMS[:1], DEPOSITS)


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match=r"expected hands of .* and a format of .*, came 'L', 'bmp'"):
        FilmSpec("1990", format="bmp")


def test_random_patients_repeat_from_their_seed() -> None:
    assert phantom.random_spec("P3", 7) == phantom.random_spec("P3", 7)
    assert phantom.random_spec("P3", 7) != phantom.random_spec("P3", 8)
