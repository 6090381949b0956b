"""A file's kind is told from its first bytes."""

import pytest

from lesionmeter.errors import FilmError
from lesionmeter.io.kinds import Kind, NotAFilm, kind_of


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\0" * 128 + b"DICM", Kind.DICOM),
        (b"\x08\x00\x00\x00\x04\x00\x00\x00", Kind.DICOM),
        (b"II*\0", Kind.TIFF),
        (b"MM\0+", Kind.TIFF),
        (b"\x89PNG\r\n\x1a\n", Kind.PNG),
        (b"\xff\xd8\xff\xe0", Kind.JPEG),
    ],
)
def test_formats_are_known_by_their_signature_whatever_the_name(tmp_path, head, kind):
    (tmp_path / "IM0001").write_bytes(head + b"rest")
    assert kind_of(tmp_path / "IM0001", "IM0001") is kind


@pytest.mark.parametrize("name", ["film.dcm", "film.TIF", "film.bmp"])
def test_a_film_by_name_that_is_none_by_content_is_refused(tmp_path, name):
    (tmp_path / name).write_text("see the letter of 3 May")
    with pytest.raises(FilmError, match="expected a DICOM, TIFF, PNG or JPEG film, came text") as raised:
        kind_of(tmp_path / name, name)
    assert not isinstance(raised.value, NotAFilm)


@pytest.mark.parametrize("name", ["notes.txt", "Thumbs.db", "truth.json", "README"])
def test_other_files_were_never_films(tmp_path, name):
    (tmp_path / name).write_text("see the letter of 3 May")
    with pytest.raises(NotAFilm, match="came text"):
        kind_of(tmp_path / name, name)
