"""The command line: arguments in, one call, exit code out. Each command imports what it needs when it runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from lesionmeter import conversion, exchange
from lesionmeter.errors import LesionmeterError, UsageError

if TYPE_CHECKING:
    from lesionmeter.model.findings import Assessment
    from lesionmeter.model.patient import Hand
    from lesionmeter.pipeline import Progress, Settings

ALL_DONE, DONE_IN_PART, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
"""Exit codes."""

app = typer.Typer(
    name="lesionmeter",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: rich takes longer to load than all else together
    context_settings={"help_option_names": ["-h", "--help"]},
)

exchange.add_to(app)
conversion.add_to(app)

OutFolder = Annotated[Path, typer.Option("-o", "--out", help="Folder to write; whole or not at all.")]
StudyError = Annotated[
    Path | None,
    typer.Option("--repeatability", help="repeatability.json of agree: make the calls with that error of an area."),
]
PatientFolder = Annotated[Path, typer.Argument(help="One patient's films, with films.csv if the files do not say all.")]


def _say_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"lesionmeter {version('lesionmeter')}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Measure calcinosis on serial hand radiographs, and say whether a change is real. Research use only."""


def main() -> None:
    """Run the command line; wrong use and unreadable input are one line on standard error and exit code 2."""
    try:
        code = app(standalone_mode=False) if len(sys.argv) > 1 else app(["--help"], standalone_mode=False)
    except LesionmeterError as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"{error.filename or 'system'}: expected to be able to read or write here, came {error.strerror}")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:
        # Typer raises its own kinds for wrong options and for Ctrl-C; the former know how to show themselves.
        if hasattr(error, "format_message"):
            _fail(f"{error.format_message()} (see lesionmeter -h)")
        if type(error).__name__ == "Abort":
            sys.exit(INTERRUPTED)
        raise
    sys.exit(code if isinstance(code, int) else ALL_DONE)


@app.command(epilog="Example: lesionmeter demo out/demo")
def demo(out: Annotated[Path, typer.Argument(help="Folder to write.")] = Path("lesionmeter-demo")) -> int:
    """Do the main job on the sample films, and say where the results are."""
    from lesionmeter.demonstration import sample_films

    return _measure(sample_films(out), out, ())


@app.command(epilog="Example: lesionmeter measure patients/P017 -o out/P017")
def measure(
    patient_dir: PatientFolder,
    out: OutFolder,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="Write tables.xlsx too.")] = False,
    parquet: Annotated[bool, typer.Option("--parquet", help="Write each table as Parquet too.")] = False,
    repeatability: StudyError = None,
) -> int:
    """Measure one patient: every table, mask, transform and the page."""
    exports = tuple(n for n, on in (("xlsx", xlsx), ("parquet", parquet)) if on)
    return _measure(patient_dir, out, exports, repeatability)


@app.command(epilog="Example: lesionmeter batch patients -o out --workers 4 --resume")
def batch(  # noqa: PLR0913, PLR0917 - each is an option of the command
    cohort_dir: Annotated[Path, typer.Argument(help="A folder of patient folders.")],
    out: OutFolder,
    workers: Annotated[int | None, typer.Option(min=1, help="Patients side by side here; else 1.")] = None,
    cluster: Annotated[str, typer.Option(help="Address of a Dask scheduler whose workers share these folders.")] = "",
    resume: Annotated[bool, typer.Option("--resume", help="Keep what is complete and still current.")] = False,
    time_limit: Annotated[float, typer.Option(min=0.001, help="Minutes for one patient.")] = 30.0,
    memory_limit: Annotated[float | None, typer.Option(min=0.1, help="GB for one patient; else a fair share.")] = None,
    repeatability: StudyError = None,
) -> int:
    """Measure every patient of a cohort; one that fails is a row of batch.csv with its reason."""
    from lesionmeter.batch import BatchSettings, TimeLeft, measure_cohort, patient_folders

    _need_folder(cohort_dir)
    if cluster and workers:
        raise UsageError(f"expected --workers or --cluster, came both: {workers} and {cluster}")
    settings = _settings(repeatability)
    run = BatchSettings(workers or 1, cluster, resume, time_limit, memory_limit)
    left, bad = TimeLeft(len(patient_folders(cohort_dir))), 0
    with _progress(time_left=False) as show:
        show(0.0, str(left))
        for outcome in measure_cohort(cohort_dir, out, run, settings):
            left = left.after(outcome.kept)
            show(left.share, str(left))
            if outcome.row.status != "measured":
                bad += 1
                _tell(f"{outcome.row.patient}: {outcome.row.status}; {outcome.row.reason}")
    typer.echo(f"{left.patients} patients, {bad} not or not wholly measured: {out / 'batch.csv'}")
    return DONE_IN_PART if bad else ALL_DONE


@app.command(epilog="Example: lesionmeter cohort out -o study --by centre")
def cohort(
    out: OutFolder,
    out_dir: Annotated[
        Path | None,
        typer.Argument(help="A folder of output folders, as batch writes it; with --example, an output of demo."),
    ] = None,
    patients: Annotated[
        Path | None, typer.Option(help="patients.csv; else the one in OUT_DIR, if it is there.")
    ] = None,
    by: Annotated[list[str] | None, typer.Option(help="Column of patients.csv whose two groups to compare.")] = None,
    example: Annotated[bool, typer.Option("--example", help="Two published papers instead: 1990 and 1998.")] = False,
) -> int:
    """Bring measured patients together: tables, statistics, figures and the page of a whole study."""
    from lesionmeter.survey import survey

    if example:
        return _example(out_dir, out)
    if out_dir is None:
        raise UsageError("expected a folder of output folders or --example, came neither")
    found = survey(out_dir, out, patients, tuple(by or ()))
    missed = [patient for patient in found.cohort.patients if patient.category == "not assessable"]
    for patient in missed:
        _tell(f"{patient.patient_id}: not assessable; {patient.reason}")
    typer.echo(f"{len(found.cohort.patients)} patients, {len(missed)} not assessable; page: {out / 'cohort.html'}")
    return DONE_IN_PART if missed else ALL_DONE


@app.command(epilog="Example: lesionmeter carry points.csv patients/P017 -o carried.csv")
def carry(
    points: Annotated[Path, typer.Argument(help="CSV with columns film, point, x, y; others are kept.")],
    patient_dir: PatientFolder,
    out: Annotated[Path, typer.Option("-o", "--out", help="CSV to write.")],
) -> int:
    """Carry points of one film to every other film of that hand."""
    from lesionmeter.io.points import read_points, write_carried
    from lesionmeter.io.study import read_patient
    from lesionmeter.pipeline import carry_points, check_points, register_hands

    _need_folder(patient_dir)
    _need_file_name(out)
    asked = read_points(points)
    patient = read_patient(patient_dir)
    check_points(asked, [film.film for film in patient.films])
    with _progress() as show:
        carried = carry_points(register_hands(patient, progress=show), asked)
    write_carried(carried, out)
    lost = sum(not row.ok for row in carried)
    typer.echo(f"{len(carried) - lost} of {len(carried)} points carried: {out}")
    return DONE_IN_PART if lost else ALL_DONE


@app.command(epilog="Example: lesionmeter landmarks films/*.dcm -o landmarks.csv")
def landmarks(
    film: Annotated[list[Path], typer.Argument(help="Film files.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="CSV to write.")],
) -> int:
    """Find the hands on single films: 21 landmarks each, with confidence."""
    from lesionmeter.report.tables import write_landmarks

    _need_file_name(out)
    hands: list[Hand] = []
    read = with_hands = 0
    with _progress() as show:
        for number, path in enumerate(film):
            show(number / len(film), path.name)
            found = _found_on(path)
            read += found is not None
            with_hands += bool(found)
            hands += found or ()
    if not read:
        raise UsageError(f"expected at least one readable film, came none of {len(film)} files")
    write_landmarks(tuple(hands), out)
    typer.echo(f"{len(hands)} hands on {len(film)} films: {out}")
    return DONE_IN_PART if with_hands < len(film) else ALL_DONE


@app.command(epilog="Example: lesionmeter phantom sim --patients 3 --seed 7")
def phantom(
    out: Annotated[Path, typer.Argument(help="Folder to write; one folder a patient.")],
    patients: Annotated[int, typer.Option(min=1, help="How many patients.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 0,
    sample: Annotated[bool, typer.Option("--sample", help="The sample patient of sample_images instead.")] = False,
) -> int:
    """Write simulated serial films with known truth."""
    from lesionmeter import phantom as simulation

    if sample:
        simulation.write_sample(out)
        typer.echo(f"the sample patient's films with truth: {out}")
        return ALL_DONE
    with _progress() as show:
        for number in range(patients):
            show(number / patients, f"patient {number + 1} of {patients}")
            simulation.write_random(out / f"P{number + 1:03d}", seed=seed + number)
    typer.echo(f"simulated films with truth of {patients} patients: {out}")
    return ALL_DONE


@app.command(epilog="Example: lesionmeter agree out/reader_1/P017 out/reader_2/P017 -o out/agreement")
def agree(
    outputs: Annotated[
        list[Path], typer.Argument(help="Output folders of measure or batch: one for each reader, or with repeats.")
    ],
    out: OutFolder,
    repeats: Annotated[
        bool, typer.Option("--repeats", help="The films of each hand are repeats: nothing changed between them.")
    ] = False,
) -> int:
    """Compare readers, automatic with reviewed results, or repeats: agreement, and the smallest detectable change."""
    from lesionmeter.report.study import statistic_text
    from lesionmeter.studies import agree_on

    study = agree_on(outputs, out, repeats=repeats)
    typer.echo(statistic_text(found for found in study.statistics if found.estimate))
    for remark in study.remarks:
        _tell(f"remark: {remark}")
    typer.echo(f"{len(study.deposits)} deposits, {len(study.statistics)} figures: {out / 'agreement.html'}")
    if study.repeatability is not None:
        typer.echo(f"for lesionmeter measure --repeatability: {out / 'repeatability.json'}")
    return ALL_DONE


@app.command(epilog="Example: lesionmeter report out/P017")
def report(out: Annotated[Path, typer.Argument(help="An output folder of lesionmeter measure.")]) -> int:
    """Write the page again from what is in an output folder."""
    from lesionmeter.io.assessment import read
    from lesionmeter.report.page import write_page

    write_page(read(out), out)
    typer.echo(f"page: {out / 'report.html'}")
    return ALL_DONE


def _example(measured: Path | None, out: Path) -> int:
    """Both papers printed beside what their counts, and the sample films, give."""
    from lesionmeter.demonstration import sample_films
    from lesionmeter.report.study import example_text
    from lesionmeter.studies import work_out_example

    with _progress() as show:
        worked = work_out_example(sample_films(out), out, measured, progress=show)
    typer.echo(example_text(worked.series.checks, worked.case))
    typer.echo(f"tables and pages: {out / 'cohort.html'}, {out / 'case_1990.html'}")
    return ALL_DONE


@app.command(epilog="Example: lesionmeter view patients/P017")
def view(folder: Annotated[Path, typer.Argument(help="A patient's films, or an output folder.")]) -> int:
    """Open a patient in the napari plugin: measure, review, correct, export."""
    import subprocess
    from importlib.util import find_spec

    _need_folder(folder)
    if find_spec("napari") is None:
        raise UsageError('view: expected napari, came none; install it with: pip install "lesionmeter[all]"')
    command = [sys.executable, "-m", "napari", "--plugin", "lesionmeter", str(folder)]
    return WRONG_USE if subprocess.run(command, check=False).returncode else ALL_DONE


def _measure(folder: Path, out: Path, exports: tuple[str, ...], repeatability: Path | None = None) -> int:
    from lesionmeter.batch import incomplete, measure_patient

    _need_folder(folder)
    settings = _settings(repeatability)
    with _progress() as show:
        result = measure_patient(folder, out, settings, progress=show, exports=exports)
    missed = incomplete(result)
    for film in result.films:
        if film.film in missed:
            _tell(f"{film.film}: not assessable; {film.reason}")
    typer.echo(f"{len(result.films)} files, {len(result.tracks)} deposits; tables and masks: {out}")
    typer.echo(f"page: {out / 'report.html'}")
    _tell_agreement(result, folder, out)
    return DONE_IN_PART if missed else ALL_DONE


def _settings(repeatability: Path | None) -> Settings | None:
    from lesionmeter.io.repeatability import read_repeatability
    from lesionmeter.pipeline import Settings, with_repeatability

    return with_repeatability(Settings(), read_repeatability(repeatability)) if repeatability else None


def _tell_agreement(result: Assessment, folder: Path, out: Path) -> None:
    """Where the films come with a report's words: how many of them the calls agree with."""
    from lesionmeter.io.findings_csv import read_findings
    from lesionmeter.report.comparison import compare

    if rows := compare(result, read_findings(folder)):
        agreed = sum(row.agrees for row in rows)
        typer.echo(f"calls that agree with findings.csv: {agreed} of {len(rows)}; {out / 'findings.html'}")


def _found_on(path: Path) -> tuple[Hand, ...] | None:
    """The hands on a film, or None if it cannot be read; what is wrong is said."""
    from lesionmeter.io.study import read_film
    from lesionmeter.pipeline import find_landmarks

    try:
        anatomy = find_landmarks(read_film(path))
    except LesionmeterError as error:
        _tell(str(error))
        return None
    if not anatomy.hands:
        _tell(f"{path.name}: no hand; {anatomy.reason}")
    return anatomy.hands


def _fail(message: str) -> NoReturn:
    _tell(f"lesionmeter: {message}")
    sys.exit(WRONG_USE)


def _tell(message: str) -> None:
    """One line on standard error, whatever the message holds."""
    typer.echo(" ".join(message.split()), err=True)


def _need_folder(folder: Path) -> None:
    if not folder.is_dir():
        came = "a file" if folder.exists() else "nothing"
        raise UsageError(f"{folder}: expected a folder of films, came {came}")


def _need_file_name(path: Path) -> None:
    if path.is_dir():
        raise UsageError(f"{path}: expected the name of a CSV to write, came a folder")


@contextmanager
def _progress(time_left: bool = True) -> Iterator[Progress]:
    """A progress bar on standard error; silent where that is no terminal."""
    if not sys.stderr.isatty():
        yield lambda share, words: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    clock = (TimeRemainingColumn(),) if time_left else ()
    columns: tuple[Any, ...] = (BarColumn(), *clock, TextColumn("{task.description}"))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading the films", total=1.0)
        yield lambda share, words: bar.update(task, completed=share, description=words)


if __name__ == "__main__":
    main()
