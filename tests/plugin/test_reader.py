"""The plugin as napari meets it: a manifest, and a reader that needs no napari."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile
from napari_lesionmeter.reader import napari_get_reader, read_layers

import lesionmeter

PIXELS = np.arange(60000, dtype=np.uint16).reshape(300, 200)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A small film of 0.1 mm pixels (100 to the centimetre) in a patient's folder."""
    path = tmp_path / "hand_1983-04-18.tif"
    tifffile.imwrite(path, PIXELS, resolution=(100, 100), resolutionunit="CENTIMETER")
    return path


def test_a_film_of_known_scale_is_shown_in_millimetres(film: Path) -> None:
    _, keywords, kind = read_layers(str(film))[0]
    assert kind == "image"
    assert keywords["scale"] == pytest.approx((0.1, 0.1))
    assert keywords["units"] == ("mm", "mm")
    assert keywords["axis_labels"] == ("y", "x")


def test_a_film_of_unknown_scale_is_shown_in_pixels(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "hand.tif", PIXELS)
    _, keywords, _ = read_layers(str(tmp_path / "hand.tif"))[0]
    assert keywords["units"] == ("pixel", "pixel")
    assert keywords["scale"] == (1.0, 1.0)


def test_the_values_shown_are_the_values_stored(film: Path) -> None:
    pixels, _, _ = read_layers(str(film))[0]
    np.testing.assert_array_equal(pixels, PIXELS)


def test_a_patient_folder_gives_its_films_in_order_of_date(film: Path) -> None:
    tifffile.imwrite(film.with_name("hand_1979.tif"), PIXELS)
    assert [layer[1]["name"][:4] for layer in read_layers(str(film.parent))] == ["1979", "1983"]


def test_a_negative_is_shown_with_dense_tissue_bright(film: Path) -> None:
    (film.parent / "films.csv").write_text(f"file,polarity\n{film.name},inverted\n")
    assert read_layers(str(film.parent))[0][1]["colormap"] == "gray_r"


def test_the_grey_range_leaves_out_a_burnt_in_letter(tmp_path: Path) -> None:
    lettered = (PIXELS // 60).astype(np.float32) / 1000
    lettered[3:5, 3:5] = 50.0
    tifffile.imwrite(tmp_path / "hand.tif", lettered)
    low, high = read_layers(str(tmp_path / "hand.tif"))[0][1]["contrast_limits"]
    assert 0 <= low < high <= 1


@pytest.mark.parametrize("path", ["notes.txt", ["a.tif", "b.xlsx"]])
def test_other_files_are_left_to_other_readers(path: str | list[str]) -> None:
    assert napari_get_reader(path) is None


def test_a_file_that_is_no_film_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "page.tif").write_text("<html></html>")
    with pytest.raises(lesionmeter.LesionmeterError, match=r"page\.tif"):
        read_layers(str(tmp_path / "page.tif"))


def test_the_reader_needs_no_napari() -> None:
    script = "import sys, napari_lesionmeter.reader; sys.exit('napari' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
