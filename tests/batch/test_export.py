"""Output folders go out as other formats, films as DICOM, and findings come in again."""

import dataclasses

import numpy as np
import pydicom
import pytest
import tifffile

from lesionmeter import batch
from lesionmeter.batch import bring_in
from lesionmeter.batch.bring_in import import_findings
from lesionmeter.batch.export import export_output
from lesionmeter.batch.films import films_to_dicom
from lesionmeter.errors import OutputError, UsageError
from lesionmeter.io.study import read_patient
from lesionmeter.model.deposit import Origin
from lesionmeter.model.patient import FilmAnatomy
from lesionmeter.model.radiograph import Polarity
from tests import followup_world, worlds
from tests.dicom_world import capture, save
from tests.io.conftest import grain, write_dicom
from tests.io.test_dicom_findings import foreign_segmentation


@pytest.fixture
def out(tmp_path):
    """An output folder of P017."""
    batch.write_output(worlds.patient_world(), tmp_path / "out")
    return tmp_path / "out"


@pytest.mark.parametrize(("wanted", "file"), [("xlsx", "tables.xlsx"), ("parquet", "deposits.parquet")])
def test_tables_are_exported_in_the_format_asked_for(out, tmp_path, wanted, file):
    assert file in export_output(out, tmp_path / "new", (wanted,))


def test_dicom_needs_the_films(out, tmp_path):
    with pytest.raises(UsageError, match="expected the folder of the measured films for DICOM"):
        export_output(out, tmp_path / "new", ("dicom",))


def test_no_format_is_wrong_use(out, tmp_path):
    with pytest.raises(UsageError, match="expected one or more of xlsx, parquet, dicom, came none"):
        export_output(out, tmp_path / "new", ())


def test_a_folder_that_holds_files_is_not_written_into(out, tmp_path):
    with pytest.raises(OutputError, match="expected a new or empty folder, came a folder that holds files"):
        export_output(out, out, ("xlsx",))


def test_other_films_than_those_measured_are_refused(out, tmp_path):
    (tmp_path / "films").mkdir()
    write_dicom(tmp_path / "films" / "film.dcm")
    with pytest.raises(OutputError, match=r"1983/left.tif: expected the film that was measured, came no such film"):
        export_output(out, tmp_path / "new", ("dicom",), tmp_path / "films")
    assert not (tmp_path / "new").exists()


def test_tables_beside_the_films_come_along_with_the_captures_names(tmp_path, monkeypatch):
    films = tmp_path / "films"
    films.mkdir()
    tifffile.imwrite(films / "scan.tif", grain())
    (films / "films.csv").write_text("file;spacing_mm\nscan.tif;1,5\n")
    (films / "hints.csv").write_text("file,x,y,deposit\nscan.tif,3,4,A\n")
    found = FilmAnatomy("scan.tif", Polarity.NORMAL, "found", ())
    monkeypatch.setattr("lesionmeter.batch.films.find_landmarks", lambda film: found)
    films_to_dicom(films, tmp_path / "new")
    again = read_patient(tmp_path / "new")
    assert (again.films[0].claims[0].row_mm, again.hints[0].film, again.hints[0].deposit) == (1.5, "scan.dcm", "A")


def test_scanned_films_become_captures_and_dicom_films_are_copied(tmp_path, monkeypatch):
    films = tmp_path / "films"
    films.mkdir()
    pixels = grain()
    tifffile.imwrite(films / "scan.tif", pixels)
    write_dicom(films / "film.dcm", pixels=grain(seed=8))
    (films / "films.csv").write_text("file,date,hand,spacing_mm\nscan.tif,1983,R,2\n")
    found = FilmAnatomy("scan.tif", Polarity.INVERTED, "found", ())
    monkeypatch.setattr("lesionmeter.batch.films.find_landmarks", lambda film: found)
    assert films_to_dicom(films, tmp_path / "new") == ("scan.tif",)
    by_name = {film.film: film for film in read_patient(tmp_path / "new").films}
    scan = by_name["scan.dcm"]
    assert np.array_equal(scan.pixels, pixels)
    assert (str(scan.date), scan.laterality, scan.polarity, scan.claims[0].row_mm) == ("1983", "R", "inverted", 2.0)
    assert by_name["film.dcm"].sha256 == {film.film: film for film in read_patient(films).films}["film.dcm"].sha256


@pytest.fixture
def measurable(tmp_path, monkeypatch):
    """The films of the follow-up world as DICOM under their names, and stages that know this world.

    Its flat films have nothing that pictures for a page could be made from.
    """
    world = followup_world.World()
    world.stand_in(monkeypatch)
    patient = followup_world.patient(laterality="L")
    monkeypatch.setattr(bring_in, "read_patient", lambda folder: patient)
    monkeypatch.setattr(bring_in, "write_output", lambda result, out: None)
    for film in patient.films:
        save(capture(dataclasses.replace(film, sha256=film.film)), tmp_path / "objects" / film.film)
    return tmp_path / "objects"


def outlined(folder, number, kind):
    """Another program's segment on disc C's empty place of the first film."""
    rows, columns = np.indices(followup_world.SHAPE)
    mask = np.hypot(rows - 260, columns - 60) < 10
    film = pydicom.dcmread(folder / followup_world.FILMS[number])
    save(foreign_segmentation(mask, kind, film=film), folder / "seg.dcm")


@pytest.mark.parametrize(("kind", "origin"), [("MANUAL", Origin.REVIEWED), ("AUTOMATIC", Origin.AUTOMATIC)])
def test_another_programs_segment_is_measured_as_a_readers_or_a_proposal(measurable, tmp_path, kind, origin):
    outlined(measurable, 0, kind)
    found = import_findings(measurable, tmp_path / "out")
    here = [d for d in found.assessment.maps["a.tif"].deposits if np.hypot(*(d.centre - [260, 60])) < 1]
    assert (found.outlines, [deposit.origin for deposit in here]) == (1, [origin])
    assert [said.origin for said in found.assessment.corrections] == [origin]


def test_a_segmentation_of_a_film_that_is_not_there_is_refused(measurable, tmp_path):
    outlined(measurable, 0, "MANUAL")
    (measurable / "a.tif").unlink()
    with pytest.raises(UsageError, match="expected findings on a film of this folder, came some by reader"):
        import_findings(measurable, tmp_path / "out")


def test_a_folder_without_findings_is_refused(measurable, tmp_path):
    with pytest.raises(UsageError, match="expected a segmentation or a report of hand radiographs, came none"):
        import_findings(measurable, tmp_path / "out")
