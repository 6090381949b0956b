"""A de-identified folder tells nothing of whom it shows, measures as before, and its owner can bring it back."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import numpy as np
import pydicom
import pytest

from lesionmeter.errors import LesionmeterError, OutputError, StudyError
from lesionmeter.io.deidentify import deidentify, preview, undo
from lesionmeter.io.deidentify.key import read_key
from lesionmeter.io.deidentify.zones import hand_zones
from lesionmeter.io.study import read_patient
from lesionmeter.model.dates import PartialDate
from tests.io.deidentify.named_films import (
    ID,
    LETTERS,
    NAME,
    TELLTALES,
    film,
    hands,
    named_dicom,
    output_bytes,
    pixels,
    write_named_patient,
    write_named_scans,
)


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path, Path]:
    """The patient's folder, the output, and the key."""
    return write_named_patient(tmp_path / "Anna"), tmp_path / "out", tmp_path / "keys" / "trial.key"


@pytest.fixture
def scans(tmp_path: Path) -> tuple[Path, Path, Path]:
    return write_named_scans(tmp_path / "Example_Anna"), tmp_path / "out", tmp_path / "trial.key"


def test_no_byte_of_the_output_tells_who_it_was(places):
    folder, out, key = places
    uids = {str(e.value).encode() for e in named_dicom().iterall() if e.VR == "UI" and "10008" not in str(e.value)}
    assert len(uids) == 3
    deidentify(folder, out, key, hands)
    told = output_bytes(out) + (out.parent / "out.changes.csv").read_bytes()
    assert [telltale for telltale in (*TELLTALES, *uids) if telltale in told] == []


def test_no_byte_of_a_scan_tells_who_it_was(scans):
    deidentify(*scans, hands)
    told = output_bytes(scans[1])
    assert [telltale for telltale in (*TELLTALES, b"1984-05-02", b"1988-06-09") if telltale in told] == []


def test_the_log_names_every_attribute_that_changed_and_holds_no_value(places):
    folder, out, key = places
    deidentify(folder, out, key, hands)
    rows = list(csv.DictReader((out.parent / "out.changes.csv").read_text().splitlines()))
    acts = {row["attribute"]: row["act"] for row in rows if row["film"] == "film01.dcm" and row["attribute"]}
    assert acts["(0010,0010)"] == "emptied"
    assert acts["(0008,0020)"] == "date moved"
    assert acts["(0020,000D)"] == "UID replaced"
    assert acts["(0009,1001)"] == acts["(6000,3000)"] == "removed"
    assert acts["(0008,2112)[1](0008,1155)"] == "UID replaced"
    assert set(rows[0]) == {"patient", "film", "attribute", "name", "act"}


def test_the_object_says_by_which_profile_it_was_made(places):
    folder, out, key = places
    deidentify(folder, out, key, hands)
    made = pydicom.dcmread(out / "film01.dcm")
    codes = [item.CodeValue for item in made.DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113101", "113103", "113107"]
    assert (made.PatientIdentityRemoved, made.LongitudinalTemporalInformationModified) == ("YES", "MODIFIED")
    assert "BurnedInAnnotation" not in made  # nobody looked
    assert made.PatientID == made.PatientName == read_key(key).pseudonym(ID)


def test_dates_move_by_one_shift_and_the_interval_stays(places):
    folder, out, key = places
    deidentify(folder, out, key, hands)
    first, last = (film(out / name).date for name in ("film01.dcm", "film02.dcm"))
    assert first.earliest.year != 1983 or first.earliest.month != 4
    assert (last.earliest - first.earliest).days == 380


def test_a_uid_is_replaced_alike_wherever_it_stands(places):
    folder, out, key = places
    deidentify(folder, out, key, hands)
    made = pydicom.dcmread(out / "film01.dcm")
    assert made.SourceImageSequence[0].ReferencedSOPInstanceUID == made.SOPInstanceUID
    assert made.SOPInstanceUID != named_dicom().SOPInstanceUID
    assert made.SOPClassUID == named_dicom().SOPClassUID


def test_pixels_scale_and_side_stay_but_for_the_letters(places):
    folder, out, key = places
    deidentify(folder, out, key, hands)
    before, after = film(folder / "Example_Anna_1983-04-18.dcm"), film(out / "film01.dcm")
    changed = before.pixels != after.pixels
    written = pixels() != pixels(with_letters=False)
    assert changed[written].all()
    assert not (changed & hand_zones(before.pixels, hands(before)).hand).any()
    assert changed.mean() < 0.03
    assert (before.claims, before.laterality, before.bits) == (after.claims, after.laterality, after.bits)


def test_scans_keep_their_values_resolution_date_and_side(scans):
    folder, out, key = scans
    deidentify(folder, out, key, hands)
    before, after = read_patient(folder), read_patient(out)
    for one, other in zip(before.films, after.films, strict=True):
        assert one.pixels.dtype == other.pixels.dtype
        assert [(c.row_mm, c.column_mm) for c in one.claims] == [(c.row_mm, c.column_mm) for c in other.claims]
        assert one.laterality == other.laterality
        away = np.ones(one.shape, dtype=bool)
        away[LETTERS[0].start - 20 :, : LETTERS[1].stop + 20] = False
        assert (one.pixels[away] == other.pixels[away]).all()
    days = [[f.date.earliest.toordinal() for f in p.films] for p in (before, after)]
    assert np.diff(days[0]).tolist() == np.diff(days[1]).tolist()


def test_the_users_tables_are_carried_over(scans):
    folder, out, key = scans
    name = "Example_Anna_1983-04-18.tif"
    (folder / "films.csv").write_text(f"file,date,hand,spacing_mm,polarity,note\n{name},1983,L,0.171,inverted,Anna\n")
    (folder / "hints.csv").write_text(f"file,x,y,deposit\n{name},106,118,Anna's big one\n{name},213,80,L07\n")
    deidentify(folder, out, key, hands)
    after = read_patient(out)
    first = after.films[0]
    assert (first.date.month, first.laterality, first.polarity.value) == (None, "L", "inverted")
    assert first.claims[0].row_mm == 0.171
    assert [(hint.film, hint.point.tolist(), hint.deposit) for hint in after.hints] == [
        ("film01.tif", [118.0, 106.0], "hint1"),
        ("film01.tif", [80.0, 213.0], "L07"),
    ]


def test_the_key_is_its_owners_alone(places):
    deidentify(*places, hands)
    assert stat.S_IMODE(places[2].stat().st_mode) == 0o600


@pytest.mark.parametrize("inside", ["out", "Anna"])
def test_a_key_among_the_films_is_refused(places, inside):
    folder, out, _ = places
    with pytest.raises(OutputError, match="expected a key file kept apart from the films"):
        deidentify(folder, out, folder.parent / inside / "trial.key", hands)
    assert not out.exists()


def test_its_owner_undoes_it_with_the_key(places, tmp_path):
    folder, out, key = places
    deidentify(folder, out, key, hands)
    assert undo(out, tmp_path / "back", key) == 2
    for path in folder.iterdir():
        before, after = pydicom.dcmread(path), pydicom.dcmread(tmp_path / "back" / path.name)
        assert (before.pixel_array == after.pixel_array).all()
        assert {e.tag: e.value for e in before} == {e.tag: e.value for e in after}
        assert after.PatientName == NAME


def test_undone_scans_have_their_pixels_names_and_tables(scans, tmp_path):
    folder, out, key = scans
    (folder / "films.csv").write_text("file,date\nExample 1984-05-02 L.png,1984\n")
    deidentify(folder, out, key, hands)
    undo(out, tmp_path / "back", key)
    before, after = read_patient(folder), read_patient(tmp_path / "back")
    assert [Path(f.film).stem for f in before.films] == [Path(f.film).stem for f in after.films]
    assert [str(f.date) for f in before.films] == [str(f.date) for f in after.films]
    assert all((a.pixels == b.pixels).all() for a, b in zip(before.films, after.films, strict=True))


def test_another_key_undoes_nothing(places, tmp_path):
    folder, out, key = places
    deidentify(folder, out, key, hands)
    deidentify(write_named_scans(tmp_path / "other"), tmp_path / "out2", tmp_path / "other.key", hands)
    with pytest.raises(StudyError, match="expected a patient that the key knows, came another"):
        undo(out, tmp_path / "back", tmp_path / "other.key")
    assert not (tmp_path / "back").exists()


def test_a_later_film_of_a_known_patient_gets_the_same_id_and_shift(places, tmp_path):
    folder, out, key = places
    deidentify(folder, out, key, hands)
    named_dicom("1988-06-09", 2).save_as(folder / "Example_Anna_1988-06-09.dcm", enforce_file_format=True)
    deidentify(folder, tmp_path / "again", key, hands)
    assert film(out / "film01.dcm").date == film(tmp_path / "again" / "film01.dcm").date
    days = (film(tmp_path / "again" / "film03.dcm").date.earliest - film(out / "film01.dcm").date.earliest).days
    assert days == (PartialDate(1988, 6, 9).earliest - PartialDate(1983, 4, 18).earliest).days


def test_a_person_confirms_which_regions_are_blanked(places, tmp_path):
    folder, out, key = places
    assert preview(folder, tmp_path / "look", hands) == 2
    table = tmp_path / "look" / "regions.csv"
    kept = table.read_text().replace(",yes,", ",no,").splitlines()
    kept.append(f"{folder.name}_x.dcm,1,1,2,2,yes,")
    table.write_text("\n".join(kept[:-1]) + "\nExample_Anna_1984-05-02.dcm,300,400,10,5,yes,\n")
    deidentify(folder, out, key, hands, table)
    before = film(folder / "Example_Anna_1983-04-18.dcm").pixels
    assert (film(out / "film01.dcm").pixels == before).all()
    changed = np.argwhere(film(out / "film02.dcm").pixels != before)
    assert (changed.min(axis=0) >= (400, 300)).all()
    assert (changed.max(axis=0) <= (404, 309)).all()
    assert pydicom.dcmread(out / "film02.dcm").BurnedInAnnotation == "NO"


def test_a_confirmed_region_over_the_hand_leaves_the_hand(places, tmp_path):
    folder, out, key = places
    names = [path.name for path in sorted(folder.iterdir())]
    rows = [f"{name},0,0,320,420,yes," for name in names]
    (tmp_path / "r.csv").write_text("\n".join(["film,x,y,width,height,blank,hand", *rows]))
    deidentify(folder, out, key, hands, tmp_path / "r.csv")
    before, after = film(folder / names[0]).pixels, film(out / "film01.dcm").pixels
    hand = hand_zones(before, hands(film(folder / names[0]))).hand
    assert (before[hand] == after[hand]).all()
    assert len(np.unique(after[~hand])) == 1


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("{0},1,1,0,5,yes,", "expected x, y, width and height in pixels of the film"),
        ("{0},1,1,5,5,perhaps,", "expected yes or no, came perhaps"),
        ("{0},,,,,no,X", "hand: expected L, R, LR or nothing, came X"),
        ("{0},,,,,no,", "no row for Example_Anna_1984-05-02.dcm"),
    ],
)
def test_a_faulty_table_of_regions_is_refused(places, tmp_path, row, words):
    folder, out, key = places
    (tmp_path / "r.csv").write_text("film,x,y,width,height,blank,hand\n" + row.format("Example_Anna_1983-04-18.dcm"))
    with pytest.raises(StudyError, match=words):
        deidentify(folder, out, key, hands, tmp_path / "r.csv")
    assert not out.exists()


def test_where_no_hand_is_found_nothing_is_blanked_and_the_film_is_told(places):
    folder, out, key = places
    (row,) = deidentify(folder, out, key, lambda film: ())
    assert (row.regions, row.no_hand) == (0, ("film01.dcm", "film02.dcm"))


def test_each_patient_of_a_cohort_becomes_a_folder_and_a_bad_one_is_told(tmp_path):
    cohort, key = tmp_path / "cohort", tmp_path / "k.key"
    write_named_patient(cohort / "Anna")
    write_named_scans(cohort / "Bert")
    (cohort / "Carl").mkdir()
    rows = deidentify(cohort, tmp_path / "out", key, hands)
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(r.folder for r in rows if not r.failure)
    assert [bool(row.failure) for row in rows] == [False, False, True]
    assert undo(tmp_path / "out", tmp_path / "back", key) == 5
    assert sorted(path.name for path in (tmp_path / "back").iterdir()) == ["Anna", "Bert"]


def test_an_output_in_use_or_around_the_films_is_refused(places):
    folder, _, key = places
    (folder.parent / "used").mkdir()
    (folder.parent / "used" / "x").touch()
    with pytest.raises(LesionmeterError, match="expected a new or empty folder, came one in use"):
        deidentify(folder, folder.parent / "used", key, hands)
    with pytest.raises(OutputError, match="expected an output folder apart from"):
        deidentify(folder, folder / "out", key, hands)
