"""A file is written whole or not at all."""

import stat

import pytest

from lesionmeter.errors import OutputError
from lesionmeter.io.whole_file import write_whole


def test_a_file_takes_the_place_of_an_older_one_and_leaves_nothing_beside_it(tmp_path):
    path = tmp_path / "new" / "table.csv"
    write_whole(path, b"old")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert [each.name for each in path.parent.iterdir()] == ["table.csv"]


def test_a_private_file_can_be_read_by_its_owner_alone(tmp_path):
    write_whole(tmp_path / "key.json", b"{}", private=True)
    assert stat.S_IMODE((tmp_path / "key.json").stat().st_mode) == 0o600


def test_a_place_under_a_file_is_refused_in_one_line(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="expected a place that can be written, came"):
        write_whole(tmp_path / "file" / "table.csv", b"")
