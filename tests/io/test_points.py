"""Tables of points: what is asked, where it went, and the user's own columns kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from lesionmeter.errors import UsageError
from lesionmeter.io.points import read_points, write_carried
from lesionmeter.model.points import AskedPoint, CarriedPoint

ASKED = AskedPoint("a.tif", "p1", (20.0, 10.5), {"bone": "2 distal phalanx"})


def table(tmp_path: Path, text: str) -> Path:
    (tmp_path / "points.csv").write_text(text, encoding="utf-8")
    return tmp_path / "points.csv"


def test_x_is_the_column_and_other_columns_are_kept(tmp_path: Path) -> None:
    path = table(tmp_path, "film,point,x,y,bone\na.tif,p1,10.5,20,2 distal phalanx\n")
    assert read_points(path) == (ASKED,)


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    assert read_points(table(tmp_path, "\ufefffilm,point,x,y\na.tif,p1,1,2\n"))[0].film == "a.tif"


@pytest.mark.parametrize(
    ("text", "came"),
    [
        ("", "one without rows"),
        ("film,point,x,y\n", "one without rows"),
        ("film,x\na.tif,1\n", "one without point, y"),
        ("film,point,x,y\na.tif,p,1,\n", "line 2: x='1', y=''"),
        ("film,point,x,y\na.tif,p,nan,2\n", "line 2: x='nan', y='2'"),
        ("film,point,x,y\na.tif,p\n", "line 2: x=None, y=None"),
    ],
)
def test_a_faulty_table_is_told_by_what_came(text: str, came: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"came {came}"):
        read_points(table(tmp_path, text))


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected a CSV of points, came FileNotFoundError"):
        read_points(tmp_path / "points.csv")


def test_carried_points_are_written_with_their_own_columns(tmp_path: Path) -> None:
    there = CarriedPoint(ASKED, "b.tif", (21.0, 11.25), 0.1, ok=True)
    lost = CarriedPoint(ASKED, "c.tif", None, None, ok=False, reason="registration refused: another hand")
    write_carried([there, lost], tmp_path / "new" / "carried.csv")
    assert (tmp_path / "new" / "carried.csv").read_text().splitlines() == [
        "film,point,x,y,ok,reason,error_mm,bone",
        "b.tif,p1,11.250,21.000,true,,0.100,2 distal phalanx",
        "c.tif,p1,,,false,registration refused: another hand,,2 distal phalanx",
    ]


def test_writing_leaves_nothing_half_done_behind(tmp_path: Path) -> None:
    write_carried([], tmp_path / "carried.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["carried.csv"]
