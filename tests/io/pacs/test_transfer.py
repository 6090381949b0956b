"""What a transfer promises, with small PACS that misbehave: whole objects, a row for each, a reason if refused."""

from __future__ import annotations

import dataclasses
import gc
import shutil
import socket
import ssl
import subprocess
import warnings
from pathlib import Path

import pydicom
import pytest

from lesionmeter.errors import PacsError, UsageError
from lesionmeter.io.pacs import Outcome, Patience, Wanted, fetch, send
from lesionmeter.io.pacs.configuration import Tls
from lesionmeter.io.pacs.objects import Refused, Unreachable
from lesionmeter.io.pacs.patience import Deadline, persist
from tests.io.pacs.archive_worlds import film, write_films
from tests.io.pacs.small_archives import QUICK, Manners, dimse_archive, web_archive

ARCHIVES = {"web": web_archive, "dimse": dimse_archive}
BOTH = pytest.mark.parametrize("speaks", ARCHIVES)


def three() -> list[pydicom.Dataset]:
    return [film(number) for number in (1, 2, 3)]


def outcomes(rows) -> list[str]:
    return [row.outcome.value for row in rows]


@BOTH
def test_every_film_of_the_patient_is_fetched_as_it_is_kept(speaks, tmp_path):
    films = three()
    with ARCHIVES[speaks](Manners(films)) as node:
        assert outcomes(fetch(node, Wanted("P017"), tmp_path)) == ["fetched"] * 3
    for one in films:
        got = pydicom.dcmread(tmp_path / f"{one.SOPInstanceUID}.dcm")
        assert (got.pixel_array == one.pixel_array).all()


@BOTH
def test_what_is_there_whole_is_not_fetched_again_and_what_is_not_is(speaks, tmp_path):
    films = three()
    with ARCHIVES[speaks](Manners(films)) as node:
        list(fetch(node, Wanted("P017"), tmp_path))
        (tmp_path / f"{films[1].SOPInstanceUID}.dcm").write_bytes(b"half a file")
        (tmp_path / ".9.dcm.partial").write_bytes(b"of a killed run")
        assert outcomes(fetch(node, Wanted("P017"), tmp_path)) == ["already there", "fetched", "already there"]
    assert not list(tmp_path.glob(".*"))


@BOTH
def test_after_a_broken_answer_nothing_is_half_written_and_the_rest_is_not_tried(speaks, tmp_path):
    films = three()
    with ARCHIVES[speaks](Manners(films, cut={films[1].SOPInstanceUID})) as node:
        rows = list(fetch(node, Wanted("P017"), tmp_path))
    assert outcomes(rows) == ["fetched", "failed", "failed"]
    assert "broke off" in rows[1].reason
    assert rows[2].reason == "not tried: the PACS did not answer before"
    assert [path.name for path in tmp_path.iterdir()] == [f"{films[0].SOPInstanceUID}.dcm"]


@BOTH
def test_one_bad_object_among_good_ones_is_a_row_with_the_reason(speaks, tmp_path):
    paths = write_films(tmp_path, 3)
    manners = Manners(refused={film(2).SOPInstanceUID})
    with ARCHIVES[speaks](manners) as node:
        rows = list(send(node, paths))
    assert outcomes(rows) == ["sent", "failed", "sent"]
    assert rows[1].reason.endswith("refuses the object: out of resources (0xA700)")
    assert len(manners.kept) == 2


def test_a_success_that_does_not_name_the_object_is_no_success(tmp_path):
    with web_archive(Manners(lost={film(1).SOPInstanceUID})) as node:
        rows = list(send(node, write_films(tmp_path, 2)))
    assert outcomes(rows) == ["failed", "sent"]
    assert rows[0].reason.endswith("its answer does not name it among those kept")


@BOTH
def test_a_film_of_another_patient_is_refused_although_the_pacs_gave_it(speaks, tmp_path):
    stray = film(2, patient="P999")
    films = [film(1), stray]
    manners = Manners(films)
    with ARCHIVES[speaks](manners) as node:
        found = list(fetch(node, Wanted("P017"), tmp_path))
    assert outcomes(found) == ["fetched"]
    assert not (tmp_path / f"{stray.SOPInstanceUID}.dcm").exists()


@BOTH
def test_only_the_body_part_asked_for_or_an_unknown_one_is_fetched(speaks, tmp_path):
    films = three()
    films[0].BodyPartExamined, films[1].BodyPartExamined = "FOOT", ""
    with ARCHIVES[speaks](Manners(films)) as node:
        rows = list(fetch(node, Wanted("P017", body_part="HAND"), tmp_path))
    assert [row.object for row in rows] == [films[1].SOPInstanceUID, films[2].SOPInstanceUID]


@BOTH
def test_a_pacs_that_is_not_there_is_one_line(speaks, tmp_path):
    with ARCHIVES[speaks](Manners()) as node, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        where = {"url": f"http://127.0.0.1:{port}"} if speaks == "web" else {"port": port}
        gone = dataclasses.replace(node, **where)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # pynetdicom forgets a socket that did not connect
        with pytest.raises(PacsError, match=rf"unreachable at 127.0.0.1:{port}"):
            list(fetch(gone, Wanted("P017"), tmp_path))
        gc.collect()


def test_a_wrong_title_is_told_with_both_titles(tmp_path):
    with dimse_archive(Manners(three())) as node:
        wrong = dataclasses.replace(node, called_ae="OTHER")
        expected = r"called ae title not recognised \(we are LESIONMETER, it is OTHER\)"
        with pytest.raises(PacsError, match=expected):
            list(fetch(wrong, Wanted("P017"), tmp_path))


@pytest.mark.parametrize(
    ("status", "words"),
    {401: "the token or password is wrong or missing", 403: "may not do this", 503: "busy or not ready"}.items(),
)
def test_an_http_refusal_is_told_in_words_without_the_patient_or_the_token(status, words, tmp_path):
    with web_archive(Manners(three(), status=status)) as node, pytest.raises(PacsError, match=words) as told:
        list(fetch(node, Wanted("P017"), tmp_path))
    assert "P017" not in str(told.value)
    assert "secret" not in str(told.value)


def test_a_first_attempt_that_breaks_off_is_repeated(tmp_path):
    with web_archive(Manners(three(), breaks=1)) as node:
        assert outcomes(fetch(node, Wanted("P017"), tmp_path)) == ["fetched"] * 3


def test_a_storage_that_breaks_off_is_repeated_over_a_new_association(tmp_path):
    with dimse_archive(Manners(breaks=1)) as node:
        assert outcomes(send(node, write_films(tmp_path, 2))) == ["sent", "sent"]


def test_a_file_that_is_no_dicom_object_is_a_row(tmp_path):
    (tmp_path / "notes.txt").write_text("no film")
    with web_archive(Manners()) as node:
        rows = list(send(node, [tmp_path / "notes.txt", *write_films(tmp_path, 1)]))
    assert outcomes(rows) == ["failed", "sent"]
    assert rows[0].reason == "expected a DICOM object, came an unreadable file (InvalidDicomError)"


def test_of_a_folder_the_dicom_files_are_sent_and_nothing_else(tmp_path):
    write_films(tmp_path / "out" / "dicom", 2)
    (tmp_path / "out" / "changes.csv").write_text("a,b\n")
    with web_archive(Manners()) as node:
        assert outcomes(send(node, [tmp_path / "out"])) == ["sent", "sent"]


def test_a_folder_without_dicom_files_is_wrong_use(tmp_path):
    with web_archive(Manners()) as node, pytest.raises(UsageError, match="expected DICOM files to send, came none"):
        list(send(node, [tmp_path]))


def test_a_patient_without_such_films_is_one_line(tmp_path):
    with web_archive(Manners()) as node, pytest.raises(PacsError, match="expected films of that patient"):
        list(fetch(node, Wanted("P017"), tmp_path))
    assert not list(tmp_path.iterdir())


def test_when_the_time_is_up_the_rest_is_told(tmp_path):
    with web_archive(Manners(three()), patience=Patience(attempts=1, limit_s=1e-9)) as node:
        rows = list(send(node, write_films(tmp_path, 2)))
    assert [row.reason for row in rows] == ["the time limit was reached", "not tried: the PACS did not answer before"]


def test_waits_double_and_a_refusal_is_not_repeated():
    waits: list[float] = []

    def silent() -> None:
        raise Unreachable("no answer")

    with pytest.raises(Unreachable, match="no answer"):
        persist(silent, Patience(attempts=4, first_wait_s=1), Deadline(60), waits.append)
    assert waits == [1, 2, 4]

    def refusing() -> None:
        raise Refused("no")

    with pytest.raises(Refused, match="no"):
        persist(refusing, QUICK, Deadline(60), waits.append)
    assert len(waits) == 3


def test_an_id_with_a_wildcard_is_refused_for_it_would_bring_other_patients():
    with pytest.raises(UsageError, match="without wildcards"):
        Wanted("P0*")


def test_outcomes_are_the_words_of_the_table():
    assert [outcome.value for outcome in Outcome] == ["fetched", "sent", "already there", "failed"]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
@pytest.mark.parametrize("archive", [web_archive, dimse_archive])
def test_tls_is_spoken_with_the_configured_authority_and_refused_without(archive, tmp_path):
    certificate, key = _certificate(tmp_path)
    secured = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secured.load_cert_chain(certificate, key)
    with archive(Manners(three()), secured, Tls(ca_file=str(certificate))) as node:
        assert outcomes(fetch(node, Wanted("P017"), tmp_path / "got")) == ["fetched"] * 3
        distrusting = dataclasses.replace(node, tls=Tls())
        with pytest.raises(PacsError, match=r"its certificate is not trusted|expected a certificate that is trusted"):
            list(fetch(distrusting, Wanted("P017"), tmp_path / "none"))


def _certificate(folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "server.pem", folder / "server.key"
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    command = ["openssl", *words.split(), "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key
