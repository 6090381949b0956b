"""Time and peak memory of each stage on one patient; prints a table.

    python bench/stages.py                     three simulated films of about 2000 x 2500
    python bench/stages.py PATIENT_DIR         one patient's films
    python bench/stages.py --runs 3            the median of three runs, each in a process of its own

The patient is measured as `lesionmeter measure` does it. Each stage's seconds are those spent inside its functions; its
memory is the highest resident size of the process while it ran. Films and pairs are worked on two at a time, and their
seconds overlap: to compare stages, set OMP_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import importlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from lesionmeter.phantom import FilmSpec, StudySpec, simulate, write
from lesionmeter.phantom.courses import random_deposits

STAGES = {
    "read the films": [("lesionmeter.batch.one", "read_patient")],
    "calibration": [("lesionmeter.stages.calibration", "calibrate"), ("lesionmeter.stages.calibration", "relative")],
    "anatomy": [("lesionmeter.stages.anatomy", "find_hands"), ("lesionmeter.stages.anatomy", "site_map")],
    "registration": [("lesionmeter.stages.registration", "register")],
    "segmentation": [
        ("lesionmeter.stages.segmentation", "segment"),
        ("lesionmeter.stages.segmentation", "size_limits"),
    ],
    "tracking": [("lesionmeter.stages.tracking", "track")],
    "measurement": [("lesionmeter.stages.measurement", "measure")],
    "evidence": [("lesionmeter.stages.evidence", "compare")],
    "write tables, masks and page": [("lesionmeter.batch.one", "write_output")],
}
"""Row of the table to the functions that it counts, as (module, name)."""

HIGH_WATER = Path("/proc/self/clear_refs")
"""Writing 5 here makes Linux count the highest resident size anew (proc(5))."""

Cost = dict[str, list[float]]
"""Row of the table to [seconds, peak in MB]."""


def main() -> None:
    arguments = argparse.ArgumentParser(description="Time and peak memory of each stage on one patient.")
    arguments.add_argument("patient", type=Path, nargs="?", help="a folder of films; simulated ones if left out")
    arguments.add_argument("--runs", type=int, default=1, help="runs, each in a process of its own")
    arguments.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.once:
        print(json.dumps(measure_once(asked.patient)))
        return
    with tempfile.TemporaryDirectory() as folder:
        patient = asked.patient or simulated_patient(Path(folder))
        print(table([run_once(patient) for _ in range(asked.runs)]))


def simulated_patient(folder: Path) -> Path:
    """One simulated patient: a left hand on three films of about 2000 x 2500, with ten deposits."""
    deposits = {"left": random_deposits(np.random.default_rng(0), 10)}
    films = tuple(FilmSpec(date, spacing_mm=0.09) for date in ("1983", "1984", "1988"))
    write(simulate(StudySpec("bench", films, deposits), seed=0), folder / "bench")
    return folder / "bench"


def run_once(patient: Path) -> Cost:
    """Measure the patient in a process of its own, so that runs do not share memory or warm caches."""
    command = [sys.executable, __file__, str(patient), "--once"]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    costs: Cost = json.loads(answer.splitlines()[-1])
    return costs


def measure_once(patient: Path) -> Cost:
    """Measure the patient with every stage's functions watched."""
    batch = importlib.import_module("lesionmeter.batch.one")
    costs: Cost = defaultdict(lambda: [0.0, 0.0])
    for stage, functions in STAGES.items():
        for module, name in functions:
            room = importlib.import_module(module)
            setattr(room, name, watched(getattr(room, name), costs[stage]))
    with tempfile.TemporaryDirectory() as out:
        whole = watched(batch.measure_patient, costs["all"])
        whole(patient, Path(out) / "out")
    costs["all"][1] = max(peak for _, peak in costs.values())
    return dict(costs)


def watched(function: Callable[..., Any], cost: list[float]) -> Callable[..., Any]:
    """The function, which adds its seconds and its peak memory to `cost` at every call."""

    def call(*given: Any, **named: Any) -> Any:
        restart_peak()
        started = time.perf_counter()
        try:
            return function(*given, **named)
        finally:
            cost[0] += time.perf_counter() - started
            cost[1] = max(cost[1], peak_mb())

    return call


def restart_peak() -> None:
    if HIGH_WATER.exists():
        HIGH_WATER.write_text("5")


def peak_mb() -> float:
    """Highest resident size since `restart_peak` (since the start where the system cannot restart it), in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def table(runs: list[Cost]) -> str:
    rows = [f"{'stage':<30}{'seconds':>10}{'peak MB':>10}"]
    for stage in runs[0]:
        seconds, peak = (statistics.median(run[stage][k] for run in runs) for k in (0, 1))
        rows.append(f"{stage:<30}{seconds:>10.2f}{peak:>10.0f}")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
