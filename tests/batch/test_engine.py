"""A Dask cluster does the same work, and one that cannot is refused before it begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from distributed import LocalCluster
from distributed.scheduler import KilledWorker

from lesionmeter.batch import BatchSettings, engine, guard, measure_cohort
from lesionmeter.errors import UsageError

Cohort = Callable[..., Path]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A scheduler on loopback with two workers, which see this test's stand-ins."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, protocol="tcp", host="127.0.0.1",
        dashboard_address="127.0.0.1:0", worker_dashboard_address="127.0.0.1:0", local_directory=str(tmp_path),
    ) as cluster:  # fmt: skip
        yield cluster.scheduler_address


def test_a_cluster_gives_the_same_bytes_as_this_machine(cohort: Cohort, tmp_path: Path, address: str) -> None:
    films = cohort(P1="time.sleep(0.3)", P2="os._exit(3)", P3="")
    for name, cluster in (("here", ""), ("there", address)):
        list(measure_cohort(films, tmp_path / name, BatchSettings(cluster=cluster)))
    assert (tmp_path / "here" / "batch.csv").read_bytes() == (tmp_path / "there" / "batch.csv").read_bytes()


def test_a_worker_of_another_version_is_refused(
    cohort: Cohort, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_look", lambda token: ("0.0.1", True))
    with pytest.raises(UsageError, match=r"expected a worker with lesionmeter .*, came 0\.0\.1"):
        list(measure_cohort(cohort(P1=""), tmp_path / "out", BatchSettings(cluster=address)))


def test_a_worker_that_does_not_see_the_output_is_refused(
    cohort: Cohort, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = engine.version("lesionmeter")
    monkeypatch.setattr(engine, "_look", lambda token: (mine, False))
    with pytest.raises(UsageError, match="came one that does not; use a folder that all share"):
        list(measure_cohort(cohort(P1=""), tmp_path / "out", BatchSettings(cluster=address)))


def test_an_address_without_a_scheduler_is_refused(cohort: Cohort, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected the address of a running Dask scheduler"):
        list(measure_cohort(cohort(P1=""), tmp_path / "out", BatchSettings(cluster="nonsense://here")))


class Crew:
    """A client of as many workers as are left."""

    def __init__(self, left: int) -> None:
        self.left, self.asked = left, 0

    def nthreads(self) -> dict[int, int]:
        return dict.fromkeys(range(self.left), 1)

    def submit(self, *anything: object, **named: object) -> str:
        self.asked += 1
        return f"future {self.asked}"


def test_only_a_few_jobs_are_handed_out_and_none_where_workers_were_lost() -> None:
    crew = Crew(3)
    flight = engine._Flight(crew, iter([guard.Job(f"/films/P{k}", f"/out/P{k}") for k in range(100)]))
    for left in (3, 1):
        crew.left = left
        flight.fill()
        assert crew.asked == 3 * engine.AHEAD


class Lost:
    """A future whose workers were lost."""

    def result(self, timeout: float) -> None:
        raise KilledWorker("measure-1", None, 3)


def test_a_patient_whose_workers_are_lost_is_a_row_and_may_be_tried_again() -> None:
    outcome = engine._outcome(Lost(), guard.Job("/films/P1", "/out/P1"))
    assert outcome.row.reason == "the workers that measured it were lost (KilledWorker)"
    assert outcome.died
