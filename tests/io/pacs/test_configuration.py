"""A PACS is told by a file and the environment; secrets are kept, and faults named."""

import pytest

from lesionmeter.errors import PacsError
from lesionmeter.io.pacs import DimseNode, WebNode, read_node

WEB = '[main]\nurl = "https://pacs.example/dicom-web"\n'


@pytest.fixture
def file(tmp_path):
    def write(text, mode=0o600):
        path = tmp_path / "pacs.toml"
        path.write_text(text)
        path.chmod(mode)
        return path

    return write


def test_a_url_makes_a_dicomweb_service_and_the_environment_wins(file):
    node = read_node("main", file(WEB + 'token = "old"\n'), {"LESIONMETER_PACS_MAIN_TOKEN": "new"})
    assert node == WebNode("main", "https://pacs.example/dicom-web", token="new")


def test_the_environment_is_enough_without_a_file(tmp_path):
    start = "LESIONMETER_PACS_OLD_ARCHIVE_"
    stated = {start + "HOST": "pacs", start + "PORT": "104", start + "CALLED_AE": "ARCHIVE"}
    stated["LESIONMETER_PACS_CONFIG"] = str(tmp_path / "none.toml")
    assert read_node("old-archive", environment=stated) == DimseNode("old-archive", "pacs", 104, "ARCHIVE")


def test_a_token_is_not_shown_with_its_node(file):
    assert "s3cret" not in repr(read_node("main", file(WEB + 'token = "s3cret"\n'), {}))


def test_a_file_with_a_secret_that_others_can_read_is_refused(file):
    with pytest.raises(PacsError, match="only you can read, came another; chmod 600 it"):
        read_node("main", file(WEB + 'token = "s3cret"\n', mode=0o644), {})


def test_certificates_and_patience_are_read(file):
    node = read_node("main", file(WEB + 'ca_file = "/ca.pem"\ntimeout_s = 5\nattempts = 2\n'), {})
    assert (node.tls.ca_file, node.patience.timeout_s, node.patience.attempts) == ("/ca.pem", 5.0, 2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[other]\n", r"expected a table \[main\], came other"),
        ("no toml", "expected TOML, came a fault"),
        (WEB + "tokn = 1\n", "expected keys that are known, came tokn"),
        ('[main]\nhost = "pacs"\n', "expected port, called_ae, came nothing"),
        (WEB + 'timeout_s = "soon"\n', "timeout_s: expected a number above 0, came 'soon'"),
        (WEB + 'protocol = "ftp"\n', "expected dicomweb or dimse, came 'ftp'"),
        ('[main]\nhost = "p"\nport = 104\ncalled_ae = "A_TITLE_THAT_IS_TOO_LONG"\n', "AE titles of 1 to 16 letters"),
        ('[main]\nhost = "p"\nport = 104\ncalled_ae = "A"\nretrieve = "push"\n', "expected get or move, came 'push'"),
    ],
)
def test_a_fault_of_the_configuration_is_named(file, text, words):
    with pytest.raises(PacsError, match=words):
        read_node("main", file(text), {})


def test_no_configuration_at_all_says_where_it_is_looked_for(tmp_path):
    with pytest.raises(
        PacsError, match=r"pacs.toml: expected a table \[main\] that says where that PACS is, came none"
    ):
        read_node("main", environment={"LESIONMETER_PACS_CONFIG": str(tmp_path / "pacs.toml")})
