"""repeatability.json: the error of one area as a study's own repeats show it, written by `agree`, read by `measure`."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, TypeGuard

from lesionmeter.errors import StudyError
from lesionmeter.model.agreement import StudyRepeatability
from lesionmeter.model.repeatability import Repeatability

FILE: Final = "repeatability.json"
SCHEMA: Final = "lesionmeter repeatability"
SCHEMA_VERSION: Final = 1
SIZES: Final = ("s0_mm2", "border_mm", "k_own", "k_shared")
SHARES: Final = ("border_share", "choice_share")


def write_repeatability(study: StudyRepeatability, path: Path) -> None:
    """Write the error of one area with where it comes from."""
    head = {"schema": SCHEMA, "schema_version": SCHEMA_VERSION, "lesionmeter": version("lesionmeter")}
    rest = {name: value for name, value in asdict(study).items() if name != "error"}
    path.write_text(json.dumps(head | asdict(study.error) | rest, indent=1) + "\n", encoding="utf-8", newline="\n")


def read_repeatability(path: Path) -> Repeatability:
    """Read the error of one area; its source names the file too.

    Only `s0_mm2`, `border_mm`, `k_own`, `k_shared` and the schema are needed, so that a file can be written by hand.

    Raises
    ------
    StudyError
        If the file is none of this kind, or a size is missing, negative or no number.
    """
    values = _checked(path)
    for name in SIZES:
        if not _is_size(values.get(name)):
            raise StudyError(f"{path}: {name}: expected a number of 0 or more, came {values.get(name)!r}")
    sizes = [float(values[name]) for name in SIZES]
    if not any(sizes):
        raise StudyError(f"{path}: expected an error of one area, came none: every size is 0")
    said = str(values.get("source") or "a study's repeats")
    s0, border, k_own, k_shared = sizes
    shares = {name: _share(values.get(name, getattr(Repeatability(), name)), name, path) for name in SHARES}
    return Repeatability(s0, border, k_own, k_shared, f"{path.name}: {said}", **shares)


def _share(value: object, name: str, path: Path) -> float:
    if not _is_size(value):
        raise StudyError(f"{path}: {name}: expected a number of 0 or more, came {value!r}")
    return float(value)


def _checked(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StudyError(f"{path}: expected a file written by lesionmeter agree, came {error.strerror}") from error
    except ValueError as error:
        raise StudyError(f"{path}: expected JSON written by lesionmeter agree, came other text ({error})") from error
    came = (values.get("schema"), values.get("schema_version")) if isinstance(values, dict) else (None, None)
    if came != (SCHEMA, SCHEMA_VERSION):
        wanted = f"the schema {SCHEMA!r}, version {SCHEMA_VERSION}"
        raise StudyError(f"{path}: expected {wanted}, came {came[0]!r}, {came[1]!r}")
    return dict(values)


def _is_size(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")
