"""The process that measures one patient, so that nothing which happens there can hurt the others.

It is asked in one line of JSON on standard input and answers in one on standard output. Standard input stays open as
long as somebody waits for the answer; when it closes, the process ends.
"""

from __future__ import annotations

import dataclasses
import json
import os
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from lesionmeter.batch.one import incomplete, measure_patient
from lesionmeter.batch.table import Row, keep_row
from lesionmeter.errors import LesionmeterError
from lesionmeter.model.findings import Assessment
from lesionmeter.pipeline.settings import settings_of


def main() -> None:
    """Measure the patient that is asked for; never returns."""
    answer = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints is no part of the answer
    asked = json.loads(_line())
    threading.Thread(target=_end_when_nobody_waits, daemon=True).start()
    _volunteer()
    with os.fdopen(answer, "w", encoding="utf-8") as file:
        json.dump(dataclasses.asdict(_measured(asked)), file)
    os._exit(0)  # at once: the output is complete, and libraries may hang when they are taken down


def _measured(asked: dict[str, Any]) -> Row:
    folder, target = Path(asked["folder"]), Path(asked["target"])
    try:
        settings = None if asked["settings"] is None else settings_of(asked["settings"])
        row = _row(folder.name, measure_patient(folder, target, settings), asked["made_from"])
        keep_row(row, target)
    except LesionmeterError as error:
        return Row(folder.name, "failed", str(error))
    except MemoryError:
        return Row(folder.name, "failed", "ran out of memory")
    except Exception as error:
        return Row(folder.name, "failed", _fault(error))
    return row


def _row(patient: str, result: Assessment, made_from: str) -> Row:
    missed = incomplete(result)
    status = "measured in part" if missed else "measured"
    reason = f"not assessable: {', '.join(missed)}" if missed else ""
    return Row(patient, status, reason, len(result.films), len(result.tracks), made_from)


def _fault(error: Exception) -> str:
    """What went wrong in the program and where; never the error's text, which may hold a patient's name."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = "/".join(Path(last.filename).parts[-2:])
    return f"a fault of the program: {type(error).__name__} in {place}, line {last.lineno}; please report it"


def _line() -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        line += os.read(0, 1 << 16) or b"\n"
    return line


def _end_when_nobody_waits() -> None:
    """End when the batch was killed, and leave no process behind that still works on a patient."""
    os.read(0, 1)
    os._exit(1)


def _volunteer() -> None:
    """Where a machine runs out of memory, Linux shall end this process and not the one that waits for it."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
