"""How a DICOM film asks to be shown, and what that tells about its polarity."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from lesionmeter.io.dicom.header import element, number, numbers, text
from lesionmeter.model.radiograph import Polarity, Presentation

Table = tuple[int, NDArray[Any]]


def presentation(dataset: Dataset) -> Presentation:
    """Windows, look-up tables and rescale values, as stated; what is malformed is left out."""
    slope = number(dataset, "RescaleSlope")
    return Presentation(
        windows=tuple(zip(numbers(dataset, "WindowCenter"), numbers(dataset, "WindowWidth"), strict=False)),
        voi_function=text(dataset, "VOILUTFunction") or "LINEAR",
        voi_table=_table(dataset, "VOILUTSequence"),
        modality_table=_table(dataset, "ModalityLUTSequence"),
        slope=1.0 if slope is None else slope,
        intercept=number(dataset, "RescaleIntercept") or 0.0,
        shape=text(dataset, "PresentationLUTShape"),
    )


def _table(dataset: Dataset, keyword: str) -> Table | None:
    sequence = element(dataset, keyword)
    if not sequence:
        return None
    descriptor = numbers(sequence[0], "LUTDescriptor")
    data = element(sequence[0], "LUTData")
    if len(descriptor) != 3 or data is None:
        return None
    count, first = int(descriptor[0]) or 1 << 16, int(descriptor[1])
    if number(dataset, "PixelRepresentation") == 1 and first >= 1 << 15:
        first -= 1 << 16
    entries = _entries(data, count, big_endian=dataset.original_encoding[1] is False)
    return (first, entries) if entries.size == count else None


def _entries(data: Any, count: int, *, big_endian: bool) -> NDArray[Any]:
    """Look-up table entries, from numbers, or bytes of 8 or 16 bit entries (8 bit ones padded to an even length)."""
    if not isinstance(data, bytes):
        return np.atleast_1d(np.asarray(data, dtype=np.uint16))
    if len(data) < 2 * count:
        return np.frombuffer(data, dtype=np.uint8)[:count]
    return np.frombuffer(data, dtype=">u2" if big_endian else "<u2").astype(np.uint16)[:count]


def polarity(photometric: str, shown: Presentation) -> tuple[Polarity | None, str, tuple[str, ...]]:
    """Which way dense tissue goes in the *stored* values of a film that is shown as radiographs are, bones bright.

    MONOCHROME1 shows low values bright, so dense tissue is stored low; a falling modality transformation or VOI table
    turns that round once more.

    Returns
    -------
    tuple
        The polarity, its source, and remarks; None and an empty source where the file contradicts itself.

    Examples
    --------
    >>> polarity("MONOCHROME1", Presentation())[0]
    <Polarity.INVERTED: 'inverted'>
    """
    if photometric not in ("MONOCHROME1", "MONOCHROME2"):
        return None, "", ()
    inverse = photometric == "MONOCHROME1"
    if shown.shape and (shown.shape == "INVERSE") != inverse:
        return None, "", (f"{photometric} and Presentation LUT Shape {shown.shape} disagree: polarity not stated",)
    for table in (shown.modality_table, None if shown.windows else shown.voi_table):
        inverse ^= table is not None and int(table[1][-1]) < int(table[1][0])
    inverse ^= shown.modality_table is None and shown.slope < 0
    return (Polarity.INVERTED if inverse else Polarity.NORMAL), "photometric interpretation", ()
