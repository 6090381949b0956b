"""Each awkward input gets one clear line: what was expected, and what came. Nothing gives a traceback."""

import datetime as dt

import imagecodecs
import numpy as np
import pydicom
import pytest
import tifffile
from PIL import Image

from lesionmeter.errors import StudyError
from lesionmeter.io.study import ReadSettings, read_patient

GOOD = "good.tif"
JPEG_2000 = "1.2.840.10008.1.2.4.90"
CUT_OFF = "; the file is cut off: copy or export it again"
SCANNED_CUT_OFF = "; the file is cut off: copy or scan it again"
NO_FORMAT = "expected a DICOM, TIFF, PNG or JPEG film, came "
NO_RADIOGRAPH = "expected a radiograph (CR, DX, or a scanned film), came "

# name of the file: what it is, what is said of it; made by the function of that number below
DICOM_CASES = {
    "ct.dcm": ({"Modality": "CT"}, NO_RADIOGRAPH + "computed tomography (CT)"),
    "mr.dcm": ({"Modality": "MR"}, NO_RADIOGRAPH + "magnetic resonance (MR)"),
    "us.dcm": ({"Modality": "US"}, NO_RADIOGRAPH + "ultrasound (US)"),
    "xa.dcm": ({"Modality": "XA"}, NO_RADIOGRAPH + "angiography (XA)"),
    "nm.dcm": ({"Modality": "NM"}, NO_RADIOGRAPH + "nuclear medicine (NM)"),
    "portal.dcm": ({"Modality": "RTIMAGE"}, NO_RADIOGRAPH + "a radiotherapy image (RTIMAGE)"),
    "photo.dcm": ({"Modality": "XC"}, NO_RADIOGRAPH + "a colour photograph (XC)"),
    "segmentation.dcm": ({"Modality": "SEG"}, "expected a film, came a DICOM object without a picture (SEG)"),
    "frames.dcm": ({"NumberOfFrames": 96}, "expected a single film, came 96 frames; export one frame a file"),
    "colour.dcm": (
        {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB"},
        "expected one grey channel, came colour (RGB)",
    ),
    "palette.dcm": (
        {"PhotometricInterpretation": "PALETTE COLOR"},
        "expected one grey channel, came colour (PALETTE COLOR)",
    ),
    "packed.dcm": (
        {"BitsAllocated": 12},
        "expected 8 or 16 bits allocated a pixel, came 12 allocated, 12 stored",
    ),
    "huge.dcm": (
        {"Rows": 60000, "Columns": 60000},
        "expected at most 200 million pixels, came 60000 x 60000; scan or export it at 100 to 400 dpi",
    ),
    "no_rows.dcm": ({"Rows": 0}, "expected rows and columns of pixels, came 0 x 48"),
    "wrong_size.dcm": (
        {"Rows": 640},
        "expected 61440 bytes of pixel data, came 6144" + CUT_OFF,
    ),
    "oblong.dcm": (
        {"PixelAspectRatio": ["2", "1"]},
        "expected square pixels, or their spacing, came pixels of 2 x 1 parts; export it with square pixels",
    ),
    "constant.dcm": ({"pixels": np.full((64, 48), 9, np.uint16)}, "expected a radiograph, came one constant value, 9"),
}

FILE_CASES = {
    "empty.tif": (b"", NO_FORMAT + "an empty file"),
    "empty.dcm": (b"", NO_FORMAT + "an empty file"),
    "text.dcm": (b"see the letter of 3 May", NO_FORMAT + "text"),
    "page.tif": (b"<!DOCTYPE html><html><body>404</body></html>", NO_FORMAT + "an HTML page"),
    "page.dcm": (b"\n<html><body>please log in</body></html>", NO_FORMAT + "an HTML page"),
    "noise.png": (bytes(range(128, 256)) * 9, NO_FORMAT + "bytes of an unknown format"),
    "films.zip": (b"PK\x03\x04rest", NO_FORMAT + "a ZIP archive; unpack it first"),
    "letter.pdf": (b"%PDF-1.4", NO_FORMAT + "a PDF document"),
    "Thumbs.db": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", NO_FORMAT + "a Windows document or thumbnail store"),
    "truth.json": (b'{"films": []}', NO_FORMAT + "JSON or other text"),
    "hand.bmp": (b"BM\x10\0\0\0\0\0\0\0", NO_FORMAT + "a BMP picture; save it as TIFF or PNG"),
}


def grey(seed=1, shape=(64, 48)):
    return np.random.default_rng(seed).integers(1, 255, shape).astype(np.uint8)


def write_scans(folder):
    """Write the scanned films that cannot be read; returns what is said of each."""
    tifffile.imwrite(folder / "pages.tif", np.stack([grey(), grey(2)]), photometric="minisblack")
    tifffile.imwrite(folder / "colour.tif", grey(3, (64, 48, 3)), photometric="rgb")
    tifffile.imwrite(folder / "bilevel.tif", grey() > 99, photometric="minisblack")
    tifffile.imwrite(folder / "mask.tif", np.repeat(np.arange(4, dtype=np.uint8), 4000).reshape(160, 100))
    tifffile.imwrite(folder / "nan.tif", np.full((64, 48), np.nan, np.float32), photometric="minisblack")
    tifffile.imwrite(folder / "cut.tif", grey(), photometric="minisblack")
    cut(folder / "cut.tif", 2000)
    Image.fromarray(grey(4, (64, 48, 3))).save(folder / "colour.png")
    Image.fromarray(grey(4, (64, 48, 3))).save(folder / "photo.jpg")
    Image.fromarray(grey(4, (64, 48, 4))).save(folder / "transparent.png")
    Image.fromarray(grey()).convert("P").save(folder / "palette.png")
    Image.fromarray(grey()).save(folder / "cut.png")
    cut(folder / "cut.png", 2000)
    Image.fromarray(grey()).save(folder / "cut.jpg")
    cut(folder / "cut.jpg", 1500)
    Image.fromarray(np.zeros((2, 2), np.uint8)).save(folder / "huge.png")
    claim_size(folder / "huge.png", 60000)
    undecodable = "came a file that cannot be decoded"
    return {
        "pages.tif": "expected a single page, came 2 pages; save one page a file",
        "colour.tif": "expected one grey channel, came a colour picture; export it as grey",
        "bilevel.tif": "expected 8 to 16 bit grey, came 1 bit, black and white; scan it again in grey",
        "mask.tif": "expected a radiograph, came a label image of 4 values",
        "nan.tif": "expected numbers, came no finite value",
        "cut.tif": "expected 3328 bytes, came 2000" + SCANNED_CUT_OFF,
        "colour.png": "expected one grey channel, came a colour picture; export it as grey",
        "photo.jpg": "expected one grey channel, came a colour picture; export it as grey",
        "transparent.png": "expected a film without transparency, came an alpha channel that hides a part; flatten it",
        "palette.png": "expected 8 or 16 bit grey, came a palette; scan or export it in grey",
        "cut.png": f"expected a PNG film, {undecodable}",
        "cut.jpg": f"expected a JPEG film, {undecodable}",
        "huge.png": "expected at most 200 million pixels, came 60000 x 60000; scan or export it at 100 to 400 dpi",
    }


def cut(path, size):
    path.write_bytes(path.read_bytes()[:size])


def claim_size(path, pixels):
    data = bytearray(path.read_bytes())
    data[16:24] = pixels.to_bytes(4, "big") * 2
    path.write_bytes(data)


def write_cut_dicom(folder, dicom):
    """Write DICOM films that end too soon, and an index; returns what is said of each."""
    frame = imagecodecs.jpeg2k_encode(np.tile(grey(), (4, 4)), codecformat="j2k", reversible=True)
    pixels = np.tile(grey(), (4, 4))
    compressed = {"pixels": pixels, "syntax": JPEG_2000, "BitsStored": 8}
    cut(dicom("cut_raw.dcm"), 2000)
    cut(dicom("cut_compressed.dcm", frame=frame, **compressed), 9000)
    dicom("cut_frame.dcm", frame=frame[:9000], **compressed)
    index = pydicom.dcmread(dicom("DICOMDIR"))
    index.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.1.3.10"
    index.save_as(folder / "DICOMDIR")
    return {
        "cut_raw.dcm": "expected 6144 bytes of pixel data, came ",
        "cut_compressed.dcm": "expected a DICOM radiograph, came one that ends too soon" + CUT_OFF,
        "cut_frame.dcm": "expected an end of the compressed picture, came none" + CUT_OFF,
        "DICOMDIR": "expected a film, came a DICOMDIR, an index of other files",
    }


def said_of(folder):
    """What is said of each file in a folder that holds a good film too."""
    tifffile.imwrite(folder / GOOD, grey(9), photometric="minisblack")
    patient = read_patient(folder, ReadSettings(today=dt.date(2026, 11, 22)))
    assert [film.film for film in patient.films] == [GOOD]
    return {skipped.file: skipped.reason for skipped in patient.skipped}


@pytest.mark.parametrize("name", DICOM_CASES)
def test_a_dicom_object_that_is_no_single_grey_radiograph_gets_its_line(tmp_path, dicom, name):
    elements, line = DICOM_CASES[name]
    dicom(name, **elements)
    assert said_of(tmp_path) == {name: line}


@pytest.mark.parametrize("name", FILE_CASES)
def test_a_file_of_another_kind_gets_its_line(tmp_path, name):
    content, line = FILE_CASES[name]
    (tmp_path / name).write_bytes(content)
    assert said_of(tmp_path) == {name: line}


def test_every_unreadable_scan_gets_its_line(tmp_path):
    lines = write_scans(tmp_path)
    said = said_of(tmp_path)
    assert said.keys() == lines.keys()
    for name, line in lines.items():
        assert said[name].startswith(line), name


def test_every_dicom_file_that_ends_too_soon_gets_its_line(tmp_path, dicom):
    lines = write_cut_dicom(tmp_path, dicom)
    said = said_of(tmp_path)
    assert said.keys() == lines.keys()
    for name, line in lines.items():
        assert said[name].startswith(line), name


@pytest.mark.parametrize("size", range(100, 2700, 130))
def test_a_film_cut_off_anywhere_is_refused_and_never_filled_up(tmp_path, dicom, size):
    cut(dicom("film.dcm"), size)
    tifffile.imwrite(tmp_path / "film.tif", grey(), photometric="minisblack", compression="lzw")
    cut(tmp_path / "film.tif", size)
    Image.fromarray(grey()).save(tmp_path / "film.jpg", quality=99)
    cut(tmp_path / "film.jpg", size)
    assert said_of(tmp_path).keys() == {"film.dcm", "film.tif", "film.jpg"}


def test_a_folder_of_refused_films_only_says_why(tmp_path, dicom):
    dicom("ct.dcm", Modality="CT")
    with pytest.raises(StudyError, match=r"at least one readable film, came none of 1 files .ct.dcm: .*\(CT\)"):
        read_patient(tmp_path)
