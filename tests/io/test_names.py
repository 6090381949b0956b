"""File names tell a film's date and side, and nothing that is not there."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lesionmeter.io.names import dates_in, not_an_exam_date, side_in
from lesionmeter.model.dates import PartialDate

TODAY = dt.date(2026, 11, 22)


def dates(name):
    return [(str(date), source) for date, source in dates_in(name, TODAY)]


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("hand_L_1983-04-18.tif", "1983-04-18"),
        ("19830418_hand.tif", "1983-04-18"),
        ("hand_1983_04_18.tif", "1983-04-18"),
        ("12345678_1983-04.tif", "1983-04"),
        ("hand 1983-04.tif", "1983-04"),
        ("hand_1983.tif", "1983"),
    ],
)
def test_a_date_in_the_file_name_is_found(name, date):
    assert dates(name) == [(date, "file name")]


@pytest.mark.parametrize(
    "name",
    [
        "123419830418.tif",
        "IMG_1983.jpg",
        "1.2.840.10008.1983.5.dcm",
        "scan_2048.png",
        "hand_1024.png",
        "2000x2500.png",
        "hand_1983-13-40.tif",
        "from 1983-04-18 to 1984-05-02.tif",
    ],
)
def test_digits_that_are_no_date_are_left_alone(name):
    assert dates(name) == []


def test_the_date_may_stand_in_the_folders_name():
    assert dates("1983-04-18/left.tif") == [("1983-04-18", "folder name")]


@given(st.dates(dt.date(1896, 1, 1), TODAY))
def test_every_full_date_is_read_back_from_a_name(day):
    date = PartialDate(day.year, day.month, day.day)
    for written in (str(date), day.strftime("%Y%m%d")):
        assert dates_in(f"hand_{written}_L.tif", TODAY) == ((date, "file name"),)


@given(st.dates(dt.date(1000, 1, 1)), st.sampled_from([4, 7, 10]))
def test_a_partial_date_survives_writing_and_reading(day, digits):
    text = day.isoformat()[:digits]
    assert str(PartialDate.parse(text)) == text


@pytest.mark.parametrize(
    ("name", "side"),
    [
        ("dev_L_1983.tif", "L"),
        ("hand-right.png", "R"),
        ("x_LR_y.tif", "LR"),
        ("R_and_L.tif", "LR"),
        ("Lateral_view.tif", ""),
        ("scan_r2.tif", ""),
        ("L/film.tif", ""),
    ],
)
def test_the_side_is_a_word_of_its_own_in_the_file_name(name, side):
    assert side_in(name) == side


@pytest.mark.parametrize(
    ("date", "reason"),
    [
        (PartialDate(2026, 11, 23), ""),
        (PartialDate(2026, 11, 24), "lies in the future"),
        (PartialDate(2026), ""),
        (PartialDate(1895), ""),
        (PartialDate(1894, 12), "is older than radiography"),
        (PartialDate(1900, 1, 1), "is a placeholder"),
        (PartialDate(1900), ""),
    ],
)
def test_dates_of_no_exam_are_told(date, reason):
    assert not_an_exam_date(date, TODAY) == reason
