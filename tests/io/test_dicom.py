"""One DICOM radiograph is read as its stored values."""

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from lesionmeter.errors import FilmError
from lesionmeter.io.dicom import read_dicom
from lesionmeter.io.kinds import NotAFilm
from lesionmeter.model.radiograph import Polarity, Technique

LOSSLESS = {
    "JPEG Lossless": ("1.2.840.10008.1.2.4.70", imagecodecs.ljpeg_encode),
    "JPEG-LS": ("1.2.840.10008.1.2.4.80", imagecodecs.jpegls_encode),
    "JPEG 2000": (
        "1.2.840.10008.1.2.4.90",
        lambda pixels: imagecodecs.jpeg2k_encode(pixels, codecformat="j2k", reversible=True, bitspersample=12),
    ),
}


def read(path):
    return read_dicom(path, path.name).radiograph


@pytest.mark.parametrize("name", LOSSLESS)
def test_lossless_compression_gives_back_every_stored_value(dicom, grain, name):
    syntax, encode = LOSSLESS[name]
    film = read(dicom(frame=encode(grain), syntax=syntax))
    np.testing.assert_array_equal(film.pixels, grain)
    assert film.remarks == ()


def test_run_length_encoding_gives_back_every_stored_value(dicom, grain, tmp_path):
    dataset = pydicom.dcmread(dicom())
    dataset.compress(pydicom.uid.RLELossless)
    dataset.save_as(tmp_path / "rle.dcm")
    np.testing.assert_array_equal(read(tmp_path / "rle.dcm").pixels, grain)


def test_baseline_jpeg_is_read_and_called_lossy(dicom):
    ramp = np.add.outer(np.arange(64), np.arange(48)).astype(np.uint8)
    frame = imagecodecs.jpeg8_encode(ramp, level=98)
    film = read(dicom(pixels=ramp, frame=frame, syntax="1.2.840.10008.1.2.4.50", BitsStored=8))
    assert np.abs(film.pixels.astype(int) - ramp).max() <= 3
    assert film.remarks == ("lossy compression",)


@pytest.mark.parametrize("syntax", [ExplicitVRBigEndian, ImplicitVRLittleEndian])
def test_byte_order_does_not_change_values(dicom, grain, syntax):
    film = read(dicom(syntax=syntax))
    np.testing.assert_array_equal(film.pixels, grain)
    assert film.pixels.dtype.isnative


def test_signed_values_keep_their_sign(dicom):
    pixels = np.array([[-2048, 2047], [-1, 5]], dtype=np.int16)
    np.testing.assert_array_equal(read(dicom(pixels=pixels)).pixels, pixels)


def test_an_old_overlay_above_the_stored_bits_is_dropped(dicom, grain):
    film = read(dicom(pixels=grain | np.uint16(0x8000)))
    np.testing.assert_array_equal(film.pixels, grain)


def test_values_stored_from_the_top_bit_down_are_moved_down(dicom, grain):
    film = read(dicom(pixels=grain << 4, HighBit=15))
    np.testing.assert_array_equal(film.pixels, grain)


def test_elements_that_old_files_lack_are_supplied_and_no_polarity_is_made_up(dicom, grain):
    lacking = ("PhotometricInterpretation", "SamplesPerPixel", "PixelRepresentation", "BitsStored")
    path = dicom()
    dataset = pydicom.dcmread(path)
    for keyword in (*lacking, "HighBit"):
        delattr(dataset, keyword)
    dataset.save_as(path)
    film = read(path)
    np.testing.assert_array_equal(film.pixels, grain)
    assert film.polarity is None


def test_a_high_bit_that_the_values_disprove_is_not_believed(dicom, grain):
    np.testing.assert_array_equal(read(dicom(HighBit=15)).pixels, grain)


def test_a_file_without_its_meta_header_is_read_as_acr_nema_was(dicom, grain, tmp_path):
    dataset = pydicom.dcmread(dicom(syntax=ImplicitVRLittleEndian))
    bare = pydicom.dataset.Dataset(dataset)
    pydicom.dcmwrite(tmp_path / "bare.dcm", bare, implicit_vr=True, little_endian=True)
    np.testing.assert_array_equal(read(tmp_path / "bare.dcm").pixels, grain)


@pytest.mark.parametrize(
    ("photometric", "elements", "polarity"),
    [
        ("MONOCHROME2", {}, Polarity.NORMAL),
        ("MONOCHROME1", {}, Polarity.INVERTED),
        ("MONOCHROME1", {"PresentationLUTShape": "INVERSE"}, Polarity.INVERTED),
        ("MONOCHROME1", {"RescaleSlope": "-1", "RescaleIntercept": "4095"}, Polarity.NORMAL),
        ("MONOCHROME2", {"PresentationLUTShape": "INVERSE"}, None),
    ],
)
def test_polarity_is_that_of_the_stored_values_once_the_film_is_shown_as_asked(dicom, photometric, elements, polarity):
    film = read(dicom(PhotometricInterpretation=photometric, **elements))
    assert film.polarity is polarity
    assert film.polarity_source == ("photometric interpretation" if polarity else "")


def table(descriptor, entries):
    item = pydicom.dataset.Dataset()
    item.add_new(0x00283002, "US", descriptor)
    item.add_new(0x00283006, "US", entries)
    return pydicom.Sequence([item])


def test_a_falling_modality_table_turns_polarity_round(dicom):
    film = read(dicom(ModalityLUTSequence=table([4, 0, 16], [9, 6, 3, 0])))
    assert film.polarity is Polarity.INVERTED


def test_windows_and_tables_are_kept_apart_from_the_values(dicom, grain):
    asked = {"WindowCenter": [500, 600], "WindowWidth": [100, 200], "VOILUTFunction": "SIGMOID"}
    asked |= {"RescaleSlope": "2", "RescaleIntercept": "-5", "VOILUTSequence": table([4, 7, 16], [0, 3, 6, 9])}
    film = read(dicom(**asked))
    np.testing.assert_array_equal(film.pixels, grain)
    shown = film.presentation
    assert shown.windows == ((500.0, 100.0), (600.0, 200.0))
    assert (shown.voi_function, shown.slope, shown.intercept) == ("SIGMOID", 2.0, -5.0)
    assert shown.voi_table is not None
    assert shown.voi_table[0] == 7
    assert shown.voi_table[1].tolist() == [0, 3, 6, 9]


def test_eight_bit_table_entries_come_as_padded_bytes(dicom):
    item = pydicom.dataset.Dataset()
    item.add_new(0x00283002, "US", [3, 0, 8])
    item.add_new(0x00283006, "OW", b"\x01\x02\x03\x00")
    shown = read(dicom(ModalityLUTSequence=pydicom.Sequence([item]))).presentation
    assert shown.modality_table is not None
    assert shown.modality_table[1].tolist() == [1, 2, 3]


def test_padding_reaches_from_its_value_to_its_range_limit(dicom):
    pixels = np.array([[0, 5, 30], [31, 900, 901]], dtype=np.uint16)
    film = read(dicom(pixels=pixels, PixelPaddingValue=0, PixelPaddingRangeLimit=30))
    assert film.padding is not None
    assert film.padding.tolist() == [[True, True, True], [False, False, False]]


def test_padding_of_signed_pixels_is_found_though_it_was_written_unsigned(dicom):
    pixels = np.array([[-2000, 5], [7, 9]], dtype=np.int16)
    path = dicom(pixels=pixels, BitsStored=16)
    dataset = pydicom.dcmread(path)
    dataset.add_new(0x00280120, "US", 63536)
    dataset.save_as(path)
    assert read(path).padding.tolist() == [[True, False], [False, False]]


def test_padding_that_no_pixel_has_is_none(dicom):
    assert read(dicom(pixels=np.array([[1, 2], [3, 4]], dtype=np.uint16), PixelPaddingValue=0)).padding is None


def test_dates_come_from_acquisition_then_study(dicom):
    film = read_dicom(dicom(AcquisitionDate="19830418", StudyDate="20040826"), "film.dcm")
    assert [(str(date), source) for date, source in film.dates] == [
        ("1983-04-18", "acquisition date"),
        ("2004-08-26", "study date"),
    ]
    assert str(film.radiograph.date) == "1983-04-18"


@pytest.mark.parametrize(("value", "date"), [("1993.02.24", "1993-02-24"), ("19931345", "None"), ("", "None")])
def test_old_and_malformed_dates(dicom, value, date):
    assert str(read(dicom(StudyDate=value)).date) == date


@pytest.mark.parametrize(
    ("elements", "side"),
    [({"ImageLaterality": "L"}, "L"), ({"Laterality": "R"}, "R"), ({"ImageLaterality": "B"}, "LR"), ({}, "")],
)
def test_side_is_that_of_the_image_else_of_the_series(dicom, elements, side):
    assert read(dicom(**elements)).laterality == side


def test_the_patient_id_is_handed_over_and_the_name_is_nowhere(dicom):
    path = dicom(PatientID=" 77 ", PatientName="Doe^Jane")
    film = read_dicom(path, path.name)
    assert film.patient_id == "77"
    assert "Doe" not in repr(film)


def test_another_body_part_and_a_scanned_film_are_remarked(dicom):
    film = read(dicom(BodyPartExamined="CHEST", ConversionType="DF"))
    assert film.remarks == (
        "the file calls the body part CHEST, not a hand",
        "a digitised film: its dates may be those of scanning",
    )


@pytest.mark.parametrize("modality", ["CR", "DX", "RG", "RF", "MG", "OT", ""])
def test_projection_radiographs_of_every_modality_are_read(dicom, modality, grain):
    np.testing.assert_array_equal(read(dicom(Modality=modality)).pixels, grain)


@pytest.mark.parametrize("modality", ["PR", "SR", "SEG"])
def test_objects_about_pictures_are_no_films(dicom, modality):
    with pytest.raises(NotAFilm, match=f"came a DICOM object without a picture .{modality}"):
        read(dicom(Modality=modality))


def test_a_damaged_picture_is_refused(dicom):
    with pytest.raises(FilmError, match=r"expected pixels in JPEG-LS.*, came pixel data that cannot be decoded"):
        read(dicom(frame=b"\x12\x34" * 50 + b"\xff\xd9", syntax="1.2.840.10008.1.2.4.80"))


def test_a_malformed_element_of_no_interest_does_not_cost_the_film(dicom, grain):
    path = dicom(WindowCenter="1", WindowWidth="2")
    path.write_bytes(path.read_bytes().replace(b"\x28\x00\x50\x10DS\x02\x001 ", b"\x28\x00\x50\x10DS\x02\x00x "))
    film = read(path)
    np.testing.assert_array_equal(film.pixels, grain)
    assert film.presentation.windows == ()


def test_a_digital_radiograph_names_its_device_and_processing(dicom):
    film = read(dicom(Manufacturer="Maker", ManufacturerModelName="One", AcquisitionDeviceProcessingDescription="hand"))
    assert film.technique == Technique("digital radiograph", "Maker One", "hand")


def test_a_digitised_film_names_its_scanner_not_the_machine_before_it(dicom):
    film = read(dicom(ConversionType="DF", Manufacturer="Maker", SecondaryCaptureDeviceManufacturer="Scanner"))
    assert film.technique == Technique("digitised film", "Scanner")


def test_a_station_and_its_serial_number_are_not_kept(dicom):
    film = read(dicom(StationName="ROOM 7", DeviceSerialNumber="12345"))
    assert "ROOM" not in repr(film.technique)
    assert "12345" not in repr(film.technique)
