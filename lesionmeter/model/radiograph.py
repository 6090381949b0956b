"""One film as it was read, and the same film with a scale that can be trusted."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lesionmeter.model.dates import PartialDate
from lesionmeter.model.geometry import Spacing

Pixels = NDArray[Any]
"""(rows, columns) values of one film, as stored."""


class Polarity(StrEnum):
    """Which way dense tissue goes: `normal` is bright, `inverted` is dark (a negative)."""

    NORMAL = "normal"
    INVERTED = "inverted"


class Laterality(StrEnum):
    """A hand's side, as in DICOM Image Laterality (0020,0062)."""

    LEFT = "L"
    RIGHT = "R"


@dataclass(frozen=True, eq=False)
class Presentation:
    """How the file asks to be *shown*; kept apart from the values that are measured.

    Parameters
    ----------
    windows
        (centre, width) pairs of the VOI window, in the units after the modality transformation.
    voi_function
        `LINEAR`, `LINEAR_EXACT` or `SIGMOID`.
    voi_table, modality_table
        (first stored value mapped, table) of a look-up table sequence.
    slope, intercept
        Rescale slope and intercept of the modality transformation.
    shape
        Presentation LUT Shape (2050,0020): `IDENTITY` or `INVERSE`, empty if not given.
    """

    windows: tuple[tuple[float, float], ...] = ()
    voi_function: str = "LINEAR"
    voi_table: tuple[int, NDArray[Any]] | None = None
    modality_table: tuple[int, NDArray[Any]] | None = None
    slope: float = 1.0
    intercept: float = 0.0
    shape: str = ""


@dataclass(frozen=True)
class Technique:
    """How a film came to be, as far as its file says; films that differ in it are hard to compare.

    Parameters
    ----------
    kind
        `digital radiograph`, `digitised film` or `picture file` (a scan or an export, which nothing tells apart); empty
        if not known.
    device
        Maker and model of what took (or scanned) the film.
    processing
        The processing that the device names.
    """

    kind: str = ""
    device: str = ""
    processing: str = ""


@dataclass(frozen=True, eq=False)
class Radiograph:
    """One film as read: stored values, and what its file and `films.csv` say of it.

    Parameters
    ----------
    film
        The file's path inside the patient's folder, with `/` between folders.
    pixels
        (rows, columns) stored values, never windowed; integers or float32.
    bits
        Bits that carry information (8 to 16; 32 for float).
    sha256
        Checksum of the file.
    polarity
        What a file or `films.csv` states; None where nothing is stated (anatomy then decides).
    polarity_source
        Who states it: `films.csv`, `photometric interpretation`, or empty.
    date, date_source
        Exam date and who states it: `films.csv`, `acquisition date`, `study date`, `file name`, or empty.
    laterality
        `L`, `R` or `LR` (both hands) if stated, else empty.
    claims
        Spacings that the file or `films.csv` states, the most trusted first; nothing is guessed here.
    padding
        (rows, columns) true where the file says that there is no image; None if it says nothing.
    presentation
        How the file asks to be shown.
    remarks
        What a reader of the tables should know about this film.
    technique
        How the film came to be.
    """

    film: str
    pixels: Pixels
    bits: int
    sha256: str = ""
    polarity: Polarity | None = None
    polarity_source: str = ""
    date: PartialDate | None = None
    date_source: str = ""
    laterality: str = ""
    claims: tuple[Spacing, ...] = ()
    padding: NDArray[np.bool_] | None = None
    presentation: Presentation = field(default_factory=Presentation)
    remarks: tuple[str, ...] = ()
    technique: Technique = field(default_factory=Technique)

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        rows, columns = self.pixels.shape
        return int(rows), int(columns)

    def dense_bright(self, polarity: Polarity | None = None) -> NDArray[np.float32]:
        """Values as float32 with dense tissue bright, whatever the file's polarity.

        Parameters
        ----------
        polarity
            The polarity found by anatomy; the stated one (or normal) if None.
        """
        values = self.pixels.astype(np.float32)
        if (polarity or self.polarity or Polarity.NORMAL) is Polarity.INVERTED:
            values = np.asarray(values.max() - values, dtype=np.float32)
        return values


@dataclass(frozen=True, eq=False)
class CalibratedRadiograph:
    """A film with a trusted scale: areas on it are mm2."""

    radiograph: Radiograph
    spacing: Spacing

    @property
    def area_unit(self) -> str:
        """Unit of areas measured on this film."""
        return "mm2"


@dataclass(frozen=True, eq=False)
class RelativeRadiograph:
    """A film of unknown scale: areas on it are relative, to be compared over the dates of one hand only.

    `spacing` is nominal: it makes this hand's bones as long as those of the reference film (or of an average adult, if
    there is none), so that ratios of areas over the dates are right although mm2 are unknown.
    """

    radiograph: Radiograph
    spacing: Spacing

    @property
    def area_unit(self) -> str:
        """Unit of areas measured on this film."""
        return "relative"


ScaledRadiograph = CalibratedRadiograph | RelativeRadiograph
"""What stages that need a length take; only the calibrated kind yields mm2."""
