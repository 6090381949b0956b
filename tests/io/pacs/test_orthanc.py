"""The whole way with a real Orthanc, over DICOMweb and over DIMSE, as a user goes it: from the command line."""

from __future__ import annotations

import subprocess
import threading
import time
from pathlib import Path

import pydicom
import pytest

from lesionmeter.io.dicom.findings import read_findings
from lesionmeter.io.study import read_patient
from lesionmeter.report.tables import tables
from tests.dicom_world import objects, save, write_findings
from tests.io.pacs.archive_worlds import Orthanc, film, running, why_not, write_films
from tests.worlds import patient_world

COUNT = 3


@pytest.fixture(scope="module", autouse=True)
def there() -> None:
    if reason := why_not():
        pytest.skip(f"NOT TESTED against a real PACS: {reason}")


@pytest.fixture(scope="module")
def orthanc(there: None, tmp_path_factory: pytest.TempPathFactory):
    """An Orthanc with three films of P017 and one of P018."""
    folder = tmp_path_factory.mktemp("orthanc")
    write_films(folder / "films", COUNT)
    write_films(folder / "others", 1, patient="P018")
    with running(folder) as orthanc:
        yield orthanc


@pytest.fixture(params=["web", "get"])
def filled(request: pytest.FixtureRequest, orthanc: Orthanc) -> tuple[Orthanc, str]:
    """The same, its films sent over DICOMweb or DIMSE."""
    sent = orthanc.run("send", orthanc.folder / "films", orthanc.folder / "others", "--pacs", request.param)
    assert (sent.returncode, sent.stdout) == (0, f"{COUNT + 1} sent: {request.param}\n"), sent.stderr
    return orthanc, request.param


def test_what_was_sent_is_found_and_fetched_with_its_pixels(filled, tmp_path):
    orthanc, pacs = filled
    done = orthanc.run("fetch", "--patient", "P017", "--body-part", "HAND", "--pacs", pacs, "-o", tmp_path / "P017")
    assert (done.returncode, done.stderr) == (0, "")
    patient = read_patient(tmp_path / "P017")
    assert patient.patient_id == "P017"
    assert [str(one.date) for one in patient.films] == ["1981-01-01", "1982-01-01", "1983-01-01"]
    assert all((one.pixels == film(n).pixel_array).all() for n, one in enumerate(patient.films, 1))


def test_c_move_brings_the_same_bytes_as_c_get(orthanc, tmp_path):
    assert orthanc.run("send", orthanc.folder / "films", "--pacs", "get").returncode == 0
    for pacs in ("get", "move"):
        assert orthanc.run("fetch", "--patient", "P017", "--pacs", pacs, "-o", tmp_path / pacs).returncode == 0
    assert {p.name: p.read_bytes() for p in (tmp_path / "get").iterdir()} == {
        p.name: p.read_bytes() for p in (tmp_path / "move").iterdir()
    }


def test_dates_choose_the_films_and_a_second_run_fetches_the_rest(filled, tmp_path):
    orthanc, pacs = filled
    words = ("fetch", "--patient", "P017", "--pacs", pacs, "-o", tmp_path / "P017")
    assert orthanc.run(*words, "--dates", "1982:1983-06").stdout.startswith("2 fetched")
    assert orthanc.run(*words).stdout.startswith("1 fetched, 2 already there")


def test_a_wrong_token_is_refused_in_one_line(orthanc, tmp_path):
    done = orthanc.run("fetch", "--patient", "P017", "--pacs", "web", "-o", tmp_path / "none", token="guessed")
    assert done.returncode == 2
    assert done.stderr == "lesionmeter: web: the token or user may not do this (HTTP 403)\n"
    assert not (tmp_path / "none").exists()


def test_a_wrong_title_is_refused_in_one_line(orthanc, tmp_path):
    done = orthanc.run("fetch", "--patient", "P017", "--pacs", "wrongtitle", "-o", tmp_path / "none")
    assert done.returncode == 2
    assert "called ae title not recognised (we are LESIONMETER, it is NOBODY)" in done.stderr


@pytest.mark.parametrize("pacs", ["web", "get"])
def test_one_object_that_the_pacs_refuses_is_one_row_among_good_ones(orthanc, pacs, tmp_path):
    nameless, _, _ = write_films(tmp_path, COUNT)
    dataset = film(1)
    dataset.StudyInstanceUID = ""
    dataset.save_as(nameless, enforce_file_format=True)
    done = orthanc.run("send", tmp_path, "--pacs", pacs, "--table", tmp_path / "rows.csv")
    assert (done.returncode, done.stdout.split(":")[0]) == (1, "2 sent, 1 failed")
    rows = (tmp_path / "rows.csv").read_text().splitlines()
    assert [row.split(",")[1] for row in rows] == ["outcome", "failed", "sent", "sent"]
    assert f"{pacs}: refuses the object: " in done.stderr


def test_a_film_that_is_damaged_in_the_archive_is_one_row_among_good_ones(orthanc, tmp_path):
    # Over DICOMweb this Orthanc refuses the whole query then (HTTP 400): it reads the films to answer it.
    assert orthanc.run("send", orthanc.folder / "films", "--pacs", "get").returncode == 0
    whole = _damage(orthanc, film(2).SOPInstanceUID)
    done = orthanc.run("fetch", "--patient", "P017", "--pacs", "get", "-o", tmp_path / "P017")
    for path, data in whole.items():
        path.write_bytes(data)
    assert (done.returncode, done.stdout.split(":")[0]) == (1, "2 fetched, 1 failed")
    assert len(list((tmp_path / "P017").iterdir())) == 2
    assert "failed; get: refuses" in done.stderr


def _damage(orthanc: Orthanc, sop_uid: str) -> dict[Path, bytes]:
    """Turn an object in the archive's storage into nonsense; what was there before, to put it back."""
    found = {}
    for path in (orthanc.folder / "storage").rglob("*"):
        if path.is_file() and path.name.count("-") == 4 and sop_uid.encode() in path.read_bytes():
            found[path] = path.read_bytes()
            path.write_bytes(b"\0" * len(found[path]))
    assert found
    return found


@pytest.mark.parametrize("pacs", ["web", "get"])
def test_an_assessment_is_rebuilt_from_the_pacs_alone(there, pacs, tmp_path):
    made = objects()
    sent = write_findings(tmp_path / "objects", made, with_films=True)
    for presentation in made.presentations.values():
        save(presentation, sent / f"{presentation.SOPInstanceUID}.dcm")
    with running(tmp_path) as orthanc:
        done = orthanc.run("send", sent, "--pacs", pacs)
        assert done.returncode == 0, done.stderr
        got = orthanc.run("fetch", "--patient", "P017", "--findings", "--pacs", pacs, "-o", tmp_path / "P017")
    count = len(list(sent.iterdir()))
    assert got.stdout.startswith(f"{count} fetched:"), got.stderr
    rebuilt, before = tables(read_findings(tmp_path / "P017").own), tables(patient_world())
    for table in ("deposits", "changes"):
        same = [column for column in before[table] if not column.startswith("film")]  # files have other names now
        assert rebuilt[table][same].to_csv() == before[table][same].to_csv()


def test_a_pacs_that_is_killed_in_mid_transfer_leaves_whole_films_and_the_next_run_goes_on(there, tmp_path):
    count, out = 8, tmp_path / "P017"
    write_films(tmp_path / "films", count, side=1200)
    with running(tmp_path) as orthanc:
        assert orthanc.run("send", tmp_path / "films", "--pacs", "get").returncode == 0
        done = _killed_while_fetching(orthanc, out)
        got = sorted(out.glob("*.dcm"))
        assert done.returncode == 1
        assert "failed; get: " in done.stderr
        assert 0 < len(got) < count
        assert [path for path in out.iterdir() if path.suffix != ".dcm"] == []
        assert all(pydicom.dcmread(path).pixel_array.shape == (1200, 1200) for path in got)
        orthanc.start()
        again = orthanc.run("fetch", "--patient", "P017", "--pacs", "get", "-o", out)
    assert again.stdout.startswith(f"{count - len(got)} fetched, {len(got)} already there")


def _killed_while_fetching(orthanc: Orthanc, out: Path) -> subprocess.CompletedProcess[str]:
    """Fetch, and kill the PACS when the first film has arrived."""

    def kill_at_the_first_film() -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end and not list(out.glob("*.dcm")):
            time.sleep(0.002)
        orthanc.kill()

    killer = threading.Thread(target=kill_at_the_first_film)
    killer.start()
    done = orthanc.run("fetch", "--patient", "P017", "--pacs", "get", "-o", out)
    killer.join()
    return done
