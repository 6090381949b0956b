"""The truth of simulated films as files: truth.json, a label image beside each film, and films.csv where needed."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lesionmeter.phantom.deposits import Calcification
from lesionmeter.phantom.formats import Label, write_film, write_labels
from lesionmeter.phantom.scene import PosedHand
from lesionmeter.phantom.spec import FORMATS
from lesionmeter.phantom.study import PhantomFilm, PhantomStudy

FINGERS = {1: "thumb", 2: "index", 3: "middle", 4: "ring", 5: "little"}


def write(study: PhantomStudy, folder: Path) -> None:
    """Write a study as a patient's folder: films, films.csv if a film needs it, truth.json, and `<film>.truth.tif`.

    Parameters
    ----------
    study
        What to write.
    folder
        Made if it is not there; files of the same names are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for number, film in enumerate(study.films):
        label = Label(study.spec.patient, film.spec, number, study.seed)
        write_film(folder / (film.name + FORMATS[film.spec.format]), film.pixels, label)
        write_labels(folder / f"{film.name}.truth.tif", film.labels)
    (folder / "truth.json").write_text(json.dumps(truth_of(study), indent=1) + "\n", encoding="utf-8")
    if any(film.spec.listed for film in study.films):
        _write_films_csv(study, folder / "films.csv")


def truth_of(study: PhantomStudy) -> dict[str, Any]:
    """The truth as plain values: for each film its hands, for each deposit its site and its areas."""
    deposits: list[dict[str, Any]] = []
    for number, (side, deposit) in enumerate(_numbered(study), start=1):
        name = f"{side[0].upper()}{1 + sum(d['hand'] == side for d in deposits):02d}"
        deposits.append({"id": name, "hand": side, **_deposit(study, number, deposit)})
    return {"patient": study.spec.patient, "films": [_film(film) for film in study.films], "deposits": deposits}


def _numbered(study: PhantomStudy) -> list[tuple[str, Calcification]]:
    return [(side, deposit) for side in ("left", "right") for deposit in study.spec.deposits.get(side, ())]


def _film(film: PhantomFilm) -> dict[str, Any]:
    return {
        "file": film.name,
        "date": film.spec.date,
        "spacing_mm": film.spec.spacing_mm,
        "bits": film.spec.bits,
        "spacing_given": film.spec.stated != "none" or film.spec.listed,
        "hands": {hand.subject.side: _hand(hand) for hand in film.hands},
    }


def _hand(hand: PosedHand) -> dict[str, Any]:
    points = hand.bone_points
    return {
        "landmarks_xy": _xy(hand.landmarks),
        "bone_points_xy": _xy(np.vstack(list(points.values()))),
        "bones": [_part(bone) for bone, places in points.items() for _ in places],
    }


def _deposit(study: PhantomStudy, number: int, deposit: Calcification) -> dict[str, Any]:
    return {
        "site": deposit.site,
        "ray": deposit.ray,
        "part": _part(deposit.bone),
        "aspect": deposit.aspect,
        "pattern": deposit.pattern,
        "habit": deposit.habit,
        "contrast": round(float(np.mean([deposit.density / film.range_mm for film in study.films])), 3),
        "films": [_on_film(film, number, deposit.areas_mm2[k]) for k, film in enumerate(study.films)],
    }


def _on_film(film: PhantomFilm, number: int, area: float) -> dict[str, Any]:
    places = np.argwhere(film.labels == number)
    middle = _xy(places.mean(axis=0, keepdims=True))[0] if len(places) else None
    return {"area_mm2": round(area if len(places) else 0.0, 3), "label": number, "center_xy": middle}


def _part(bone: str) -> str:
    """`middle.proximal` of `3 proximal phalanx`; metacarpals 2 to 5 are parts of the palm."""
    ray, part = int(bone[0]), bone.split(" ")[1]
    return "palm" if part == "metacarpal" and ray > 1 else f"{FINGERS[ray]}.{part}"


def _xy(places: NDArray[np.float64]) -> list[list[float]]:
    return [[round(float(column), 2), round(float(row), 2)] for row, column in places]


def _write_films_csv(study: PhantomStudy, path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["file", "date", "hand", "spacing_mm", "polarity"])
        for film in study.films:
            spacing = film.spec.spacing_mm if film.spec.listed else ""
            rows.writerow([film.name + FORMATS[film.spec.format], film.spec.date, film.spec.hands, spacing, ""])
