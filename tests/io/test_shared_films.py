"""Films of the world outside are read right or refused with one line, where they are at hand."""

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.encaps import generate_frames

from lesionmeter.errors import FilmError
from lesionmeter.io.dicom import read_dicom
from lesionmeter.io.study import read_patient
from lesionmeter.model.radiograph import Polarity

pytestmark = pytest.mark.films

# rows, columns, lowest and highest value, polarity, row spacing of the first claim
READ = {
    "fo_CR-MONO1-10-chest.dcm": ((440, 440), (0, 979), Polarity.INVERTED, None),
    "fo_CR-ModalitySequenceLUT.dcm": ((1576, 1976), (0, 1023), Polarity.INVERTED, 0.15),
    "fo_GH133.dcm": ((3062, 2394), (0, 3471), Polarity.NORMAL, 0.09409090909091),
    "fo_OutOfBoundsOverlay.dcm": ((788, 1318), (27, 4091), Polarity.NORMAL, 0.085 / 1.0433386837881),
    "hd_dx_image.dcm": ((169, 211), (5, 255), Polarity.INVERTED, 1.2),
    "pd_RG1_J2KI.dcm": ((1955, 1841), (803, 26512), Polarity.INVERTED, None),
    "pd_RG3_J2KI.dcm": ((1760, 1760), (0, 1023), Polarity.INVERTED, None),
    "pd_RG3_J2KR.dcm": ((1760, 1760), (0, 1023), Polarity.INVERTED, None),
    "pd_mlut_18.dcm": ((512, 512), (-2048, 2047), Polarity.NORMAL, None),
    "pd_vlut_04.dcm": ((512, 512), (0, 255), Polarity.NORMAL, None),
}

REFUSED = {
    "fo_GH1308.dcm": "computed tomography .CT.",
    "fo_GH1376.dcm": "computed tomography .CT.",
    "fo_GH340.dcm": "magnetic resonance .MR.",
    "fo_GH342.dcm": "computed tomography .CT.",
    "fo_GH538-jpeg14sv1.dcm": "colour .RGB.",
    "fo_HasFragmentSequence.dcm": "angiography .XA.",
    "fo_JPEGwithIcon.dcm": "a colour photograph .XC.",
    "fo_RI6XDosiGap.dcm": "a radiotherapy image .RTIMAGE.",
    "pd_JPGLosslessP14SV1_1s_1f_8b.dcm": "ultrasound .US.",
    "pt_JPEG2000.dcm": "nuclear medicine .NM.",
    "pt_MR_small_bigendian.dcm": "magnetic resonance .MR.",
    "pt_MR_small_padded.dcm": "magnetic resonance .MR.",
}

SECOND_DECODER = {
    "fo_CR-ModalitySequenceLUT.dcm": imagecodecs.ljpeg_decode,
    "fo_GH133.dcm": imagecodecs.ljpeg_decode,
    "pd_RG1_J2KI.dcm": imagecodecs.jpeg2k_decode,
    "pd_RG3_J2KR.dcm": imagecodecs.jpeg2k_decode,
}


def test_every_awkward_dicom_file_is_accounted_for(films):
    assert {path.name for path in (films / "dicom").glob("*.dcm")} == READ.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", READ)
def test_an_awkward_radiograph_is_read_right(films, name):
    shape, extremes, polarity, row_mm = READ[name]
    film = read_dicom(films / "dicom" / name, name).radiograph
    assert (film.shape, film.polarity) == (shape, polarity)
    assert (film.pixels.min(), film.pixels.max()) == extremes
    assert (film.claims[0].row_mm if film.claims else None) == row_mm


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_grey_radiograph_is_refused_in_one_line(films, name):
    with pytest.raises(FilmError, match=f"^{name}: expected .*, came {REFUSED[name]}$"):
        read_dicom(films / "dicom" / name, name)


@pytest.mark.parametrize("name", SECOND_DECODER)
def test_another_decoder_gives_the_same_values(films, name):
    path = films / "dicom" / name
    frame = next(generate_frames(pydicom.dcmread(path).PixelData, number_of_frames=1))
    np.testing.assert_array_equal(read_dicom(path, name).radiograph.pixels, SECOND_DECODER[name](frame))


def test_untouched_radiographs_are_read_without_a_scale(films):
    patient = read_patient(films / "real")
    assert len(patient.films) == 8
    assert patient.skipped == ()
    assert all(film.claims == () and film.polarity is None for film in patient.films)


@pytest.mark.parametrize(
    ("folder", "spacings"),
    [
        ("dev01", [0.127, 0.10583, 0.10583]),
        ("dev02", [0.15, 0.125, 0.1]),
        ("dev03", [None, None, None]),
        ("dev06", [0.14, 0.1, 0.1]),
    ],
)
def test_serial_films_come_in_order_with_their_scales_and_without_their_truth(films, folder, spacings):
    patient = read_patient(films / folder)
    assert patient.patient_id == folder
    assert [round(f.claims[0].row_mm, 5) if f.claims else None for f in patient.films] == spacings
    assert [f.date.year for f in patient.films] == sorted(f.date.year for f in patient.films)
    assert sum("label image" in s.reason for s in patient.skipped) == 3
    assert not any(s.refused for s in patient.skipped)
