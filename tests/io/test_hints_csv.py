"""hints.csv holds clicks that lie on films."""

import pytest

from lesionmeter.errors import StudyError
from lesionmeter.io.hints_csv import read_hints_csv

FILES = ("a.tif", "refused.tif")
SHAPES = {"a.tif": (100, 50)}


@pytest.fixture
def table(tmp_path):
    """Write a hints.csv and read it; a.tif has 100 rows and 50 columns."""

    def write_and_read(text):
        path = tmp_path / "hints.csv"
        path.write_text(text)
        return read_hints_csv(path, FILES, SHAPES)

    return write_and_read


def test_x_is_the_column_and_y_the_row(table):
    (hint,), remarks = table("file,x,y,deposit\na.tif,12.5,80,index\n")
    assert (hint.film, hint.point.tolist(), hint.deposit) == ("a.tif", [80.0, 12.5], "index")
    assert remarks == ()


def test_the_deposits_name_may_be_left_out(table):
    hints, _ = table("file,x,y\na.tif,1,2\na.tif,3,4\n")
    assert [hint.deposit for hint in hints] == ["", ""]


def test_clicks_on_a_film_that_was_not_read_are_remarked(table):
    hints, remarks = table("file,x,y,who\nrefused.tif,1,2,me\n")
    assert hints == ()
    assert remarks == (
        "hints.csv: clicks on refused.tif are not used: it is not among the films read",
        "hints.csv: not read: who",
    )


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("a.tif,60,80,", r"line 2: expected a pixel of 50 x 100 .x, y., came 60, 80"),
        ("a.tif,-1,80,", r"line 2: expected a pixel of 50 x 100 .x, y., came -1, 80"),
        ("a.tif,five,80,", "line 2: x: expected a number, came five"),
        ("a.tif,5,,", "line 2: y: expected a number, came an empty cell"),
        ("b.tif,5,6,", "line 2: expected a file of the folder, came b.tif"),
        ("a.tif,5,6,\na.tif,5,6,", "line 3: repeats another click"),
        ("a.tif,5,6,k\na.tif,7,8,k", "line 3: repeats another click"),
    ],
)
def test_a_faulty_click_is_refused(table, rows, message):
    with pytest.raises(StudyError, match=f"hints.csv: {message}"):
        table(f"file,x,y,deposit\n{rows}\n")
