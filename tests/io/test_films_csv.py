"""films.csv is read forgivingly and believed strictly."""

import datetime as dt

import pytest

from lesionmeter.errors import StudyError
from lesionmeter.io.films_csv import read_films_csv
from lesionmeter.model.dates import PartialDate
from lesionmeter.model.geometry import SpacingSource
from lesionmeter.model.radiograph import Polarity

TODAY = dt.date(2026, 11, 22)
FILES = ("a.tif", "sub/b.tif")


@pytest.fixture
def table(tmp_path):
    """Write a films.csv and read it."""

    def write_and_read(text):
        path = tmp_path / "films.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_films_csv(path, FILES, TODAY)

    return write_and_read


def test_every_column_is_read(table):
    statements, remarks = table("file,date,hand,spacing_mm,polarity\na.tif,1983-04,LR,0.127,inverted\n")
    stated = statements["a.tif"]
    assert (stated.date, stated.hand, stated.polarity) == (PartialDate(1983, 4), "LR", Polarity.INVERTED)
    assert stated.spacing is not None
    assert (stated.spacing.row_mm, stated.spacing.source) == (0.127, SpacingSource.FILMS_CSV)
    assert remarks == ()


def test_columns_and_cells_may_be_left_out(table):
    statements, _ = table("file,hand\na.tif,\n")
    assert statements["a.tif"].hand == ""
    assert statements["a.tif"].spacing is None


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbffile,spacing_mm\na.tif,0.5\n",
        b"file,spacing_mm\r\na.tif,0.5\r\n\r\n",
        b"file;spacing_mm\na.tif;0,5\n",
        b"File\tSpacing_mm\n a.tif \t 0.5 \n,,\n".replace(b"\n,,", b""),
        b"spacing_mm,file\n0.5,.\\a.tif\n",
    ],
    ids=["byte-order mark", "CRLF", "semicolons and decimal comma", "tabs and capitals", "backslash"],
)
def test_how_spreadsheets_write_it_does_not_matter(table, text):
    spacing = table(text)[0]["a.tif"].spacing
    assert spacing is not None
    assert spacing.row_mm == 0.5


def test_unknown_columns_are_remarked(table):
    assert table("file,kvp,note\na.tif,55,x\n")[1] == ("films.csv: not read: kvp, note",)


def test_all_faults_come_in_one_message(table):
    with pytest.raises(StudyError) as raised:
        table("file,date,hand,spacing_mm,polarity\na.tif,18.4.83,X,5,negative\nc.tif,2099,,,\n")
    assert str(raised.value) == (
        "films.csv: line 2: date: expected a date as YYYY, YYYY-MM or YYYY-MM-DD, came '18.4.83'; "
        "line 2: hand: expected L, R or LR, came X; "
        "line 2: spacing_mm: expected 0.01 to 2 mm a pixel, came 5; "
        "line 2: polarity: expected normal or inverted, came negative; "
        "line 3: date: expected the date of an exam, came 2099, which lies in the future; "
        "line 3: expected a file of the folder, came c.tif"
    )


def test_a_file_of_nearly_that_name_is_offered(table):
    with pytest.raises(StudyError, match=r"expected a file of the folder, came A.tiff .there is a.tif."):
        table("file\nA.tiff\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"file,date\na.tif,1983\na.tif,1984\n", "line 3: a.tif stands there twice"),
        (b"name,date\na.tif,1983\n", "expected the columns file, came name, date"),
        (b"", "expected the columns file, came none"),
        (b"file,date,date\na.tif,1983,1984\n", "expected each column once, came date twice"),
        (b"file,date\na.tif,1983,L\n", "line 2: expected 2 cells, came 3"),
        (b"file\n\xe4.tif\n", "expected UTF-8 text, came other bytes at 5"),
        (b"file,date\n,1983\n", "line 2: expected a file, came an empty cell"),
        (b"file,spacing_mm\na.tif,nan\n", "expected 0.01 to 2 mm a pixel, came nan"),
    ],
)
def test_a_faulty_table_is_refused(table, text, message):
    with pytest.raises(StudyError, match=f"films.csv: .*{message}"):
        table(text)
