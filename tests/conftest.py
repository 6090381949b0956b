"""What every test shares: one thread, no network, repeatable laws, and the way to the development films."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from lesionmeter.model.findings import Assessment

# Sums over several threads differ in the last digit from run to run. numpy reads this when it is first imported.
for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS"):
    os.environ[threads] = "1"

REPOSITORY = Path(__file__).parents[1]
LOCAL = ("127.0.0.1", "::1", "localhost")

hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, database=None)
hypothesis.settings.register_profile("desk", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "desk")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder of the repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def films() -> Path:
    """The development films with known truth, which the repository may not hold; without them these tests skip."""
    folder = Path(os.environ.get("LESIONMETER_FILMS", REPOSITORY.parent / "shared" / "films")).resolve()
    if not folder.is_dir():
        pytest.skip(f"NO DEVELOPMENT FILMS at {folder}: set LESIONMETER_FILMS to their folder to run this test")
    return folder


@pytest.fixture(scope="session")
def measured_sample(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Assessment, Path]:
    """The sample patient measured once for every test that asks: the assessment, and the output folder."""
    from lesionmeter import batch  # after the environment above is set

    out = tmp_path_factory.mktemp("sample") / "out"
    return batch.measure_patient(repository / "sample_images" / "patient", out), out


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Refuse every connection that leaves this machine: no test depends on the world outside."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[0] not in LOCAL:
            raise AssertionError(f"expected no network in tests, came a connection to {address[0]}")
        connect(self, address)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_here)
        yield
