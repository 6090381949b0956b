"""Tables of points: what a user asks to be carried, and where it went."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path

from lesionmeter.errors import UsageError
from lesionmeter.io.whole_file import write_whole
from lesionmeter.model.points import AskedPoint, CarriedPoint

NEEDED = ("film", "point", "x", "y")


def read_points(path: Path) -> tuple[AskedPoint, ...]:
    """Read a CSV with the columns film, point, x, y (x = column, y = row, pixels); other columns are kept.

    Raises
    ------
    UsageError
        If the file is not there, lacks a column, or has a place that is no number; all faults in one message.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: expected a CSV of points, came {type(error).__name__}") from error
    missing = [name for name in NEEDED if rows and name not in rows[0]]
    if missing or not rows:
        came = f"one without {', '.join(missing)}" if rows else "one without rows"
        raise UsageError(f"{path}: expected a CSV with the columns {', '.join(NEEDED)}, came {came}")
    faults = [f"line {n}: x={r['x']!r}, y={r['y']!r}" for n, r in enumerate(rows, 2) if not _is_place(r)]
    if faults:
        raise UsageError(f"{path}: expected numbers for x and y, came {'; '.join(faults[:5])}")
    return tuple(_asked(row) for row in rows)


def write_carried(carried: Sequence[CarriedPoint], path: Path) -> None:
    """Write film, point, x, y, ok, reason, error_mm and the asked table's own columns; whole or not at all.

    Raises
    ------
    OutputError
        If the table cannot be written.
    """
    extra = list(dict.fromkeys(name for row in carried for name in row.asked.extra))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*NEEDED, "ok", "reason", "error_mm", *extra])
    for row in carried:
        own = [row.asked.extra.get(name, "") for name in extra]
        writer.writerow([row.film, row.asked.name, *_place(row), str(row.ok).lower(), row.reason, _error(row), *own])
    write_whole(path, text.getvalue().encode())


def _is_place(row: dict[str, str]) -> bool:
    try:
        return math.isfinite(float(row["x"])) and math.isfinite(float(row["y"]))
    except (TypeError, ValueError):
        return False


def _asked(row: dict[str, str]) -> AskedPoint:
    taken = {*NEEDED, "ok", "reason", "error_mm"}
    extra = {name: value for name, value in row.items() if name is not None and name not in taken}
    return AskedPoint(row["film"], row["point"], (float(row["y"]), float(row["x"])), extra)


def _place(row: CarriedPoint) -> tuple[str, str]:
    if row.position is None:
        return "", ""
    return f"{row.position[1]:.3f}", f"{row.position[0]:.3f}"


def _error(row: CarriedPoint) -> str:
    return "" if row.error_mm is None else f"{row.error_mm:.3f}"
