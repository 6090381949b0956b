"""One scanned film is read as its stored values."""

import numpy as np
import pytest
import tifffile
from PIL import Image

from lesionmeter.errors import FilmError
from lesionmeter.io.kinds import NotAFilm
from lesionmeter.io.raster import read_raster
from lesionmeter.model.geometry import SpacingSource
from lesionmeter.model.radiograph import Polarity


@pytest.fixture
def tiff(tmp_path):
    """Write a TIFF and read it back as a film."""

    def write_and_read(values, **options):
        path = tmp_path / "film.tif"
        tifffile.imwrite(path, values, **{"photometric": "minisblack", **options})
        return read_raster(path, path.name)

    return write_and_read


@pytest.fixture
def picture(tmp_path):
    """Write a PNG or JPEG and read it back as a film."""

    def write_and_read(values, name="film.png", **options):
        Image.fromarray(values).save(tmp_path / name, **options)
        return read_raster(tmp_path / name, name)

    return write_and_read


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16, np.uint32, np.float32])
def test_values_of_every_depth_are_kept(tiff, grain, dtype):
    values = (grain >> 4).astype(dtype)
    np.testing.assert_array_equal(tiff(values).pixels, values)


@pytest.mark.parametrize(
    "options",
    [
        {"compression": "lzw"},
        {"compression": "deflate", "predictor": True},
        {"tile": (16, 16)},
        {"byteorder": ">"},
        {"bigtiff": True},
        {"rowsperstrip": 5, "compression": "packbits"},
    ],
    ids=str,
)
def test_packing_does_not_change_values(tiff, grain, options):
    film = tiff(grain, **options)
    np.testing.assert_array_equal(film.pixels, grain)
    assert film.pixels.dtype.isnative


def test_bits_are_those_that_carry_information(tiff, grain):
    assert tiff(grain).bits == 12
    assert tiff(grain.astype(np.float32)).bits == 32


def test_min_is_white_keeps_the_stored_values_and_says_that_dense_is_low(tiff, grain):
    film = tiff(grain, photometric="miniswhite")
    np.testing.assert_array_equal(film.pixels, grain)
    assert film.polarity is Polarity.INVERTED


def test_min_is_black_says_nothing_about_dense_tissue(tiff, grain):
    assert tiff(grain).polarity is None


@pytest.mark.parametrize(("unit", "dots"), [("INCH", 25.4), ("CENTIMETER", 10.0)])
def test_a_resolution_tag_is_a_claim(tiff, grain, unit, dots):
    (claim,) = tiff(grain, resolution=(dots, dots / 2), resolutionunit=unit).claims
    assert (claim.row_mm, claim.column_mm) == (2.0, 1.0)
    assert claim.source is SpacingSource.RESOLUTION_TAG


def test_a_picture_file_names_its_scanner_if_it_can(tiff, grain):
    film = tiff(grain, extratags=[(271, "s", 0, "Maker", True), (272, "s", 0, "One", True)])
    assert (film.technique.kind, film.technique.device) == ("picture file", "Maker One")
    assert tiff(grain).technique.device == ""


def test_a_resolution_without_a_unit_is_no_claim(tiff, grain):
    assert tiff(grain, resolution=(25.4, 25.4), resolutionunit="NONE").claims == ()


def test_imagej_states_its_unit_elsewhere(tiff, grain):
    film = tiff(grain, imagej=True, resolution=(0.5, 0.5), metadata={"unit": "mm"}, photometric=None)
    assert film.claims[0].row_mm == 2.0


@pytest.mark.parametrize("dpi", [72, 96, 95.9866])
def test_the_resolution_of_screens_is_no_claim(tiff, grain, dpi):
    film = tiff(grain, resolution=(dpi, dpi), resolutionunit="INCH")
    assert film.claims == ()
    assert film.remarks == (f"its resolution tag of {dpi:.0f} dpi is a default of screens: not believed",)


@pytest.mark.parametrize(("dpi", "length"), [(1, "163 cm"), (300, "0.542 cm")])
def test_a_resolution_that_no_hand_film_has_is_no_claim(tiff, grain, dpi, length):
    film = tiff(grain, resolution=(dpi, dpi), resolutionunit="INCH")
    assert film.claims == ()
    assert film.remarks == (f"its resolution tag of {dpi} dpi makes the film {length} long: not believed",)


def test_grey_stored_as_colour_is_taken_once(tiff, grain):
    film = tiff(np.dstack([grain] * 3), photometric="rgb")
    np.testing.assert_array_equal(film.pixels, grain)
    assert film.remarks == ("grey stored as colour: one of three equal channels was taken",)


def test_an_opaque_alpha_channel_is_dropped(picture, grain):
    grey = (grain >> 4).astype(np.uint8)
    film = picture(np.dstack([grey, grey, grey, np.full_like(grey, 255)]))
    np.testing.assert_array_equal(film.pixels, grey)
    assert film.remarks[0] == "an opaque alpha channel was dropped"


def test_values_that_are_no_numbers_are_padding(tiff, grain):
    values = grain.astype(np.float32)
    values[3, 4] = np.nan
    film = tiff(values)
    assert np.argwhere(film.padding).tolist() == [[3, 4]]
    assert film.pixels[3, 4] == 0


def test_a_thumbnail_beside_the_film_is_passed_over(tmp_path, grain):
    with tifffile.TiffWriter(tmp_path / "film.tif") as file:
        file.write(grain, photometric="minisblack")
        file.write(grain[::4, ::4], photometric="minisblack", subfiletype=1)
    np.testing.assert_array_equal(read_raster(tmp_path / "film.tif", "film.tif").pixels, grain)


def test_an_orientation_tag_is_remarked_and_not_applied(tiff, grain):
    film = tiff(grain, extratags=[(274, "H", 1, 6, True)])
    np.testing.assert_array_equal(film.pixels, grain)
    assert film.remarks == ("orientation tag 6 is not applied: rows and columns are those stored",)


def test_png_of_16_bits_is_kept(picture, grain):
    np.testing.assert_array_equal(picture(grain).pixels, grain)


def test_png_and_jpeg_state_their_resolution(picture, grain):
    grey = (grain >> 4).astype(np.uint8)
    for name in ("film.png", "film.jpg"):
        (claim,) = picture(grey, name, dpi=(13, 13)).claims
        assert claim.row_mm == pytest.approx(25.4 / 13, rel=1e-3)


def test_jpeg_is_read_and_called_lossy(picture):
    ramp = np.add.outer(np.arange(64), np.arange(48)).astype(np.uint8)
    film = picture(ramp, "film.jpg", quality=98)
    assert np.abs(film.pixels.astype(int) - ramp).max() <= 3
    assert film.remarks == ("lossy compression",)


def test_content_decides_and_not_the_suffix(tmp_path, grain):
    Image.fromarray(grain).save(tmp_path / "film.dcm", format="PNG")
    np.testing.assert_array_equal(read_raster(tmp_path / "film.dcm", "film.dcm").pixels, grain)


def test_a_label_image_is_no_film(tiff):
    labels = np.zeros((64, 48), dtype=np.uint8)
    labels[10:20, 10:20] = 3
    with pytest.raises(NotAFilm, match="expected a radiograph, came a label image of 2 values"):
        tiff(labels)


def test_a_film_with_a_flat_background_is_no_label_image(tiff, grain):
    values = np.zeros((200, 200), dtype=np.uint16)
    values[:64, :48] = grain
    assert tiff(values).shape == (200, 200)


def test_oblong_pixels_of_unknown_size_are_refused(tiff, grain):
    with pytest.raises(FilmError, match="expected square pixels, or their spacing, came pixels of 25"):
        tiff(grain, resolution=(2, 1), resolutionunit="INCH")


def test_values_beyond_16_bits_are_refused(tiff, grain):
    with pytest.raises(FilmError, match="expected values of 8 to 16 bits, came values from 0 to 4095000"):
        tiff(grain.astype(np.uint32) * 1000)
