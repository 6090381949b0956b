"""Where a PACS is and how it is spoken to: from a file and the environment, never from the command line."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from lesionmeter.errors import PacsError

CONFIGURATION: Final = "LESIONMETER_PACS_CONFIG"
"""Environment variable that names the configuration file."""

USUAL_PLACE: Final = Path("~/.config/lesionmeter/pacs.toml")
AE_TITLE_LENGTH: Final = 16
SECRETS: Final = ("token", "password")


@dataclass(frozen=True)
class Patience:
    """How long one waits, and how often one asks again.

    Parameters
    ----------
    timeout_s
        For one answer.
    attempts
        How often an act is tried in all, where the other side does not answer.
    first_wait_s
        Before the second attempt; doubled before each further one.
    limit_s
        For a whole transfer.
    """

    timeout_s: float = 30.0
    attempts: int = 4
    first_wait_s: float = 1.0
    limit_s: float = 1800.0


@dataclass(frozen=True)
class Tls:
    """Certificate files in PEM; `ca_file` None for the system's own authorities."""

    ca_file: str | None = None
    certificate: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class WebNode:
    """A DICOMweb service.

    Parameters
    ----------
    name
        What the configuration calls it.
    url
        Its root, such as `https://pacs.example/dicom-web`.
    token
        Bearer token; empty for none.
    user, password
        For basic authentication; empty for none.
    tls
        Certificates.
    patience
        How long to wait.
    """

    name: str
    url: str
    token: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    tls: Tls = Tls()
    patience: Patience = Patience()


@dataclass(frozen=True)
class DimseNode:
    """A DICOM archive that speaks DIMSE.

    Parameters
    ----------
    name
        What the configuration calls it.
    host, port
        Where it listens.
    called_ae, calling_ae
        Its title and ours.
    retrieve
        `get` (C-GET), or `move` (C-MOVE; the archive must know our title, and reach us at `listen_port`).
    listen_port
        Where we listen for C-MOVE.
    tls
        Certificates; None to speak in the clear.
    patience
        How long to wait.
    """

    name: str
    host: str
    port: int
    called_ae: str
    calling_ae: str = "LESIONMETER"
    retrieve: str = "get"
    listen_port: int = 11112
    tls: Tls | None = None
    patience: Patience = Patience()


Node = WebNode | DimseNode


def read_node(name: str, path: Path | None = None, environment: Mapping[str, str] | None = None) -> Node:
    """Read one PACS of the configuration.

    The file is TOML with one table a PACS; `docs/pacs.md` shows it. An environment variable
    `LESIONMETER_PACS_<NAME>_<KEY>` (in capitals, such as `LESIONMETER_PACS_MAIN_TOKEN`) wins over the file, and is
    enough without one.

    Parameters
    ----------
    name
        Which PACS.
    path
        The file; else what `LESIONMETER_PACS_CONFIG` names, else `~/.config/lesionmeter/pacs.toml`.
    environment
        The environment; the process's own if None.

    Raises
    ------
    PacsError
        If there is no such PACS, a key is missing, unknown or of another kind, or others may read a file with secrets.
    """
    environment = os.environ if environment is None else environment
    file = path or Path(environment.get(CONFIGURATION, "") or USUAL_PLACE).expanduser()
    stated = {**_from_file(file, name, must=path is not None), **_from_environment(name, environment)}
    if not stated:
        raise PacsError(f"{file}: expected a table [{name}] that says where that PACS is, came none; see docs/pacs.md")
    kind = stated.pop("protocol", "dicomweb" if "url" in stated else "dimse")
    if kind == "dicomweb":
        return WebNode(
            name, patience=_patience(name, stated), tls=_tls(stated) or Tls(), **_rest(WebNode, name, stated)
        )
    if kind == "dimse":
        node = DimseNode(name, patience=_patience(name, stated), tls=_tls(stated), **_rest(DimseNode, name, stated))
        _check_dimse(node)
        return node
    raise PacsError(f"[{name}] protocol: expected dicomweb or dimse, came {kind!r}")


def _from_file(file: Path, name: str, *, must: bool) -> dict[str, Any]:
    if not file.is_file():
        if must:
            raise PacsError(f"{file}: expected a configuration file, came nothing")
        return {}
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise PacsError(f"{file}: expected TOML, came a fault: {error}") from None
    if name not in tables:
        known = ", ".join(sorted(tables)) or "none"
        raise PacsError(f"{file}: expected a table [{name}], came {known}")
    table = tables[name] if isinstance(tables[name], dict) else {}
    if any(key in table for key in SECRETS):
        _check_private(file)
    return dict(table)


def _check_private(file: Path) -> None:
    if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise PacsError(f"{file}: expected a file with secrets that only you can read, came another; chmod 600 it")


def _from_environment(name: str, environment: Mapping[str, str]) -> dict[str, Any]:
    start = f"LESIONMETER_PACS_{name.upper().replace('-', '_')}_"
    return {key[len(start) :].lower(): value for key, value in environment.items() if key.startswith(start)}


def _patience(name: str, stated: dict[str, Any]) -> Patience:
    known = {item.name for item in fields(Patience)}
    values = {key: _number(name, key, stated.pop(key)) for key in known & stated.keys()}
    if "attempts" in values:
        values["attempts"] = int(values["attempts"])
    return Patience(**values)  # type: ignore[arg-type]  # attempts is whole by now


def _number(name: str, key: str, value: object) -> float:
    try:
        number = float(str(value))
    except ValueError:
        number = -1.0
    if not 0 < number < float("inf"):
        raise PacsError(f"[{name}] {key}: expected a number above 0, came {value!r}")
    return number


def _tls(stated: dict[str, Any]) -> Tls | None:
    """Certificates, if any are named or `tls = true`."""
    files = {key: str(Path(stated.pop(key)).expanduser()) for key in ("ca_file", "certificate", "key") if key in stated}
    wanted = str(stated.pop("tls", bool(files))).lower() in ("true", "1", "yes")
    return Tls(**files) if wanted else None


def _rest(kind: type[Node], name: str, stated: dict[str, Any]) -> dict[str, Any]:
    """What is left of the table, as the node's own values."""
    types = {item.name: item.type for item in fields(kind)}
    unknown = sorted(set(stated) - types.keys())
    if unknown:
        raise PacsError(f"[{name}]: expected keys that are known, came {', '.join(unknown)}; see docs/pacs.md")
    needed = ("url",) if kind is WebNode else ("host", "port", "called_ae")
    missing = [key for key in needed if not stated.get(key)]
    if missing:
        raise PacsError(f"[{name}]: expected {', '.join(missing)}, came nothing")
    return {key: int(_number(name, key, v)) if types[key] == "int" else str(v) for key, v in stated.items()}


def _check_dimse(node: DimseNode) -> None:
    if node.retrieve not in ("get", "move"):
        raise PacsError(f"[{node.name}] retrieve: expected get or move, came {node.retrieve!r}")
    for title in (node.called_ae, node.calling_ae):
        if not 0 < len(title.strip()) <= AE_TITLE_LENGTH:
            raise PacsError(f"[{node.name}]: expected AE titles of 1 to {AE_TITLE_LENGTH} letters, came {title!r}")
