"""A patient's films, and the hands on them."""

from __future__ import annotations

from dataclasses import dataclass

from lesionmeter.model.dates import PartialDate
from lesionmeter.model.geometry import Points
from lesionmeter.model.radiograph import Laterality, Polarity, Radiograph, ScaledRadiograph
from lesionmeter.model.site import Landmarks


@dataclass(frozen=True)
class Timepoint:
    """When and where a hand was filmed: one line of its follow-up."""

    film: str
    date: PartialDate | None
    laterality: Laterality


@dataclass(frozen=True, eq=False)
class Hint:
    """A reader's click inside a deposit that must be measured.

    Parameters
    ----------
    film
        The film's name.
    point
        (2,) as (row, column) pixels.
    deposit
        The reader's name for the deposit; clicks of one name on several films are one deposit. May be empty.
    """

    film: str
    point: Points
    deposit: str = ""


@dataclass(frozen=True)
class Skipped:
    """A file of the folder that is not measured, and why.

    `refused` says that it is, or calls itself, a film that cannot be read: a row of `films.csv` and worth the user's
    attention. The others (masks, notes, thumbnails, copies) were never meant to be measured.
    """

    file: str
    reason: str
    refused: bool = False


@dataclass(frozen=True, eq=False)
class Patient:
    """All that one patient's folder holds.

    Parameters
    ----------
    patient_id
        DICOM's patient ID, else the folder's name.
    films
        In order of date; films without a date last.
    hints
        A reader's clicks from `hints.csv`.
    skipped
        Files that were not read as films, with the reason.
    remarks
        What a reader of the tables should know about the folder, such as columns of `films.csv` that were not read.
    """

    patient_id: str
    films: tuple[Radiograph, ...]
    hints: tuple[Hint, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Hand:
    """One hand on one film.

    Parameters
    ----------
    film
        The film's name.
    laterality
        Its side.
    landmarks
        Its 21 points.
    remarks
        What limits trust in it, such as a side marker that disagrees.
    """

    film: str
    laterality: Laterality
    landmarks: Landmarks
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class FilmAnatomy:
    """What was found on one film.

    Parameters
    ----------
    film
        The film's name.
    polarity, polarity_source
        The polarity to use, and whether it was stated or `found`.
    hands
        None, one or two whole hands; left first.
    reason
        Why there is no hand, or why a part of the film was not taken; empty if all is well.
    """

    film: str
    polarity: Polarity
    polarity_source: str
    hands: tuple[Hand, ...]
    reason: str = ""


@dataclass(frozen=True, eq=False)
class HandView:
    """One hand on a film that has a scale: what registration compares and segmentation searches.

    Parameters
    ----------
    film
        The film with its (trusted or nominal) spacing.
    hand
        The hand on it.
    polarity
        Which way dense tissue goes on it.
    """

    film: ScaledRadiograph
    hand: Hand
    polarity: Polarity
