"""A PACS for tests: a real Orthanc in a network of its own, and a small one in this process that misbehaves on demand.

This Orthanc listens on every address whatever it is told, so it runs only where nobody else is: in a private network
namespace, which `run` enters for each command. The small ones listen on 127.0.0.1.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset

from lesionmeter.phantom.formats import Label, dicom_film
from lesionmeter.phantom.spec import FilmSpec

PLUGINS = Path("/usr/share/orthanc/plugins")
WEB_PORT, DICOM_PORT, LISTEN_PORT = 8042, 4242, 11112
TOKEN = "open-sesame"
GUARD = f"""
function IncomingHttpRequestFilter(method, uri, ip, username, headers)
  return uri == '/system' or headers['authorization'] == 'Bearer {TOKEN}'
end
"""
CONFIGURATION = f"""
[web]
url = "http://127.0.0.1:{WEB_PORT}/dicom-web"
timeout_s = 10
attempts = 2
first_wait_s = 0.1

[get]
host = "127.0.0.1"
port = {DICOM_PORT}
called_ae = "ORTHANC"
timeout_s = 10
attempts = 2
first_wait_s = 0.1

[move]
host = "127.0.0.1"
port = {DICOM_PORT}
called_ae = "ORTHANC"
retrieve = "move"
listen_port = {LISTEN_PORT}

[wrongtitle]
host = "127.0.0.1"
port = {DICOM_PORT}
called_ae = "NOBODY"
"""


def why_not() -> str:
    """Why there can be no Orthanc here; empty if there can."""
    missing = [program for program in ("Orthanc", "unshare", "nsenter", "ip") if shutil.which(program) is None]
    if missing:
        return f"{', '.join(missing)} not installed"
    if not list(PLUGINS.glob("libOrthancDicomWeb*")):
        return "orthanc-dicomweb not installed"
    allowed = subprocess.run(["unshare", "-rn", "ip", "link", "set", "lo", "up"], capture_output=True, check=False)
    return "" if allowed.returncode == 0 else "no private network namespace is allowed here"


def film(number: int, patient: str = "P017", side: int = 64) -> Dataset:
    """Film `number` (1, 2, ...) of a patient: January 1st of 1980 + number, grain of its own."""
    spec = FilmSpec(f"{1980 + number}-01-01", format="cr", spacing_mm=0.2)
    pixels = np.random.default_rng(number).integers(0, 4096, (side, side), dtype=np.uint16)
    return dicom_film(pixels, Label(patient, spec, number, seed=1))


def write_films(folder: Path, count: int, **how: object) -> list[Path]:
    """Films 1 to `count` as files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"film{number}.dcm" for number in range(1, count + 1)]
    for number, path in enumerate(paths, 1):
        film(number, **how).save_as(path, enforce_file_format=True)  # type: ignore[arg-type]
    return paths


@dataclass
class Orthanc:
    """A running Orthanc: `folder` holds its storage and our configuration."""

    folder: Path
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        """Start it in a new network namespace, and wait until it answers."""
        configuration = self.folder / "orthanc.json"
        configuration.write_text(json.dumps(self._settings()))
        (self.folder / "guard.lua").write_text(GUARD)
        (self.folder / "pacs.toml").write_text(CONFIGURATION)
        script = f"ip link set lo up; exec Orthanc {configuration}"
        with (self.folder / "orthanc.log").open("ab") as log:
            self.process = subprocess.Popen(["unshare", "-rn", "sh", "-c", script], stdout=log, stderr=log)
        end = time.monotonic() + 20
        while time.monotonic() < end and self.process.poll() is None:
            if self._inside([sys.executable, "-c", self._ask_script()]).returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError(f"Orthanc did not start: {(self.folder / 'orthanc.log').read_text()[-1000:]}")

    @staticmethod
    def _ask_script() -> str:
        return f"import urllib.request as u; u.urlopen('http://127.0.0.1:{WEB_PORT}/system', timeout=2).read()"

    def _settings(self) -> dict[str, object]:
        allow = {f"DicomAlwaysAllow{what}": True for what in ("Store", "Find", "Get", "Move")}
        return {
            "StorageDirectory": str(self.folder / "storage"),
            "IndexDirectory": str(self.folder / "storage"),
            "MaximumStorageCacheSize": 0,
            "HttpPort": WEB_PORT,
            "DicomPort": DICOM_PORT,
            "DicomAet": "ORTHANC",
            "DicomCheckCalledAet": True,
            "AuthenticationEnabled": False,
            "RemoteAccessAllowed": True,
            "DicomModalities": {"us": ["LESIONMETER", "127.0.0.1", LISTEN_PORT]},
            "LuaScripts": [str(self.folder / "guard.lua")],
            "Plugins": [str(PLUGINS)],
            "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
            **allow,
        }

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def run(self, *words: object, token: str = TOKEN) -> subprocess.CompletedProcess[str]:
        """Run lesionmeter beside it."""
        return self._inside([sys.executable, "-m", "lesionmeter.cli", *map(str, words)], token)

    def _inside(self, command: list[str], token: str = TOKEN) -> subprocess.CompletedProcess[str]:
        enter = ["nsenter", "-t", str(self.process.pid), "-U", "-n", "--preserve-credentials"]
        surroundings = {
            **os.environ,
            "LESIONMETER_PACS_CONFIG": str(self.folder / "pacs.toml"),
            "LESIONMETER_PACS_WEB_TOKEN": token,
        }
        return subprocess.run([*enter, *command], capture_output=True, text=True, check=False, env=surroundings)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Orthanc]:
    """An Orthanc that is there while the block runs."""
    orthanc = Orthanc(folder)
    orthanc.start()
    try:
        yield orthanc
    finally:
        orthanc.kill()
