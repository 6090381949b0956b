"""Output folders: read back to the last digit, written whole or not at all, never over the user's own files."""

import dataclasses
import json
import os
import platform

import numpy as np
import pytest
import tifffile

from lesionmeter.errors import OutputError
from lesionmeter.io.assessment import check_target, is_output, mask_path, read, replacing, save, write
from lesionmeter.io.assessment.document import correction_from_plain, to_text
from lesionmeter.model import corrections as correct
from lesionmeter.model.findings import UnclearPlace
from tests import worlds

BY = correct.Signature("reader 1", "2026-01-02T03:04:05+00:00")
CORRECTIONS = (
    correct.ScaleCorrection(BY, "a.tif", 0.1),
    correct.LandmarkCorrection(BY, "a.tif", "L", 5, np.array([1 / 3, 2.0])),
    correct.OutlineCorrection(BY, "a.tif", "L", (np.array([[0.1, 0.2], [1, 0], [1, 1 / 7]]),)),
    correct.Rejection(BY, "a.tif", np.array([4.0, 5.0])),
    correct.LinkCorrection(BY, ("a.tif", 1), ("b.tif", 2), same=False),
    correct.NotAssessable(BY, "a.tif", "L01", "ring over it"),
)


@pytest.fixture(scope="module")
def patient():
    return dataclasses.replace(worlds.patient_world(), corrections=CORRECTIONS)


@pytest.fixture
def out(tmp_path, patient):
    write(patient, tmp_path / "out")
    return tmp_path / "out"


def damage(out, change):
    document = json.loads((out / "assessment.json").read_text())
    change(document)
    (out / "assessment.json").write_text(json.dumps(document))


# ---------------------------------------------------------------------- round trip


def test_what_is_read_back_is_what_was_written_to_the_last_digit(out, patient):
    assert to_text(read(out)) == to_text(patient)


def test_label_maps_come_back_pixel_by_pixel(out, patient):
    again = read(out)
    assert all(np.array_equal(again.maps[film].labels, found.labels) for film, found in patient.maps.items())


def test_every_kind_of_correction_comes_back_as_itself(out):
    again = read(out).corrections
    assert [type(c) for c in again] == [type(c) for c in CORRECTIONS]
    assert again[1].point.tolist() == [1 / 3, 2.0]
    assert again[4] == CORRECTIONS[4]


def test_read_back_registrations_carry_points_to_the_same_place(out, patient):
    place = np.array([[118.0, 106.0]])
    assert read(out).registrations[1].carry(place).tolist() == patient.registrations[1].carry(place).tolist()


def test_films_are_not_kept(out):
    assert read(out).patient is None


def test_numbers_that_json_lacks_come_back(tmp_path, patient):
    hand = patient.hands[0]
    lost = dataclasses.replace(hand.landmarks, points=np.full((21, 2), np.nan))
    write(dataclasses.replace(patient, hands=(dataclasses.replace(hand, landmarks=lost),)), tmp_path / "out")
    assert np.isnan(read(tmp_path / "out").hands[0].landmarks.points).all()


def test_points_are_written_x_first(out, patient):
    document = json.loads((out / "assessment.json").read_text())
    assert document["hands"][0]["landmarks"]["points"][8] == [97.0, 75.0]
    assert document["deposits"][0]["position"] == [106.0, 118.0]


def test_what_is_unclear_comes_back_and_is_written_x_first(tmp_path, patient):
    site = patient.deposits[0].site
    lump = UnclearPlace(patient.films[0].film, "L", site, np.array([200.0, 1 / 3]), 30.5, 80.25, "mm2")
    write(dataclasses.replace(patient, unclear=(lump,)), tmp_path / "out")
    document = json.loads((tmp_path / "out" / "assessment.json").read_text())
    assert document["unclear"][0]["position"] == [1 / 3, 200.0]
    (again,) = read(tmp_path / "out").unclear
    assert again.position.tolist() == [200.0, 1 / 3]
    assert (again.film, again.site, again.radius_px, again.area) == (lump.film, site, 30.5, 80.25)


def test_matrices_are_written_for_x_first(out, patient):
    document = json.loads((out / "assessment.json").read_text())
    matrix, ours = np.array(document["registrations"][0]["common"]), patient.registrations[0].common
    assert (matrix @ [7.0, 5.0, 1.0])[:2].tolist() == pytest.approx((ours @ [5.0, 7.0, 1.0])[1::-1].tolist())


def test_the_same_assessment_gives_the_same_bytes(out, tmp_path, patient):
    write(patient, tmp_path / "again")
    files = [path.relative_to(out) for path in out.rglob("*") if path.is_file()]
    assert files
    assert all((out / name).read_bytes() == (tmp_path / "again" / name).read_bytes() for name in files)


# ---------------------------------------------------------------------- masks


def test_a_mask_lies_on_the_films_own_grid_as_uint16(out):
    mask = tifffile.imread(out / "masks" / "left_1988.tif")
    assert (mask.shape, mask.dtype) == (worlds.SHAPE, np.uint16)


def test_both_specks_of_a_split_deposit_have_one_label_in_the_mask(out):
    mask = tifffile.imread(out / "masks" / "left 1984.tif")
    assert set(np.unique(mask)) == {0, 1, 2, 3, 4}  # labels 4 and 5 are L05


@pytest.mark.parametrize(
    ("films", "masks"),
    [
        (["a.tif"], ["masks/a.tif"]),
        (["a.tif", "a.dcm"], ["masks/a.tif.tif", "masks/a.dcm.tif"]),
        (["1983/a.dcm", "1984/a.dcm"], ["masks/1983/a.tif", "masks/1984/a.tif"]),
        (["1.2.840.77"], ["masks/1.2.840.77.tif"]),
        (["a.TIFF", "A.png"], ["masks/a.TIFF.tif", "masks/A.png.tif"]),
    ],
)
def test_a_masks_name_is_the_films_with_tif_and_is_never_shared(films, masks):
    assert [str(mask_path(film, films)) for film in films] == masks


def test_a_films_name_that_leads_out_of_the_folder_is_refused():
    with pytest.raises(OutputError, match=r"inside its patient's folder, came '\.\./a\.tif'"):
        mask_path("../a.tif", [])


# ---------------------------------------------------------------------- damage


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(schema_version=99), "expected schema version 6, came 99"),
        (lambda d: d.update(schema="other"), "expected the schema 'lesionmeter assessment', came 'other'"),
        (lambda d: d.pop("patient_id"), "assessment: expected patient_id, came nothing"),
        (lambda d: d.update(films={}), "assessment.films: expected list, came {}"),
        (lambda d: d.update(surplus=1), "came 'surplus'"),
        (lambda d: d.pop("settings"), "assessment: expected settings, came nothing"),
        (lambda d: d.update(settings=[]), r"assessment.settings: expected dict, came \[\]"),
        (lambda d: d.update(registrations=3), "assessment.registrations: expected list, came 3"),
        (
            lambda d: d["registrations"][0].update(motions=[3]),
            r"registrations\[0\].motions\[0\]: expected dict, came 3",
        ),
        (lambda d: d["registrations"][0]["motions"][0].update(error_mm="x"), "error_mm: expected a number, came 'x'"),
        (lambda d: d["films"][0].update(date="1983-13"), r"films\[0\].date: month must be in 1..12"),
        (lambda d: d["films"][0].update(status="fine"), "'fine' is not a valid Status"),
        (lambda d: d["films"][0]["spacing"].update(row_mm=-1), "expected a positive number of millimetres"),
        (lambda d: d["films"][0]["spacing"].update(cv="x"), "expected a number, came 'x'"),
        (lambda d: d["deposits"][0].update(position=[1.0]), "expected 2 values, came 1"),
        (lambda d: d["hands"][0]["landmarks"].update(points=[["a", 1]]), "expected an array of numbers"),
        (lambda d: d["corrections"][0].update(kind="Wish"), "expected one of ScaleCorrection, .* came 'Wish'"),
        (lambda d: d["maps"][worlds.FILMS[0]]["labels"].update(shape=[2, 2]), r"expected a mask of \(2, 2\) pixels"),
    ],
)
def test_a_damaged_document_is_one_line_that_names_the_place(out, change, message):
    damage(out, change)
    with pytest.raises(OutputError, match=message) as caught:
        read(out)
    assert "\n" not in str(caught.value)


def test_a_document_that_breaks_off_is_refused(out):
    text = (out / "assessment.json").read_text()
    (out / "assessment.json").write_text(text[: len(text) // 2])
    with pytest.raises(OutputError, match="expected JSON, came a text that breaks off"):
        read(out)


def test_a_missing_mask_is_named(out):
    (out / "masks" / "left_1988.tif").unlink()
    with pytest.raises(OutputError, match=r"left_1988\.tif: expected the film's mask, came no such file"):
        read(out)


def test_a_mask_that_is_no_tiff_is_named(out):
    (out / "masks" / "left_1988.tif").write_text("hello")
    with pytest.raises(OutputError, match=r"left_1988\.tif: expected a TIFF mask"):
        read(out)


def test_a_folder_that_is_no_output_is_refused(tmp_path):
    with pytest.raises(OutputError, match=r"expected an output of lesionmeter with assessment\.json, came none"):
        read(tmp_path)


# ---------------------------------------------------------------------- whole or not at all


def test_a_run_that_fails_leaves_the_last_complete_output(out, patient):
    def half_a_run():
        with replacing(out) as stage:
            (stage / "assessment.json").write_text("half")
            raise RuntimeError("full disk")

    with pytest.raises(RuntimeError, match="full disk"):
        half_a_run()
    assert read(out).patient_id == "P017"
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_a_new_output_takes_the_whole_place_of_the_old(out, patient):
    write(worlds.without_deposits(patient), out)
    assert [path.relative_to(out).as_posix() for path in out.rglob("*.tif")] == ["masks/1983/left.tif"]


def test_files_that_lesionmeter_did_not_write_stay(out, patient):
    (out / "notes").mkdir()
    (out / "notes" / "mine.txt").write_text("keep me")
    write(patient, out)
    assert (out / "notes" / "mine.txt").read_text() == "keep me"


def test_an_output_that_was_moved_aside_when_a_run_was_killed_comes_back(out):
    out.rename(out.with_name(".out.previous"))
    assert read(out).patient_id == "P017"
    assert not out.with_name(".out.previous").exists()


def test_what_a_killed_run_left_beside_the_output_is_removed(out):
    left = out.with_name(f".out.partial-{platform.node()}-999999999")
    left.mkdir()
    read(out)
    assert not left.exists()


def test_what_a_running_process_writes_is_left_alone(out):
    running = out.with_name(f".out.partial-{os.getppid()}")
    running.mkdir()
    read(out)
    assert running.exists()


@pytest.mark.parametrize("name", ["out", "new/deeper/out"])
def test_a_missing_or_empty_folder_is_made(name, tmp_path, patient):
    (tmp_path / "out").mkdir()
    write(patient, tmp_path / name)
    assert is_output(tmp_path / name)


def test_a_folder_with_anything_else_in_it_is_not_replaced(tmp_path, patient):
    (tmp_path / "thesis.docx").write_text("ten years")
    with pytest.raises(OutputError, match=r"came a folder without assessment\.json that holds 'thesis.docx'"):
        write(patient, tmp_path)
    assert (tmp_path / "thesis.docx").exists()


def test_a_file_is_not_replaced_by_a_folder(tmp_path, patient):
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputError, match=r"expected a new or empty folder, .* came a file"):
        write(patient, tmp_path / "out")


@pytest.mark.parametrize("out", ["films/out", "films", "."])
def test_an_output_in_or_around_the_patients_folder_is_refused(out, tmp_path):
    (tmp_path / "films").mkdir()
    (tmp_path / "assessment.json").write_text("{}")
    with pytest.raises(OutputError, match="expected an output folder outside the patient's folder"):
        check_target(tmp_path / out, tmp_path / "films")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="an administrator may write everywhere")
def test_a_place_that_cannot_be_written_is_one_line(tmp_path, patient):
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(OutputError, match="expected a place that can be written, came Permission denied"):
        write(patient, tmp_path / "locked" / "out")


def test_a_name_under_a_file_is_one_line(tmp_path, patient):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="expected a place that can be written, came"):
        write(patient, tmp_path / "file" / "out")


def test_saving_into_a_stage_writes_nothing_else(tmp_path, patient):
    save(patient, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["assessment.json", "masks"]


def test_an_output_of_the_schema_before_is_still_read(out):
    damage(out, lambda d: d.update(schema_version=1))
    assert read(out).patient_id == "P017"


def test_a_bone_of_an_earlier_schema_keeps_its_one_error_everywhere(out):
    def as_it_was(document):
        document.update(schema_version=2)
        for registration in document["registrations"]:
            for motion in registration["motions"]:
                del motion["doubt"]
                motion["error_mm"] = 0.4

    damage(out, as_it_was)
    motion = read(out).registrations[0].motions[0]
    assert motion.error_mm == pytest.approx(0.4)


def test_an_area_of_an_earlier_schema_has_no_choice_left_open(out):
    def as_it_was(document):
        document.update(schema_version=4)
        for row in document["deposits"]:
            if row["measurement"]:
                assert row["measurement"].pop("sd_choice") > 0

    damage(out, as_it_was)
    assert {row.measurement.sd_choice for row in read(out).deposits if row.measurement} == {0.0}


def test_a_setting_that_is_no_more_is_left_out_of_an_earlier_document(out):
    damage(out, lambda d: d.update(schema_version=4, settings={"segmentation": {"threshold": 0.9, "largest_mm": 6.0}}))
    assert read(out).settings == {"segmentation": {"threshold": 0.9}}


def test_values_that_are_no_correction_are_refused():
    with pytest.raises(OutputError, match=r"expected one of ScaleCorrection, .* came 'Wish'"):
        correction_from_plain({"kind": "Wish"})
