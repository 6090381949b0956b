"""A patient's folder becomes a Patient: every film read, or skipped with its reason."""

import datetime as dt
import os
import shutil

import numpy as np
import pytest
import tifffile
from PIL import Image

from lesionmeter.errors import StudyError
from lesionmeter.io.study import ReadSettings, read_patient
from lesionmeter.model.geometry import SpacingSource
from lesionmeter.model.radiograph import Polarity

SETTINGS = ReadSettings(today=dt.date(2026, 11, 22))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "patient7").mkdir()
    return tmp_path / "patient7"


@pytest.fixture
def scan(folder):
    """Write a scanned film of a seed of its own into the folder."""

    def write(name, seed=0, **options):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        values = np.random.default_rng([seed, *name.encode()]).integers(0, 4096, (64, 48)).astype(np.uint16)
        if path.suffix == ".tif":
            tifffile.imwrite(path, values, photometric="minisblack", **options)
        else:
            Image.fromarray(values).save(path)
        return path

    return write


def read(folder):
    return read_patient(folder, SETTINGS)


def names(patient):
    return [film.film for film in patient.films]


def test_films_come_in_order_of_date_and_undated_ones_last(folder, scan):
    for name in ("a_1988-06-09.tif", "b_1983.tif", "c.tif", "d_1984-05.png"):
        scan(name)
    assert names(read(folder)) == ["b_1983.tif", "d_1984-05.png", "a_1988-06-09.tif", "c.tif"]


def test_films_of_one_date_come_by_name_and_are_remarked(folder, scan):
    scan("b_1983-04-18.tif")
    scan("a_1983-04-18.tif")
    first, second = read(folder).films
    assert (first.film, first.remarks) == ("a_1983-04-18.tif", ("of the same date as b_1983-04-18.tif",))
    assert second.remarks == ("of the same date as a_1983-04-18.tif",)


def test_the_two_hands_of_one_date_need_no_remark(folder, scan):
    scan("L_1983-04-18.tif")
    scan("R_1983-04-18.tif")
    assert [film.remarks for film in read(folder).films] == [(), ()]


def test_folders_in_the_folder_are_searched(folder, scan):
    scan("1983/left.tif")
    (film,) = read(folder).films
    assert (film.film, str(film.date), film.date_source) == ("1983/left.tif", "1983", "folder name")


def test_links_that_lead_back_are_not_followed(folder, scan):
    scan("a.tif")
    (folder / "sub").mkdir()
    (folder / "sub" / "up").symlink_to(folder)
    assert names(read(folder)) == ["a.tif"]


def test_hidden_files_and_our_own_outputs_are_passed_over(folder, scan):
    scan("a.tif")
    scan(".hidden.tif")
    scan("out/masks/a.tif", seed=1)
    (folder / "out" / "assessment.json").write_text("{}")
    patient = read(folder)
    assert names(patient) == ["a.tif"]
    assert patient.skipped == ()


def test_a_copy_of_a_film_is_skipped(folder, scan):
    shutil.copy(scan("a.tif"), folder / "copy of a.tif")
    patient = read(folder)
    assert names(patient) == ["a.tif"]
    (copy,) = patient.skipped
    assert (copy.file, copy.reason) == ("copy of a.tif", "expected another film, came a copy of a.tif")
    assert not copy.refused


def test_refused_films_and_other_files_are_told_apart(folder, scan):
    scan("a.tif")
    (folder / "b.tif").write_bytes(b"")
    (folder / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0")
    skipped = {s.file: (s.refused, s.reason) for s in read(folder).skipped}
    assert skipped == {
        "b.tif": (True, "expected a DICOM, TIFF, PNG or JPEG film, came an empty file"),
        "Thumbs.db": (
            False,
            "expected a DICOM, TIFF, PNG or JPEG film, came a Windows document or thumbnail store",
        ),
    }


def test_the_empty_truth_of_a_simulated_film_is_no_refused_film(folder, scan):
    scan("hand_1983-04-18.tif")
    for name in ("hand_1983-04-18.truth.tif", "blank.tif"):
        tifffile.imwrite(folder / name, np.zeros((64, 48), np.uint16), photometric="minisblack")
    refused = {s.file: s.refused for s in read_patient(folder, SETTINGS).skipped}
    assert refused == {"blank.tif": True, "hand_1983-04-18.truth.tif": False}


def test_films_csv_wins_over_the_file_and_says_so(folder, scan):
    scan("a_L_1983-04-18.tif", resolution=(25.4, 25.4), resolutionunit="INCH")
    (folder / "films.csv").write_text(
        "file,date,hand,spacing_mm,polarity,kvp\na_L_1983-04-18.tif,1984-05,R,0.5,inverted,55\n"
    )
    patient = read(folder)
    (film,) = patient.films
    assert (str(film.date), film.date_source, film.laterality) == ("1984-05", "films.csv", "R")
    assert (film.polarity, film.polarity_source) == (Polarity.INVERTED, "films.csv")
    assert [claim.source for claim in film.claims] == [SpacingSource.FILMS_CSV, SpacingSource.RESOLUTION_TAG]
    assert patient.remarks == ("films.csv: not read: kvp",)


def test_a_spacing_in_films_csv_keeps_the_shape_that_the_file_gives_its_pixels(folder, scan):
    scan("a.tif", resolution=(25.4, 25.4 / 4), resolutionunit="INCH")
    (folder / "films.csv").write_text("file,spacing_mm\na.tif,0.5\n")
    claim = read(folder).films[0].claims[0]
    assert (claim.row_mm, claim.column_mm) == (1.0, 0.25)


def test_names_in_another_encoding_can_be_written_into_tables(folder, scan):
    path = scan("a.tif")
    path.rename(os.fsdecode(os.fsencode(folder) + b"/\xe4.tif"))
    assert names(read(folder)) == ["\ufffd.tif"]


def test_an_empty_cell_leaves_what_the_file_says(folder, scan):
    scan("a_L_1983-04-18.tif")
    (folder / "films.csv").write_text("file,date,hand,spacing_mm\na_L_1983-04-18.tif,,,0.5\n")
    (film,) = read(folder).films
    assert (str(film.date), film.date_source, film.laterality) == ("1983-04-18", "file name", "L")


def test_hints_are_read_with_the_films(folder, scan):
    scan("a.tif")
    (folder / "hints.csv").write_text("file,x,y,deposit\na.tif,40,60,k\n")
    (hint,) = read(folder).hints
    assert hint.point.tolist() == [60.0, 40.0]


def test_the_patient_is_dicoms_else_the_folders_name(folder, scan, dicom):
    scan("a.tif")
    assert read(folder).patient_id == "patient7"
    shutil.move(dicom(), folder / "b.dcm")
    assert read(folder).patient_id == "P1"


def test_two_patients_in_a_folder_are_an_error_that_names_files_only(folder, dicom, grain):
    shutil.move(dicom(), folder / "a.dcm")
    shutil.move(dicom(pixels=grain + 1, PatientID="SECRET"), folder / "b.dcm")
    with pytest.raises(StudyError, match=r"expected films of one patient, came .* 2 patient IDs .a.dcm . b.dcm.") as e:
        read(folder)
    assert "SECRET" not in str(e.value)


@pytest.mark.parametrize("value", ["20990101", "18000101", "19000101"])
def test_a_date_that_cannot_be_is_not_used_but_remarked(folder, dicom, value):
    shutil.move(dicom(StudyDate=value), folder / "a.dcm")
    (film,) = read(folder).films
    assert film.date is None
    assert film.date_source == ""
    assert "not used" in film.remarks[-1]


def test_the_next_source_stands_in_for_a_date_that_cannot_be(folder, dicom):
    shutil.move(dicom(AcquisitionDate="20990101", StudyDate="19830418"), folder / "a.dcm")
    (film,) = read(folder).films
    assert (str(film.date), film.date_source) == ("1983-04-18", "study date")
    assert film.remarks == ("its acquisition date 2099-01-01 lies in the future: not used",)


def test_a_future_date_in_a_file_name_leaves_the_film_undated(folder, scan):
    scan("a_2099-01-01.tif")
    (film,) = read(folder).films
    assert film.date is None
    assert film.remarks == ("its file name 2099-01-01 lies in the future: not used",)


def test_a_file_name_that_contradicts_the_file_is_remarked(folder, dicom):
    shutil.move(dicom(StudyDate="20040826", Laterality="L"), folder / "R_1983-04-18.dcm")
    (film,) = read(folder).films
    assert (str(film.date), film.laterality) == ("2004-08-26", "L")
    assert film.remarks == ("its file name says 1983-04-18", "its file states hand L, its name R")


def test_a_folder_without_a_film_is_an_error(folder):
    (folder / "a.tif").write_bytes(b"")
    with pytest.raises(StudyError, match=r"at least one readable film, came none of 1 files .a.tif: .* an empty file"):
        read(folder)


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(StudyError, match="expected a patient's folder, came nothing"):
        read(tmp_path / "nobody")


def test_a_file_is_no_folder(folder, scan):
    with pytest.raises(StudyError, match="expected a patient's folder, came a file"):
        read(scan("a.tif"))


def test_a_broken_link_is_refused(folder, scan):
    scan("a.tif")
    (folder / "b.tif").symlink_to("nowhere.tif")
    (skipped,) = read(folder).skipped
    assert skipped.reason == "expected a readable file, came a broken link, a device or a file that may not be read"
