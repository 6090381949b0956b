"""Times of the napari plugin's own work, without the redraw: stroke, click, next site, opening.

Run with the films of one patient that were measured before (`lesionmeter measure FILMS --out FILMS-measured`)::

    python bench/napari_times.py FILMS

The folder is read, and nothing is written into it: results and journal are copied into a temporary folder first.
Or with simulated films of one hand, so many rows by so many columns, kept in WORK and measured there once::

    python bench/napari_times.py --size 3000 2500 WORK

"First film" is then that of six films opened.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tifffile
from napari.components import ViewerModel
from napari_lesionmeter.session import Session
from napari_lesionmeter.widgets.site_view import SiteView

import lesionmeter
from lesionmeter.phantom import FilmSpec, StudySpec, simulate
from lesionmeter.phantom.sample import LEFT, sample_skeleton

STROKES, CLICKS, STEPS = 50, 5, 20

ROWS_MM = 250.0
"""What the rows of a simulated film span: a hand with its wrist and room round it."""

Time = tuple[float, float]
"""Seconds by the clock, which others on the machine lengthen, and of the processor, in all threads."""

LIMITS_MS = {"stroke to area": 40, "click to outline": 300, "next site": 200, "first film": 3000}


def simulated(shape: tuple[int, int], work: Path) -> tuple[Path, Path]:
    """Three simulated films of that shape, measured, and six of them in a folder of their own."""
    films, six = work / "patient", work / "six"
    if not films.is_dir():
        dates = ("1983", "1984", "1988")
        specs = tuple(FilmSpec(date, spacing_mm=ROWS_MM / shape[0]) for date in dates)
        study = simulate(StudySpec("large", specs, {"left": LEFT}, child=False, skeleton=sample_skeleton()), 1990)
        films.mkdir(parents=True)
        six.mkdir()
        for film in study.films:
            for folder, name in ((films, film.name), (six, film.name), (six, f"{film.name}-06")):
                write(folder / f"{name}.tif", fitted(film.pixels, shape) + (name[-1] == "6"), film.spec.spacing_mm)
    if not films.with_name("patient-measured").is_dir():
        lesionmeter.measure_patient(films, films.with_name("patient-measured"))
    return films, six


def fitted(pixels: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """The film cropped to a shape, or widened by what lies at its edges."""
    missing = [max(want - have, 0) for want, have in zip(shape, pixels.shape, strict=True)]
    wide = np.pad(pixels, [(n // 2, n - n // 2) for n in missing], mode="edge")
    return wide[: shape[0], : shape[1]]


def write(path: Path, pixels: np.ndarray, spacing_mm: float) -> None:
    """One film with its resolution."""
    tifffile.imwrite(path, pixels, resolution=(10 / spacing_mm,) * 2, resolutionunit="CENTIMETER", compression="zlib")


def main(folder: Path, to_open: Path) -> None:
    """Print the median of each, beside what is asked for."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "measured"
        shutil.copytree(folder.with_name(f"{folder.name}-measured"), out)
        first, every = opening(to_open, Path(scratch))
        session = Session("bench")
        session.open(out)
        settle(session)
        session._read_films(folder)  # the copy does not know where its films are
        settle_films(session)
        found = next(row for row in session.results.deposits if row.labels and row.position)
        session.go(found.identity, found.film)
        row = session.film_row(found.film)
        print(f"{len(session.patient.films)} films; {found.film} has {row.shape[0]} x {row.shape[1]} pixels")
        report("first film", first)
        report("all films", every)
        report("stroke to area", strokes(session))
        report("click to outline", clicks(session, found))
        report("next site", steps(session))
        session.close()


def opening(folder: Path, scratch: Path) -> tuple[list[Time], list[Time]]:
    """Times from opening a folder of films to its first film and to its last."""
    films = scratch / "films"
    films.symlink_to(folder.resolve(), target_is_directory=True)
    session, came = Session("bench"), list[Time]()
    start = time.perf_counter(), time.process_time()
    session.film_read.connect(lambda _: came.append((time.perf_counter() - start[0], time.process_time() - start[1])))
    session._read_films(films)
    settle(session)
    return [came[0]], [came[-1]]


def strokes(session: Session) -> list[Time]:
    """Times from a stroke's mask to the area, journal on disk included."""
    session.pen.redraw()
    generator, times = np.random.default_rng(0), []
    for _ in range(STROKES):
        mask = session.pen.drawing.mask.copy()
        row, column = (int(generator.integers(0, side - 8)) for side in mask.shape)
        mask[row : row + 8, column : column + 8] ^= True
        times.append(timed(lambda mask=mask: session.pen.stroke(mask)))
    session.pen.discard()
    return times


def clicks(session: Session, found: object) -> list[Time]:
    """Times from a click to its outline, on a film that is ready for clicks."""
    session.pen.prepare(found.film)
    settle(session)
    return [timed(lambda: session.pen.click(found.film, found.position)) for _ in range(CLICKS)]


def steps(session: Session) -> list[Time]:
    """Times to the next site with its tiles, outlines and captions, in a viewer's model that draws nothing."""
    session.pen.discard()
    view = SiteView(ViewerModel(), session, lambda _: None)
    view.show()
    return [timed(lambda: (session.next_site(), view.show())) for _ in range(STEPS)]


def timed(act: Callable[[], object]) -> Time:
    """Seconds that it takes, by the clock and of the processor."""
    start = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - start[0], time.process_time() - start[1]


def settle(session: Session) -> None:
    """Poll until nothing works in the background."""
    while session.background.names:
        session.poll()
        time.sleep(0.002)
    session.poll()


def settle_films(session: Session) -> None:
    """Poll until the films are there; what would be measured anew after that is left."""
    session.measuring.catch_up = lambda: None
    settle(session)


def report(name: str, times: list[Time]) -> None:
    """One line of the table."""
    asked = f"  (asked: at most {LIMITS_MS[name]} ms)" if name in LIMITS_MS else ""
    clock, processor = (1000 * statistics.median(column) for column in zip(*times, strict=True))
    print(f"{name:18} median {clock:7.1f} ms, of the processor {processor:7.1f} ms, of {len(times)}{asked}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=int, nargs=2, metavar=("ROWS", "COLUMNS"))
    asked = parser.parse_args()
    main(*(simulated(tuple(asked.size), asked.folder) if asked.size else (asked.folder, asked.folder)))
