"""Tables: the contract's columns, empty for unknown, safe to open in a spreadsheet."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from lesionmeter.errors import UsageError
from lesionmeter.model.deposit import one_label_each
from lesionmeter.model.film_pair import Control, FilmPair
from lesionmeter.report.tables import (
    TABLES,
    changes_table,
    deposits_table,
    dictionary_markdown,
    films_table,
    landmarks_table,
    pairs_table,
    registration_table,
    write_landmarks,
    write_tables,
)
from tests import worlds

PROMISED = {
    "films": "patient_id film sha256 date date_source hands rows columns bits polarity spacing_mm spacing_source "
    "spacing_cv status reason",
    "landmarks": "film hand landmark name x y confidence origin",
    "registration": "film_from film_to hand bone correlation rotation_deg scale shift_mm status reason "
    "length_ratio width_ratio turn_deg pose error_mm",
    "deposits": "patient_id film date hand ray site aspect deposit mask_label x y area_mm2 area_lo_mm2 area_hi_mm2 "
    "bone_overlap status reason origin spacing_source",
    "changes": "patient_id level hand ray site deposit date_from date_to years area_from_mm2 area_to_mm2 change_mm2 "
    "change_lo_mm2 change_hi_mm2 change_pct log_ratio log_ratio_lo log_ratio_hi rate_pct_per_year n_from n_to call "
    "wording reason",
    "pairs": "patient_id film_from film_to hand date_from date_to control control_bones control_log_ratio "
    "control_log_ratio_lo control_log_ratio_hi control_sd control_allowed error_floor_pct contrast_from contrast_to "
    "edge_from_mm edge_to_mm reason",
}


@pytest.fixture(scope="module")
def patient():
    return worlds.patient_world()


def row_of(table, **cells):
    chosen = table
    for column, cell in cells.items():
        chosen = chosen[chosen[column] == cell]
    assert len(chosen) == 1
    return chosen.iloc[0]


@pytest.mark.parametrize("table", PROMISED)
def test_each_table_begins_with_the_promised_columns_in_order(table):
    promised = PROMISED[table].split()
    assert [column.name for column in TABLES[table]][: len(promised)] == promised


@pytest.mark.parametrize("table", PROMISED)
def test_an_empty_assessment_has_tables_with_columns_and_no_rows(table, tmp_path, patient):
    write_tables(dataclasses.replace(worlds.without_deposits(patient), films=(), hands=()), tmp_path)
    read = pd.read_csv(tmp_path / f"{table}.csv")
    assert read.empty
    assert list(read.columns) == [column.name for column in TABLES[table]]


def test_a_measured_deposit_shows_its_area_with_its_interval(patient):
    row = row_of(deposits_table(patient), deposit="L01", film=worlds.FILMS[0])
    assert (row["area_mm2"], row["area_lo_mm2"], row["area_hi_mm2"]) == (28.27, 24.03, 32.52)  # pi 3 mm squared
    assert (row["ray"], row["site"], row["aspect"]) == (2, "2 middle phalanx", "radial")


def test_x_is_the_column_and_y_the_row(patient):
    row = row_of(deposits_table(patient), deposit="L01", film=worlds.FILMS[0])
    assert (row["x"], row["y"]) == (106.0, 118.0)


def test_an_absent_deposit_has_area_0_up_to_the_detection_limit_and_no_mask_label(patient):
    row = row_of(deposits_table(patient), deposit="L03", film=worlds.FILMS[2])
    assert (row["status"], row["area_mm2"], row["area_hi_mm2"]) == ("absent", 0.0, 1.2)
    assert row["mask_label"] is pd.NA


def test_a_deposit_that_is_not_assessable_has_a_reason_and_no_area(patient):
    row = row_of(deposits_table(patient), deposit="L05", film=worlds.FILMS[2])
    assert (row["status"], row["reason"]) == ("not assessable", "little finger's tip is off the film")
    assert np.isnan(row["area_mm2"])


def test_a_split_deposit_has_the_smallest_of_its_labels(patient):
    row = row_of(deposits_table(patient), deposit="L05", film=worlds.FILMS[1])
    assert row["mask_label"] == 4


def test_identities_that_share_a_label_share_one_number():
    assert one_label_each([(3,), (5,), (5, 3), (), (8,)]) == {3: 3, 5: 3, 8: 8}


@pytest.mark.parametrize("table", [deposits_table, changes_table])
def test_films_of_unknown_scale_never_show_mm2(table, patient):
    made = table(worlds.unknown_scale(patient))
    assert made.filter(like="mm2").isna().all(axis=None)


def test_films_of_unknown_scale_still_show_ratios(patient):
    made = changes_table(worlds.unknown_scale(patient))
    row = row_of(made, deposit="L01", date_from="1983-04-18", date_to="1984-05-02")
    assert (row["change_pct"], row["log_ratio"]) == (-43.8, -0.5754)  # (4.5 / 6) squared


def test_a_date_of_unknown_day_stays_a_year_and_widens_the_years(patient):
    row = row_of(changes_table(patient), level="patient", date_from="1983-04-18", date_to="1988")
    assert row["years_lo"] < row["years"] < row["years_hi"]
    assert row["years_hi"] - row["years_lo"] == pytest.approx(1.0, abs=0.02)


def test_a_change_at_hand_level_names_no_ray_site_or_deposit(patient):
    rows = changes_table(patient).query("level == 'hand'")
    assert rows[["ray", "site", "deposit"]].isna().all(axis=None)
    assert set(rows["hand"]) == {"L"}


def test_a_film_shows_where_its_scale_comes_from(patient):
    row = row_of(films_table(patient), film=worlds.FILMS[1])
    assert (row["spacing_mm"], row["spacing_source"], row["spacing_cv"]) == (0.5, "resolution tag", 0.01)


def test_a_pair_shows_its_control_its_error_floor_and_what_makes_it_unlike(patient):
    control = Control(0.2, 0.18, 0.22, spread=0.05, bones=19, allowed=0.08)
    pair = FilmPair("a.tif", "b.tif", "L", None, None, control, flags=("blur: one against other",))
    row = pairs_table(dataclasses.replace(patient, pairs=(pair,))).iloc[0]
    assert (row["control"], row["control_bones"], row["error_floor_pct"]) == ("off", 19, 34.7)  # e^(0.2 + 1.96 * 0.05)
    assert row["reason"] == "blur: one against other"


def test_a_pair_without_a_control_says_why(patient):
    pair = FilmPair("a.tif", "b.tif", "L", None, None, None, "registration of b.tif was refused")
    row = pairs_table(dataclasses.replace(patient, pairs=(pair,))).iloc[0]
    assert (row["control"], row["reason"]) == ("not measured", "registration of b.tif was refused")
    assert pd.isna(row["control_log_ratio"])


def test_a_landmark_table_has_21_rows_a_hand(patient):
    made = landmarks_table(patient.hands)
    assert len(made) == 63
    assert row_of(made, film=worlds.FILMS[0], landmark=8)[["name", "x", "y"]].tolist() == ["2 tip", 97.0, 75.0]


def test_a_bone_that_was_not_matched_says_why(patient):
    row = row_of(registration_table(patient), film_to=worlds.FILMS[1], bone="5 distal phalanx")
    assert (row["status"], row["reason"]) == ("not matched", "correlation 0.42, expected 0.6")


def test_a_refused_pair_is_refused_bone_by_bone(patient):
    made = registration_table(worlds.refused_pair(patient)).query(f"film_to == '{worlds.FILMS[2]}'")
    assert set(made["status"]) == {"refused"}
    assert made["reason"].str.startswith("median bone correlation").all()


def test_a_refused_pair_without_bones_still_has_a_row(patient):
    refused = dataclasses.replace(worlds.refused_pair(patient).registrations[1], motions=())
    made = registration_table(dataclasses.replace(patient, registrations=(refused,)))
    assert made["status"].tolist() == ["refused"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_file_name_that_looks_like_a_formula_is_made_safe(start, tmp_path, patient):
    film = dataclasses.replace(patient.films[0], film=f"{start}1+2.tif")
    write_tables(dataclasses.replace(patient, films=(film,)), tmp_path, ("xlsx",))
    assert pd.read_csv(tmp_path / "films.csv")["film"].tolist() == [f"'{start}1+2.tif"]
    assert pd.read_excel(tmp_path / "tables.xlsx")["film"].tolist() == [f"'{start}1+2.tif"]


def test_a_negative_number_is_no_formula(tmp_path, patient):
    write_tables(patient, tmp_path)
    assert pd.read_csv(tmp_path / "changes.csv")["change_mm2"].min() == -37.7


def test_csv_lines_end_in_a_line_feed_and_texts_are_utf8(tmp_path, patient):
    write_tables(dataclasses.replace(patient, patient_id="Ærø-3"), tmp_path)
    written = (tmp_path / "films.csv").read_bytes()
    assert b"\r" not in written
    assert "Ærø-3" in written.decode("utf-8")


@pytest.mark.parametrize("table", PROMISED)
def test_parquet_and_workbook_hold_what_the_csv_holds(table, tmp_path, patient):
    write_tables(patient, tmp_path, ("xlsx", "parquet"))
    csv = pd.read_csv(tmp_path / f"{table}.csv")
    assert pd.read_parquet(tmp_path / f"{table}.parquet").shape == csv.shape
    assert pd.read_excel(tmp_path / "tables.xlsx", sheet_name=table).shape == csv.shape


def test_an_unknown_export_is_refused(tmp_path, patient):
    with pytest.raises(UsageError, match="expected xlsx or parquet, came 'sas'"):
        write_tables(patient, tmp_path, ("sas",))


def test_landmarks_of_single_films_have_the_columns_of_the_table(tmp_path, patient):
    write_landmarks(patient.hands[:1], tmp_path / "l.csv")
    read = pd.read_csv(tmp_path / "l.csv")
    assert list(read.columns) == PROMISED["landmarks"].split()
    assert len(read) == 21


def test_the_data_dictionary_explains_every_column():
    text = dictionary_markdown()
    assert all(f"| `{column.name}` |" in text for columns in TABLES.values() for column in columns)


def test_the_data_dictionary_in_the_documentation_is_up_to_date(repository):
    assert (repository / "docs" / "columns.md").read_text(encoding="utf-8") == dictionary_markdown()
