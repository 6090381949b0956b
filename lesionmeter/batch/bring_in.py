"""Findings in DICOM objects brought in as an output folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lesionmeter.batch.one import write_output
from lesionmeter.errors import UsageError
from lesionmeter.io import assessment as output
from lesionmeter.io.dicom.findings import Findings, ForeignOutline, Refusal, read_findings
from lesionmeter.io.study import read_patient
from lesionmeter.model.corrections import OutlineCorrection, Signature
from lesionmeter.model.findings import Assessment
from lesionmeter.model.patient import Patient
from lesionmeter.pipeline import Progress, assess, find_landmarks


@dataclass(frozen=True, eq=False)
class BroughtIn:
    """What became of a folder of findings: the assessment, how many outlines of others are in it, what was refused."""

    assessment: Assessment
    outlines: int
    refused: tuple[Refusal, ...]


def import_findings(folder: Path, out: Path, progress: Progress | None = None) -> BroughtIn:
    """Rebuild an assessment from the DICOM objects in a folder, and write it as an output folder.

    Our own reports and segmentations give the assessment that they were written from: no film is needed, nothing is
    measured. Segmentations and reports of other programs need the films beside them: these are measured, with each
    foreign outline in the place of what the program finds there, `reviewed` where a person drew it and `automatic`
    where a program did.

    Parameters
    ----------
    folder
        The objects.
    out
        The output folder; new, or an earlier output of the same patient.
    progress
        Called with the share done and a few words.

    Raises
    ------
    LesionmeterError
        If nothing in the folder can be used, or `out` may not be written.
    """
    output.check_target(out, folder)
    found = read_findings(folder)
    outlines = 0
    if found.foreign:
        patient = read_patient(folder)
        result, outlines, refused = _measured(found, patient, progress)
    elif found.own is not None:
        result, refused = found.own, ()
    else:
        told = "; ".join(f"{one.file}: {one.reason}" for one in found.refused[:3]) or "none"
        raise UsageError(f"{folder}: expected a segmentation or a report of hand radiographs, came {told}")
    write_output(result, out)
    return BroughtIn(result, outlines, (*found.refused, *refused))


def _measured(
    found: Findings, patient: Patient, progress: Progress | None
) -> tuple[Assessment, int, tuple[Refusal, ...]]:
    shapes = {film.film: film.shape for film in patient.films}
    usable, refused = [], []
    for outline in found.foreign:
        film = found.films.get(outline.image)
        reason = _refusal(outline, shapes.get(film) if film else None)
        if reason:
            refused.append(Refusal(film or f"film {outline.image}", reason))
        else:
            usable.append(outline)
    if not usable:
        raise UsageError(f"{refused[0].file}: {refused[0].reason}")
    corrections = (*(found.own.corrections if found.own else ()), *_corrections(usable, found, patient))
    return assess(patient, corrections=corrections, progress=progress), len(usable), tuple(refused)


def _refusal(outline: ForeignOutline, shape: tuple[int, int] | None) -> str:
    """Why an outline cannot be used; empty if it can."""
    if shape is None:
        return f"expected findings on a film of this folder, came some by {outline.author} on one that is not here"
    points = np.vstack(outline.outlines)
    if np.any(points < -1) or np.any(points > np.array(shape)):
        return f"expected an outline on the film's {shape[0]} x {shape[1]} pixels, came one by {outline.author} off it"
    return ""


def _corrections(outlines: Iterable[ForeignOutline], found: Findings, patient: Patient) -> Iterable[OutlineCorrection]:
    for outline in outlines:
        film = found.films[outline.image]
        side = outline.side or _side_of(outline, film, patient)
        yield OutlineCorrection(Signature(outline.author, outline.at), film, side, outline.outlines, outline.origin)


def _side_of(outline: ForeignOutline, film: str, patient: Patient) -> str:
    """The film's side as stated, else that of the hand nearest to the outline."""
    radiograph = next(one for one in patient.films if one.film == film)
    if radiograph.laterality in ("L", "R"):
        return radiograph.laterality
    middle = outline.outlines[0].mean(axis=0)
    hands = find_landmarks(radiograph).hands
    away = {hand.laterality.value: np.linalg.norm(hand.landmarks.points - middle, axis=1).min() for hand in hands}
    return min(away, key=lambda side: float(away[side]), default="L")
