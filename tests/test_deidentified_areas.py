"""A de-identified patient has the same deposits with the same areas, and their dates lie as far apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from lesionmeter.io.deidentify import deidentify
from lesionmeter.io.study import read_patient
from lesionmeter.phantom import Calcification, FilmSpec, StudySpec, simulate
from lesionmeter.phantom.formats import Label, write_film
from lesionmeter.pipeline import assess, find_landmarks


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, int]:
    """Two simulated films with their side's letter, before and after; and how many regions were blanked."""
    place = tmp_path_factory.mktemp("areas")
    films = tuple(FilmSpec(date, "L", "cr", 0.3, bits=12, stated="pixel") for date in ("1983-04-18", "1988-06-09"))
    deposits = {"left": (Calcification(2, "middle", "radial", "globular", (16.0, 6.0), 4.0, 1),)}
    study = simulate(StudySpec("P1", films, deposits), seed=5)
    before, after = place / "P1", place / "out"
    before.mkdir()
    for number, film in enumerate(study.films):
        write_film(before / f"{film.name}.dcm", film.pixels, Label("P1", film.spec, number, 5))
    rows = deidentify(before, after, place / "k.key", hands)
    return before, after, rows[0].regions


def hands(film):
    return tuple(hand.landmarks.points for hand in find_landmarks(film).hands)


def test_areas_and_intervals_of_a_deidentified_patient_are_those_before(folders):
    before, after, regions = folders
    assert regions == 2
    first, last = (assess(read_patient(folder)) for folder in (before, after))
    areas = [[f.measurement.area.value if f.measurement else 0.0 for f in one.deposits] for one in (first, last)]
    assert any(areas[0])
    assert areas[0] == pytest.approx(areas[1], rel=1e-3)
    years = [[change.interval.years for change in found.changes] for found in (first, last)]
    assert years[0] == years[1]
