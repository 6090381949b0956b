"""What every format's pixels must pass: one grey channel, of a film's size, with a picture in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lesionmeter.errors import FilmError
from lesionmeter.io.kinds import NotAFilm

MAX_PIXELS: Final = 200_000_000
"""More than four times a 35 x 43 cm film scanned at 400 dpi; beyond this a header is wrong or a scan is useless."""

MAX_LABELS: Final = 256
LABEL_FLATNESS: Final = 0.99
"""Share of equal neighbours from which an image of few values is a label image; films of grain stay under 0.9."""

FILM_SIZE_MM: Final = (30.0, 600.0)
"""Longest side that a hand film can have; beyond it a stated spacing is a default and no measure."""


def check_size(film: str, rows: int, columns: int) -> None:
    """Refuse a film whose header states no pixels or absurdly many, before any is decoded.

    Raises
    ------
    FilmError
        If there are none, or more than `MAX_PIXELS`.
    """
    if rows < 1 or columns < 1:
        raise FilmError(film, expected="rows and columns of pixels", came=f"{rows} x {columns}")
    if rows * columns > MAX_PIXELS:
        raise FilmError(
            film,
            expected=f"at most {MAX_PIXELS // 1_000_000} million pixels",
            came=f"{rows} x {columns}",
            advice="scan or export it at 100 to 400 dpi",
        )


def single_channel(film: str, values: NDArray[Any]) -> tuple[NDArray[Any], tuple[str, ...]]:
    """One grey channel of (rows, columns) or (rows, columns, channels) values, with remarks.

    Grey films are often stored as colour: if red, green and blue agree in every pixel, one is taken. An opaque alpha
    channel is dropped.

    Raises
    ------
    FilmError
        If the channels differ, or if alpha hides a part of the film.
    """
    if values.ndim == 2:
        return values, ()
    if values.ndim != 3 or values.shape[2] > 4:
        raise FilmError(film, expected="one grey channel", came=f"values of shape {values.shape}")
    remarks = []
    colours = values.shape[2] - (values.shape[2] in (2, 4))
    if colours < values.shape[2]:
        _check_opaque(film, values[..., -1])
        remarks.append("an opaque alpha channel was dropped")
    if colours == 3:
        if not (np.array_equal(values[..., 0], values[..., 1]) and np.array_equal(values[..., 0], values[..., 2])):
            raise FilmError(film, expected="one grey channel", came="a colour picture", advice="export it as grey")
        remarks.append("grey stored as colour: one of three equal channels was taken")
    return np.ascontiguousarray(values[..., 0]), tuple(remarks)


def _check_opaque(film: str, alpha: NDArray[Any]) -> None:
    top = np.iinfo(alpha.dtype).max if alpha.dtype.kind in "ui" else 1.0
    if alpha.min() < top:
        raise FilmError(
            film, expected="a film without transparency", came="an alpha channel that hides a part", advice="flatten it"
        )


def check_picture(film: str, pixels: NDArray[Any]) -> None:
    """Refuse (rows, columns) values that hold no radiograph: one constant value, or the labels of a mask.

    Raises
    ------
    FilmError
        If all values are the same.
    NotAFilm
        If it is a label image: few whole values in flat areas.
    """
    if pixels.min() == pixels.max():
        raise FilmError(film, expected="a radiograph", came=f"one constant value, {pixels.flat[0]}")
    if pixels.dtype.kind not in "ui" or pixels.shape[1] < 2:
        return
    flat = float(np.mean(pixels[:, 1:] == pixels[:, :-1]))
    if flat > LABEL_FLATNESS and (count := np.unique(pixels).size) <= MAX_LABELS:
        raise NotAFilm(film, expected="a radiograph", came=f"a label image of {count} values")


def bits_used(pixels: NDArray[Any]) -> int:
    """Bits that carry information in (rows, columns) values: 8 to 16 for whole numbers, 32 for floating point.

    Scanners store 10 or 12 bit films in 16; the highest value tells.

    Examples
    --------
    >>> bits_used(np.array([[0, 4095]], dtype=np.uint16))
    12
    """
    if pixels.dtype.kind == "f":
        return 32
    span = max(int(pixels.max()), -1 - int(pixels.min()))
    return min(max(span.bit_length() + (int(pixels.min()) < 0), 8), 16)


def check_square(film: str, sides: Sequence[float]) -> None:
    """Refuse pixels whose sides, (vertical, horizontal), are unequal while nothing states how long they are.

    Areas and bone lengths on such a film are wrong even as ratios.

    Raises
    ------
    FilmError
        If the sides differ by more than 0.5 %.
    """
    if len(sides) == 2 and min(sides) > 0 and abs(sides[0] / sides[1] - 1) > 0.005:
        raise FilmError(
            film,
            expected="square pixels, or their spacing",
            came=f"pixels of {sides[0]:g} x {sides[1]:g} parts",
            advice="export it with square pixels",
        )


def implausible(spacing_mm: Iterable[float], shape: tuple[int, int]) -> str:
    """Why a (row, column) spacing in mm cannot be this (rows, columns) film's, or an empty text.

    Examples
    --------
    >>> implausible((1.0, 1.0), (2000, 1500))
    'makes the film 200 cm long'
    """
    longest = max(mm * count for mm, count in zip(spacing_mm, shape, strict=True))
    low, high = FILM_SIZE_MM
    return "" if low <= longest <= high else f"makes the film {longest / 10:.3g} cm long"
