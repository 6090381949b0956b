"""What kind of file this is, told from its first bytes and never from its name alone."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Final

from lesionmeter.errors import FilmError

FORMATS: Final = "a DICOM, TIFF, PNG or JPEG film"
"""What a film file should be, in the words of an error."""

FILM_SUFFIXES: Final = frozenset({".dcm", ".dicom", ".dic", ".ima", ".tif", ".tiff", ".png", ".jpg", ".jpeg"})
OTHER_PICTURES: Final = frozenset({".bmp", ".gif", ".webp", ".heic", ".jp2", ".jpx", ".jls", ".nii", ".mha", ".nrrd"})
HEAD_BYTES: Final = 1024


class Kind(StrEnum):
    """File formats that are read as films."""

    DICOM = "DICOM"
    TIFF = "TIFF"
    PNG = "PNG"
    JPEG = "JPEG"


class NotAFilm(FilmError):  # noqa: N818 - the name says what the file is, as the row that it becomes does
    """A file that lies beside the films and never was one: skipped with its reason, and nobody's fault."""


FILM_SIGNATURES: Final = (
    (re.compile(rb".{128}DICM", re.DOTALL), Kind.DICOM),
    # ACR-NEMA and meta-less DICOM start with a tag of group 0008 or 0002, little endian.
    (re.compile(rb"[\x02\x08]\x00.\x00", re.DOTALL), Kind.DICOM),
    (re.compile(rb"II[\x2a\x2b]\x00|MM\x00[\x2a\x2b]"), Kind.TIFF),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), Kind.PNG),
    (re.compile(rb"\xff\xd8\xff"), Kind.JPEG),
)

OTHER_SIGNATURES: Final = (
    (re.compile(rb"PK\x03\x04"), "a ZIP archive; unpack it first"),
    (re.compile(rb"%PDF"), "a PDF document"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "a Windows document or thumbnail store"),
    (re.compile(rb"BM.{4}\x00{4}", re.DOTALL), "a BMP picture; save it as TIFF or PNG"),
    (re.compile(rb"GIF8"), "a GIF picture; save it as TIFF or PNG"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "a WebP picture; save it as TIFF or PNG"),
    (re.compile(rb"\x00\x00\x00\x0cjP|\xff\x4f\xff\x51"), "a JPEG 2000 picture; save it as TIFF or PNG"),
    (re.compile(rb"\s*(<!doctype html|<html)", re.IGNORECASE), "an HTML page"),
    (re.compile(rb"\s*[{\[]"), "JSON or other text"),
)


def kind_of(path: Path, film: str) -> Kind:
    """The format of a film file.

    Parameters
    ----------
    path
        The file.
    film
        Its name as the user knows it, for messages.

    Raises
    ------
    FilmError
        If a file that looks like a film by its name is none by its content.
    NotAFilm
        If the file never was a film.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    for signature, kind in FILM_SIGNATURES:
        if signature.match(head):
            return kind
    suffix = path.suffix.lower()
    refusal = FilmError if suffix in FILM_SUFFIXES | OTHER_PICTURES else NotAFilm
    raise refusal(film, expected=FORMATS, came=describe(head))


def describe(head: bytes) -> str:
    """Say what a file that is no film seems to be, from its first bytes.

    Examples
    --------
    >>> describe(b"<html><body>Not found</body></html>")
    'an HTML page'
    >>> describe(b"")
    'an empty file'
    """
    if not head:
        return "an empty file"
    for signature, words in OTHER_SIGNATURES:
        if signature.match(head):
            return words
    printable = sum(byte in b"\t\r\n" or 32 <= byte < 127 for byte in head)
    return "text" if printable > 0.95 * len(head) else "bytes of an unknown format"
