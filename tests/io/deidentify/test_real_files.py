"""Films of the world outside keep their pixels, scale and polarity through the de-identification, where at hand."""

import numpy as np
import pytest

from lesionmeter.io.deidentify.files import write_dicom
from lesionmeter.io.deidentify.header import Cleaner
from lesionmeter.io.deidentify.key import Key
from lesionmeter.io.dicom import read_dicom
from lesionmeter.io.dicom.header import open_header
from tests.io.test_shared_films import READ


@pytest.mark.films
@pytest.mark.parametrize("name", READ)
def test_a_film_reads_as_before(films, tmp_path, name):
    path = films / "dicom" / name
    before = read_dicom(path, name).radiograph
    header, _ = Cleaner(Key("secret"), "D1", -400).clean(open_header(path, name))
    write_dicom(tmp_path / "film01.dcm", header, before.pixels, before.bits)
    after = read_dicom(tmp_path / "film01.dcm", name)
    film = after.radiograph
    assert np.array_equal(film.pixels, before.pixels)
    assert (film.claims, film.polarity, film.laterality) == (before.claims, before.polarity, before.laterality)
    assert after.patient_id == "D1"
