"""Patients a minute, memory, and what survives being killed, of `lesionmeter batch`; prints a table.

    python bench/cohort.py                       200 simulated patients of small films; about an hour on two free cores
    python bench/cohort.py --patients 12         fewer
    python bench/cohort.py --stand-in            processes that do not measure: the cost of the batch itself

Each line is a run on the same films: one worker; two; two workers of a Dask scheduler on loopback; the same with one of
them killed in mid-run; and two workers whose driver is killed (-9) in mid-run, then `--resume`. The last column is the
SHA-256 over batch.csv and every patient's CSV tables: all runs must show the same. Not for Windows: it kills by signal.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from lesionmeter.phantom import Calcification, FilmSpec, StudySpec, simulate, write

CHILD = """
import hashlib, json, os, sys, time
asked = json.loads(sys.stdin.readline())
folder, target = asked["folder"], asked["target"]
sums = [hashlib.sha256(open(f"{folder}/{name}", "rb").read()).hexdigest() for name in sorted(os.listdir(folder))]
row = {"patient": os.path.basename(folder), "status": "measured", "films": len(sums), "made_from": asked["made_from"]}
time.sleep(0.05)
os.makedirs(target, exist_ok=True)
for name, text in (("films.csv", "\\n".join(sums)), ("assessment.json", "{}"), ("batch.json", json.dumps(row))):
    open(f"{target}/{name}", "w").write(text)
print(json.dumps(row))
"""
"""Stands in for the process that measures: reads the films, and leaves the marks of a complete output."""

PATCH = f"import sys; from lesionmeter.batch import guard; guard.COMMAND = (sys.executable, '-c', {CHILD!r})\n"
RUN = "from lesionmeter.cli import main; main()"


@dataclass(frozen=True)
class Bench:
    """What all runs share."""

    cohort: Path
    patients: int
    stand_in: bool
    work: Path

    def driver(self, out: Path, *options: str) -> subprocess.Popen[bytes]:
        """Start a batch."""
        code = (PATCH if self.stand_in else "") + RUN
        words = [sys.executable, "-c", code, "batch", str(self.cohort), "-o", str(out), *options]
        return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@dataclass(frozen=True)
class Result:
    """One line of the table; memory in MB."""

    name: str
    seconds: float
    driver_mb: float
    patient_mb: float
    kept: int
    checksum: str


def main() -> None:
    arguments = argparse.ArgumentParser(description="What lesionmeter batch costs, and what it survives.")
    arguments.add_argument("--patients", type=int, default=200)
    arguments.add_argument("--stand-in", action="store_true", help="processes that do not measure")
    asked = arguments.parse_args()
    print(f"{'run':<44}{'patients/min':>13}{'driver MB':>11}{'patient MB':>12}{'kept':>6}  tables", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for number in range(asked.patients):
            simulated_patient(work / "films" / f"P{number:04d}", number)
        bench = Bench(work / "films", asked.patients, asked.stand_in, work)
        for run in (one_worker, two_workers, on_scheduler, lost_worker, killed_driver):
            print(line(run(bench), asked.patients), flush=True)


def simulated_patient(folder: Path, number: int) -> None:
    """A left hand at 0.7 mm with one deposit; every tenth patient has two films, the others one."""
    dates = ("1990-01-05", "1995-02-07")[: 1 if number % 10 else 2]
    deposit = Calcification(2, "middle", "radial", "globular", (12.0, 6.0)[: len(dates)], 2.0, 3, "decrease")
    films = tuple(FilmSpec(date, spacing_mm=0.7) for date in dates)
    write(simulate(StudySpec(folder.name, films, {"left": (deposit,)}), seed=number), folder)


def one_worker(bench: Bench) -> Result:
    return timed("one worker", bench, "--workers", "1")


def two_workers(bench: Bench) -> Result:
    return timed("two workers", bench, "--workers", "2")


def on_scheduler(bench: Bench) -> Result:
    """Two workers of a scheduler on loopback."""
    with scheduler(bench) as (address, _):
        return timed("scheduler, two workers", bench, "--cluster", address)


def lost_worker(bench: Bench) -> Result:
    """Two workers of a scheduler on loopback; one is killed after a third of the patients."""
    with scheduler(bench) as (address, workers):

        def kill_one(done: int) -> bool:
            if done >= bench.patients / 3 and workers[0].poll() is None:
                workers[0].kill()
            return False

        return timed("scheduler, two workers, one killed", bench, "--cluster", address, watch=kill_one)


def killed_driver(bench: Bench) -> Result:
    """Two workers; the driver is killed after half of the patients, and the batch is resumed."""
    out = bench.work / "killed"
    timed("killed", bench, "--workers", "2", watch=lambda done: done >= bench.patients / 2)
    left = [p for p in psutil.process_iter(["cmdline"]) if str(out) in " ".join(p.info["cmdline"] or [])]
    assert not left, "expected no process of the killed batch to live on"
    return timed("driver killed (-9) at half, then --resume", bench, "--workers", "2", "--resume", out=out)


def timed(
    name: str, bench: Bench, *options: str, watch: Callable[[int], bool] = lambda done: False, out: Path | None = None
) -> Result:
    """Run a batch, told at every look how many patients are done; it is killed when `watch` says so."""
    out = out or bench.work / name.replace(" ", "-").replace(",", "")
    started, peak = time.perf_counter(), 0.0
    log = out / "batch_run.csv"
    log.unlink(missing_ok=True)
    driver = bench.driver(out, *options)
    while driver.poll() is None:
        peak = max(peak, resident_mb(driver.pid))
        if watch(len(log_rows(log))):
            driver.kill()
        time.sleep(0.1)
    rows = log_rows(log)
    highest = max((float(row["peak_memory_mb"]) for row in rows), default=0.0)
    kept = sum(row["kept"] == "yes" for row in rows)
    return Result(name, time.perf_counter() - started, peak, highest, kept, checksum(out))


@contextmanager
def scheduler(bench: Bench) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A Dask scheduler and two workers without nannies, all on loopback."""
    place, preload = bench.work / "scheduler.json", bench.work / "stand_in.py"
    preload.write_text(PATCH if bench.stand_in else "", encoding="utf-8")
    dask = [sys.executable, "-m", "dask"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    here = ["--host", "127.0.0.1"]
    place.unlink(missing_ok=True)
    first = subprocess.Popen(
        [*dask, "scheduler", *here, "--port", "0", "--no-dashboard", "--scheduler-file", str(place)], **quiet
    )
    worker = [*dask, "worker", "--scheduler-file", str(place), *here, "--nthreads", "1", "--no-nanny", "--no-dashboard",
              "--local-directory", str(bench.work), "--preload", str(preload)]  # fmt: skip
    while not place.exists():
        time.sleep(0.2)
    workers = [subprocess.Popen(worker, **quiet) for _ in range(2)]
    try:
        yield wait_for_workers(place, len(workers)), workers
    finally:
        for process in (*workers, first):
            process.kill()
            process.wait()


def wait_for_workers(place: Path, count: int) -> str:
    """The scheduler's address, once so many workers have come."""
    from distributed import Client

    with Client(scheduler_file=str(place), set_as_default=False) as client:
        client.wait_for_workers(count, timeout=300)
        return str(client.scheduler.address)


def resident_mb(pid: int) -> float:
    try:
        return psutil.Process(pid).memory_info().rss / 1e6
    except psutil.Error:
        return 0.0


def log_rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["kept"]]


def checksum(out: Path) -> str:
    """SHA-256 over batch.csv and every patient's CSV tables."""
    known = hashlib.sha256()
    for path in (out / "batch.csv", *sorted(out.glob("*/*.csv"))):
        if path.exists():
            known.update(path.relative_to(out).as_posix().encode() + path.read_bytes())
    return known.hexdigest()


def line(result: Result, patients: int) -> str:
    pace = 60 * (patients - result.kept) / result.seconds
    return (
        f"{result.name:<44}{pace:>13.1f}{result.driver_mb:>11.0f}{result.patient_mb:>12.0f}{result.kept:>6}"
        f"  {result.checksum[:16]}"
    )


if __name__ == "__main__":
    main()
